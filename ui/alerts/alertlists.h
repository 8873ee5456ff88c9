#pragma once

#include <QAbstractTableModel>
#include <memory>
#include <vector>

#include "core/engine/alerts.h"
#include "ui/widgets/displayzone.h"

namespace mnemo {

// The small lists below the alerts. They hold few rows and change as a whole.

/// What became of alerts, newest first.
class AlertHistoryModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Time, What, Event, Told, Who, ColumnCount };
    explicit AlertHistoryModel(const DisplayZone& zone, QObject* parent = nullptr);
    void apply(std::shared_ptr<const AlertHistory> history);
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString titleOf(const AlertEvent& event) const;

    const DisplayZone& m_zone;
    std::shared_ptr<const AlertHistory> m_history;
};

/// Channels and what became of the last message by each.
class AlertChannelsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Type, From, Last, Time, Reason, ColumnCount };
    explicit AlertChannelsModel(const DisplayZone& zone, QObject* parent = nullptr);
    void apply(const std::vector<ChannelStatus>& channels);
    const ChannelStatus& channelAt(int row) const { return m_channels[static_cast<std::size_t>(row)]; }
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    const DisplayZone& m_zone;
    std::vector<ChannelStatus> m_channels;
};

/// The rules and how they are.
class AlertRulesModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, State, About, After, Channels, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;
    void apply(std::shared_ptr<const AlertSnapshot> alerts);
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::shared_ptr<const AlertSnapshot> m_alerts = std::make_shared<const AlertSnapshot>();
};

/// Silences that have not ended.
class SilencesModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { What, Why, Who, ColumnCount };
    explicit SilencesModel(const DisplayZone& zone, QObject* parent = nullptr);
    void apply(const std::vector<Silence>& silences);
    const Silence& silenceAt(int row) const { return m_silences[static_cast<std::size_t>(row)]; }
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    const DisplayZone& m_zone;
    std::vector<Silence> m_silences;
};

} // namespace mnemo
