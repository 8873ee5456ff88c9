#include "ui/validation/findingsmodel.h"

#include <QFont>
#include <QGuiApplication>
#include <QPalette>
#include <algorithm>
#include <utility>

#include "ui/widgets/findingtext.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int pieceRows = 128;
constexpr std::size_t mostKept = 8'192; ///< rows
constexpr std::size_t mostWanted = 4; ///< pieces: who scrolls fast has passed the others

} // namespace

FindingsModel::FindingsModel(ValidationPort& port, DisplayZone& zone, QObject* parent)
    : QAbstractTableModel(parent)
    , m_port(port)
    , m_zone(zone)
    , m_ids(std::make_shared<const std::vector<FindingId>>())
{
    m_askTimer.setSingleShot(true);
    m_askTimer.setInterval(0);
    connect(&m_askTimer, &QTimer::timeout, this, &FindingsModel::ask);
    connect(&zone, &DisplayZone::changed, this, [this] {
        emit headerDataChanged(Qt::Horizontal, 0, columns - 1);
        if (rowCount() > 0)
            emit dataChanged(index(0, 0), index(rowCount() - 1, columns - 1), {Qt::DisplayRole});
    });
}

void FindingsModel::setSeriesList(const std::shared_ptr<const StoredSeriesList>& list)
{
    bool isNew = false;
    for (const StoredSeries& series : *list) {
        auto& known = m_series[series.record.id];
        isNew = isNew || known != series.record;
        known = series.record;
    }
    if (isNew && rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, columns - 1), {Qt::DisplayRole});
}

// --- the list ---

void FindingsModel::setFilter(const FindingFilter& filter)
{
    m_filter = filter;
    ++m_query;
    m_isReading = false;
    m_isKnown = false;
    read();
}

void FindingsModel::refresh()
{
    read();
}

void FindingsModel::read()
{
    if (m_isReading) {
        m_isAgain = true;
        return;
    }
    m_isReading = true;
    m_isAgain = false;
    emit stateChanged();
    m_port.findingIds(m_filter, m_order, this,
        [this, query = m_query](Result<ValidationPort::Ids> ids) { arrived(query, std::move(ids)); });
}

void FindingsModel::arrived(int query, Result<ValidationPort::Ids> ids)
{
    if (query != m_query)
        return; // another filter is on its way
    m_isReading = false;
    m_error.reset();
    if (ids)
        replaceIds(*ids);
    else
        m_error = ids.error();
    m_isKnown = true;
    emit stateChanged();
    if (m_isAgain)
        read();
}

// What stays at either end stays in the view: its selection and its place are kept.
void FindingsModel::replaceIds(const ValidationPort::Ids& ids)
{
    ++m_version;
    m_asked.clear();
    m_wanted.clear();
    const auto& before = *m_ids;
    const auto& after = *ids;
    const auto front = static_cast<int>(std::ranges::mismatch(before, after).in1 - before.begin());
    const int shorter = static_cast<int>(std::min(before.size(), after.size()));
    int back = 0;
    while (back < shorter - front
        && before[before.size() - 1 - static_cast<std::size_t>(back)]
            == after[after.size() - 1 - static_cast<std::size_t>(back)])
        ++back;
    const int removed = static_cast<int>(before.size()) - front - back;
    const int added = static_cast<int>(after.size()) - front - back;
    if (removed > 0) {
        beginRemoveRows({}, front, front + removed - 1);
        auto rest = std::make_shared<std::vector<FindingId>>(before);
        rest->erase(rest->begin() + front, rest->begin() + front + removed);
        m_ids = std::move(rest);
        endRemoveRows();
    }
    if (added > 0) {
        beginInsertRows({}, front, front + added - 1);
        m_ids = ids;
        endInsertRows();
    }
    m_ids = ids;
    if (rowCount() > 0) // rows that stay may say something else now: they are read again as they are painted
        emit dataChanged(index(0, 0), index(rowCount() - 1, columns - 1));
}

