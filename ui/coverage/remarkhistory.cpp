#include "ui/coverage/remarkhistory.h"

#include "ui/widgets/errortext.h"

namespace mnemo {

namespace {

RemarkChange opposite(RemarkChange change)
{
    return change == RemarkChange::Add ? RemarkChange::Remove : RemarkChange::Add;
}

QString sentenceOf(const Remark& remark, RemarkChange change)
{
    const QString place = placeText(placeOf(remark));
    if (std::holds_alternative<ListedOutage>(remark))
        return change == RemarkChange::Add ? RemarkHistory::tr("An outage of %1 is listed. Ctrl+Z undoes it.").arg(place)
                                           : RemarkHistory::tr("The outage of %1 is no longer listed.").arg(place);
    return change == RemarkChange::Add ? RemarkHistory::tr("A note on %1 is kept. Ctrl+Z undoes it.").arg(place)
                                       : RemarkHistory::tr("The note on %1 is gone.").arg(place);
}

} // namespace

RemarkHistory::RemarkHistory(CoverageSource& source, QObject* parent)
    : QObject(parent)
    , m_source(source)
{
}

void RemarkHistory::add(std::vector<Remark> remarks)
{
    if (m_isBusy || remarks.empty())
        return;
    m_undone.clear();
    run({RemarkChange::Add, std::move(remarks)}, RemarkChange::Add, m_done);
}

void RemarkHistory::remove(const Remark& remark)
{
    if (m_isBusy)
        return;
    m_undone.clear();
    run({RemarkChange::Remove, {remark}}, RemarkChange::Remove, m_done);
}

void RemarkHistory::undo()
{
    if (!canUndo())
        return;
    Step step = std::move(m_done.back());
    m_done.pop_back();
    const RemarkChange back = opposite(step.change);
    run(std::move(step), back, m_undone);
}

void RemarkHistory::redo()
{
    if (!canRedo())
        return;
    Step step = std::move(m_undone.back());
    m_undone.pop_back();
    const RemarkChange again = step.change;
    run(std::move(step), again, m_done);
}

void RemarkHistory::run(Step step, RemarkChange change, std::vector<Step>& keepIn)
{
    m_isBusy = true;
    emit changed();
    m_source.change(this, std::move(step.remarks), change,
        [this, was = step.change, change, &keepIn](const RemarksChanged& outcome) {
            m_isBusy = false;
            if (!outcome.done.empty()) {
                keepIn.push_back({was, outcome.done});
                emit told(sentenceOf(outcome.done.front(), change));
            }
            if (!outcome.errors.empty())
                emit told(errorTextWithDetail(outcome.errors.front()));
            emit changed();
        });
}

} // namespace mnemo
