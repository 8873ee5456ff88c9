#pragma once

#include <QSet>
#include <QWidget>
#include <optional>

#include "ui/bridge/storedseries.h"

class QAction;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QToolButton;
class QTreeView;

namespace mnemo {

class DisplayScope;
class UniverseModel;

/// The tree of everything that can be asked for, with a filter. Choosing a stored series shows it; choosing another one
/// offers its backfill.
class UniversePanel : public QWidget {
    Q_OBJECT
public:
    UniversePanel(UniverseModel& model, bool isReadOnly, QWidget* parent = nullptr);

    void select(const SeriesKey& key); ///< now, or as soon as it is stored
    void showSymbol(const QString& symbol); ///< on all exchanges, stored or not
    std::optional<StoredSeries> selected() const;
    void setStoredOnly(bool isOn);
    bool isStoredOnly() const;
    void followScope(DisplayScope& scope); ///< from now on; it outlives the panel
    QTreeView* view() const { return m_view; }
    QLineEdit* filter() const { return m_filter; }
    /// For the window's menu, too; null separates.
    const QList<QAction*>& actions() const { return m_actions; }

signals:
    void chosen(const mnemo::StoredSeries& series);
    void backfillRequested(const mnemo::SeriesKey& series);
    void holesRequested(const mnemo::SeriesKey& series, mnemo::TimeRange known);
    void fetchRequested(const std::string& venue);
    void refreshRequested();
    void storedOnlyChanged(bool isOn); ///< by hand: worth remembering

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void createFilter();
    void createView();
    void createActions();
    QAction* add(const QString& text, const QKeySequence& key, const std::function<void()>& run);
    void updateActions();
    void activate(const QModelIndex& index);
    void rememberExpanded();
    void restoreExpanded();
    void restoreScroll();
    int unlistedVenues() const;
    void expandStored();
    void trySelect();
    void showCount();
    void copySymbol();
    std::optional<SeriesKey> currentKey() const; ///< of a symbol: a timeframe to begin with

    UniverseModel& m_model;
    const bool m_isReadOnly;
    QLineEdit* m_filter;
    QHBoxLayout* m_bar;
    QToolButton* m_storedOnly;
    QTreeView* m_view;
    QStackedWidget* m_stack;
    QLabel* m_nothing;
    QPushButton* m_searchAll;
    QLabel* m_count;
    QList<QAction*> m_actions;
    QAction* m_open = nullptr;
    QAction* m_backfill = nullptr;
    QAction* m_holes = nullptr;
    QAction* m_others = nullptr;
    QAction* m_copy = nullptr;
    QAction* m_fetch = nullptr;
    QAction* m_fetchAll = nullptr;
    QSet<QString> m_expanded; ///< paths, while nothing is filtered
    QString m_current; ///< path
    QString m_top, m_topFilter; ///< path of the first row in view, and by which filter, before the last reset
    QString m_unfilteredTop, m_unfilteredCurrent; ///< likewise, when nothing was filtered
    bool m_isFresh = true; ///< nothing was expanded by hand yet
    std::optional<SeriesKey> m_wanted;
    bool m_isFollowing = false; ///< the current row follows what is shown: nobody has chosen it
};

} // namespace mnemo
