#pragma once

#include <QKeySequence>
#include <QObject>
#include <functional>
#include <utility>
#include <vector>

#include "ui/chart/paneshares.h"
#include "ui/chart/pricescale.h"

class QAction;
class QMenu;

namespace mnemo {

class ChartPane;
class ChartView;
class ChartWorkspace;

/// The commands of all charts, each acting on the active one. The workspace owns it.
class ChartActions : public QObject {
    Q_OBJECT
public:
    explicit ChartActions(ChartWorkspace& workspace);
    void fill(QMenu& menu) const;
    void addTo(ChartPane& pane); ///< keys that mean something else in tables and text fields act on its chart alone
    const std::vector<QAction*>& toolActions() const { return m_tools; }

signals:
    void used(); ///< before a command acts: whoever hides the charts shows them

private:
    /// Where a key is heard: in the whole window, or only where a chart has the focus.
    enum class Heard { Window, Chart };
    struct Group {
        QString title; ///< empty: stands in the menu itself
        std::vector<QAction*> actions; ///< null separates
    };
    QAction* add(const QString& text, const QKeySequence& key, Heard heard, const std::function<void()>& run);
    /// Ticked by @p isOn whenever the charts change.
    QAction* addToggle(const QString& text, const QKeySequence& key, const std::function<void(bool)>& run,
        const std::function<bool()>& isOn);
    QAction* addMode(const QString& text, const QKeySequence& key, PriceMode mode);
    void begin(const QString& title);
    void separate();
    void createSeries();
    void createNavigation();
    void createScale();
    void createGaps();
    void createViews();
    void addMaximise(const QString& text, PaneKind pane);
    void scaleLowerPanes(double factor);
    void maximise(bool isOn);
    void createTools();
    void createPanes();
    void createLinks();
    void update(); ///< ticks and what is possible
    ChartView& chart() const;
    ChartPane& pane() const;

    ChartWorkspace& m_workspace;
    std::vector<Group> m_groups;
    std::vector<QAction*> m_onCharts;
    std::vector<QAction*> m_tools;
    std::vector<std::pair<QAction*, std::function<bool()>>> m_toggles;
    std::vector<QAction*> m_needSeries; ///< nothing to act on without one
    std::vector<QAction*> m_needSeveral; ///< charts
    std::vector<QAction*> m_needComparison;
    QAction* m_backfill = nullptr;
    QAction* m_add = nullptr;
    QAction* m_live = nullptr;
};

} // namespace mnemo
