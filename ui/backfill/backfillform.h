#pragma once

#include <QDialog>
#include <QTimer>
#include <optional>

#include "ui/backfill/backfillport.h"
#include "ui/backfill/rangepreset.h"

class QComboBox;
class QDateTimeEdit;
class QFormLayout;
class QLabel;
class QPushButton;
class QStringListModel;
class QToolButton;

namespace mnemo {

/// What to fetch, from where, and what that would mean: the plan below the fields follows every change. Closes once the
/// job has started.
class BackfillForm : public QDialog {
    Q_OBJECT
public:
    explicit BackfillForm(BackfillPort& port, QWidget* parent = nullptr);

    /// Fills the fields in; a range becomes the custom one.
    void choose(const SeriesKey& series, std::optional<TimeRange> range = std::nullopt);
    /// What the fields say; nothing, with a reason, where they say nothing that can be asked.
    std::optional<BackfillRequest> request() const;
    QString problem() const { return m_problem; }

signals:
    void started(mnemo::JobId job, const mnemo::SeriesKey& series);

private:
    void createFields(QFormLayout* layout);
    void createRange(QFormLayout* layout);
    void createPlan();
    void venueChanged();
    void marketChanged();
    void presetChanged();
    void loadSymbols();
    void fetchSymbols();
    void showSymbols();
    void changed(); ///< some field: plan again, soon
    void updatePlan();
    void showPlan(const Result<BackfillPlan>& plan);
    void start();
    void say(const QString& text, bool isProblem);
    const VenueOffer* venue() const;
    std::optional<MarketType> market() const;
    std::optional<Timeframe> timeframe() const;
    RangePreset preset() const;
    TimeRange range() const;
    QString reasonNotToAsk() const;

    BackfillPort& m_port;
    std::vector<VenueOffer> m_venues;
    std::vector<Instrument> m_instruments; ///< of the chosen venue
    QComboBox* m_exchange = nullptr;
    QComboBox* m_market = nullptr;
    QComboBox* m_symbol = nullptr;
    QToolButton* m_fetch = nullptr;
    QComboBox* m_timeframe = nullptr;
    QComboBox* m_preset = nullptr;
    QDateTimeEdit* m_from = nullptr;
    QDateTimeEdit* m_to = nullptr;
    QLabel* m_plan = nullptr;
    QLabel* m_message = nullptr;
    QPushButton* m_start = nullptr;
    QTimer m_planTimer;
    quint64 m_planNumber = 0; ///< of the newest question; older answers are dropped
    QString m_problem;
};

} // namespace mnemo
