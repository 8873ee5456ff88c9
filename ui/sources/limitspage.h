#pragma once

#include <QWidget>

#include "ui/sources/limitsmodel.h"

class QTreeView;

namespace mnemo {

/// The screen "Sources & limits": every exchange with its budgets, circuit breaker, queue and clock.
class LimitsPage : public QWidget {
    Q_OBJECT
public:
    explicit LimitsPage(QWidget* parent = nullptr);
    LimitsModel* model() { return &m_model; }
    QTreeView* view() const { return m_view; }

private:
    void expandInUse();

    LimitsModel m_model;
    QTreeView* m_view;
};

} // namespace mnemo
