#include "ui/backfill/plantext.h"

#include <QCoreApplication>

#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct Plans {
    Q_DECLARE_TR_FUNCTIONS(Plans)
};

QString row(const QString& name, const QString& value)
{
    return u"<tr><td style='padding-right:14px'>%1</td><td><b>%2</b></td></tr>"_s.arg(
        name.toHtmlEscaped(), value.toHtmlEscaped());
}

} // namespace

bool hasWork(const BackfillPlan& plan)
{
    return plan.barsWanted > plan.barsAnswered;
}

QString planText(const BackfillPlan& plan)
{
    QString text = u"<table>"_s;
    text += row(Plans::tr("Range"), Plans::tr("%1 UTC").arg(rangeText(plan.wanted)));
    text += row(Plans::tr("Candles"), countText(plan.barsWanted));
    if (plan.barsAnswered > 0)
        text += row(Plans::tr("Already known"), Plans::tr("%1, not asked for again").arg(countText(plan.barsAnswered)));
    if (hasWork(plan)) {
        text += row(Plans::tr("Requests"), Plans::tr("at least %1").arg(countText(plan.requests)));
        text += row(Plans::tr("Time"),
            plan.eta > milliseconds {0} ? Plans::tr("about %1, by the exchange's limits").arg(lengthText(plan.eta))
                                        : Plans::tr("a moment"));
        text += row(Plans::tr("Size"), Plans::tr("about %1 more in the store").arg(bytesText(plan.bytes)));
    }
    text += u"</table>"_s;
    if (!hasWork(plan))
        text += u"<p>%1</p>"_s.arg(
            Plans::tr("Everything in this range is known already: there is nothing to fetch.").toHtmlEscaped());
    for (const std::string& warning : plan.warnings)
        text += u"<p>\u26A0 %1</p>"_s.arg(toQString(warning).toHtmlEscaped());
    return text;
}

} // namespace mnemo
