#pragma once

#include <QTimer>
#include <QWidget>
#include <functional>
#include <optional>

#include "ui/alerts/alertlists.h"
#include "ui/alerts/alertsmodel.h"
#include "ui/alerts/alertsport.h"

class QAction;
class QLabel;
class QPushButton;
class QScrollArea;
class QStackedWidget;
class QTableView;
class QTabWidget;

namespace mnemo {

class AlertDetails;
class MessagePage;

/// The screen "Alerts": what is pending or firing by cause, what to do about it, and below it what happened before, the
/// rules, the channels with their last message, and silences.
class AlertsPage : public QWidget {
    Q_OBJECT
public:
    /// Both outlive it.
    AlertsPage(AlertsPort& port, const DisplayZone& zone, QWidget* parent = nullptr);

    void refresh(); ///< alerts, silences or deliveries changed
    void showAlert(AlertId id);
    const QList<QAction*>& allActions() const { return m_actions; } ///< in their order; null separates
    AlertsModel* model() { return &m_model; }
    AlertHistoryModel* historyModel() { return &m_history; }
    AlertChannelsModel* channelsModel() { return &m_channels; }
    QTableView* view() const { return m_view; }
    QTableView* channelsView() const { return m_channelsView; }
    QTableView* silencesView() const { return m_silencesView; }
    QTabWidget* tabs() const { return m_tabs; }
    AlertDetails* details() const { return m_details; }
    QString status() const;
    QString message() const; ///< what stands in the place of the list; empty where the list is shown
    /// Asked before a silence with a time of its own; nothing: given up. By default a dialog.
    void setAskSilence(std::function<std::optional<Silence>(const std::optional<Alert>&)> ask) { m_askSilence = std::move(ask); }

signals:
    void causeRequested(const mnemo::Alert& alert);
    void told(const QString& sentence);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QAction* addAction(const QString& text, const QKeySequence& key, const std::function<void()>& run);
    void createActions();
    QWidget* createHeader();
    QWidget* createTabs();
    QTableView* createTable(QAbstractItemModel& model, const QString& name, const QList<int>& widths) const;
    std::optional<Alert> current() const;
    void selectionChanged();
    void updateActions();
    void showStatus();
    void readHistory();
    void check();
    void acknowledge();
    void silenceFor(milliseconds length);
    void askSilence();
    void silence(const Silence& silence);
    void unsilence();
    void testChannel();
    std::function<void(const Result<void>&)> finished(const QString& sentence); ///< tells it, or why not

    AlertsPort& m_port;
    const DisplayZone& m_zone;
    AlertsModel m_model;
    AlertHistoryModel m_history;
    AlertChannelsModel m_channels;
    AlertRulesModel m_rules;
    SilencesModel m_silences;
    QList<QAction*> m_actions;
    QAction *m_acknowledge = nullptr, *m_open = nullptr, *m_unsilence = nullptr, *m_test = nullptr;
    QList<QAction*> m_silenceActions;
    QTableView *m_view = nullptr, *m_channelsView = nullptr, *m_silencesView = nullptr;
    QStackedWidget* m_pages = nullptr;
    QTabWidget* m_tabs = nullptr;
    QScrollArea* m_detailsArea = nullptr;
    AlertDetails* m_details = nullptr;
    QLabel* m_status = nullptr;
    MessagePage* m_message = nullptr;
    QPushButton *m_unsilenceButton = nullptr, *m_testButton = nullptr;
    std::function<std::optional<Silence>(const std::optional<Alert>&)> m_askSilence;
    QTimer m_clock; ///< ages grow
};

} // namespace mnemo