void FindingsModel::sort(int column, Qt::SortOrder order)
{
    const bool isUp = order == Qt::AscendingOrder;
    FindingOrder wanted = m_order;
    switch (static_cast<FindingColumn>(column)) {
    case FindingColumn::Severity:
        wanted = FindingOrder::Severity;
        break;
    case FindingColumn::Time:
        wanted = isUp ? FindingOrder::Time : FindingOrder::TimeDescending;
        break;
    case FindingColumn::Raised:
        wanted = isUp ? FindingOrder::Oldest : FindingOrder::Newest;
        break;
    case FindingColumn::Rule:
    case FindingColumn::Series:
    case FindingColumn::Bars:
    case FindingColumn::Why:
    case FindingColumn::State:
        return;
    }
    if (std::exchange(m_order, wanted) != wanted && m_query > 0)
        setFilter(FindingFilter(m_filter));
}

bool FindingsModel::canSort(FindingColumn column)
{
    return column == FindingColumn::Severity || column == FindingColumn::Time || column == FindingColumn::Raised;
}

std::optional<int> FindingsModel::rowOf(FindingId id) const
{
    const auto found = std::ranges::find(*m_ids, id);
    return found == m_ids->end() ? std::nullopt : std::optional(static_cast<int>(found - m_ids->begin()));
}

// --- the rows ---

const Finding* FindingsModel::find(int row) const
{
    const auto found = m_rows.find(idAt(row));
    return found == m_rows.end() ? nullptr : &found->second.finding;
}

const Finding* FindingsModel::want(int row) const
{
    const auto found = m_rows.find(idAt(row));
    const bool isHere = found != m_rows.end();
    if (!isHere || found->second.version != m_version) {
        const int piece = row / pieceRows;
        if (!m_asked.contains(piece) && (m_wanted.empty() || m_wanted.back() != piece)) {
            std::erase(m_wanted, piece);
            m_wanted.push_back(piece);
            if (m_wanted.size() > mostWanted)
                m_wanted.pop_front();
            m_askTimer.start();
        }
    }
    return isHere ? &found->second.finding : nullptr;
}

void FindingsModel::ask()
{
    for (const int piece : std::exchange(m_wanted, {})) {
        const int from = piece * pieceRows, to = std::min(from + pieceRows, rowCount());
        if (from >= to || !m_asked.insert(piece).second)
            continue;
        const std::vector<FindingId> ids(m_ids->begin() + from, m_ids->begin() + to);
        m_port.findings(ids, this, [this, piece, version = m_version, ids](Result<std::vector<Finding>> rows) {
            rowsArrived(piece, version, ids, std::move(rows));
        });
    }
}

void FindingsModel::rowsArrived(
    int piece, int version, const std::vector<FindingId>& asked, Result<std::vector<Finding>> rows)
{
    if (version != m_version)
        return; // rows have other places now; what is in view is asked for again
    m_asked.erase(piece);
    if (!rows) {
        m_error = rows.error();
        emit stateChanged();
        return;
    }
    std::set<FindingId> gone(asked.begin(), asked.end());
    for (Finding& finding : *rows) {
        gone.erase(finding.id);
        keep(std::move(finding));
    }
    for (const FindingId id : gone) { // not asked for again: the list without it is on its way
        Finding none;
        none.id = id;
        none.state = "gone";
        keep(none);
    }
    const int from = piece * pieceRows, to = std::min(from + pieceRows, rowCount()) - 1;
    if (from <= to)
        emit dataChanged(index(from, 0), index(to, columns - 1));
}

void FindingsModel::keep(Finding finding)
{
    const FindingId id = finding.id;
    if (m_rows.insert_or_assign(id, Entry {std::move(finding), m_version}).second)
        m_kept.push_back(id);
    while (m_kept.size() > mostKept) {
        m_rows.erase(m_kept.front());
        m_kept.pop_front();
    }
}

