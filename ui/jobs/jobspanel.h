#pragma once

#include <QWidget>
#include <functional>
#include <vector>

#include "ui/jobs/jobsmodel.h"

class QAction;
class QLabel;
class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;

namespace mnemo {

/// What the panel may ask for; each is called once per selected job that it applies to.
struct JobCommands {
    std::function<void(JobId)> cancel, pause, resume;
    std::function<void(const JobSnapshot&)> retry, show;
};

/// The table of jobs with its actions, which also stand in the window's menu.
class JobsPanel : public QWidget {
    Q_OBJECT
public:
    JobsPanel(JobsModel& model, JobCommands commands, bool isReadOnly, QWidget* parent = nullptr);
    QList<QAction*> actions() const { return m_actions; }
    QTableView* table() const { return m_table; }

private:
    void createTable();
    void createActions();
    void updateActions();
    void copyDiagnostics();
    QAction* addJobAction(const QString& text, const QKeySequence& key,
        const std::function<bool(const JobSnapshot&)>& applies, const std::function<void(const JobSnapshot&)>& run);
    std::vector<JobSnapshot> selected() const;

    struct Rule {
        QAction* action;
        std::function<bool(const JobSnapshot&)> applies;
    };

    JobsModel& m_model;
    JobCommands m_commands;
    bool m_isReadOnly;
    QSortFilterProxyModel* m_sorted = nullptr;
    QTableView* m_table = nullptr;
    QStackedWidget* m_stack = nullptr;
    QList<QAction*> m_actions;
    std::vector<Rule> m_rules;
};

} // namespace mnemo
