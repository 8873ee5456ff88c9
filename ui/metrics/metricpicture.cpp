#include "ui/metrics/metricpicture.h"

#include <QCoreApplication>
#include <cmath>

#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct Metrics {
    Q_DECLARE_TR_FUNCTIONS(Metrics)
};

using enum MetricFormat;
using enum MetricMode;

MetricPicture openInterest()
{
    return {Metrics::tr("Open interest"), Metrics::tr("No open interest of %1 is stored."),
        Metrics::tr("Backfill open interest\u2026"),
        {{QString(), 0, {}, Base, Metrics::tr("No source tells an amount in %1 here.")},
            {Metrics::tr("USD"), 1, {}, Usd, Metrics::tr("No source tells a value in USD here.")}},
        {Lines, Change, Sum, Share}, {{Metrics::tr("Amount"), Base}, {Metrics::tr("Value"), Usd}}};
}

MetricPicture funding()
{
    return {Metrics::tr("Funding"), Metrics::tr("No funding rates of %1 are stored."), Metrics::tr("Backfill funding\u2026"),
        {{Metrics::tr("Rate"), 0, {}, Percent, Metrics::tr("No source tells a funding rate of %1 here.")}}, {Lines, Change},
        {{Metrics::tr("Rate"), Percent}, {Metrics::tr("Highest rate"), Percent}, {Metrics::tr("Lowest rate"), Percent},
            {Metrics::tr("Last rate"), Percent}, {Metrics::tr("Mark price"), Plain},
            {Metrics::tr("Hours from payment to payment"), Plain}}};
}

MetricPicture predictedFunding()
{
    return {Metrics::tr("Predicted funding"), Metrics::tr("No predicted funding rates of %1 are stored."),
        Metrics::tr("Backfill predicted funding\u2026"),
        {{Metrics::tr("Rate"), 0, {}, Percent, Metrics::tr("No source tells a predicted funding rate of %1 here.")}}, {Lines, Change},
        {{Metrics::tr("Rate"), Percent}, {Metrics::tr("Highest rate"), Percent}, {Metrics::tr("Lowest rate"), Percent},
            {Metrics::tr("Last rate"), Percent}}};
}

MetricPicture liquidations()
{
    const QString none = Metrics::tr("No source tells liquidations of %1 here.");
    return {Metrics::tr("Liquidations"), Metrics::tr("No liquidations of %1 are stored."),
        Metrics::tr("Backfill liquidations\u2026"), {{QString(), 0, 1, Base, none}, {Metrics::tr("USD"), 2, 3, Usd, none}}, {Bars},
        {{Metrics::tr("Longs"), Base}, {Metrics::tr("Shorts"), Base}, {Metrics::tr("Longs"), Usd}, {Metrics::tr("Shorts"), Usd}}};
}

MetricPicture longShortRatio()
{
    const QString none = Metrics::tr("No source tells longs and shorts of %1 here.");
    return {Metrics::tr("Long/short ratio"), Metrics::tr("No long/short ratio of %1 is stored."),
        Metrics::tr("Backfill the long/short ratio\u2026"),
        {{Metrics::tr("Longs for each short"), 0, {}, Plain, none}, {Metrics::tr("Share of longs"), 1, {}, Percent, none}}, {Lines, Change},
        {{Metrics::tr("Longs for each short"), Plain}, {Metrics::tr("Longs"), Percent}, {Metrics::tr("Shorts"), Percent}}};
}

} // namespace

MetricPicture pictureOf(Kind kind)
{
    switch (kind) {
    case Kind::Funding:
        return funding();
    case Kind::Liquidations:
        return liquidations();
    case Kind::LongShortRatio:
        return longShortRatio();
    case Kind::PredictedFunding:
        return predictedFunding();
    default:
        return openInterest();
    }
}

std::vector<Kind> picturedKinds()
{
    return {Kind::OpenInterest, Kind::Funding, Kind::PredictedFunding, Kind::Liquidations, Kind::LongShortRatio};
}

QString metricText(double number, MetricFormat format, const QString& base)
{
    const QString sign = number < 0 ? u"\u2212"_s : QString();
    const QString size = volumeText(std::abs(number));
    switch (format) {
    case Base:
        return u"%1%2 %3"_s.arg(sign, size, base);
    case Usd:
        return Metrics::tr("%1%2 USD").arg(sign, size);
    case Percent:
        return Metrics::tr("%1 %").arg(countText(100 * number, 4));
    case Plain:
        break;
    }
    return sign + size;
}

} // namespace mnemo
