#pragma once

#include <QWidget>

#include "ui/sources/limitsmodel.h"

class QAction;
class QLabel;
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
    QAction* symbolsAction() const { return m_symbols; }
    void setTested(const std::string& exchange, const SourceTest& test);
    QString testResult() const; ///< as it stands beside the button

signals:
    void testRequested(const std::string& exchange);
    void symbolsRequested(const std::string& provider);

private:
    void expandInUse();
    void test();
    void currentChanged();
    void chooseAgain();
    void showResult(const std::string& exchange);

    LimitsModel m_model;
    QTreeView* m_view;
    QAction* m_test;
    QAction* m_symbols;
    QLabel* m_result;
    std::string m_chosen; ///< while the model is reset
};

} // namespace mnemo
