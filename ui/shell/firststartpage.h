#pragma once

#include <QWidget>

namespace mnemo {

/// What stands in the middle while nothing is stored: what this is, and two ways to begin.
class FirstStartPage : public QWidget {
    Q_OBJECT
public:
    /// @p isReadOnly: there is nothing to begin here, another window collects.
    explicit FirstStartPage(bool isReadOnly, bool isDemo, QWidget* parent = nullptr);

signals:
    void backfillRequested();
    void demoRequested();

protected:
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
};

} // namespace mnemo
