#pragma once

#include <QLabel>

namespace mnemo {

/// One line of plain text that gives way before a window grows: what has no room ends in dots and stands in the tool tip.
class ElidedLabel : public QLabel {
public:
    explicit ElidedLabel(QWidget* parent = nullptr);
    QSize minimumSizeHint() const override;

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    bool isCut() const;
};

} // namespace mnemo
