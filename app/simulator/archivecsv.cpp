#include "app/simulator/archivecsv.h"

#include "app/simulator/crowd.h"
#include "app/simulator/interest.h"
#include "core/base/timetext.h"

namespace mnemo::sim {

using namespace std::chrono;

namespace {

// Of a draft, each so many rows is wrong.
constexpr std::size_t wrongBars = 500, wrongReadings = 100, wrongPayments = 30;

void appendPlain(std::string& out, Fixed value)
{
    appendFixed(out, value);
    out += ',';
}

Fixed contracts(Fixed base, Fixed price, const Market& market)
{
    return Fixed::fromDouble(base.toDouble() * price.toDouble() / market.contractSize.toDouble(), 0);
}

/// "2025-01-02 00:05:00"
std::string secondText(std::int64_t ms)
{
    std::string text = formatIso(fromMs(ms)).substr(0, 19);
    text[10] = ' ';
    return text;
}

/// @param part how many of a hundred; nothing where it is all of them
void appendRatio(std::string& out, double part)
{
    if (part > 0 && part < 100)
        appendFixed(out, Fixed::fromDouble(part / (100 - part), 8));
}

} // namespace

std::string candlesCsv(std::vector<Bar> bars, const Market& market, bool isDraft)
{
    static const std::int64_t year2022 = toMs(sys_days {2022y / 1 / 1}), year2025 = toMs(sys_days {2025y / 1 / 1});
    for (std::size_t i = 0; isDraft && i < bars.size(); i += wrongBars)
        bars[i].close = bars[i].low;
    const bool isInverse = market.type == MarketType::Inverse;
    std::string out;
    out.reserve(bars.size() * 140 + 200);
    if (market.type != MarketType::Spot && !bars.empty() && bars.front().openMs >= year2022)
        out += "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n";
    for (const Bar& bar : bars) {
        const bool isFine = market.type == MarketType::Spot && bar.openMs >= year2025;
        appendInteger(out, isFine ? bar.openMs * 1000 : bar.openMs);
        out += ',';
        for (const Fixed price : {bar.open, bar.high, bar.low, bar.close})
            appendPlain(out, price);
        appendPlain(out, isInverse ? contracts(bar.volume, bar.close, market) : bar.volume);
        appendInteger(out, isFine ? bar.lastMs * 1000 + 999 : bar.lastMs);
        out += ',';
        appendPlain(out, isInverse ? bar.volume : bar.quoteVolume);
        appendInteger(out, bar.trades);
        out += ',';
        appendPlain(out, isInverse ? contracts(bar.takerVolume, bar.close, market) : bar.takerVolume);
        appendPlain(out, isInverse ? bar.takerVolume : bar.takerQuoteVolume);
        out += "0\n";
    }
    return out;
}

std::string metricsCsv(const std::vector<Bar>& bars, const Market& market, bool isDraft)
{
    std::string out = "create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,"
                      "sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio\n";
    out.reserve(bars.size() * 120 + out.size());
    for (std::size_t i = 0; i < bars.size(); ++i) {
        Bar reading = interestAt(market, bars[i]);
        if (isDraft && i % wrongReadings == 0)
            reading.volume = sum(reading.volume, reading.volume);
        out += secondText(reading.openMs) + ',' + market.id + ',';
        appendPlain(out, reading.volume);
        appendPlain(out, reading.quoteVolume);
        const double longs = longPercent(market, reading.openMs).toDouble();
        for (const double part : {50 + (longs - 50) / 2, 50 + (longs - 50) / 4, longs}) { // the larger the purse, the less it leans
            appendRatio(out, part);
            out += ',';
        }
        appendRatio(out, bars[i].volume.isZero() ? 0 : 100 * bars[i].takerVolume.toDouble() / bars[i].volume.toDouble());
        out += '\n';
    }
    return out;
}

std::string fundingCsv(const std::vector<Bar>& bars, const Market& market, bool isDraft)
{
    std::string out = "calc_time,funding_interval_hours,last_funding_rate\n";
    for (std::size_t i = 0; i < bars.size(); ++i) {
        Fixed rate = fundingRate(market, bars[i].openMs);
        if (isDraft && i % wrongPayments == 0)
            rate = sum(rate, Fixed {1, 4});
        appendInteger(out, binancePaidMs(bars[i].openMs));
        out += ',';
        appendInteger(out, fundingHours(market, bars[i].openMs));
        out += ',';
        appendFixed(out, rate);
        out += '\n';
    }
    return out;
}

} // namespace mnemo::sim
