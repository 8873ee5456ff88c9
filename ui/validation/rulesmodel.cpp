#include "ui/validation/rulesmodel.h"

#include <QGuiApplication>
#include <algorithm>
#include <numeric>

#include "ui/validation/sparklinedelegate.h"
#include "ui/widgets/findingtext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

/// Fits no override: what is configured for everything else.
SeriesKey anySeries(Kind kind)
{
    SeriesKey key;
    key.kind = kind;
    return key;
}

} // namespace

void RulesModel::setSettings(std::shared_ptr<const RuleSettings> settings)
{
    m_settings = std::move(settings);
    changed();
}

void RulesModel::setCounts(const std::vector<FindingCount>& counts)
{
    std::map<std::string, std::int64_t, std::less<>> open;
    for (const FindingCount& count : counts) {
        if (count.state == FindingState::Open)
            open[count.rule] += count.findings;
    }
    if (open == m_open)
        return;
    m_open = std::move(open);
    changed();
}

void RulesModel::setOutcome(const ValidationOutcome& outcome)
{
    m_verdicts.clear();
    m_hasRun = true;
    for (const RuleResult& result : outcome.results) {
        Verdicts& verdicts = m_verdicts[result.rule];
        switch (result.verdict) {
        case RuleVerdict::Pass:
            ++verdicts.pass;
            break;
        case RuleVerdict::Warn:
            ++verdicts.warn;
            break;
        case RuleVerdict::Fail:
            ++verdicts.fail;
            break;
        }
    }
    changed();
}

void RulesModel::setHistory(const std::vector<RuleHistory>& history)
{
    std::map<std::string, std::vector<std::int64_t>, std::less<>> now;
    for (const RuleHistory& one : history)
        now[one.rule] = one.perDay;
    if (now == m_history)
        return;
    m_history = std::move(now);
    changed();
}

std::vector<std::int64_t> RulesModel::history(int row) const
{
    const auto found = m_history.find(ruleAt(row).info.id);
    return found == m_history.end() ? std::vector<std::int64_t>(historyDays) : found->second;
}

/// What the picture shows, for who reads.
QString RulesModel::historyText(int row) const
{
    const std::vector<std::int64_t> days = history(row);
    const std::int64_t sum = std::accumulate(days.begin(), days.end(), std::int64_t {0});
    if (sum == 0)
        return tr("No finding was raised in the last %1 days").arg(historyDays);
    const auto most = std::ranges::max_element(days);
    const auto ago = static_cast<int>(days.end() - most) - 1;
    return tr("Findings raised in the last %1 days: %2; today: %3; most on one day: %4, %5")
        .arg(QString::number(historyDays), countText(sum), countText(days.back()), countText(*most),
            ago == 0 ? tr("today") : tr("%n days ago", nullptr, ago));
}

void RulesModel::changed()
{
    emit dataChanged(index(0, 0), index(rowCount() - 1, columns - 1));
}

const Rule& RulesModel::ruleAt(int row) const
{
    return allRules()[static_cast<std::size_t>(row)];
}

int RulesModel::rowOf(std::string_view rule) const
{
    const Rule* found = findRule(rule);
    return found ? static_cast<int>(found - allRules().data()) : -1;
}

ActiveRule RulesModel::configured(int row) const
{
    return m_settings->of(ruleAt(row), anySeries(ruleAt(row).info.kind));
}

bool RulesModel::isOn(int row) const
{
    return m_settings->isOn(ruleAt(row), anySeries(ruleAt(row).info.kind));
}

std::int64_t RulesModel::openFindings(int row) const
{
    const auto found = m_open.find(ruleAt(row).info.id);
    return found == m_open.end() ? 0 : found->second;
}

int RulesModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(allRules().size());
}

int RulesModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : columns;
}

QString RulesModel::text(int row, RuleColumn column) const
{
    const auto verdicts = m_verdicts.find(ruleAt(row).info.id);
    const auto number = [&](int Verdicts::*which) {
        return verdicts == m_verdicts.end() ? (m_hasRun ? u"\u2013"_s : QString())
                                            : countText(std::int64_t {verdicts->second.*which});
    };
    const Severity severity = configured(row).severity;
    switch (column) {
    case RuleColumn::On:
        return isOn(row) ? tr("\u2713 on") : tr("\u2013 off");
    case RuleColumn::Rule:
        return ruleTitle(ruleAt(row).info.id);
    case RuleColumn::Severity:
        return glyphOf(severity) + u' ' + textOf(severity);
    case RuleColumn::Scope:
        return textOf(ruleAt(row).info.scope);
    case RuleColumn::Open:
        return countText(openFindings(row));
    case RuleColumn::History:
        return {}; // SparklineDelegate
    case RuleColumn::Pass:
        return number(&Verdicts::pass);
    case RuleColumn::Warn:
        return number(&Verdicts::warn);
    case RuleColumn::Fail:
        return number(&Verdicts::fail);
    }
    return {};
}

QVariant RulesModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const auto column = static_cast<RuleColumn>(index.column());
    const Theme theme = Theme::of(QGuiApplication::palette());
    switch (role) {
    case Qt::DisplayRole:
        return text(index.row(), column);
    case Qt::ToolTipRole:
        return column == RuleColumn::History ? historyText(index.row())
                                             : toQString(ruleAt(index.row()).info.explanation);
    case Qt::AccessibleTextRole:
        return column == RuleColumn::History ? QVariant(historyText(index.row())) : QVariant();
    case SparklineDelegate::HistoryRole:
        return column == RuleColumn::History ? QVariant::fromValue(history(index.row())) : QVariant();
    case Qt::TextAlignmentRole:
        return column >= RuleColumn::Open ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    case Qt::ForegroundRole:
        if (!isOn(index.row()))
            return theme.mutedText;
        return column == RuleColumn::Severity ? QVariant(colourOf(configured(index.row()).severity, theme))
                                              : QVariant();
    default:
        return {};
    }
}

QVariant RulesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    const auto column = static_cast<RuleColumn>(section);
    if (role == Qt::ToolTipRole && column == RuleColumn::History)
        return tr("Findings raised on each of the last %1 days, today at the right").arg(historyDays);
    if (role == Qt::ToolTipRole && column >= RuleColumn::Pass)
        return tr("Series with this verdict in the last check of this session");
    if (role == Qt::TextAlignmentRole)
        return column >= RuleColumn::Open ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                          : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case RuleColumn::On:
        return tr("On");
    case RuleColumn::Rule:
        return tr("Rule");
    case RuleColumn::Severity:
        return tr("Severity");
    case RuleColumn::Scope:
        return tr("Looks at");
    case RuleColumn::Open:
        return tr("Open");
    case RuleColumn::History:
        return tr("%1 days").arg(historyDays);
    case RuleColumn::Pass:
        return tr("\u2713 Pass");
    case RuleColumn::Warn:
        return tr("\u26A0 Warn");
    case RuleColumn::Fail:
        return tr("\u2715 Fail");
    }
    return {};
}

} // namespace mnemo
