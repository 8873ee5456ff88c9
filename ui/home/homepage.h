#pragma once

#include <QTimer>
#include <QWidget>
#include <functional>
#include <map>
#include <optional>

#include "ui/home/attentionmodel.h"
#include "ui/home/homeport.h"

class QAction;
class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;

namespace mnemo {

class AttentionView;
class HealthChip;
class MessagePage;

/// What a chip counts.
enum class HomeArea { Fresh, Gaps, Failed, GapsLeft, AtRisk, Running };

/// The screen "Home": what is stale, has holes, failed, is at risk, runs; and below what needs somebody, by cause, each
/// with one button. Reads while it is shown: soon after something changed, and as time goes on.
class HomePage : public QWidget {
    Q_OBJECT
public:
    /// Both outlive it.
    HomePage(HomePort& port, const DisplayZone& zone, QWidget* parent = nullptr);
    ~HomePage() override;

    const QList<QAction*>& allActions() const { return m_actions; } ///< in their order; null separates
    AttentionModel* model() const { return m_model; }
    AttentionView* view() const { return m_view; }
    HealthChip* chip(HomeArea area) const { return m_chips.at(area); }
    QLineEdit* filter() const { return m_filter; }
    QString message() const; ///< what stands in the place of the list; empty where the list is shown
    QPushButton* messageButton() const;
    const Health* health() const { return m_health.get(); } ///< as read last; null before

    void storeChanged(); ///< rows, findings or settings: what is shown is read again soon
    void applyLane(const LaneSnapshot& lane); ///< read again where it stopped, or goes on
    void applyJobs(const std::vector<JobSnapshot>& jobs);
    void check(); ///< now
    /// Asked before Accept; nothing: given up. By default a dialog.
    void setAskReason(std::function<std::optional<QString>(const QString& question)> ask) { m_askReason = std::move(ask); }

signals:
    void openRequested(const mnemo::HealthIssue& issue);
    void areaRequested(mnemo::HomeArea area); ///< the screen where its things are
    void backfillRequested();
    void told(const QString& sentence);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QAction* addAction(const QString& text, const QKeySequence& key, const std::function<void()>& run);
    void createActions();
    QWidget* createHeader();
    QWidget* createChips();
    void read();
    void arrived(const Result<std::shared_ptr<const Health>>& health);
    void showChips();
    void choosePage();
    void showMessage(const QString& glyph, const QString& title, const QString& text, const QString& button = {},
        const std::function<void()>& press = {});
    void showClear();
    void chipPressed(HomeArea area);
    void applyFilter();
    void clearFilter();
    void takeStep(int row);
    void updateActions();

    HomePort& m_port;
    const DisplayZone& m_zone;
    AttentionModel* m_model;
    AttentionView* m_view;
    QLabel* m_status = nullptr;
    QLineEdit* m_filter = nullptr;
    QStackedWidget* m_pages = nullptr;
    MessagePage* m_message = nullptr;
    std::map<HomeArea, HealthChip*> m_chips;
    std::map<std::string, std::vector<SteadyTime>> m_stops; ///< by lane: until when each of what holds it does
    QList<QAction*> m_actions;
    QAction *m_step = nullptr, *m_open = nullptr, *m_showAll = nullptr;
    std::function<std::optional<QString>(const QString&)> m_askReason;
    std::shared_ptr<const Health> m_health;
    std::optional<Error> m_error;
    std::optional<HomeArea> m_area; ///< the list shows these alone
    QTimer m_soon; ///< until the next read after a change
    QTimer m_clock; ///< ages grow, series become stale
    bool m_isReading = false;
    bool m_isOld = true; ///< what is shown is not what is so
};

} // namespace mnemo
