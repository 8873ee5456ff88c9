#pragma once

#include <QTimer>
#include <QWidget>
#include <functional>

#include "ui/log/logmodel.h"

class QAction;
class QComboBox;
class QLabel;
class QLineEdit;
class QStackedWidget;
class QTableView;

namespace mnemo {

/// The log as it grows: level, words, follow, copy, clear. Looks for new lines only while it can be seen.
class LogPanel : public QWidget {
    Q_OBJECT
public:
    using Source = std::function<std::vector<log::Line>(std::uint64_t after)>;
    explicit LogPanel(Source source, QWidget* parent = nullptr);

    void showTask(std::uint64_t task); ///< the lines of one job alone
    void refresh();
    LogModel* model() { return &m_model; }
    QTableView* table() const { return m_table; }
    QLineEdit* filter() const { return m_filter; }
    const QList<QAction*>& actions() const { return m_actions; }

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void createTable();
    void createActions();
    void copy();
    void showState();

    Source m_source;
    LogModel m_model;
    QComboBox* m_level;
    QLineEdit* m_filter;
    QTableView* m_table;
    QStackedWidget* m_stack;
    QLabel* m_nothing;
    QAction* m_follow = nullptr;
    QList<QAction*> m_actions;
    QTimer m_timer;
};

} // namespace mnemo
