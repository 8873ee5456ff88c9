#include "ui/backfill/planmodel.h"

#include <QGuiApplication>
#include <QPalette>
#include <algorithm>
#include <map>

#include "ui/widgets/errortext.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"
#include "ui/widgets/theme.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

const BackfillPlan::BudgetUse* tightest(const std::vector<BackfillPlan::BudgetUse>& uses)
{
    const auto use = std::max_element(uses.begin(), uses.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
    return use == uses.end() ? nullptr : &*use;
}

QString row(const QString& name, const QString& value)
{
    return u"<tr><td style='padding-right:14px'>%1</td><td><b>%2</b></td></tr>"_s.arg(name.toHtmlEscaped(), value.toHtmlEscaped());
}

} // namespace

bool hasWork(const BackfillPlan& plan)
{
    return plan.barsWanted > plan.barsAnswered;
}

QString weightText(const std::vector<BackfillPlan::BudgetUse>& uses)
{
    const auto* use = tightest(uses);
    if (!use)
        return {};
    const double minutes = static_cast<double>(use->time.count()) / 60'000.0;
    return PlanModel::tr("%1 (%2 min)").arg(countText(use->weight, 0), countText(minutes, minutes < 10 ? 2 : 0));
}

QString totalsText(const PlanTotals& totals)
{
    QString text = u"<table>"_s;
    text += row(PlanModel::tr("Series"), countText(totals.series));
    text += row(PlanModel::tr("Bars"), countText(totals.barsWanted));
    if (totals.barsAnswered > 0)
        text += row(PlanModel::tr("Already known"), PlanModel::tr("%1, not asked for again").arg(countText(totals.barsAnswered)));
    if (totals.barsWanted > totals.barsAnswered) {
        text += row(PlanModel::tr("Rows"), PlanModel::tr("at most %1").arg(countText(totals.barsWanted - totals.barsAnswered)));
        text += row(PlanModel::tr("Requests"), PlanModel::tr("at least %1").arg(countText(totals.requests)));
        if (totals.files.count > 0)
            text += row(PlanModel::tr("Files"),
                PlanModel::tr("%1 from %2, about %3; the exchange is asked for what they lack")
                    .arg(countText(totals.files.count), toQString(totals.files.host), bytesText(totals.files.bytes)));
        text += row(PlanModel::tr("Size"), PlanModel::tr("about %1 more in the store").arg(bytesText(totals.bytes)));
        text += row(PlanModel::tr("Time"),
            totals.eta > milliseconds {0} ? PlanModel::tr("about %1, by the exchanges' limits").arg(lengthText(totals.eta))
                                          : PlanModel::tr("a moment"));
    }
    for (const PlanTotals::Lane& lane : totals.lanes) {
        const auto* use = tightest(lane.uses);
        if (!use)
            continue;
        text += row(PlanModel::tr("Limit of %1").arg(toQString(lane.id)),
            PlanModel::tr("%1 of %2, %3").arg(countText(use->weight, 0), toQString(use->budget), lengthText(lane.eta)));
    }
    text += u"</table>"_s;
    if (totals.series > 0 && totals.barsWanted <= totals.barsAnswered)
        text += u"<p>%1</p>"_s.arg(PlanModel::tr("Everything that is wanted is known already: there is nothing to fetch.").toHtmlEscaped());
    return text;
}

void PlanModel::begin(std::vector<BackfillRequest> requests)
{
    beginResetModel();
    m_requests = std::move(requests);
    m_rows.clear();
    m_totals = {};
    m_errors = 0;
    endResetModel();
}

void PlanModel::append(const BackfillPort::Plans& plans)
{
    const std::size_t room = m_requests.size() - m_rows.size();
    const std::size_t count = std::min(room, plans.size());
    if (count == 0)
        return;
    beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(count) - 1);
    for (std::size_t i = 0; i < count; ++i) {
        m_rows.push_back(plans[i]);
        if (plans[i])
            m_totals.add(*plans[i]);
        else
            ++m_errors;
    }
    endInsertRows();
}

QStringList PlanModel::warnings() const
{
    std::map<QString, int> counts;
    QStringList order;
    for (const auto& plan : m_rows) {
        if (!plan)
            continue;
        for (const std::string& warning : plan->warnings) {
            const QString text = toQString(warning);
            if (++counts[text] == 1)
                order << text;
        }
    }
    QStringList lines;
    for (const QString& text : order)
        lines << (counts[text] > 1 ? tr("%1 (series: %2)").arg(text, countText(std::int64_t {counts[text]})) : text);
    return lines;
}

std::vector<BackfillRequest> PlanModel::withWork() const
{
    std::vector<BackfillRequest> requests;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (m_rows[i] && hasWork(*m_rows[i]))
            requests.push_back(m_requests[i]);
    }
    return requests;
}

QString PlanModel::seriesText(std::size_t row) const
{
    if (m_rows[row])
        return titleOf(m_rows[row]->series);
    const BackfillRequest& request = m_requests[row];
    return u"%1 %2 %3"_s.arg(toQString(request.exchange), toQString(request.symbol), toQString(request.timeframe.name()));
}

QString PlanModel::noteOf(const Result<BackfillPlan>& plan) const
{
    if (!plan)
        return u"\u2715 %1"_s.arg(errorText(plan.error()));
    if (!hasWork(*plan))
        return tr("\u2713 nothing to fetch");
    QStringList notes;
    for (const std::string& warning : plan->warnings)
        notes << u"\u26A0 %1"_s.arg(toQString(warning));
    return notes.join(u"; "_s);
}

int PlanModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int PlanModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant PlanModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const auto row = static_cast<std::size_t>(index.row());
    const auto column = static_cast<Column>(index.column());
    const Result<BackfillPlan>& plan = m_rows[row];
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((column == Series || column == Note ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole)
        return plan ? noteOf(plan) : errorTextWithDetail(plan.error());
    if (role == Qt::ForegroundRole && column == Note) {
        const Theme theme = Theme::of(QGuiApplication::palette());
        return !plan ? theme.bad : plan->warnings.empty() ? theme.good : theme.warning;
    }
    if (role != Qt::DisplayRole)
        return {};
    if (column == Series)
        return seriesText(row);
    if (column == Note)
        return noteOf(plan);
    if (!plan)
        return {};
    switch (column) {
    case Bars: return countText(plan->barsWanted);
    case Known: return countText(plan->barsAnswered);
    case Requests: return countText(plan->requests);
    case Weight: return weightText(plan->uses);
    case Size: return bytesText(plan->bytes);
    case Time: return plan->eta > milliseconds {0} ? lengthText(plan->eta) : QString();
    case Series:
    case Note:
    case ColumnCount: break;
    }
    return {};
}

QVariant PlanModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::ToolTipRole && section == Weight)
        return tr("Weight of the tightest limit, and the minutes of it that are used up");
    if (role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case Series: return tr("Series");
    case Bars: return tr("Bars");
    case Known: return tr("Known");
    case Requests: return tr("Requests");
    case Weight: return tr("Weight");
    case Size: return tr("Size");
    case Time: return tr("Time");
    case Note: return tr("Note");
    case ColumnCount: break;
    }
    return {};
}

} // namespace mnemo
