#include "core/market/serieskey.h"

namespace mnemo {

std::string SeriesKey::text() const
{
    std::string out;
    if (!source.empty() && source != exchange)
        out = source + ": ";
    out += exchange;
    out += ' ';
    out += toText(market);
    out += ' ' + symbol + ' ';
    out += toText(kind);
    out += ' ';
    out += timeframe.name();
    return out;
}

} // namespace mnemo
