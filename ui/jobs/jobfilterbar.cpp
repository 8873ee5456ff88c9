#include "ui/jobs/jobfilterbar.h"

#include <QAction>
#include <QLineEdit>
#include <QToolButton>

#include "ui/widgets/displayscope.h"
#include "ui/widgets/scopebutton.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr std::array shownStates {JobState::Running, JobState::Queued, JobState::Paused, JobState::Complete,
    JobState::FinishedWithGaps, JobState::Failed, JobState::Cancelled};

} // namespace

JobFilterBar::JobFilterBar(JobsModel& model, QWidget* parent)
    : QToolBar(parent)
    , m_model(model)
    , m_text(new QLineEdit)
{
    setToolButtonStyle(Qt::ToolButtonTextOnly);
    setMovable(false);
    m_text->setPlaceholderText(tr("Filter jobs (/)"));
    m_text->setClearButtonEnabled(true);
    m_text->setAccessibleName(tr("Filter jobs"));
    m_text->setAccessibleDescription(tr("Words of exchange, market, symbol or timeframe; all of them must fit"));
    m_text->setMaximumWidth(m_text->fontMetrics().horizontalAdvance(u'0') * 28);
    addWidget(m_text);
    connect(m_text, &QLineEdit::textChanged, this, &JobFilterBar::apply);
    for (const JobState state : shownStates) {
        QAction* action = addAction(glyphOf(state));
        action->setCheckable(true);
        m_states[state] = action;
        connect(action, &QAction::toggled, this, &JobFilterBar::apply);
        if (auto* button = qobject_cast<QToolButton*>(widgetForAction(action)))
            button->setFocusPolicy(Qt::TabFocus);
    }
    connect(&m_model, &JobsModel::countsChanged, this, &JobFilterBar::showCounts);
    showCounts();
}

void JobFilterBar::apply()
{
    std::set<JobState> states;
    for (const auto& [state, action] : m_states) {
        if (action->isChecked())
            states.insert(state);
    }
    JobFilter filter = JobFilter::of(m_text->text(), states);
    filter.scope = m_scope;
    filter.within = m_scope.time.within(SystemClock().now());
    m_model.setFilter(filter);
}

void JobFilterBar::followScope(DisplayScope& scope)
{
    QAction* button = insertWidget(actions().at(1), new ScopeButton(scope, ScopePanel::Jobs));
    const auto follow = [this, &scope, button] {
        button->setVisible(!scope.scope().isAny()); // of a tool bar's widget it is the action that counts
        m_scope = scope.of(ScopePanel::Jobs);
        apply();
    };
    connect(&scope, &DisplayScope::changed, this, follow);
    follow();
}

void JobFilterBar::showCounts()
{
    for (const auto& [state, action] : m_states) {
        const int count = m_model.count(state);
        const QString text = u"%1 %2 %3"_s.arg(glyphOf(state), textOf(state), countText(std::int64_t {count}));
        if (action->text() == text)
            continue;
        action->setText(text);
        action->setToolTip(tr("Show only jobs of this state; several together show each of them"));
        action->setVisible(count > 0 || action->isChecked());
    }
}

} // namespace mnemo
