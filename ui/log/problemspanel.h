#pragma once

#include <QWidget>

#include "core/config/node.h"

class QAction;
class QLabel;
class QStackedWidget;
class QTreeWidget;

namespace mnemo {

/// What is wrong in the settings: file, line, column, what is expected. Return opens the file.
class ProblemsPanel : public QWidget {
    Q_OBJECT
public:
    explicit ProblemsPanel(QWidget* parent = nullptr);
    /// @p isRefused: the files changed and were not taken over; what worked before is still in use.
    void setProblems(const Problems& problems, bool isRefused);
    QTreeWidget* list() const { return m_list; }
    const QList<QAction*>& actions() const { return m_actions; }

private:
    void openFile();
    void copy();

    QTreeWidget* m_list;
    QStackedWidget* m_stack;
    QLabel* m_head;
    QList<QAction*> m_actions;
};

} // namespace mnemo
