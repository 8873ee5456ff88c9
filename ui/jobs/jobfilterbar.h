#pragma once

#include <QToolBar>
#include <map>

#include "ui/jobs/jobsmodel.h"

class QLineEdit;

namespace mnemo {

class DisplayScope;

/// Above the table: text, and one button for each state with the number of its jobs.
class JobFilterBar : public QToolBar {
    Q_OBJECT
public:
    explicit JobFilterBar(JobsModel& model, QWidget* parent = nullptr);
    QLineEdit* text() const { return m_text; }
    void followScope(DisplayScope& scope); ///< from now on; it outlives the bar
    QAction* stateAction(JobState state) const { return m_states.at(state); }

private:
    void apply();
    void showCounts();

    JobsModel& m_model;
    QLineEdit* m_text = nullptr;
    std::map<JobState, QAction*> m_states;
    Scope m_scope;
};

} // namespace mnemo
