#pragma once

#include <QWidget>
#include <memory>
#include <optional>

#include "ui/pipelines/pipelinesport.h"
#include "ui/widgets/displayzone.h"

class QAction;
class QCheckBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;

namespace mnemo {

/// What is chosen: a run, or one task of it, by name.
struct ChosenTask {
    std::optional<RunRecord> run; ///< nothing: no run at all
    std::string name; ///< "fetch", "fetch[BTC/USDT]"; empty: the whole run
    std::vector<TaskRecord> tasks; ///< of that name; one, or all instances
    int others = 0; ///< that are chosen beside it: controls act on all
    bool operator==(const ChosenTask&) const = default;
};

/// Beside grid and graph: how it stands with a run or a task of it, tries, rows and error, and what was said meanwhile, with a
/// filter and following the newest line. UI thread.
class TaskDetails : public QWidget {
    Q_OBJECT
public:
    /// Port and zone outlive it; @p actions have a button each.
    TaskDetails(PipelinesPort& port, const DisplayZone& zone, const QList<QAction*>& actions, QWidget* parent = nullptr);

    void apply(ChosenTask chosen);
    void refresh(); ///< what is at work goes on: durations, progress, log
    const ChosenTask& chosen() const { return m_chosen; }
    QString facts() const;
    QString logText() const;
    QLineEdit* filter() const { return m_filter; }

private:
    void readLog();
    void showFacts();
    void showLog();
    QStringList taskFacts(const TaskRecord& task) const;
    QStringList progressFacts() const;
    bool isWanted(const TaskLogLine& line) const;

    PipelinesPort& m_port;
    const DisplayZone& m_zone;
    ChosenTask m_chosen;
    PipelinesPort::Log m_lines;
    QLabel *m_title = nullptr, *m_facts = nullptr;
    QLineEdit* m_filter = nullptr;
    QCheckBox* m_follow = nullptr;
    QPlainTextEdit* m_log = nullptr;
    int m_asked = 0; ///< counts questions for the log
};

} // namespace mnemo
