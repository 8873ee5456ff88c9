#pragma once

#include <QTimer>
#include <QWidget>
#include <functional>
#include <optional>
#include <vector>

#include "ui/validation/findingsmodel.h"
#include "ui/validation/validationrunner.h"

class QAction;
class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QSettings;
class QStackedWidget;
class QTabWidget;
class QTableView;

namespace mnemo {

class DisplayScope;
class FindingFilterBar;
class FindingInspector;
class RulesPage;
class SummaryModel;

/// The screen "Validation": checks what is stored, shows every finding with its evidence, and keeps what was decided.
class ValidationPage : public QWidget {
    Q_OBJECT
public:
    /// @p settings keeps when each store was checked last; all outlive this.
    ValidationPage(ValidationPort& port, DisplayZone& zone, QSettings& settings, QWidget* parent = nullptr);

    QList<QAction*> actions() const { return m_actions; } ///< null separates
    QTableView* table() const { return m_table; }
    FindingsModel* model() const { return m_model; }
    FindingFilterBar* filterBar() const { return m_filter; }
    FindingInspector* inspector() const { return m_inspector; }
    RulesPage* rules() const { return m_rules; }
    QTableView* summary() const { return m_summaryView; }
    QTabWidget* tabs() const { return m_tabs; }
    QComboBox* scope() const { return m_scope; }
    QPushButton* validateButton() const { return m_validate; }
    QLabel* status() const { return m_status; }
    QLabel* message() const { return m_message; } ///< instead of the table
    bool isChecking() const { return m_runner->isRunning(); }

    void setSeriesList(const std::shared_ptr<const StoredSeriesList>& list);
    void storeChanged(); ///< rows or findings; looked at while the screen is shown, at most about once a second
    void settingsChanged();
    void showRule(const QString& rule, const QString& words = {}); ///< its findings
    void showFinding(const SeriesKey& series, const Finding& finding); ///< among those of its rule and series
    // What was wished elsewhere, on a chart; told, and undone, like decisions made here.
    void decideAbout(const FindingDecision& decision);
    void fetchAgain(const std::vector<FindingId>& findings);
    /// Asked before very many findings are decided about; by default a message box.
    void setConfirm(std::function<bool(const QString& question)> confirm) { m_confirm = std::move(confirm); }

    void followScope(DisplayScope& scope); ///< from now on; it outlives the page

signals:
    void chartRequested(const mnemo::SeriesKey& series, mnemo::TimeRange range);
    void told(const QString& sentence);

protected:
    void showEvent(QShowEvent* event) override;

private:
    struct Decided {
        FindingDecision decision;
        SeriesId from = 0;
    };
    QWidget* createHeader();
    QWidget* createFindings();
    QWidget* createTable();
    QWidget* createSummary();
    void createActions();
    QAction* addAction(const QString& text, const QKeySequence& key, QWidget* where, const std::function<void()>& run);
    void filterChanged();
    void readCounts();
    void countsArrived(const std::vector<FindingCount>& counts);
    void currentChanged();
    void chooseSought();
    void step(int by);
    void choosePage();
    void updateActions();
    void updateReplace();
    std::vector<FindingId> selected() const;
    std::optional<int> currentRow() const;

    void validate();
    void validateSelected();
    void run(ValidationRequest request);
    void progressed(const ValidationProgress& progress);
    void finished(const ValidationOutcome& outcome);
    void checkFailed(const Error& error);
    void showEnd();
    void showLastCheck();
    QString lastCheck() const; ///< a sentence; empty where there was none
    QString settingsKey() const;

    void decide(DecisionAction action);
    void send(Decided decided, bool isUndo);
    void decisionDone(const Decided& decided, const Result<std::vector<Finding>>& changed, bool isUndo);
    void undo();
    void redo();

    ValidationPort& m_port;
    DisplayZone& m_zone;
    QSettings& m_settings;
    std::shared_ptr<const StoredSeriesList> m_list;
    FindingsModel* m_model;
    ValidationRunner* m_runner;
    SummaryModel* m_summary;
    std::vector<FindingCount> m_counts;
    bool m_hasCounts = false;
    std::optional<QString> m_store; ///< its name

    QComboBox* m_scope = nullptr;
    QPushButton* m_validate = nullptr;
    QPushButton* m_cancel = nullptr;
    QProgressBar* m_progress = nullptr;
    QLabel* m_status = nullptr;
    QTabWidget* m_tabs = nullptr;
    FindingFilterBar* m_filter = nullptr;
    QTableView* m_table = nullptr;
    QLabel* m_shown = nullptr; ///< how many
    QStackedWidget* m_pages = nullptr;
    QLabel* m_message = nullptr;
    QPushButton* m_messageButton = nullptr;
    std::function<void()> m_messageRun;
    FindingInspector* m_inspector = nullptr;
    RulesPage* m_rules = nullptr;
    QTableView* m_summaryView = nullptr;
    QLabel* m_summaryNote = nullptr;

    QList<QAction*> m_actions;
    std::vector<QAction*> m_decisions; ///< enabled while something is selected
    QAction* m_validateSelected = nullptr;
    QAction* m_replace = nullptr;
    QAction* m_takeBack = nullptr;
    QAction* m_undo = nullptr;
    QAction* m_redo = nullptr;
    std::optional<DecisionAction> m_pending; ///< waits for its reason
    std::optional<FindingId> m_sought; ///< to be chosen once it is listed
    std::vector<Decided> m_done, m_undone;
    bool m_isDeciding = false;
    std::function<bool(const QString&)> m_confirm;
    QTimer m_changeTimer;
    bool m_isStale = true;
};

} // namespace mnemo
