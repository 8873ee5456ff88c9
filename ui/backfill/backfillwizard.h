#pragma once

#include <QDialog>
#include <QTimer>
#include <map>
#include <optional>
#include <set>

#include "ui/backfill/backfillchoice.h"
#include "ui/backfill/backfillport.h"

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QPushButton;
class QSpinBox;

namespace mnemo {

class CheckList;
class PlanPanel;
class RangePicker;
class SymbolPicker;

/// What to fetch, from where, and what that would mean: fields on the left, the plan of all series together on the right
/// follows every change. Closes once the jobs have been started.
class BackfillWizard : public QDialog {
    Q_OBJECT
public:
    explicit BackfillWizard(BackfillPort& port, QWidget* parent = nullptr);
    ~BackfillWizard() override;

    /// Fills the fields in for one series; a range becomes the custom one.
    void choose(const SeriesKey& series, std::optional<TimeRange> range = std::nullopt);
    void chooseHoles(const SeriesKey& series);
    BackfillChoice choice() const;
    QString problem() const { return m_problem; } ///< why nothing can be started; empty where something can, or is planned

    QComboBox* kind() const { return m_kind; }
    QComboBox* source() const { return m_source; }
    CheckList* exchanges() const { return m_exchanges; }
    CheckList* timeframes() const { return m_timeframes; }
    SymbolPicker* symbols() const { return m_symbols; }
    RangePicker* range() const { return m_range; }
    PlanPanel* plan() const { return m_plan; }
    QPushButton* startButton() const { return m_start; }
    QSpinBox* jobsAtOnce() const { return m_atOnce; }
    QCheckBox* newestFirst() const { return m_newestFirst; }

signals:
    void started(int jobs, const mnemo::SeriesKey& first);

private:
    QWidget* createFields();
    QWidget* createOptions();
    QWidget* createButtons();
    void fillExchanges();
    void fillTimeframes();
    void fillSources();
    void kindChanged();
    void sourceChanged();
    Kind chosenKind() const;
    const SourceOffer& chosenSource() const;
    void exchangesChanged();
    void loadSymbols(const std::string& exchange);
    void fetchSymbols();
    void fetchSymbols(const std::string& exchange);
    void showFetchErrors();
    void symbolsArrived(const std::string& exchange, std::vector<Instrument> instruments);
    void rebuildBook();
    void changed(); ///< some field: plan again, soon
    void updatePlan();
    void showProblem(RequestList::Field field, const QString& problem);
    void updateStart();
    void start();
    void startsArrived(const StartOutcome& outcome);
    std::vector<std::string> chosenExchanges() const;

    BackfillPort& m_port;
    const std::vector<SourceOffer> m_sources; ///< never empty
    std::map<std::string, std::vector<Instrument>> m_instruments; ///< by exchange, as far as known
    std::set<std::string> m_asked;  ///< exchanges whose saved list was read
    std::set<std::string> m_fetching;
    std::map<std::string, QString> m_fetchErrors; ///< by exchange, of the last time that it was asked
    QComboBox* m_kind = nullptr;
    QComboBox* m_source = nullptr; ///< of those that tell the chosen kind; hidden where that is one
    QLabel* m_sourceCaption = nullptr;
    CheckList* m_exchanges = nullptr;
    QLabel* m_exchangeCaption = nullptr;
    QLabel* m_symbolCaption = nullptr;
    QLabel* m_exchangeProblem = nullptr;
    CheckList* m_timeframes = nullptr;
    QLabel* m_timeframeProblem = nullptr;
    SymbolPicker* m_symbols = nullptr;
    QLabel* m_symbolProblem = nullptr;
    RangePicker* m_range = nullptr;
    QCheckBox* m_newestFirst = nullptr;
    QSpinBox* m_atOnce = nullptr;
    PlanPanel* m_plan = nullptr;
    QLabel* m_message = nullptr;
    QPushButton* m_start = nullptr;
    QTimer m_planTimer;
    QString m_problem;
    bool m_isStarting = false;
};

} // namespace mnemo
