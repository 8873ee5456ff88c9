#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/simulator/feed.h"
#include "app/simulator/limits.h"
#include "app/simulator/marketstore.h"

namespace mnemo::sim {

/// A request as the venues see it: the path without the exchange's prefix, parameters decoded.
struct Request {
    std::string method = "GET";
    std::string path;
    std::vector<std::pair<std::string, std::string>> parameters;
    std::vector<std::pair<std::string, std::string>> headers; ///< names in lower case

    const std::string* parameter(std::string_view name) const; ///< null where it was not sent
    std::string value(std::string_view name) const;            ///< empty where it was not sent
    std::string_view header(std::string_view lowerName) const;
    bool isPath(std::string_view text) const { return path == text; }
};

struct Answer {
    int status = 200;
    std::string body;
    std::string contentType = "application/json";
    std::vector<std::pair<std::string, std::string>> headers;
};

/// One simulated exchange: its paths, parameters, limits and errors, as its documentation has them. Thread-safe.
class Venue {
public:
    Venue(std::string_view id, const MarketStore& store, Feed& feed)
        : m_id(id)
        , m_store(store)
        , m_feed(feed)
    {
    }
    virtual ~Venue() = default;

    std::string_view id() const { return m_id; }
    virtual Answer answer(const Request& request, const FaultDraw& draw) = 0;
    /// The budget that a request charges; perWindow 0 where the venue does not limit it.
    virtual LimitRule limit(const Request& request) const = 0;
    /// Headers that tell the budget's state; every answer to a limited request has them.
    virtual void tellLimit(const Request& request, const Permit& permit, Answer& answer) const = 0;
    /// "Too many requests" and the ban, in the venue's words.
    virtual Answer refused(const Request& request, const Permit& permit) const = 0;

protected:
    const MarketStore& store() const { return m_store; }
    Feed& feed() const { return m_feed; }
    UtcMs now() const { return m_feed.now(); }

private:
    const std::string m_id;
    const MarketStore& m_store;
    Feed& m_feed;
};

/// Null for an id that is not in allVenues().
std::unique_ptr<Venue> makeVenue(std::string_view id, const MarketStore& store, Feed& feed);

std::unique_ptr<Venue> makeBinance(const MarketStore& store, Feed& feed);
std::unique_ptr<Venue> makeBybit(const MarketStore& store, Feed& feed);
std::unique_ptr<Venue> makeOkx(const MarketStore& store, Feed& feed);
std::unique_ptr<Venue> makeKraken(const MarketStore& store, Feed& feed);
std::unique_ptr<Venue> makeCoinbaseExchange(const MarketStore& store, Feed& feed);
std::unique_ptr<Venue> makeBitfinex(const MarketStore& store, Feed& feed);
std::unique_ptr<Venue> makeBitflyer(const MarketStore& store, Feed& feed); ///< trades alone, paged by id
std::unique_ptr<Venue> makeCoinalyze(const MarketStore& store, Feed& feed); ///< tells of the other exchanges' markets
std::unique_ptr<Venue> makeBtcbox(const MarketStore& store, Feed& feed);   ///< the latest trades alone

// What a venue's REST and its streams have in common. Nothing where the venue has no such frame.
std::optional<Grid> bybitGrid(std::string_view interval);
std::optional<Grid> okxGrid(std::string_view bar);
std::optional<Grid> krakenGrid(std::string_view minutes);
std::optional<Grid> bitfinexGrid(std::string_view frame);
Fixed okxContracts(const Bar& bar, const Market& market); ///< the bar's volume
Fixed krakenMeanPrice(const Bar& bar);

/// Digits only, at most 19 of them; nothing else is an integer to a venue.
std::optional<std::int64_t> parseInteger(std::string_view text);
/// The same, for times: what lies after the year 9999 becomes its end, so that sums do not overflow.
std::optional<std::int64_t> parseTimeMs(std::string_view text);
/// "0.01" for 2: the smallest step with so many decimals.
std::string stepText(int scale);
/// From ms where a bar may open, to `to` inclusive, as the half-open range of the feed.
TimeRange inclusive(std::int64_t fromMs, std::int64_t toMs);
constexpr std::int64_t endOfTime = 253402300799000; ///< 9999-12-31

/// Appends `"123.45"` or `123.45`.
void appendQuoted(std::string& out, Fixed value);
std::string secondsText(std::chrono::milliseconds wait); ///< rounded up, for Retry-After

} // namespace mnemo::sim
