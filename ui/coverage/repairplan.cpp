#include "ui/coverage/repairplan.h"

#include <QCoreApplication>
#include <algorithm>

#include "ui/widgets/errortext.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

namespace mnemo {

namespace {

struct PlanText {
    Q_DECLARE_TR_FUNCTIONS(RepairPlan)
};

constexpr std::size_t mostNamed = 6; ///< series; of more a sum is told

QString lineText(const RepairPlan::Line& line)
{
    return PlanText::tr("%1: bars: %2, in stretches: %3, requests: at least %4")
        .arg(titleOf(line.series.key), countText(line.bars), countText(std::ssize(line.stretches)),
            countText(line.requests));
}

} // namespace

std::int64_t RepairPlan::bars() const
{
    std::int64_t sum = 0;
    for (const Line& line : lines)
        sum += line.bars;
    return sum;
}

std::int64_t RepairPlan::requests() const
{
    std::int64_t sum = 0;
    for (const Line& line : lines)
        sum += line.requests;
    return sum;
}

std::int64_t RepairPlan::stretches() const
{
    std::int64_t sum = 0;
    for (const Line& line : lines)
        sum += std::ssize(line.stretches);
    return sum;
}

QStringList whatHappens(const RepairPlan& plan)
{
    QStringList said;
    if (plan.isEmpty())
        said << (plan.kind == RepairKind::Fill ? PlanText::tr("Nothing is missing here.")
                                               : PlanText::tr("There is nothing to ask about here."));
    for (std::size_t i = 0; i < std::min(plan.lines.size(), mostNamed); ++i)
        said << lineText(plan.lines[i]);
    if (plan.lines.size() > mostNamed)
        said << PlanText::tr("and %n more series; bars in all: %1, requests: at least %2", nullptr,
            static_cast<int>(plan.lines.size() - mostNamed))
                    .arg(countText(plan.bars()), countText(plan.requests()));
    for (std::size_t i = 0; i < std::min(plan.errors.size(), mostNamed); ++i)
        said << PlanText::tr("Left out: %1").arg(errorText(plan.errors[i]));
    if (plan.isEmpty())
        return said;
    if (plan.kind == RepairKind::Fill)
        said << PlanText::tr("Bars that come are added, none is changed. What the source says it has not counts as no "
                          "trades.");
    else
        said << PlanText::tr("Bars that come back with other values are replaced; the old values are kept as revisions, "
                          "with a finding each.");
    said << (plan.kind == RepairKind::Fill
            ? PlanText::tr("The jobs queue with other backfills and can be cancelled; what has come by then stays.")
            : PlanText::tr("It goes before other work of the exchange and can be cancelled; what has come by then stays."));
    return said;
}

} // namespace mnemo
