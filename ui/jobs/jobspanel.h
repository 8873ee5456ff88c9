#pragma once

#include <QTimer>
#include <QWidget>
#include <functional>
#include <optional>
#include <vector>

#include "ui/jobs/jobsmodel.h"
#include "ui/jobs/jobsport.h"
#include "ui/widgets/lazypage.h"

class QAction;
class QLabel;
class QSettings;
class QSplitter;
class QStackedWidget;
class QTableView;

namespace mnemo {

class JobDetailsPanel;
class JobFilterBar;

/// The table of jobs with its filter, its details and its actions, which also stand in the window's menu.
class JobsPanel : public QWidget {
    Q_OBJECT
public:
    JobsPanel(JobsModel& model, JobsPort& port, bool isReadOnly, QWidget* parent = nullptr);
    QList<QAction*> actions() const { return m_actions; } ///< null separates
    QTableView* table() const { return m_table; }
    JobFilterBar* filterBar() const { return m_filter; }
    JobDetailsPanel* details() const;
    /// Asked before very many jobs are cancelled; by default a message box.
    void setConfirm(std::function<bool(const QString& question)> confirm) { m_confirm = std::move(confirm); }
    void selectJob(JobId id);

signals:
    void logRequested(mnemo::JobId job); ///< its lines in the program's log

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Rule {
        QAction* action;
        std::function<bool(const JobSnapshot&)> applies;
    };
    QWidget* createTablePage();
    void createTable();
    void createActions();
    void createListActions();
    QAction* addListAction(const QString& text, const QKeySequence& key, const std::function<void()>& run);
    QAction* addJobAction(const QString& text, const QKeySequence& key,
        const std::function<bool(const JobSnapshot&)>& applies, const std::function<void(std::vector<JobId>)>& run);
    void pauseOrResume();
    void cancel(std::vector<JobId> jobs);
    void clearFinished();
    void copyDiagnostics(bool asJson);
    void choosePage();
    JobDetailsPanel* makeDetails();
    void currentChanged();
    std::optional<JobId> currentJob() const;
    void updateActions();
    std::vector<JobId> selected(const std::function<bool(const JobSnapshot&)>& applies) const;

    JobsModel& m_model;
    JobsPort& m_port;
    const bool m_isReadOnly;
    JobFilterBar* m_filter = nullptr;
    QTableView* m_table = nullptr;
    LazyPageOf<JobDetailsPanel>* m_details = nullptr;
    QSplitter* m_splitter = nullptr;
    QLabel* m_empty = nullptr;
    QStackedWidget* m_stack = nullptr;
    QAction* m_showDetails = nullptr;
    QAction* m_clearFinished = nullptr;
    QList<QAction*> m_actions;
    std::vector<Rule> m_rules;
    std::function<bool(const QString&)> m_confirm;
    QTimer m_updateTimer; ///< actions follow what changes, a few times a second
    QTimer m_clockTimer;
};

} // namespace mnemo
