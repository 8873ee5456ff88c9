#pragma once

#include <QTableView>
#include <QTimer>

namespace mnemo {

class ChartTableModel;
class ChartView;

/// The other side of a chart: the same bars and holes as a table, for readers of the screen and for copying. Reads only
/// while it is shown.
class ChartTable : public QTableView {
    Q_OBJECT
public:
    explicit ChartTable(ChartView& chart, QWidget* parent = nullptr);
    ChartTableModel& rows() { return *m_model; }
    void copySelection(); ///< all rows where none is chosen
    void refresh();

signals:
    void leaveRequested(); ///< Escape: back to the picture

protected:
    void showEvent(QShowEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    ChartView& m_chart;
    ChartTableModel* m_model = nullptr;
    QTimer m_refresh;
};

} // namespace mnemo
