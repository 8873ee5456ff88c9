#pragma once

#include <QTimer>
#include <QWidget>
#include <map>
#include <optional>

#include "ui/coverage/coverageform.h"
#include "ui/coverage/coveragesource.h"

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QTableView;

namespace mnemo {

class RemarkHistory;
class RequestsModel;

/// Beside the cells: what is known about the chosen ones, why bars are absent, what can be done about it, the running
/// job, and at the end what was there before and after, with the requests that brought it.
class CoverageCard : public QWidget {
    Q_OBJECT
public:
    enum class State { Nothing, Reading, Told, Working, Proven, Broken };

    explicit CoverageCard(CoverageSource& source, QWidget* parent = nullptr);

    void setSelection(const CoverageSelection& selection);
    const CoverageSelection& selection() const { return m_selection; }
    void storeChanged(); ///< what is told may be old: asks again, unless a job or its proof is shown
    void applyJobs(const std::vector<JobSnapshot>& jobs);
    /// Fill of one series begins at once: the card says already what it does. The others ask first, in the card.
    /// False where it cannot be: whyNot() says why.
    bool begin(CoverageCommand command);
    QString whyNot(CoverageCommand command) const; ///< empty where it can be begun
    bool cancelForm(); ///< false where none is open

    State state() const { return m_state; }
    const std::optional<GapReport>& report() const { return m_report; }
    const std::optional<GapReport>& before() const { return m_before; }
    QString text() const; ///< everything that it says, for tests and readers of the screen
    QPushButton* button(CoverageCommand command) const { return m_buttons.at(command); }
    QPushButton* fillButton() const { return button(CoverageCommand::Fill); }
    CoverageForm* form() const { return m_form; }
    RemarkHistory* history() const { return m_history; }
    QTableView* requests() const { return m_requests; }
    QString problem() const { return m_problem; }

signals:
    void changed(); ///< state or text
    void told(const QString& sentence);

private:
    QLayout* createButtons();
    void read();
    void arrived(Result<GapReport> report, bool isProof);
    void openForm(CoverageCommand command);
    void closeForm();
    void formStarted();
    void fillAtOnce();
    void plan(RepairKind kind, const std::function<void(Result<RepairPlan>)>& answer);
    void run(const RepairPlan& plan);
    void started(const RepairStart& start);
    void followJobs();
    void finished();
    void proofArrived();
    void showGap(int index);
    void showMany();
    void showButtons();
    void showProof();
    void removeRemark(const QString& link);
    void setState(State state);
    void showState();
    const Gap* shownGap() const; ///< null where none is

    CoverageSource& m_source;
    CoverageSelection m_selection;
    State m_state = State::Nothing;
    std::optional<GapReport> m_report, m_before;
    std::optional<RepairProof> m_repairProof; ///< of a verification of one series
    std::map<JobId, JobSnapshot> m_jobs; ///< that this card has started
    QString m_problem;
    QTimer m_timer;
    bool m_isReading = false;
    bool m_isOld = false;
    bool m_isJobOver = false; ///< what is read from now on is the proof

    QLabel* m_title;
    QLabel* m_series;
    QLabel* m_sum;
    QComboBox* m_which;
    QLabel* m_facts;
    QLabel* m_evidence;
    QLabel* m_remarks;
    std::map<CoverageCommand, QPushButton*> m_buttons;
    QWidget* m_buttonBox;
    QLabel* m_effects; ///< what Fill would do
    CoverageForm* m_form;
    RemarkHistory* m_history;
    QProgressBar* m_progress;
    QLabel* m_job;
    QLabel* m_proof;
    QTableView* m_requests;
    RequestsModel* m_requestsModel;
    QLabel* m_actions; ///< what was asked for and marked here
};

} // namespace mnemo
