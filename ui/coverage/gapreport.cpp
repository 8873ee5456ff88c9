#include "ui/coverage/gapreport.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <array>

#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct ReportText {
    Q_DECLARE_TR_FUNCTIONS(GapReport)
};

constexpr std::array byWeight {GapClass::Failed, GapClass::Unknown, GapClass::Outage, GapClass::Empty,
    GapClass::BeyondRetention, GapClass::Unlisted, GapClass::Delisted};

auto weightOf(const Gap& gap)
{
    return std::pair(std::ranges::find(byWeight, gap.gapClass) - byWeight.begin(), -gap.bars);
}

} // namespace

std::int64_t GapReport::of(GapClass gapClass) const
{
    std::int64_t sum = 0;
    for (const Gap& gap : gaps)
        sum += gap.gapClass == gapClass ? gap.bars : 0;
    return sum;
}

std::int64_t GapReport::absent() const
{
    std::int64_t sum = 0;
    for (const Gap& gap : gaps)
        sum += gap.bars;
    return sum;
}

std::int64_t GapReport::missing() const
{
    return of(GapClass::Unknown) + of(GapClass::Failed);
}

void sortByWeight(std::vector<Gap>& gaps)
{
    std::ranges::stable_sort(gaps, {}, [](const Gap& gap) { return weightOf(gap); });
}

QString sumOf(const GapReport& report)
{
    if (report.gaps.empty() && report.bars == 1)
        return ReportText::tr("the bar is stored");
    if (report.gaps.empty())
        return ReportText::tr("all %1 bars are stored").arg(countText(report.bars));
    QStringList parts;
    for (const GapClass one : byWeight) {
        if (const auto bars = report.of(one); bars > 0)
            parts << ReportText::tr("%1 %2").arg(countText(bars), textOf(one, report.series.key.kind));
    }
    return ReportText::tr("%1 of %2 bars are stored; absent: %3")
        .arg(countText(report.bars - report.absent()), countText(report.bars), parts.join(u", "_s));
}

} // namespace mnemo
