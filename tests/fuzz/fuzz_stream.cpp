// Any bytes as a message of any venue's stream: nothing may crash, loop or leave the promised order. The first byte
// picks the venue and the market, the rest is the message.

#include <cstdint>
#include <memory>
#include <vector>

#include "core/exchange/stream.h"
#include "tests/fuzz/venues.h"

using namespace mnemo;
using namespace mnemo::fuzz;

namespace {

struct Subject {
    std::shared_ptr<const StreamProtocol> protocol;
    StreamTopic topic;
};

std::vector<Subject> subjects()
{
    static const Catalogue catalogue = shippedCatalogue();
    std::vector<Subject> all;
    for (const auto& venue : catalogue.venues()) {
        for (const MarketType market : venue->markets(Kind::Candles)) {
            const auto protocol = venue->streams(market);
            if (!protocol)
                continue;
            for (const Timeframe frame : venue->timeframes(market, Kind::Candles)) {
                if (auto topic = protocol->topic(bitcoin(market), frame)) {
                    all.push_back({protocol, std::move(*topic)});
                    break;
                }
            }
        }
    }
    check(!all.empty());
    return all;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const std::vector<Subject> all = subjects();
    if (size == 0)
        return 0;
    const auto& [protocol, topic] = all[data[0] % all.size()];
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1); // NOLINT: bytes as text

    if (const auto address = protocol->address(bytes))
        check(!address->url.empty());
    else
        checkText(address.error());
    const auto text = protocol->unpacked(bytes);
    if (!text) {
        checkText(text.error());
        return 0;
    }
    if (const auto message = protocol->read(*text); !message)
        checkText(message.error());
    if (protocol->rules().tells == StreamTells::Trades) {
        const auto trades = protocol->trades(topic, *text);
        if (!trades) {
            checkText(trades.error());
            return 0;
        }
        for (std::size_t i = 1; i < trades->size(); ++i)
            check((*trades)[i - 1].time <= (*trades)[i].time);
        return 0;
    }
    const auto bars = protocol->bars(topic, *text);
    if (!bars) {
        checkText(bars.error());
        return 0;
    }
    for (std::size_t i = 1; i < bars->size(); ++i)
        check((*bars)[i - 1].bar.openTime <= (*bars)[i].bar.openTime);
    return 0;
}
