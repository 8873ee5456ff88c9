// Any bytes as an answer of any venue: nothing may crash, loop or leave the promised order. The first byte picks the
// venue and the market, the rest is the body; every decoder gets it.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/fuzz/venues.h"

using namespace mnemo;
using namespace mnemo::fuzz;

namespace {

struct Subject {
    std::shared_ptr<const Venue> venue;
    FetchArgs args;
};

void addSubjects(const std::shared_ptr<const Venue>& venue, Kind kind, std::vector<Subject>& subjects)
{
    for (const MarketType market : venue->markets(kind)) {
        Subject subject{venue, {}};
        subject.args.kind = kind;
        subject.args.timeframe = venue->timeframes(market, kind).front();
        subject.args.instrument = bitcoin(market);
        subjects.push_back(std::move(subject));
    }
}

std::vector<Subject> subjects()
{
    const Catalogue catalogue = shippedCatalogue();
    std::vector<Subject> all;
    for (const auto& venue : catalogue.venues())
        for (const Kind kind : {Kind::Candles, Kind::OpenInterest})
            addSubjects(venue, kind, all);
    return all;
}

/// What every error must be: a code that fits and one line that says where.
void checkError(const Error& error, const Venue& venue)
{
    checkText(error);
    check(error.detail.starts_with(venue.id()));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const std::vector<Subject> all = subjects();
    if (size == 0)
        return 0;
    const Subject& subject = all[data[0] % all.size()];
    const Venue& venue = *subject.venue;
    const std::string body(reinterpret_cast<const char*>(data) + 1, size - 1); // NOLINT: bytes as text

    if (subject.args.kind == Kind::Candles) {
        auto candles = venue.decodeCandles(subject.args, body);
        if (candles) {
            for (std::size_t i = 1; i < candles->rows.size(); ++i)
                check(candles->rows[i - 1].openTime < candles->rows[i].openTime);
            venue.toBaseVolume(candles->rows, subject.args.instrument);
        } else {
            checkError(candles.error(), venue);
        }
    } else {
        const auto rows = venue.decodeMetrics(subject.args, body);
        if (rows)
            for (std::size_t i = 1; i < rows->size(); ++i)
                check((*rows)[i - 1].time < (*rows)[i].time);
        else
            checkError(rows.error(), venue);
    }
    constexpr int statuses[]{200, 400, 429, 503};
    if (const auto error = venue.errorOf(statuses[body.size() % 4], body, subject.args))
        checkError(*error, venue);
    for (std::size_t call = 0; call < venue.marketRequests({}).size(); ++call) {
        const MarketAnswer answer{call, std::string(body)};
        static_cast<void>(venue.nextMarketRequest(answer, {}));
        const auto markets = venue.decodeMarkets({&answer, 1});
        if (!markets)
            checkError(markets.error(), venue);
    }
    return 0;
}
