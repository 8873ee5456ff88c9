#include "ui/alerts/alertlists.h"

#include <QGuiApplication>
#include <algorithm>

#include "ui/alerts/alerttext.h"
#include "ui/widgets/findingtext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

QVariant titleAt(const QStringList& titles, int section, Qt::Orientation orientation, int role)
{
    if (orientation != Qt::Horizontal || section < 0 || section >= titles.size() || role != Qt::DisplayRole)
        return {};
    return titles[section];
}

Theme theme()
{
    return Theme::of(QGuiApplication::palette());
}

} // namespace

// --- history ---

AlertHistoryModel::AlertHistoryModel(const DisplayZone& zone, QObject* parent)
    : QAbstractTableModel(parent)
    , m_zone(zone)
    , m_history(std::make_shared<const AlertHistory>())
{
}

void AlertHistoryModel::apply(std::shared_ptr<const AlertHistory> history)
{
    beginResetModel();
    m_history = std::move(history);
    endResetModel();
}

int AlertHistoryModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_history->events.size());
}

int AlertHistoryModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

/// Of a silence: its reason.
QString AlertHistoryModel::titleOf(const AlertEvent& event) const
{
    const auto alert = std::ranges::find(m_history->alerts, event.alert, &Alert::id);
    return alert == m_history->alerts.end() ? toQString(event.text) : alertTitle(*alert);
}

QVariant AlertHistoryModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const AlertEvent& event = m_history->events[static_cast<std::size_t>(index.row())];
    if (role == Qt::ToolTipRole)
        return toQString(event.text);
    if (role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(index.column())) {
    case Time: return whenText(event.at, m_zone);
    case What: return titleOf(event);
    case Event: return mnemo::textOf(event.kind);
    case Told: return event.isTold ? tr("yes") : tr("no");
    case Who: return toQString(event.who);
    case ColumnCount: break;
    }
    return {};
}

QVariant AlertHistoryModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    return titleAt({tr("Time"), tr("Alert"), tr("What happened"), tr("Told"), tr("By")}, section, orientation, role);
}

// --- channels ---

AlertChannelsModel::AlertChannelsModel(const DisplayZone& zone, QObject* parent)
    : QAbstractTableModel(parent)
    , m_zone(zone)
{
}

void AlertChannelsModel::apply(const std::vector<ChannelStatus>& channels)
{
    const bool isSame = std::ranges::equal(m_channels, channels, {}, [](const ChannelStatus& one) { return one.channel.id; },
        [](const ChannelStatus& one) { return one.channel.id; });
    if (isSame) { // a selection stays
        m_channels = channels;
        if (!m_channels.empty())
            emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        return;
    }
    beginResetModel();
    m_channels = channels;
    endResetModel();
}

int AlertChannelsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_channels.size());
}

int AlertChannelsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant AlertChannelsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto& [channel, last] = channelAt(index.row());
    const auto column = static_cast<Column>(index.column());
    if (role == Qt::ForegroundRole && column == Last && last)
        return colourOf(last->state, theme());
    if (role == Qt::ToolTipRole && column == Reason && last)
        return toQString(last->reason);
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Name: return toQString(channel.id);
    case Type: return channel.isOn ? mnemo::textOf(channel.type) : tr("%1, off").arg(mnemo::textOf(channel.type));
    case From: return glyphOf(channel.atLeast) + u' ' + mnemo::textOf(channel.atLeast);
    case Last: return last ? glyphOf(last->state) + u' ' + mnemo::textOf(last->state) : tr("nothing yet");
    case Time: return last ? whenText(last->finishedAt.value_or(last->queuedAt), m_zone) : QString();
    case Reason: return last ? toQString(last->reason) : QString();
    case ColumnCount: break;
    }
    return {};
}

QVariant AlertChannelsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    return titleAt({tr("Channel"), tr("Kind"), tr("Told from"), tr("Last message"), tr("When"), tr("Why not")}, section,
        orientation, role);
}

// --- rules ---

void AlertRulesModel::apply(std::shared_ptr<const AlertSnapshot> alerts)
{
    if (alerts->rules == m_alerts->rules && alerts->settings == m_alerts->settings)
        return;
    beginResetModel();
    m_alerts = std::move(alerts);
    endResetModel();
}

int AlertRulesModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_alerts->rules.size());
}

int AlertRulesModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant AlertRulesModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const RuleStatus& status = m_alerts->rules[static_cast<std::size_t>(index.row())];
    const AlertRule& rule = *m_alerts->settings.rule(status.rule);
    const auto column = static_cast<Column>(index.column());
    if (role == Qt::ForegroundRole && column == State)
        return colourOf(status.state, theme());
    if (role == Qt::ToolTipRole && column == State && status.state == RuleState::NoData)
        return toQString(m_alerts->noData);
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Name: return toQString(status.rule);
    case State: return glyphOf(status.state) + u' ' + mnemo::textOf(status.state);
    case About: return kindText(rule.kind);
    case After: return rule.pendingFor.count() > 0 ? lengthText(rule.pendingFor) : tr("at once");
    case Channels: {
        QStringList names;
        for (const AlertChannel* channel : m_alerts->settings.channelsFor(rule, rule.severity.value_or(Severity::Error)))
            names << toQString(channel->id);
        return names.join(u", "_s);
    }
    case ColumnCount: break;
    }
    return {};
}

QVariant AlertRulesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    return titleAt({tr("Rule"), tr("State"), tr("About"), tr("Told after"), tr("Channels")}, section, orientation, role);
}

// --- silences ---

SilencesModel::SilencesModel(const DisplayZone& zone, QObject* parent)
    : QAbstractTableModel(parent)
    , m_zone(zone)
{
}

void SilencesModel::apply(const std::vector<Silence>& silences)
{
    if (m_silences == silences)
        return;
    beginResetModel();
    m_silences = silences;
    endResetModel();
}

int SilencesModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_silences.size());
}

int SilencesModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant SilencesModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || role != Qt::DisplayRole)
        return {};
    const Silence& silence = silenceAt(index.row());
    switch (static_cast<Column>(index.column())) {
    case What: return silenceText(silence, m_zone);
    case Why: return toQString(silence.why);
    case Who: return toQString(silence.who);
    case ColumnCount: break;
    }
    return {};
}

QVariant SilencesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    return titleAt({tr("Nobody is told of"), tr("Why"), tr("By")}, section, orientation, role);
}

} // namespace mnemo
