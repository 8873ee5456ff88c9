#include "ui/validation/findingfilterbar.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <array>

#include "core/quality/rules/rules.h"
#include "ui/chart/chartzone.h"
#include "ui/widgets/findingtext.h"
#include "ui/widgets/flowlayout.h"
#include "ui/widgets/scopebutton.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr std::array severities {Severity::Error, Severity::Warn, Severity::Info};
constexpr std::array states {FindingState::Open, FindingState::Acknowledged, FindingState::Quarantined,
    FindingState::Replaced, FindingState::Fixed};

bool isNamed(const SeriesKey& key, const QStringList& words)
{
    const QString name = u"%1 %2"_s.arg(titleOf(key), textOf(key.kind));
    return std::ranges::all_of(words, [&](const QString& word) {
        if (Timeframe::fromName(word.toStdString()))
            return word == toQString(key.timeframe.name());
        return name.contains(word, Qt::CaseInsensitive);
    });
}

} // namespace

std::vector<SeriesId> seriesNamed(const QString& words, const StoredSeriesList& list, const Scope& scope)
{
    const QStringList each = words.split(u' ', Qt::SkipEmptyParts);
    std::vector<SeriesId> ids;
    for (const StoredSeries& series : list) {
        if (scope.accepts(series.record.key) && isNamed(series.record.key, each))
            ids.push_back(series.record.id);
    }
    return ids;
}

