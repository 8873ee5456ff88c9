#include "ui/jobs/requestsmodel.h"

#include <QDateTime>
#include <QGuiApplication>
#include <QPalette>
#include <algorithm>

#include "ui/widgets/errortext.h"
#include "ui/widgets/textformat.h"
#include "ui/widgets/theme.h"

using namespace Qt::StringLiterals;

namespace mnemo {

void RequestsModel::setRecords(const std::vector<RequestRecord>& records)
{
    // Old ones leave at the end of the table, new ones come at its top.
    std::size_t dropped = 0;
    while (dropped < m_records.size() && (records.empty() || m_records[dropped] != records.front()))
        ++dropped;
    const std::size_t kept = m_records.size() - dropped;
    const bool isContinued = kept > 0 && kept <= records.size()
        && std::equal(m_records.begin() + static_cast<std::ptrdiff_t>(dropped), m_records.end(), records.begin());
    if (!isContinued) {
        beginResetModel();
        m_records = records;
        endResetModel();
    } else {
        if (dropped > 0) {
            beginRemoveRows({}, static_cast<int>(kept), static_cast<int>(m_records.size()) - 1);
            m_records.erase(m_records.begin(), m_records.begin() + static_cast<std::ptrdiff_t>(dropped));
            endRemoveRows();
        }
        if (records.size() > kept) {
            beginInsertRows({}, 0, static_cast<int>(records.size() - kept) - 1);
            m_records = records;
            endInsertRows();
        }
    }
    m_longest = milliseconds {1};
    for (const RequestRecord& record : m_records)
        m_longest = std::max(m_longest, record.took);
}

int RequestsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_records.size());
}

int RequestsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant RequestsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const RequestRecord& record = recordAt(index.row());
    const auto column = static_cast<Column>(index.column());
    if (role == TookRole)
        return static_cast<double>(record.took.count()) / static_cast<double>(m_longest.count());
    if (role == Qt::ToolTipRole)
        return u"%1 %2%3"_s.arg(toQString(record.method), toQString(record.url),
            record.error ? u'\n' + errorTextWithDetail(*record.error) : QString());
    if (role == Qt::ForegroundRole && column == Outcome) {
        const Theme theme = Theme::of(QGuiApplication::palette());
        return record.error ? theme.bad : theme.good;
    }
    if (role == Qt::TextAlignmentRole && column != Time && column != Outcome && column != Url)
        return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Time:
        return QDateTime::fromMSecsSinceEpoch(toMs(record.sentAt), Qt::UTC).toString(u"HH:mm:ss.zzz"_s);
    case Outcome: {
        const QString status = record.status > 0 ? QString::number(record.status) : tr("no answer");
        return record.error ? u"\u2715 %1"_s.arg(status) : u"\u2713 %1"_s.arg(status);
    }
    case Took: return tr("%1 ms").arg(countText(std::int64_t {record.took.count()}));
    case Weight: return countText(record.weight, record.weight == static_cast<double>(static_cast<int>(record.weight)) ? 0 : 1);
    case Rows: return countText(record.rows);
    case Try: return countText(std::int64_t {record.tries});
    case Url: return toQString(record.url);
    case ColumnCount: break;
    }
    return {};
}

QVariant RequestsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case Time: return tr("Time (UTC)");
    case Outcome: return tr("Answer");
    case Took: return tr("Took");
    case Weight: return tr("Weight");
    case Rows: return tr("Rows");
    case Try: return tr("Try");
    case Url: return tr("Address");
    case ColumnCount: break;
    }
    return {};
}

} // namespace mnemo
