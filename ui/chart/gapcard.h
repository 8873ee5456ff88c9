#pragma once

#include <QFrame>

#include "core/market/coverage.h"
#include "core/market/kind.h"
#include "ui/chart/chartzone.h"

class QLabel;
class QPushButton;

namespace mnemo {

/// What is known about a hole: its class, from when to when, how many bars, the evidence, and the way to fill it.
class GapCard : public QFrame {
    Q_OBJECT
public:
    /// Hidden; sits in @p parent and gives the focus back to it.
    explicit GapCard(QWidget* parent);
    /// @p canFill false: this window only reads.
    void open(const Gap& gap, milliseconds barLength, const ChartZone& zone, bool canFill, qreal beside);
    QString text() const; ///< everything that it says, for tests and for readers of the screen
    QPushButton* fillButton() const { return m_fill; }
    void leave();

signals:
    void fillRequested(mnemo::TimeRange range);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    Gap m_gap;
    QLabel* m_title = nullptr;
    QLabel* m_facts = nullptr;
    QLabel* m_evidence = nullptr;
    QPushButton* m_fill = nullptr;
    QPushButton* m_close = nullptr;
};

/// What a class means, in one sentence for who has not met it yet.
QString meaningOf(GapClass gapClass, Kind kind = Kind::Candles);
/// Bars may be there to be fetched: not before listing, not after delisting.
bool canBeFilled(GapClass gapClass);

} // namespace mnemo