FindingFilterBar::FindingFilterBar(DisplayZone& zone, QWidget* parent)
    : QWidget(parent)
    , m_zone(zone)
    , m_list(std::make_shared<const StoredSeriesList>())
    , m_upper(new QHBoxLayout)
    , m_text(new QLineEdit)
    , m_rule(new QComboBox)
{
    m_text->setPlaceholderText(tr("Filter series (/)"));
    m_text->setClearButtonEnabled(true);
    m_text->setAccessibleName(tr("Filter findings by series"));
    m_text->setAccessibleDescription(tr("Words of exchange, market, symbol or timeframe; all of them must fit"));
    m_rule->addItem(tr("All rules"));
    for (const Rule& rule : allRules())
        m_rule->addItem(ruleTitle(rule.info.id), toQString(rule.info.id));
    m_rule->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_rule->setMinimumContentsLength(12);
    m_rule->setAccessibleName(tr("Rule"));
    m_from = timeEdit(tr("From"), tr("from"));
    m_to = timeEdit(tr("To, not included"), tr("to"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 4);
    layout->setSpacing(4);
    m_text->setMinimumWidth(fontMetrics().averageCharWidth() * 16);
    m_upper->addWidget(m_text, 2);
    m_upper->addWidget(m_rule, 1);
    auto* lower = new FlowLayout(3); // in a narrow window lines are added, and the window does not grow
    lower->addWidget(m_from);
    lower->addWidget(m_to);
    for (const Severity severity : severities)
        m_severities[severity] = addButton(*lower, false);
    for (const FindingState state : states) // what is fixed needs nobody
        m_states[state] = addButton(*lower, state != FindingState::Fixed);
    layout->addLayout(m_upper);
    layout->addLayout(lower);
    connect(m_text, &QLineEdit::textChanged, this, &FindingFilterBar::changed);
    connect(m_rule, &QComboBox::currentIndexChanged, this, &FindingFilterBar::changed);
    setCounts({});
}

QToolButton* FindingFilterBar::addButton(QLayout& layout, bool isOn)
{
    auto* button = new QToolButton;
    button->setCheckable(true);
    button->setChecked(isOn);
    button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    button->setFocusPolicy(Qt::TabFocus);
    layout.addWidget(button);
    connect(button, &QToolButton::toggled, this, &FindingFilterBar::changed);
    return button;
}

QLineEdit* FindingFilterBar::timeEdit(const QString& name, const QString& placeholder)
{
    auto* edit = new QLineEdit;
    edit->setPlaceholderText(placeholder);
    edit->setClearButtonEnabled(true);
    edit->setAccessibleName(name);
    edit->setToolTip(tr("A time such as 2024-01-31 or 2024-01-31 10:20, in the zone of the window"));
    const int digit = edit->fontMetrics().horizontalAdvance(u'0');
    edit->setFixedWidth(digit * 15); // a date and the button that clears it
    connect(edit, &QLineEdit::textChanged, this, [this, edit] {
        showTimeProblem(*edit);
        emit changed();
    });
    return edit;
}

std::optional<UtcMs> FindingFilterBar::timeOf(const QLineEdit& edit) const
{
    return ChartZone::of(m_zone).parse(edit.text().trimmed());
}

void FindingFilterBar::showTimeProblem(QLineEdit& edit) const
{
    const bool isWrong = !edit.text().trimmed().isEmpty() && !timeOf(edit);
    QFont font = edit.font();
    font.setItalic(isWrong); // said by the words below, shown by more than a colour
    edit.setFont(font);
    edit.setToolTip(isWrong ? tr("\u26A0 This is no time yet: write 2024-01-31 or 2024-01-31 10:20.")
                            : tr("A time such as 2024-01-31 or 2024-01-31 10:20, in the zone of the window"));
    edit.setAccessibleDescription(edit.toolTip());
}

void FindingFilterBar::setSeriesList(const std::shared_ptr<const StoredSeriesList>& list)
{
    const bool isOther = m_list->size() != list->size();
    m_list = list;
    if (isOther && (!m_text->text().isEmpty() || !scope().isAny()))
        emit changed();
}

void FindingFilterBar::setCounts(const std::vector<FindingCount>& counts)
{
    std::map<Severity, std::int64_t> bySeverity;
    std::map<FindingState, std::int64_t> byState;
    for (const FindingCount& count : counts) {
        bySeverity[severityFromText(count.severity).value_or(Severity::Warn)] += count.findings;
        byState[count.state] += count.findings;
    }
    for (const auto& [severity, button] : m_severities) {
        button->setText(u"%1 %2 %3"_s.arg(glyphOf(severity), textOf(severity), countText(bySeverity[severity])));
        button->setToolTip(tr("Show only findings of this severity; several together show each of them"));
    }
    for (const auto& [state, button] : m_states) {
        button->setText(u"%1 %2 %3"_s.arg(glyphOf(state), textOf(state), countText(byState[state])));
        button->setToolTip(tr("Show findings of this state"));
    }
}

void FindingFilterBar::choose(const QString& rule, const QString& words)
{
    {
        const QSignalBlocker quiet(this);
        m_rule->setCurrentIndex(std::max(0, m_rule->findData(rule)));
        m_text->setText(words);
    }
    emit changed();
}

void FindingFilterBar::clear()
{
    {
        const QSignalBlocker quiet(this);
        m_text->clear();
        m_rule->setCurrentIndex(0);
        m_from->clear();
        m_to->clear();
        for (const auto& [severity, button] : m_severities)
            button->setChecked(false);
        for (const auto& [state, button] : m_states)
            button->setChecked(state != FindingState::Fixed);
    }
    if (!scope().isAny())
        m_scope->setLinked(ScopePanel::Validation, false); // says that it changed
    else
        emit changed();
}

void FindingFilterBar::followScope(DisplayScope& scope)
{
    m_scope = &scope;
    m_upper->insertWidget(1, new ScopeButton(scope, ScopePanel::Validation));
    connect(&scope, &DisplayScope::changed, this, &FindingFilterBar::changed);
    emit changed();
}

Scope FindingFilterBar::scope() const
{
    return m_scope ? m_scope->of(ScopePanel::Validation) : Scope {};
}

bool FindingFilterBar::isNarrow() const
{
    const FindingFilter now = filter();
    return !now.rules.empty() || !now.series.empty() || !now.severities.empty() || now.within.from != UtcMs::min()
        || now.within.to != UtcMs::max();
}

FindingFilter FindingFilterBar::filter() const
{
    FindingFilter filter;
    if (const QString rule = m_rule->currentData().toString(); !rule.isEmpty())
        filter.rules = {rule.toStdString()};
    for (const auto& [severity, button] : m_severities) {
        if (button->isChecked())
            filter.severities.emplace_back(toText(severity));
    }
    for (const auto& [state, button] : m_states) {
        if (button->isChecked())
            filter.states.push_back(state);
    }
    if (filter.states.size() == m_states.size())
        filter.states.clear(); // any
    const Scope inScope = scope();
    Scope anyTime = inScope;
    anyTime.time = {};
    if (!m_text->text().trimmed().isEmpty() || !anyTime.isAny()) {
        filter.series = seriesNamed(m_text->text(), *m_list, inScope);
        if (filter.series.empty())
            filter.series = {-1}; // an empty list would mean any
    }
    filter.within.from = timeOf(*m_from).value_or(UtcMs::min());
    filter.within.to = timeOf(*m_to).value_or(UtcMs::max());
    filter.within = filter.within.intersected(inScope.time.within(SystemClock().now()));
    return filter;
}

} // namespace mnemo
