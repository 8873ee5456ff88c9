#include "ui/coverage/disagreement.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <cmath>

#include "ui/chart/difference.h"
#include "ui/coverage/heatmap.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct DisagreementText {
    Q_DECLARE_TR_FUNCTIONS(Disagreement)
};

bool isSameThing(const SeriesKey& a, const SeriesKey& b)
{
    return a.market == b.market && a.symbol == b.symbol && isComparable(a, b);
}

} // namespace

Timeframe SeriesPair::timeframe() const
{
    return std::max(first.key.timeframe, second.key.timeframe);
}

std::optional<double> DisagreementCell::agreement() const
{
    return bars() > 0 ? std::optional(static_cast<double>(compared - beyond) / static_cast<double>(bars())) : std::nullopt;
}

DisagreementCell& DisagreementCell::operator+=(const DisagreementCell& other)
{
    compared += other.compared;
    beyond += other.beyond;
    onlyFirst += other.onlyFirst;
    onlySecond += other.onlySecond;
    if (std::abs(other.worstBp) > std::abs(worstBp))
        worstBp = other.worstBp;
    return *this;
}

std::vector<SeriesPair> pairsWith(const Heatmap& heatmap, const std::string& venue)
{
    std::vector<SeriesPair> pairs;
    for (const auto& row : heatmap.rows) {
        const SeriesKey& key = row->series.key;
        if (key.exchange == venue)
            continue;
        const SeriesRecord* best = nullptr;
        const auto rank = [&key](const SeriesRecord& one) { // the same timeframe, else the finest comparison
            return std::pair(one.key.timeframe != key.timeframe, std::max(one.key.timeframe, key.timeframe));
        };
        for (const auto& other : heatmap.rows) {
            if (other->series.key.exchange == venue && isSameThing(key, other->series.key)
                && (!best || rank(other->series) < rank(*best)))
                best = &other->series;
        }
        if (best)
            pairs.push_back({row->series, *best});
    }
    return pairs;
}

std::vector<DisagreementCell> cellsOf(std::span<const BarDifference> bars, std::span<const UtcMs> bounds)
{
    std::vector<DisagreementCell> cells(bounds.size() < 2 ? 0 : bounds.size() - 1);
    for (const BarDifference& bar : bars) {
        const auto after = std::ranges::upper_bound(bounds, bar.openTime);
        if (after == bounds.begin() || after == bounds.end())
            continue;
        DisagreementCell& cell = cells[static_cast<std::size_t>(after - bounds.begin()) - 1];
        switch (bar.presence) {
        case BarDifference::Presence::OnlyA: ++cell.onlyFirst; break;
        case BarDifference::Presence::OnlyB: ++cell.onlySecond; break;
        case BarDifference::Presence::Both:
            cell += DisagreementCell {1, bar.isBeyond ? 1 : 0, 0, 0, bar.closeBp - bar.basisBp};
            break;
        }
    }
    return cells;
}

CellLook lookOf(const DisagreementCell& cell)
{
    CellLook look;
    const auto agreement = cell.agreement();
    if (!agreement)
        return look;
    look.fill = *agreement >= 1 ? 100 : static_cast<std::uint8_t>(std::min(99.0, *agreement * 100));
    look.mark = cell.beyond > 0 ? CellMark::Failed : *agreement < 1 ? CellMark::Outage : CellMark::None;
    return look;
}

QString describe(const SeriesPair& pair, const std::optional<TimeRange>& bucket, const DisagreementCell& cell)
{
    const auto count = [](std::int64_t bars) { return countText(bars); };
    const QString first = toQString(pair.first.key.exchange), second = toQString(pair.second.key.exchange);
    QStringList lines {
        DisagreementText::tr("%1 against %2").arg(first, second), titleOf(pair.first.key), titleOf(pair.second.key)};
    if (bucket)
        lines << DisagreementText::tr("%1 UTC").arg(rangeText(*bucket));
    if (cell.bars() == 0)
        return (lines << DisagreementText::tr("Neither has bars here.")).join(u'\n');
    lines << DisagreementText::tr("%1 agree: of %2 bars of %3 that both have, %4 are beyond the limit.")
                 .arg(percentText(*cell.agreement()), count(cell.compared), toQString(pair.timeframe().name()),
                     count(cell.beyond));
    if (cell.compared > 0)
        lines << DisagreementText::tr("Furthest close: %1 from what is usual between both.").arg(basisPoints(cell.worstBp));
    if (cell.onlyFirst > 0)
        lines << DisagreementText::tr("Bars that %1 alone has: %2").arg(first, count(cell.onlyFirst));
    if (cell.onlySecond > 0)
        lines << DisagreementText::tr("Bars that %1 alone has: %2").arg(second, count(cell.onlySecond));
    return lines.join(u'\n');
}

} // namespace mnemo
