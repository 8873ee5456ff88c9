#include "app/simulator/venue.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace mnemo::sim {

const std::string* Request::parameter(std::string_view name) const
{
    const auto found = std::ranges::find(parameters, name, &std::pair<std::string, std::string>::first);
    return found == parameters.end() ? nullptr : &found->second;
}

std::string Request::value(std::string_view name) const
{
    const std::string* text = parameter(name);
    return text ? *text : std::string {};
}

std::string_view Request::header(std::string_view lowerName) const
{
    const auto found = std::ranges::find(headers, lowerName, &std::pair<std::string, std::string>::first);
    return found == headers.end() ? std::string_view {} : std::string_view {found->second};
}

std::unique_ptr<Venue> makeVenue(std::string_view id, const MarketStore& store, Feed& feed)
{
    using Maker = std::unique_ptr<Venue> (*)(const MarketStore&, Feed&);
    static constexpr std::array<std::pair<std::string_view, Maker>, 9> makers {
        {{"binance", makeBinance}, {"bybit", makeBybit}, {"okx", makeOkx}, {"kraken", makeKraken},
            {"coinbaseexchange", makeCoinbaseExchange}, {"bitfinex", makeBitfinex}, {"bitflyer", makeBitflyer}, {"btcbox", makeBtcbox},
            {"coinalyze", makeCoinalyze}}};
    const auto found = std::ranges::find(makers, id, &std::pair<std::string_view, Maker>::first);
    return found == makers.end() ? nullptr : found->second(store, feed);
}

std::optional<std::int64_t> parseInteger(std::string_view text)
{
    std::int64_t value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || text.front() == '-' || ec != std::errc {} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::optional<std::int64_t> parseTimeMs(std::string_view text)
{
    const auto value = parseInteger(text);
    return value ? std::optional {std::min(*value, endOfTime)} : std::nullopt;
}

std::string stepText(int scale)
{
    return formatFixed({1, scale});
}

TimeRange inclusive(std::int64_t fromMs_, std::int64_t toMs_)
{
    const std::int64_t from = std::clamp<std::int64_t>(fromMs_, 0, endOfTime);
    const std::int64_t to = std::clamp<std::int64_t>(toMs_, -1, endOfTime);
    return {fromMs(from), fromMs(to + 1)};
}

void appendQuoted(std::string& out, Fixed value)
{
    out += '"';
    appendFixed(out, value);
    out += '"';
}

std::string secondsText(std::chrono::milliseconds wait)
{
    return std::to_string(std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(wait).count()));
}

} // namespace mnemo::sim
