#pragma once

#include <QWidget>

namespace mnemo {

/// What the fills and patterns of coverage mean, in one line or more, as wide as there is room.
class CoverageLegend : public QWidget {
public:
    explicit CoverageLegend(QWidget* parent = nullptr);
    QSize sizeHint() const override;
    int heightForWidth(int width) const override;
    bool hasHeightForWidth() const override { return true; }

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace mnemo
