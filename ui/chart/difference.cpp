#include "ui/chart/difference.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>
#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr double mostLimits = 5; ///< about the basis, that the pane has room for

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Chart)
};

/// @p into and the later @p bar as one.
void join(DifferenceBar& into, const DifferenceBar& bar)
{
    if (bar.bars > 0) {
        const bool isFirst = into.bars == 0;
        into.low = isFirst ? bar.low : std::min(into.low, bar.low);
        into.high = isFirst ? bar.high : std::max(into.high, bar.high);
        into.last = bar.last;
        into.basis = bar.basis;
        into.limit = bar.limit;
    }
    into.bars += bar.bars;
    into.beyond += bar.beyond;
    into.onlyFirst += bar.onlyFirst;
    into.onlySecond += bar.onlySecond;
}

DifferenceBar barOf(const BarDifference& bar)
{
    DifferenceBar out;
    out.time = bar.openTime;
    switch (bar.presence) {
    case BarDifference::Presence::OnlyA:
        out.onlyFirst = 1;
        return out;
    case BarDifference::Presence::OnlyB:
        out.onlySecond = 1;
        return out;
    case BarDifference::Presence::Both:
        break;
    }
    out.low = out.high = out.last = bar.closeBp;
    out.basis = bar.basisBp;
    out.limit = bar.limitBp;
    out.bars = 1;
    out.beyond = bar.isBeyond ? 1 : 0;
    return out;
}

QString plainBp(double bp)
{
    return Text::tr("%1 bp").arg(QLocale().toString(bp, 'f', std::abs(bp) < 100 ? 2 : 0));
}

} // namespace

bool isComparable(const SeriesKey& a, const SeriesKey& b)
{
    const auto first = parseSymbol(a.symbol), second = parseSymbol(b.symbol);
    return first && second && a != b && a.kind == Kind::Candles && b.kind == Kind::Candles
        && first->base == second->base;
}

std::vector<DifferenceBar> differenceBars(
    std::span<const BarDifference> bars, const ChartLevel& level, const Grid& grid)
{
    std::vector<DifferenceBar> out;
    for (const BarDifference& bar : bars) {
        DifferenceBar one = barOf(bar);
        const UtcMs start = startOf(level, grid, bar.openTime);
        if (out.empty() || out.back().time != start) {
            one.time = start;
            one.length = std::max(level.length, drawnLength(grid));
            out.push_back(one);
        } else {
            join(out.back(), one);
        }
    }
    return out;
}

std::vector<DifferenceBar> closeDifferences(
    std::span<const ChartBar> a, std::span<const ChartBar> b, milliseconds length)
{
    std::vector<DifferenceBar> out;
    auto other = b.begin();
    for (const ChartBar& bar : a) {
        while (other != b.end() && other->time < bar.time)
            ++other;
        if (other == b.end())
            break;
        if (other->time != bar.time || !(other->close > 0))
            continue;
        const double bp = (bar.close / other->close - 1) * 10'000;
        out.push_back({bar.time, length, bp, bp, bp, 0, 0, 1, 0, 0, 0});
    }
    return out;
}

BreachCount countBreaches(std::span<const DifferenceBar> bars, TimeRange within)
{
    BreachCount count;
    for (const DifferenceBar& bar : bars) {
        if (bar.time >= within.to || bar.time + bar.length <= within.from)
            continue;
        count.bars += bar.bars;
        count.beyond += bar.beyond;
        count.onlyFirst += bar.onlyFirst;
        count.onlySecond += bar.onlySecond;
        count.isJudged = count.isJudged && (bar.bars == 0 || bar.limit > 0);
    }
    return count;
}

