#include "ui/validation/rulespage.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>
#include <cmath>

#include "ui/validation/sparklinedelegate.h"
#include "ui/widgets/findingtext.h"
#include "ui/widgets/plaintable.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/flowlayout.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int countAfter = 300; // ms

QLabel* text()
{
    auto* label = new QLabel;
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

/// Decimals that show the value as it is, and let it be turned finely.
int decimalsOf(double value)
{
    return value != 0 && std::abs(value) < 1 ? 4 : 2;
}

} // namespace

RulesPage::RulesPage(ValidationPort& port, QWidget* parent)
    : QWidget(parent)
    , m_port(port)
    , m_model(new RulesModel(this))
    , m_runner(new ValidationRunner(port, this))
    , m_table(new QTableView)
    , m_title(text())
    , m_about(text())
    , m_explanation(text())
    , m_on(new QCheckBox(tr("Applied when data is validated")))
    , m_severity(new QComboBox)
    , m_values(new QWidget)
    , m_preview(text())
    , m_save(new QPushButton(tr("Save to quality.yaml")))
    , m_reset(new QPushButton(tr("As configured")))
    , m_show(new QPushButton(tr("Show its findings")))
{
    m_table->setModel(m_model);
    makePlain(*m_table);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setItemDelegateForColumn(static_cast<int>(RuleColumn::History), new SparklineDelegate(m_table));
    m_table->setAccessibleName(tr("Rules"));
    m_table->setAccessibleDescription(
        tr("Every rule with its severity, its open findings and the verdicts of the last check"));
    const int em = m_table->fontMetrics().horizontalAdvance(u'0');
    for (const auto& [column, ems] :
        {std::pair {RuleColumn::On, 7}, {RuleColumn::Rule, 38}, {RuleColumn::Severity, 12}, {RuleColumn::Scope, 28},
            {RuleColumn::Open, 9}, {RuleColumn::History, 20}, {RuleColumn::Pass, 9}, {RuleColumn::Warn, 9}, {RuleColumn::Fail, 9}})
        m_table->horizontalHeader()->resizeSection(static_cast<int>(column), ems * em);
    auto* splitter = new QSplitter;
    splitter->addWidget(m_table);
    splitter->addWidget(createDetails());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 6, 0, 0);
    layout->addWidget(splitter);
    m_countTimer.setSingleShot(true);
    m_countTimer.setInterval(countAfter);
    connect(&m_countTimer, &QTimer::timeout, this, &RulesPage::count);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex& now) { showRule(now.row()); });
    connect(m_table, &QTableView::activated, this, [this] { m_show->click(); });
    connect(m_runner, &ValidationRunner::progressed, this, [this](const ValidationProgress& now) {
        m_preview->setText(tr("Counting\u2026 %1 of %2 bars").arg(countText(now.rows), countText(now.totalRows)));
    });
    connect(m_runner, &ValidationRunner::finished, this, &RulesPage::counted);
    connect(m_runner, &ValidationRunner::failed, this, &RulesPage::countFailed);
    settingsChanged();
    m_table->setCurrentIndex(m_model->index(0, 0));
}

QWidget* RulesPage::createDetails()
{
    QFont strong = m_title->font();
    strong.setBold(true);
    m_title->setFont(strong);
    for (const Severity severity : {Severity::Info, Severity::Warn, Severity::Error})
        m_severity->addItem(glyphOf(severity) + u' ' + textOf(severity), static_cast<int>(severity));
    m_severity->setAccessibleName(tr("Severity"));
    m_preview->setAccessibleName(tr("What the thresholds would flag"));
    m_form = new QFormLayout(m_values);
    m_form->setContentsMargins(0, 0, 0, 0);
    m_form->setRowWrapPolicy(QFormLayout::WrapAllRows);
    auto* details = new QWidget;
    auto* layout = new QVBoxLayout(details);
    layout->addWidget(m_title);
    layout->addWidget(m_about);
    layout->addWidget(m_explanation);
    layout->addWidget(m_on);
    auto* severity = new QHBoxLayout;
    severity->addWidget(new QLabel(tr("Severity of its findings")));
    severity->addWidget(m_severity, 1);
    layout->addLayout(severity);
    layout->addWidget(m_values);
    layout->addWidget(m_preview);
    auto* buttons = new FlowLayout(6);
    for (QPushButton* button : {m_save, m_reset, m_show})
        buttons->addWidget(button);
    layout->addLayout(buttons);
    layout->addStretch(1);
    m_save->setToolTip(tr("Writes what is different into your quality.yaml; the rest of that file stays as it is"));
    m_reset->setToolTip(tr("Back to what is configured now"));
    connect(m_on, &QCheckBox::toggled, this, &RulesPage::edited);
    connect(m_severity, &QComboBox::currentIndexChanged, this, &RulesPage::edited);
    connect(m_save, &QPushButton::clicked, this, &RulesPage::save);
    connect(m_reset, &QPushButton::clicked, this, [this] {
        showValues();
        edited();
    });
    connect(m_show, &QPushButton::clicked, this,
        [this] { emit findingsRequested(toQString(m_model->ruleAt(m_row).info.id)); });
    auto* scroll = new QScrollArea;
    scroll->setWidget(details);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    return scroll;
}

void RulesPage::choose(std::string_view rule)
{
    if (const int row = m_model->rowOf(rule); row >= 0)
        m_table->setCurrentIndex(m_model->index(row, 0));
}

void RulesPage::settingsChanged()
{
    m_model->setSettings(m_port.rules());
    if (m_row >= 0) {
        showValues();
        edited();
    }
}

