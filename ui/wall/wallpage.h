#pragma once

#include <QPointer>
#include <QTimer>
#include <QWidget>
#include <map>
#include <memory>
#include <set>

#include "ui/wall/wallmodel.h"
#include "ui/wall/wallport.h"
#include "ui/widgets/scope.h"

class QAction;
class QLabel;
class QListView;
class QStackedWidget;

namespace mnemo {

class DisplayScope;
class MessagePage;
class TileDelegate;

/// The screen "Live wall": what is stored of each instrument as a tile with its last price, change, line and how it is fed.
/// While it is shown, those in sight are followed; hidden, or in a minimised window, it costs nothing.
class WallPage : public QWidget {
    Q_OBJECT
public:
    explicit WallPage(WallPort& port, QWidget* parent = nullptr); ///< @p port outlives it

    void setSeriesList(const std::shared_ptr<const StoredSeriesList>& list);
    void followScope(DisplayScope& scope); ///< outlives it
    void rowsChanged(const SeriesKey& series);
    void barRunning(const BarRunning& bar);
    void feedsChanged(const std::shared_ptr<const FeedReport>& report);

    WallModel* model() { return &m_model; }
    QListView* view() const { return m_view; }
    TileDelegate* delegate() const { return m_delegate; }
    QString message() const; ///< what stands in the place of the tiles; empty where there are some
    const std::map<SeriesKey, std::shared_ptr<void>>& followed() const { return m_followed; }

signals:
    void chartRequested(const mnemo::SeriesKey& series);
    void coverageRequested(const mnemo::SeriesKey& series);
    void backfillRequested(const mnemo::SeriesKey& series);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void createActions();
    QAction* addAction(const QString& text, const QKeySequence& key, void (WallPage::*wish)(const SeriesKey&));
    void applyList();
    bool isSeen() const;
    void wake();
    void rest(); ///< nothing is followed, no timer runs
    void settle(); ///< follows and reads what came into sight, and lets go what left it
    void read(int row);
    std::set<SeriesKey> inSight() const;

    WallPort& m_port;
    WallModel m_model;
    std::shared_ptr<const StoredSeriesList> m_list; ///< null until it has been read
    Scope m_scope;
    std::shared_ptr<const FeedReport> m_feeds = std::make_shared<const FeedReport>();
    std::map<SeriesKey, std::shared_ptr<void>> m_followed; ///< in sight
    std::set<SeriesKey> m_read; ///< in sight, and as the store has it
    QStackedWidget* m_pages;
    QListView* m_view;
    TileDelegate* m_delegate;
    MessagePage* m_message;
    QLabel* m_note;
    QPointer<QWidget> m_window; ///< that is watched for being minimised
    QTimer m_settle {this}; ///< soon, once for many changes
    QTimer m_age {this};
};

} // namespace mnemo
