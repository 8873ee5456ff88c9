#pragma once

#include <QWidget>

#include "ui/sources/limitsmodel.h"

class QAction;
class QTreeView;

namespace mnemo {

/// The screen "Sources & limits": every exchange with its streams, budgets, circuit breaker, queue and clock, and a test
/// of whether it answers.
class LimitsPage : public QWidget {
    Q_OBJECT
public:
    explicit LimitsPage(QWidget* parent = nullptr);
    LimitsModel* model() { return &m_model; }
    QTreeView* view() const { return m_view; }
    QAction* testAction() const { return m_test; }

signals:
    void testRequested(const std::string& exchange);

private:
    void expandInUse();
    void test();

    LimitsModel m_model;
    QTreeView* m_view;
    QAction* m_test;
};

} // namespace mnemo
