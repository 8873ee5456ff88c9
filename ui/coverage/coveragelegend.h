#pragma once

#include <QWidget>

namespace mnemo {

/// What the fills and patterns of coverage mean, or of a comparison, in one line or more, as wide as there is room.
class CoverageLegend : public QWidget {
public:
    explicit CoverageLegend(QWidget* parent = nullptr);
    void setComparing(bool isOn);
    QSize sizeHint() const override;
    int heightForWidth(int width) const override;
    bool hasHeightForWidth() const override { return true; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void describe();
    bool m_isComparing = false;
};

} // namespace mnemo
