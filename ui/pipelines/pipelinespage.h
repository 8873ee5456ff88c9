#pragma once

#include <QTimer>
#include <QWidget>
#include <functional>
#include <set>

#include "ui/pipelines/pipelinesmodel.h"
#include "ui/pipelines/pipelinesport.h"

class QAction;
class QLabel;
class QStackedWidget;
class QTabWidget;
class QTableView;

namespace mnemo {

class GanttView;
class GraphView;
class GridView;
struct CommandAnswers;
class MessagePage;
class TaskDetails;
class YamlView;

/// The screen "Pipelines": all of them with their schedule and last runs, and below the chosen one as a grid of tasks and runs
/// as a graph or over time, beside the details of what is under the cursor. Controls act on all that is chosen. Whatever changes
/// something goes through CommandDialog, but for pausing, which is taken back as easily; what can be taken back Ctrl+Z takes back,
/// the last first. UI thread.
class PipelinesPage : public QWidget {
    Q_OBJECT
public:
    PipelinesPage(PipelinesPort& port, const DisplayZone& zone, QWidget* parent = nullptr); ///< both outlive it

    void refresh(); ///< all of it
    void choose(const std::string& pipeline);
    const std::string& chosen() const { return m_chosen; }
    const QList<QAction*>& allActions() const { return m_actions; } ///< in their order; null separates
    PipelinesModel* model() { return &m_model; }
    QTableView* list() const { return m_list; }
    GridView* grid() const { return m_grid; }
    GraphView* graph() const { return m_graph; }
    GanttView* gantt() const { return m_gantt; }
    YamlView* yaml() const { return m_yaml; }
    TaskDetails* details() const { return m_details; }
    QTabWidget* tabs() const { return m_tabs; }
    QString message() const; ///< what stands in the place of the list; empty where the list is shown

signals:
    void told(const QString& sentence);
    void coverageRequested(const QString& words); ///< of the series that the task is about
    void findingsRequested(const QString& words);

protected:
    void showEvent(QShowEvent* event) override;

private:
    using Action = PipelineCommand::Action;
    QAction* addAction(const QString& text, const QKeySequence& key, const std::function<void()>& run);
    void createActions();
    QWidget* createHeader();
    QTableView* createList();
    QWidget* createLower();
    void showFolder();
    void openFile(const Problem& problem);

    void lookAgain(); ///< at what may have changed
    void changed(const PipelinesChanged& change);
    void readOverview();
    void overviewArrived(const Result<PipelinesPort::Overview>& overview);
    void showOverview(const PipelinesOverview& overview);
    void showMessage(const QString& title, const QString& text);
    void spanProblems();
    void updateRuns();
    void readRuns();
    void readTasks();
    void readFile(); ///< of the chosen pipeline, or the one that is wrong
    void lineChosen(int line);
    int lineOf(const std::string& task) const; ///< in the file; 0 where it is not known
    void readChosen(); ///< tasks of the run under the cursor
    void rowChosen();
    void showChosen();
    void live(); ///< once a second while something is at work
    bool isActive() const;
    void updateActions();
    QString chosenSeries() const; ///< as words; empty where the task is about none

    void connectViews();
    void showGantt();
    void graphChosen(); ///< becomes what is chosen of the run in the grid

    using Commands = std::vector<PipelineCommand>;
    std::vector<std::string> chosenPipelines() const; ///< defined ones, the current one first
    Commands pipelineCommands(Action action) const; ///< one for each of them
    Commands taskCommands(Action action) const;     ///< one for each chosen run, with its chosen tasks
    void ask(Commands commands);
    void askAboutTasks(Action action, bool isRetry = false);
    void askPaused(Commands commands);
    void pausePipeline(const std::string& pipeline, bool isPaused);
    void pauseChosen();
    void carriedOut(const Commands& commands, const std::vector<CommandOutcome>& outcomes);
    void undo();
    void undone(const QString& what, const CommandAnswers& answers);
    std::optional<RunRecord> runUnderCursor() const;

    PipelinesPort& m_port;
    const DisplayZone& m_zone;
    PipelinesModel m_model;
    std::string m_chosen; ///< pipeline
    RunId m_wantedRun = 0; ///< the cursor goes there when it is here
    std::vector<TaskRecord> m_tasks; ///< of the run under the cursor ...
    RunId m_tasksOf = 0;             ///< ... which is this one
    std::set<RunId> m_changedRuns;   ///< since the last overview
    std::set<RunId> m_changedWhileReading;
    std::map<std::string, PoolQueue::PoolState> m_pools;
    struct Done {
        QString what; ///< a sentence
        std::vector<std::int64_t> numbers; ///< CommandOutcome::undo
    };
    std::vector<Done> m_done; ///< in this session, that can be taken back
    bool m_isUndoing = false;
    bool m_isScheduling = true, m_isReading = false, m_isReadAgain = false, m_isReadingTasks = false, m_areRunsStale = true;
    int m_runsAsked = 0, m_chosenAsked = 0, m_fileAsked = 0; ///< count questions: answers to older ones are late

    QList<QAction*> m_actions;
    QAction *m_trigger = nullptr, *m_pause = nullptr, *m_backfill = nullptr;
    QAction *m_retry = nullptr, *m_clear = nullptr, *m_mark = nullptr, *m_cancel = nullptr, *m_priority = nullptr, *m_hold = nullptr;
    QAction *m_coverage = nullptr, *m_findings = nullptr, *m_undo = nullptr;
    QTableView* m_list = nullptr;
    GridView* m_grid = nullptr;
    GraphView* m_graph = nullptr;
    GanttView* m_gantt = nullptr;
    YamlView* m_yaml = nullptr;
    TaskDetails* m_details = nullptr;
    QTabWidget* m_tabs = nullptr;
    QStackedWidget* m_pages = nullptr;
    QLabel *m_status = nullptr, *m_about = nullptr;
    MessagePage* m_message = nullptr;
    QTimer m_soon, m_clock;
    std::shared_ptr<void> m_watch; // first to go: nothing is told any more
};

} // namespace mnemo
