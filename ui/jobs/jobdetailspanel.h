#pragma once

#include <QTimer>
#include <QWidget>
#include <optional>

#include "ui/jobs/jobsport.h"

class QLabel;
class QPlainTextEdit;
class QTableView;
class QTabWidget;

namespace mnemo {

class GapsModel;
class RequestsModel;

/// What is known about one job: its requests, its log, the gaps that remain. Asks again while the job works and the panel
/// is seen.
class JobDetailsPanel : public QWidget {
    Q_OBJECT
public:
    explicit JobDetailsPanel(JobsPort& port, QWidget* parent = nullptr);
    void setJob(std::optional<JobId> id);
    void refresh();
    const std::optional<JobDetails>& details() const { return m_details; }

protected:
    void showEvent(QShowEvent* event) override;

private:
    void createTabs();
    void arrived(const std::optional<JobDetails>& details);
    void showHeadline();
    void showLog();
    void showPlaceholders();

    JobsPort& m_port;
    std::optional<JobId> m_job;
    std::optional<JobDetails> m_details;
    quint64 m_question = 0; ///< number of the newest one; answers to older ones are dropped
    std::uint64_t m_lastLine = 0;
    QTimer m_timer;
    QLabel* m_headline = nullptr;
    QTabWidget* m_tabs = nullptr;
    RequestsModel* m_requests = nullptr;
    GapsModel* m_gaps = nullptr;
    QPlainTextEdit* m_log = nullptr;
    QLabel* m_dropped = nullptr;
};

} // namespace mnemo
