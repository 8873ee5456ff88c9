#include "ui/validation/summarymodel.h"

#include <QGuiApplication>
#include <algorithm>
#include <map>

#include "ui/widgets/findingtext.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

void SummaryModel::setOutcome(const ValidationOutcome& outcome)
{
    beginResetModel();
    m_series = outcome.series;
    m_results = outcome.results;
    m_rules.clear();
    std::map<std::string, std::size_t> rows;
    for (const Rule& rule : allRules()) {
        if (std::ranges::find(m_results, rule.info.id, &RuleResult::rule) != m_results.end()) {
            rows[rule.info.id] = m_rules.size();
            m_rules.push_back(rule.info.id);
        }
    }
    std::map<SeriesId, std::size_t> columns;
    for (std::size_t i = 0; i < m_series.size(); ++i)
        columns[m_series[i].id] = i;
    m_cells.assign(m_rules.size() * m_series.size(), -1);
    for (std::size_t i = 0; i < m_results.size(); ++i)
        m_cells[rows[m_results[i].rule] * m_series.size() + columns[m_results[i].series]] = static_cast<int>(i);
    endResetModel();
}

const RuleResult* SummaryModel::resultAt(const QModelIndex& index) const
{
    const int cell =
        m_cells[static_cast<std::size_t>(index.row()) * m_series.size() + static_cast<std::size_t>(index.column())];
    return cell < 0 ? nullptr : &m_results[static_cast<std::size_t>(cell)];
}

QString SummaryModel::ruleAt(int row) const
{
    return toQString(m_rules[static_cast<std::size_t>(row)]);
}

int SummaryModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rules.size());
}

int SummaryModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_series.size());
}

QVariant SummaryModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const RuleResult* result = resultAt(index);
    switch (role) {
    case Qt::TextAlignmentRole:
        return Qt::AlignCenter;
    case Qt::DisplayRole:
        if (!result)
            return u"\u2013"_s;
        return result->findings == 0 ? glyphOf(result->verdict)
                                     : u"%1 %2"_s.arg(glyphOf(result->verdict), countText(result->findings));
    case Qt::AccessibleTextRole:
    case Qt::ToolTipRole:
        if (!result)
            return tr("%1 does not apply to %2.")
                .arg(ruleTitle(m_rules[static_cast<std::size_t>(index.row())]), titleOf(seriesAt(index.column()).key));
        return tr("%1, %2: findings %3, bars %4")
            .arg(ruleTitle(result->rule), titleOf(seriesAt(index.column()).key), countText(result->findings),
                countText(result->bars));
    case Qt::ForegroundRole: {
        const Theme theme = Theme::of(QGuiApplication::palette());
        return result ? colourOf(result->verdict, theme) : theme.mutedText;
    }
    default:
        return {};
    }
}

QVariant SummaryModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical)
        return role == Qt::DisplayRole ? QVariant(ruleTitle(m_rules[static_cast<std::size_t>(section)])) : QVariant();
    const SeriesKey& key = seriesAt(section).key;
    if (role == Qt::DisplayRole)
        return tr("%1 %2\n%3 %4")
            .arg(toQString(key.exchange), textOf(key.market), toQString(key.symbol), toQString(key.timeframe.name()));
    return role == Qt::ToolTipRole ? QVariant(titleOf(key)) : QVariant();
}

} // namespace mnemo