void RulesPage::showRule(int row)
{
    m_row = row;
    if (row < 0)
        return;
    m_runner->cancel();
    const RuleInfo& info = m_model->ruleAt(row).info;
    m_title->setText(ruleTitle(info.id));
    m_about->setText(
        tr("%1 \u00B7 %2 \u00B7 looks at %3").arg(toQString(info.id), textOf(info.kind), textOf(info.scope)));
    m_explanation->setText(toQString(info.explanation));
    while (m_form->rowCount() > 0)
        m_form->removeRow(0);
    m_spins.clear();
    for (const Threshold& threshold : info.thresholds) {
        auto* spin = new QDoubleSpinBox;
        spin->setRange(threshold.min, threshold.max);
        spin->setDecimals(decimalsOf(threshold.value));
        spin->setSingleStep(std::max(std::pow(10.0, -spin->decimals()), std::abs(threshold.value) / 20));
        spin->setSuffix(u' ' + toQString(threshold.unit));
        spin->setAccessibleName(toQString(threshold.meaning));
        spin->setToolTip(tr("%1, from %2 to %3; built in: %4")
                             .arg(toQString(threshold.key), QString::number(threshold.min),
                                 QString::number(threshold.max), QString::number(threshold.value)));
        auto* label = new QLabel(toQString(threshold.meaning));
        label->setWordWrap(true);
        label->setBuddy(spin);
        m_form->addRow(label, spin);
        m_spins.push_back(spin);
        connect(spin, &QDoubleSpinBox::valueChanged, this, &RulesPage::edited);
    }
    showValues();
    edited();
}

void RulesPage::showValues()
{
    const ActiveRule configured = m_model->configured(m_row);
    const QSignalBlocker quietOn(m_on), quietSeverity(m_severity);
    m_on->setChecked(m_model->isOn(m_row));
    m_severity->setCurrentIndex(m_severity->findData(static_cast<int>(configured.severity)));
    for (std::size_t i = 0; i < m_spins.size(); ++i) {
        const QSignalBlocker quiet(m_spins[i]);
        m_spins[i]->setDecimals(decimalsOf(configured.thresholds[i]));
        m_spins[i]->setValue(configured.thresholds[i]);
    }
}

RuleChange RulesPage::change() const
{
    RuleChange change;
    if (m_row < 0)
        return change;
    const RuleInfo& info = m_model->ruleAt(m_row).info;
    const ActiveRule configured = m_model->configured(m_row);
    change.rule = info.id;
    if (m_on->isChecked() != m_model->isOn(m_row))
        change.isOn = m_on->isChecked();
    if (const auto chosen = static_cast<Severity>(m_severity->currentData().toInt()); chosen != configured.severity)
        change.severity = chosen;
    for (std::size_t i = 0; i < m_spins.size(); ++i) {
        // a value with more decimals than the box has is not a change
        if (std::abs(m_spins[i]->value() - configured.thresholds[i]) > 0.5 * std::pow(10.0, -m_spins[i]->decimals()))
            change.thresholds.push_back({info.id, info.thresholds[i].key, m_spins[i]->value()});
    }
    return change;
}

void RulesPage::edited()
{
    const RuleChange now = change();
    m_save->setEnabled(!now.isEmpty() && !m_port.isReadOnly());
    m_reset->setEnabled(!now.isEmpty());
    m_countTimer.stop();
    if (m_spins.empty()) {
        m_preview->setText(m_model->ruleAt(m_row).info.scope == RuleScope::Answer
                ? tr("It is asked when an answer comes; stored rows are not judged again.")
                : tr("It has no thresholds."));
        return;
    }
    if (now.thresholds.empty()) {
        m_runner->cancel();
        m_preview->setText(tr("As configured. Open findings: %1. Turn a threshold to see what it would flag.")
                               .arg(countText(m_model->openFindings(m_row))));
        return;
    }
    m_preview->setText(tr("Counting\u2026"));
    m_countTimer.start();
}

void RulesPage::count()
{
    ValidationRequest request;
    request.isPreview = true;
    request.rules = {m_model->ruleAt(m_row).info.id};
    request.changes = change().thresholds;
    m_runner->start(std::move(request));
}

bool RulesPage::isShown() const
{
    return m_row >= 0 && m_runner->request().rules.front() == m_model->ruleAt(m_row).info.id && !m_countTimer.isActive()
        && !change().thresholds.empty();
}

void RulesPage::countFailed(const Error& error)
{
    if (isShown() && error.code != ErrorCode::Cancelled)
        m_preview->setText(tr("\u2715 It could not be counted. %1").arg(errorTextWithDetail(error)));
}

void RulesPage::counted(const ValidationOutcome& outcome)
{
    if (!isShown())
        return;
    std::int64_t bars = 0, findings = 0;
    for (const RuleResult& result : outcome.results) {
        bars += result.bars;
        findings += result.findings;
    }
    m_preview->setText(tr("Would flag %1 bars in %2 findings, of %3 bars in %4 series. Open findings now: %5.")
                           .arg(countText(bars), countText(findings), countText(outcome.rows),
                               countText(std::ssize(outcome.series)), countText(m_model->openFindings(m_row))));
}

void RulesPage::save()
{
    m_save->setEnabled(false);
    m_port.saveRule(change(), this, [this](const Result<QString>& file) {
        if (file)
            emit told(tr("Saved to %1. It holds from the next check on.").arg(*file));
        else
            emit told(tr("The rule could not be saved. %1").arg(errorTextWithDetail(file.error())));
        m_save->setEnabled(!file && !change().isEmpty());
    });
}

} // namespace mnemo
