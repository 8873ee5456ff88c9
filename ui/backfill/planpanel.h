#pragma once

#include <QTimer>
#include <QWidget>
#include <optional>
#include <stop_token>

#include "ui/backfill/planmodel.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QTableView;

namespace mnemo {

/// What the chosen series would cost: totals, warnings, a table per series. Made off the UI thread in portions, with
/// progress; a newer choice or Stop ends it.
class PlanPanel : public QWidget {
    Q_OBJECT
public:
    explicit PlanPanel(BackfillPort& port, QWidget* parent = nullptr);
    ~PlanPanel() override;

    void plan(std::vector<BackfillRequest> requests, const QStringList& leftOut);
    void clear(const QString& reason); ///< nothing can be planned
    /// The plan is whole and some series has something to fetch.
    bool canStart() const;
    const PlanModel& model() const { return *m_model; }

signals:
    void changed(); ///< canStart() may have

private:
    void arrived(const BackfillPort::Plans& plans);
    void stop();
    void show();

    BackfillPort& m_port;
    PlanModel* m_model = nullptr;
    std::optional<std::stop_source> m_stop; ///< of what is under way
    bool m_isStopped = false;
    QString m_reason;
    QStringList m_leftOut;
    QLabel* m_totals = nullptr;
    QLabel* m_warnings = nullptr;
    QProgressBar* m_progress = nullptr;
    QPushButton* m_stopButton = nullptr;
    QTableView* m_table = nullptr;
};

} // namespace mnemo
