// ChartPane where something is missing or doubtful: gaps, findings, the comparison with another series.
#include <algorithm>
#include <cmath>

#include "ui/chart/chartpane.h"
#include "ui/chart/chartview.h"
#include "ui/chart/findingcard.h"
#include "ui/chart/gapcard.h"
#include "ui/widgets/errortext.h"

namespace mnemo {

namespace {

constexpr std::int64_t mostExamined = 20'000; ///< bars, the newest in view

} // namespace

// --- gaps ---

void ChartPane::gapFound(const Result<std::optional<Gap>>& gap, const QString& none)
{
    if (!gap)
        return void(emit messageRaised(errorTextWithDetail(gap.error())));
    if (!*gap)
        return void(emit messageRaised(none));
    m_findingCard->hide();
    m_view->select(ChartSelection {ChartSelection::What::Gap, (*gap)->range});
    const qreal beside = std::clamp(m_view->timeScale().toX((*gap)->range.to), 0.0, m_view->timeScale().width);
    m_card->open(**gap, m_view->levelLength(), m_view->zone(), m_source.canBackfill(), beside);
}

void ChartPane::showGapAt(UtcMs within)
{
    if (!m_view->series())
        return;
    m_source.findGap(m_view, *m_view->series(), m_view->extent(), {GapQuery::Where::At, within},
        [this, search = ++m_search](const Result<std::optional<Gap>>& gap) {
            if (search == m_search)
                gapFound(gap, tr("This gap has been filled meanwhile."));
        });
}

void ChartPane::goToGap(int direction)
{
    if (!m_view->series())
        return;
    const TimeRange seen = m_view->visibleRange();
    const auto selected = selectedIn(seen);
    const bool isNext = direction > 0;
    const UtcMs from = selected ? (isNext ? selected->to - milliseconds {1} : selected->from)
        : isNext                ? seen.from - milliseconds {1}
                                : seen.to;
    m_source.findGap(m_view, *m_view->series(), m_view->extent(),
        {isNext ? GapQuery::Where::After : GapQuery::Where::Before, from},
        [this, isNext, search = ++m_search](const Result<std::optional<Gap>>& gap) {
            if (search == m_search)
                gapFound(gap, isNext ? tr("There is no gap further on.") : tr("There is no gap before this."));
        });
}

// --- comparison ---

std::optional<ComparedPair> ChartPane::pair() const
{
    if (!m_view->series() || !m_view->compared())
        return std::nullopt;
    return ComparedPair {*m_view->series(), m_view->compared()->series()};
}

void ChartPane::forgetDoubts()
{
    m_examined.reset();
    const auto two = pair();
    m_view->setComparison(two ? m_source.limits(*two).closeBp : 0, {});
}

void ChartPane::examine()
{
    const auto two = pair();
    if (!two || !m_view->compared()->hasDifferences())
        return;
    TimeRange range = m_view->visibleRange().intersected(m_view->extent());
    range.from = std::max(range.from, range.to - drawnLength(two->first.grid()) * mostExamined);
    if (range.isEmpty() || range == m_examined)
        return;
    m_examined = range;
    const double limit = m_source.limits(*two).closeBp;
    m_source.examine(m_view, *two, range, [this, limit, two, range](const Result<PairReport>& report) {
        if (m_examined != range || !pair() || pair()->second != two->second)
            return;
        m_view->setComparison(limit, report ? doubtsOf(*report, two->first.key, two->second.key) : QStringList());
    });
}

void ChartPane::goToBreach(int direction)
{
    const auto two = pair();
    if (!two || !m_view->compared()->hasDifferences())
        return void(emit messageRaised(tr("Compare with another series of the same currency first.")));
    const TimeRange seen = m_view->visibleRange();
    const auto selected = selectedIn(seen);
    const bool isLater = direction > 0;
    const UtcMs from = selected ? selected->from : isLater ? seen.from - milliseconds {1} : seen.to;
    m_source.findBreach(m_view, *two, m_view->extent(), from, isLater,
        [this, two, isLater, search = ++m_search](const Result<std::optional<BarDifference>>& found) {
            if (search != m_search)
                return;
            if (!found)
                return void(emit messageRaised(errorTextWithDetail(found.error())));
            if (!*found)
                return void(emit messageRaised(isLater ? tr("There is no bar beyond the limit further on.")
                                                       : tr("There is no bar beyond the limit before this.")));
            const UtcMs bar = (*found)->openTime;
            const UtcMs end = Grid(std::max(two->first.key.timeframe, two->second.key.timeframe)).next(bar);
            m_view->select(ChartSelection {ChartSelection::What::Breach, {bar, end}});
            m_view->pointAt(bar + (end - bar) / 2); // its middle: the edge is as near to the bar before
            emit messageRaised(tr("%1 %2: close %3, limit %4 about %5")
                                   .arg(m_view->zone().timeText(bar), m_view->zone().nameAt(bar),
                                       basisPoints((*found)->closeBp), basisPoints((*found)->limitBp),
                                       basisPoints((*found)->basisBp)));
        });
}

// --- findings ---

std::optional<TimeRange> ChartPane::selectedIn(TimeRange seen) const
{
    const auto& selected = m_view->selection();
    return selected && selected->range.overlaps(seen) ? std::optional(selected->range) : std::nullopt;
}

void ChartPane::askFindings(FindingQuery query, std::function<void(Result<std::vector<Finding>>)> take)
{
    if (!m_view->series())
        return;
    m_source.findFindings(m_view, *m_view->series(), query,
        [this, search = ++m_search, take = std::move(take)](Result<std::vector<Finding>> found) {
            if (search == m_search)
                take(std::move(found));
        });
}

void ChartPane::findingsFound(const Result<std::vector<Finding>>& findings, const QString& none)
{
    if (!findings)
        return void(emit messageRaised(errorTextWithDetail(findings.error())));
    if (findings->empty() || !m_view->series())
        return void(emit messageRaised(none));
    const Grid grid = m_view->series()->grid();
    TimeRange bars = findings->front().range;
    bars = {grid.floor(bars.from), std::max(bars.to, grid.next(grid.floor(bars.from)))};
    m_card->hide();
    m_view->select(ChartSelection {ChartSelection::What::Finding, bars});
    const qreal beside = std::clamp(m_view->timeScale().toX(bars.to), 0.0, m_view->timeScale().width);
    m_findingCard->open(*findings, grid, m_view->zone(), m_source.canBackfill(), beside);
}

void ChartPane::showFindings(TimeRange bars)
{
    askFindings({FindingQuery::Where::Over, bars}, [this](const Result<std::vector<Finding>>& findings) {
        findingsFound(findings, tr("Nothing is doubtful here any more."));
    });
}

void ChartPane::goToFinding(int direction)
{
    const TimeRange seen = m_view->visibleRange();
    const auto selected = selectedIn(seen);
    const bool isNext = direction > 0;
    const UtcMs from = selected ? selected->from : isNext ? seen.from - milliseconds {1} : seen.to;
    askFindings({isNext ? FindingQuery::Where::After : FindingQuery::Where::Before, {from, from}},
        [this, isNext](const Result<std::vector<Finding>>& findings) {
            findingsFound(findings,
                isNext ? tr("There is no failed row further on.") : tr("There is no failed row before this."));
        });
}

void ChartPane::renewFindings(TimeRange changed)
{
    if (m_findingCard->isHidden() || !m_findingCard->bars().overlaps(changed))
        return;
    askFindings({FindingQuery::Where::Over, m_findingCard->bars()}, [this](Result<std::vector<Finding>> findings) {
        if (findings)
            m_findingCard->renew(std::move(*findings));
    });
}

} // namespace mnemo
