#pragma once

#include <QKeySequence>
#include <QObject>
#include <functional>
#include <vector>

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

private:
    /// Where a key is heard: in the whole window, or only where a chart has the focus.
    enum class Heard { Window, Chart };
    struct Group {
        QString title;                 ///< empty: stands in the menu itself
        std::vector<QAction*> actions; ///< null separates
    };
    QAction* add(const QString& text, const QKeySequence& key, Heard heard, const std::function<void()>& run);
    QAction* addToggle(
        const QString& text, const QKeySequence& key, const std::function<void(ChartView&, bool)>& run);
    void createNavigation();
    void createScale();
    void createPanes();
    void update(); ///< ticks and what is possible
    ChartView& chart() const;

    ChartWorkspace& m_workspace;
    std::vector<Group> m_groups;
    std::vector<QAction*> m_onCharts;
    std::vector<QAction*> m_tools;
    QAction* m_autoFit = nullptr;
    QAction* m_logarithmic = nullptr;
    QAction* m_maximise = nullptr;
    QAction* m_close = nullptr;
    QAction* m_add = nullptr;
};

} // namespace mnemo
