#pragma once

#include <QTimer>
#include <QWidget>
#include <map>
#include <optional>

#include "ui/coverage/coveragesource.h"

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QTableView;

namespace mnemo {

class RequestsModel;

/// Beside the cells: what is known about the chosen ones, why bars are absent, the way to mend it, the running job, and
/// at the end what was there before and after, with the requests that brought it.
class CoverageCard : public QWidget {
    Q_OBJECT
public:
    enum class State { Nothing, Reading, Told, Working, Proven, Broken };

    explicit CoverageCard(CoverageSource& source, QWidget* parent = nullptr);

    void setSelection(const CoverageSelection& selection);
    const CoverageSelection& selection() const { return m_selection; }
    void storeChanged(); ///< what is told may be old: asks again, unless a job or its proof is shown
    void applyJobs(const std::vector<JobSnapshot>& jobs);
    bool repair(RepairKind kind); ///< false where there is nothing to do

    State state() const { return m_state; }
    const std::optional<GapReport>& report() const { return m_report; }
    const std::optional<GapReport>& before() const { return m_before; }
    QString text() const; ///< everything that it says, for tests and readers of the screen
    QPushButton* fillButton() const { return m_fill; }
    QPushButton* verifyButton() const { return m_verify; }
    QTableView* requests() const { return m_requests; }
    QString problem() const { return m_problem; }

signals:
    void changed(); ///< state or text
    void told(const QString& sentence);

private:
    void read();
    void arrived(Result<GapReport> report);
    void started(const RepairStart& start);
    void followJobs();
    void finished();
    void showGap(int index);
    void showMany();
    void setState(State state);
    void showState();

    CoverageSource& m_source;
    CoverageSelection m_selection;
    State m_state = State::Nothing;
    std::optional<GapReport> m_report, m_before;
    RepairKind m_kind = RepairKind::Fill;
    std::map<JobId, JobSnapshot> m_jobs; ///< that this card has started
    QString m_problem;
    QTimer m_timer;
    bool m_isReading = false;
    bool m_isOld = false;

    QLabel* m_title;
    QLabel* m_series;
    QLabel* m_sum;
    QComboBox* m_which;
    QLabel* m_facts;
    QLabel* m_evidence;
    QPushButton* m_fill;
    QPushButton* m_verify;
    QProgressBar* m_progress;
    QLabel* m_job;
    QLabel* m_proof;
    QTableView* m_requests;
    RequestsModel* m_requestsModel;
};

} // namespace mnemo