DifferenceScene prepareDifferences(std::span<const DifferenceBar> bars, const TimeScale& scale, qreal ratio)
{
    DifferenceScene scene;
    scene.ratio = ratio;
    scene.count = countBreaches(bars, scale.visible());
    const auto columns = static_cast<int>(std::ceil(scale.width * ratio));
    for (const DifferenceBar& bar : bars) {
        const double slot = static_cast<double>(bar.length.count()) / scale.msPerPixel * ratio;
        const double centre = scale.toX(bar.time) * ratio + slot / 2;
        if (bar.bars == 0 || centre < 0 || centre >= columns)
            continue;
        const auto column = static_cast<int>(centre);
        if (scene.marks.empty() || scene.marks.back().x != column)
            scene.marks.push_back({column, std::max(1, static_cast<int>(slot * 0.75)), bar});
        else
            join(scene.marks.back().bar, bar);
    }
    for (const DifferenceMark& mark : scene.marks) {
        const DifferenceBar& bar = mark.bar;
        // One slipped digit must not flatten all others: it is cut off, and its triangle stands at the edge.
        const double most = bar.limit > 0 ? mostLimits * bar.limit : std::numeric_limits<double>::infinity();
        scene.low = std::min({scene.low, std::max(bar.low, bar.basis - most), bar.basis - bar.limit});
        scene.high = std::max({scene.high, std::min(bar.high, bar.basis + most), bar.basis + bar.limit});
    }
    return scene;
}

const DifferenceMark* DifferenceScene::markAt(qreal x, qreal reach) const
{
    const auto column = static_cast<int>(std::floor(x * ratio));
    const DifferenceMark* best = nullptr;
    auto after = std::lower_bound(
        marks.begin(), marks.end(), column, [](const DifferenceMark& mark, int at) { return mark.x < at; });
    const auto consider = [&](const DifferenceMark& mark) {
        if (std::abs(mark.x - column) <= std::max(reach * ratio, mark.width / 2.0)
            && (!best || std::abs(mark.x - column) < std::abs(best->x - column)))
            best = &mark;
    };
    if (after != marks.end())
        consider(*after);
    if (after != marks.begin())
        consider(*std::prev(after));
    return best;
}

PriceScale differenceScale(const DifferenceScene& scene, qreal height)
{
    return fittedScale(scene.low, scene.high, std::max(1.0, height), PriceMode::Linear, 0.12);
}

QString basisPoints(double bp)
{
    return (bp >= 0.005 ? u"+"_s : QString()) + plainBp(bp);
}

QString basisPointsLabel(double bp, int decimals)
{
    return Text::tr("%1 bp").arg((bp > 0 ? u"+"_s : QString()) + QLocale().toString(bp, 'f', decimals));
}

QString differenceText(const DifferenceBar& bar)
{
    if (bar.bars == 0)
        return bar.onlyFirst > 0 ? Text::tr("only here") : Text::tr("only there");
    const QString value = bar.bars > 1 && bar.low != bar.high
        ? Text::tr("%1 to %2").arg(basisPoints(bar.low), basisPoints(bar.high))
        : basisPoints(bar.last);
    if (!(bar.limit > 0))
        return value;
    const QString text = Text::tr("%1 (usual %2, limit %3)").arg(value, basisPoints(bar.basis), plainBp(bar.limit));
    if (bar.beyond == 0)
        return text;
    return bar.bars > 1 ? Text::tr("\u25B2 %1, %2 of %3 bars beyond").arg(text).arg(bar.beyond).arg(bar.bars)
                        : Text::tr("\u25B2 %1, beyond").arg(text);
}

QString breachText(const BreachCount& count, double limit)
{
    if (!count.isJudged)
        return Text::tr("closes of longer stretches; zoom in to hold single bars against the limit of %1")
            .arg(plainBp(limit));
    QStringList parts {Text::tr("%1 of %2 bars beyond %3")
                           .arg(countText(count.beyond), countText(count.bars), plainBp(limit))};
    if (count.onlyFirst > 0)
        parts << Text::tr("%1 only here").arg(countText(count.onlyFirst));
    if (count.onlySecond > 0)
        parts << Text::tr("%1 only there").arg(countText(count.onlySecond));
    return parts.join(u", "_s);
}

QStringList doubtsOf(const PairReport& report, const SeriesKey& first, const SeriesKey& second)
{
    QStringList doubts;
    if (report.lag != 0) {
        const SeriesKey& late = report.lag > 0 ? first : second;
        const int bars = std::abs(report.lag);
        doubts << (bars == 1 ? Text::tr("%1 fits best 1 bar earlier: are its bars stamped at close?").arg(titleOf(late))
                             : Text::tr("%1 fits best %2 bars earlier: another time zone, or stamped at close?")
                                   .arg(titleOf(late))
                                   .arg(bars));
    }
    if (!report.unitDoubt.empty())
        doubts << toQString(report.unitDoubt);
    return doubts;
}

} // namespace mnemo