void FindingsModel::apply(const std::vector<Finding>& changed)
{
    for (const Finding& finding : changed) {
        if (const auto known = m_rows.find(finding.id); known != m_rows.end())
            known->second.finding = finding;
    }
    if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, columns - 1));
}

const SeriesRecord* FindingsModel::seriesOf(const Finding& finding) const
{
    const auto found = m_series.find(finding.series);
    return found == m_series.end() ? nullptr : &found->second;
}

QString FindingsModel::seriesTitle(SeriesId id) const
{
    const auto found = m_series.find(id);
    return found == m_series.end() ? tr("series %1").arg(id) : titleOf(found->second.key);
}

// --- what a view asks ---

int FindingsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_ids->size());
}

int FindingsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : columns;
}

QVariant FindingsModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const auto column = static_cast<FindingColumn>(index.column());
    if (role == Qt::TextAlignmentRole)
        return column == FindingColumn::Bars ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != Qt::ForegroundRole)
        return {};
    const Finding* finding = want(index.row());
    if (!finding)
        return role == Qt::DisplayRole ? QVariant(u"\u2026"_s) : QVariant();
    if (role == Qt::DisplayRole)
        return text(*finding, column);
    if (role == Qt::ToolTipRole)
        return tip(*finding);
    const Theme theme = Theme::of(QGuiApplication::palette());
    if (column == FindingColumn::Severity)
        return colourOf(severityOf(*finding), theme);
    if (column == FindingColumn::State)
        return colourOf(stateOf(*finding), theme);
    return {};
}

QString FindingsModel::text(const Finding& finding, FindingColumn column) const
{
    if (finding.state == "gone")
        return column == FindingColumn::State ? tr("gone") : QString();
    const SeriesRecord* series = seriesOf(finding);
    switch (column) {
    case FindingColumn::Severity:
        return glyphOf(severityOf(finding)) + u' ' + textOf(severityOf(finding));
    case FindingColumn::Rule:
        return ruleTitle(finding.rule);
    case FindingColumn::Series:
        return seriesTitle(finding.series);
    case FindingColumn::Time:
        return m_zone.timeText(finding.range.from);
    case FindingColumn::Bars:
        return series ? countText(barsOf(finding, series->grid())) : QString();
    case FindingColumn::Why:
        return whyOf(finding);
    case FindingColumn::State:
        return glyphOf(stateOf(finding)) + u' ' + textOf(stateOf(finding));
    case FindingColumn::Raised:
        return m_zone.timeText(finding.createdAt);
    }
    return {};
}

QString FindingsModel::tip(const Finding& finding) const
{
    if (finding.state == "gone")
        return tr("The rows no longer break the rule.");
    return QStringList {tr("%1: %2").arg(textOf(severityOf(finding)), ruleTitle(finding.rule)),
        seriesTitle(finding.series), tr("%1 UTC").arg(rangeText(finding.range)), whyOf(finding)}
        .join(u'\n');
}

QVariant FindingsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    const auto column = static_cast<FindingColumn>(section);
    if (role == Qt::ToolTipRole && canSort(column))
        return tr("Click to sort");
    if (role == Qt::TextAlignmentRole)
        return column == FindingColumn::Bars ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                             : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case FindingColumn::Severity:
        return tr("Severity");
    case FindingColumn::Rule:
        return tr("Rule");
    case FindingColumn::Series:
        return tr("Series");
    case FindingColumn::Time:
        return tr("Time (%1)").arg(m_zone.label(fromMs(0)));
    case FindingColumn::Bars:
        return tr("Bars");
    case FindingColumn::Why:
        return tr("What was found");
    case FindingColumn::State:
        return tr("State");
    case FindingColumn::Raised:
        return tr("Raised");
    }
    return {};
}

} // namespace mnemo
