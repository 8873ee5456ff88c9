#pragma once

#include <QVariant>
#include <QWidget>
#include <vector>

class QSplitter;

namespace mnemo {

/// Widgets in rows of about equal length, with movable borders; one of them can fill everything for a while.
class PaneGrid : public QWidget {
    Q_OBJECT
public:
    explicit PaneGrid(QWidget* parent = nullptr);
    /// In reading order; widgets that are no longer among them are hidden and stay the caller's.
    void setPanes(const std::vector<QWidget*>& panes);
    void setMaximised(QWidget* pane); ///< null: all are shown
    QWidget* maximised() const { return m_maximised; }
    /// Where the borders are: heights of the rows, then the widths of each row.
    QVariantList shares() const;
    void setShares(const QVariantList& shares); ///< does nothing where they are those of another grid
    static int columnsFor(int panes);

private:
    void applyVisibility();
    std::vector<QSplitter*> splitters() const; ///< that of the rows first

    QSplitter* m_rows = nullptr;
    std::vector<QWidget*> m_panes;
    QWidget* m_maximised = nullptr;
};

} // namespace mnemo
