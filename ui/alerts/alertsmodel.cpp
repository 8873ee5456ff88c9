#include "ui/alerts/alertsmodel.h"

#include <QGuiApplication>
#include <algorithm>

#include "ui/alerts/alerttext.h"
#include "ui/widgets/agotext.h"
#include "ui/widgets/findingtext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

AlertsModel::AlertsModel(const DisplayZone& zone, QObject* parent)
    : QAbstractTableModel(parent)
    , m_zone(zone)
    , m_alerts(std::make_shared<const AlertSnapshot>())
{
}

int AlertsModel::rowOf(AlertId id) const
{
    const auto found = std::ranges::find(m_rows, id, &Alert::id);
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

void AlertsModel::apply(std::shared_ptr<const AlertSnapshot> alerts, UtcMs now)
{
    m_alerts = std::move(alerts);
    m_now = now;
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (m_alerts->find(alertAt(row).id))
            continue;
        beginRemoveRows({}, row, row);
        m_rows.erase(m_rows.begin() + row);
        m_seen.erase(m_seen.begin() + row);
        endRemoveRows();
    }
    for (std::size_t i = 0; i < m_alerts->open.size(); ++i) {
        const Alert& alert = m_alerts->open[i];
        const int to = static_cast<int>(i);
        const int from = rowOf(alert.id);
        if (from < 0) {
            beginInsertRows({}, to, to);
            m_rows.insert(m_rows.begin() + to, alert);
            m_seen.insert(m_seen.begin() + to, seen(alert));
            endInsertRows();
            continue;
        }
        if (from != to) { // later rows alone: earlier ones are in their place
            beginMoveRows({}, from, from, {}, to);
            std::rotate(m_rows.begin() + to, m_rows.begin() + from, m_rows.begin() + from + 1);
            std::rotate(m_seen.begin() + to, m_seen.begin() + from, m_seen.begin() + from + 1);
            endMoveRows();
        }
        m_rows[i] = alert;
        if (QString text = seen(alert); text != m_seen[i]) {
            m_seen[i] = std::move(text);
            emit dataChanged(index(to, 0), index(to, ColumnCount - 1));
        }
    }
}

QString AlertsModel::seen(const Alert& alert) const
{
    QStringList texts;
    for (int column = 0; column < ColumnCount; ++column)
        texts << text(alert, static_cast<Column>(column));
    return texts.join(u'\n');
}

QString AlertsModel::text(const Alert& alert, Column column) const
{
    const AlertLook look = lookOf(*m_alerts, alert);
    switch (column) {
    case Title: return alertTitle(alert);
    case State: return glyphOf(look) + u' ' + mnemo::textOf(look);
    case SeverityColumn: return glyphOf(alert.severity) + u' ' + mnemo::textOf(alert.severity);
    case Since: return agoText(m_now - alert.since);
    case Count: return alert.series > 0 ? countText(alert.series) : QString(u"\u2013"_s);
    case ColumnCount: break;
    }
    return {};
}

QVariant AlertsModel::raw(const Alert& alert, Column column) const
{
    switch (column) {
    case State: return static_cast<int>(lookOf(*m_alerts, alert));
    case SeverityColumn: return static_cast<int>(alert.severity);
    case Since: return static_cast<qint64>(toMs(alert.since));
    case Count: return static_cast<qint64>(alert.series);
    case Title:
    case ColumnCount: break;
    }
    return text(alert, column);
}

int AlertsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int AlertsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant AlertsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Alert& alert = alertAt(index.row());
    const auto column = static_cast<Column>(index.column());
    switch (role) {
    case Qt::DisplayRole: return text(alert, column);
    case SortRole: return raw(alert, column);
    case Qt::ToolTipRole: return column == Since ? whenText(alert.since, m_zone) : alertTitle(alert) + u'\n' + alertHelp(alert.kind);
    case Qt::ForegroundRole: {
        const Theme theme = Theme::of(QGuiApplication::palette());
        if (column == State)
            return colourOf(lookOf(*m_alerts, alert), alert.severity, theme);
        return column == SeverityColumn ? QVariant(colourOf(alert.severity, theme)) : QVariant();
    }
    case Qt::TextAlignmentRole:
        return static_cast<int>((column == Count || column == Since ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::AccessibleTextRole:
        if (column == Title)
            return tr("%1, %2, %3").arg(alertTitle(alert), mnemo::textOf(lookOf(*m_alerts, alert)), mnemo::textOf(alert.severity));
        return text(alert, column);
    default: return {};
    }
}

QVariant AlertsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((section == Count || section == Since ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case Title: return tr("Alert");
    case State: return tr("State");
    case SeverityColumn: return tr("Severity");
    case Since: return tr("Since");
    case Count: return tr("Series");
    case ColumnCount: break;
    }
    return {};
}

} // namespace mnemo
