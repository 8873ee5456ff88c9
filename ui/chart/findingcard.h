#pragma once

#include <QFrame>
#include <vector>

#include "core/market/grid.h"
#include "core/storage/findings.h"
#include "ui/chart/chartzone.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QToolButton;

namespace mnemo {

/// What the rules say about a bar, one finding at a time: the arithmetic in words, its state, and what can be done.
class FindingCard : public QFrame {
    Q_OBJECT
public:
    /// Hidden; sits in @p parent and gives the focus back to it.
    explicit FindingCard(QWidget* parent);
    /// @p canWrite false: this window only reads.
    void open(std::vector<Finding> findings, const Grid& grid, const ChartZone& zone, bool canWrite, qreal beside);
    void renew(std::vector<Finding> findings); ///< of the same bars, when something was decided; none: it closes
    void leave();
    TimeRange bars() const { return m_bars; } ///< that it was opened for
    const Finding* finding() const; ///< null where it is closed
    QString text() const; ///< everything that it says, for tests and for readers of the screen
    QLineEdit* reason() const { return m_reason; }
    QPushButton* acceptButton() const { return m_accept; }
    QPushButton* quarantineButton() const { return m_quarantine; }
    QPushButton* fetchButton() const { return m_fetch; }
    QPushButton* undoButton() const { return m_undo; }
    QPushButton* openButton() const { return m_open; }
    void step(int by);

signals:
    void decided(const mnemo::FindingDecision& decision);
    void fetchAgainRequested(mnemo::FindingId finding);
    void openRequested(const mnemo::Finding& finding);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    QPushButton* addButton(const QString& text, const QString& hint);
    void createLayout();
    void showFinding();
    void place();
    void decide(DecisionAction action);

    std::vector<Finding> m_findings;
    std::size_t m_at = 0;
    TimeRange m_bars;
    Grid m_grid {Timeframe {}};
    ChartZone m_zone;
    bool m_canWrite = true;
    qreal m_beside = 0;
    QLabel* m_title = nullptr;
    QLabel* m_count = nullptr;
    QToolButton* m_previous = nullptr;
    QToolButton* m_next = nullptr;
    QLabel* m_facts = nullptr;
    QLabel* m_why = nullptr;
    QLineEdit* m_reason = nullptr;
    QPushButton* m_accept = nullptr;
    QPushButton* m_quarantine = nullptr;
    QPushButton* m_fetch = nullptr;
    QPushButton* m_undo = nullptr;
    QPushButton* m_open = nullptr;
    QPushButton* m_close = nullptr;
};

} // namespace mnemo
