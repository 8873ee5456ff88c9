#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/exchange/venuefiles.h"
#include "core/market/candle.h"
#include "core/market/grid.h"
#include "core/market/instrument.h"
#include "core/market/oddrows.h"
#include "core/market/openinterest.h"
#include "core/market/trade.h"
#include "core/net/budget.h"
#include "core/net/http.h"

namespace mnemo {

/// How long history is walked.
enum class Walk {
    Pages,  ///< any range up to the page's limit can be asked for by itself (window, from-start, before-end, buckets)
    Cursor, ///< the answer names the next page
    Recent, ///< only the latest rows; no way to ask for the past
};

/// What one answer holds whatever part of it is asked for: the bars that open in this part of the calendar (UTC).
enum class Bucket { None, Day, Year };

/// What the engine needs to know to cut a range into pages. For one market, kind and timeframe of a venue.
struct PageRules {
    Grid grid {Timeframe {}};
    Walk walk = Walk::Pages;
    bool isBackward = false;   ///< a cut-short page holds the newest rows of its range, not the oldest
    int maxRows = 0;           ///< most bars that one page may ask for
    Bucket bucket = Bucket::None; ///< no page crosses its border
    std::optional<int> retentionRows;           ///< only so many newest bars exist at the source
    std::optional<milliseconds> retentionAge;   ///< only bars younger than this exist at the source
    bool canAskOldest = false; ///< one request from the epoch with limit 1 returns the oldest bar
    bool includesOpenCandle = true;
    bool isFromTrades = false; ///< bars are folded from trades: maxRows counts those, and pages of any range are walked one by one
    milliseconds instant {1};  ///< the smallest difference between the times of two trades
    std::optional<milliseconds> longestRange;   ///< of one request for trades
    bool hasCountingIds = false; ///< ids of trades are numbers that grow with time: a walk by cursor may begin at any
    milliseconds delay {0};    ///< answers may be this old: what they lack of the time since was not asked about
    bool isSnapshot =
        false; ///< the source tells how things are now and nothing of the past: each answer is one reading
    /// Not 0: rows are events at times of their own, at most so far apart. A bar of the grid that has none is no gap.
    milliseconds longestPause{0};
    int fullAnswer = 0;        ///< so many rows has an answer that was cut short; 0: maxRows
    bool isAbsenceTold = true; ///< an answer speaks of all that was asked; else from its first row to its last
    bool isOpenEnded = false;  ///< the page request cannot state both ends: rows beyond the range are no mistake
    /// The source holds no more than one answer does: asking for anything older brings the same rows.
    bool isLatestOnly() const { return walk == Walk::Recent || (retentionRows && *retentionRows <= maxRows); }
    bool operator==(const PageRules&) const = default;
};

/// What a single fetch asks for, as CCXT's fetchOHLCV: what is not given stays not given.
struct FetchArgs {
    Kind kind = Kind::Candles;
    Instrument instrument; ///< market, id, codes, scales
    Timeframe timeframe {};
    std::optional<UtcMs> since, until;
    std::optional<int> limit;
    UtcMs now {};
    bool isSnapshot = false; ///< open interest as it is now, where there is history too
};

/// A request together with what it costs.
struct VenueRequest {
    HttpRequest http;
    std::vector<Charge> charges;
};

/// Rows as the body states them: ascending, one per time, running bar included, volume not yet in base units.
struct DecodedCandles {
    std::vector<Candle> rows;
    std::vector<RepeatedRow> repeated; ///< rows dropped because a later one of the body had the same time, equal or not
    std::vector<IrregularClose> cutShort; ///< rows whose stated close is before the end of their bar; by time
    std::string cursor;       ///< of the next page, where the venue works so
    std::optional<UtcMs> running {}; ///< open of the newest bar that the venue itself marks as not closed yet
};

/// Trades as the body states them: ascending by time, one per id.
struct DecodedTrades {
    std::vector<Trade> rows;
    std::size_t decodedRows = 0; ///< in the body, repeated ids too
};

/// A key of the user's own that every request carries. Its value comes from a SecretSource and is put in on the way out, so
/// that it is in no request that is shown, logged or archived.
struct KeyRules {
    std::string header; ///< that carries it
    std::string secret; ///< what the SecretSource knows it as: "ID.api_key"
    std::string from;   ///< the address where one gets it; may be empty
    bool operator==(const KeyRules&) const = default;
};

/// All traffic that shares limits.
struct LaneRules {
    std::string id;
    std::vector<BudgetSpec> budgets;
    /// So long nothing is sent after "too many requests" and after a ban, where the answer does not tell.
    milliseconds limitedFor{1'000}, bannedFor{60'000};
    std::optional<KeyRules> key {};
    bool operator==(const LaneRules&) const = default;
};

/// An answer to one of marketRequests(), or a further page of it.
struct MarketAnswer {
    std::size_t call = 0; ///< index into marketRequests()
    std::string body;
};

class StreamProtocol;

/// What a provider calls one market of an exchange, as its configuration says against its market list.
struct SymbolCorrection {
    std::string exchange;
    MarketType market = MarketType::Spot;
    std::string symbol;          ///< unified
    std::string id;              ///< the provider's own; empty: it has none
    std::string interestUnit {}; ///< as Instrument::interestUnit; empty: what the list says of the id
    std::string place {};        ///< where that is written: "FILE:LINE:COLUMN"
    bool operator==(const SymbolCorrection&) const = default;
};

/// One exchange, or a provider of several exchanges' numbers, as its description tells it. Immutable; any thread. Names no
/// venue anywhere in code.
class Venue {
public:
    virtual ~Venue() = default;

    virtual const std::string& id() const = 0;
    virtual const std::string& name() const = 0;
    virtual const std::string& note() const = 0; ///< what its users should know; mostly empty
    virtual bool needsKey() const = 0; ///< answers only who sends a key of the user's own
    virtual int version() const = 0; ///< of the description; kept with every page
    /// Tells of other exchanges: its instruments are those of its market list, each with its exchange.
    virtual bool isProvider() const = 0;
    virtual std::vector<std::string> exchanges() const = 0; ///< of which it tells, sorted; itself where it is no provider
    /// Instruments that the description itself states; they go before what the market list says.
    virtual std::span<const Instrument> fixedInstruments() const = 0;
    /// Of a provider; they go before all else that tells what it calls a market (symbolmapping.h).
    virtual std::span<const SymbolCorrection> corrections() const = 0;
    virtual std::vector<MarketType> markets(Kind kind) const = 0;
    /// Those of open interest that is told as of now alone: as often as it may be asked for.
    virtual std::vector<Timeframe> timeframes(MarketType market, Kind kind) const = 0;
    /// Open interest can be asked for as it is now.
    virtual bool hasSnapshot(MarketType market) const = 0;
    /// The past can be asked for; not so where there are snapshots alone.
    virtual bool hasHistory(MarketType market, Kind kind) const = 0;
    virtual LaneRules lane() const = 0;

    /// Errors: Unsupported, saying what there is instead.
    virtual Result<PageRules> pageRules(MarketType market, Kind kind, Timeframe frame) const = 0;

    /// The instrument of a unified symbol by the symbol template alone, without a market list. A provider has no template:
    /// its instruments have an id only where @p exchangeSymbol gives one.
    /// Errors: Unsupported (market), InvalidArgument (symbol).
    virtual Result<Instrument> instrument(MarketType market, std::string_view symbol, std::string_view exchangeSymbol = {}) const = 0;

    /// Exactly one fetch, as CCXT's does; more than one request only where one fetch needs several calls. Open interest
    /// is asked for as of now where args say so or there is no history; since, until and limit are refused then.
    virtual Result<std::vector<VenueRequest>> request(const FetchArgs& args) const = 0;
    /// The request for the bars that open in @p range (aligned, at most maxRows bars): both ends, the largest limit,
    /// the preferred endpoint for the age. For Walk::Recent the range only says how many rows are needed; where
    /// isLatestOnly() it may be longer than maxRows. Of bars that come from trades: the request for the trades of any range,
    /// for Walk::Cursor for those older than @p cursor.
    virtual Result<VenueRequest> pageRequest(const FetchArgs& args, TimeRange range, std::string_view cursor = {}) const = 0;
    /// The request whose first row is the oldest bar there is. Errors: Unsupported unless canAskOldest.
    virtual Result<VenueRequest> oldestRequest(const FetchArgs& args) const = 0;

    /// Nothing where the answer is data; else what the venue says went wrong. HTTP status first, then the body.
    virtual std::optional<Error> errorOf(int status, std::string_view body, const FetchArgs& args) const = 0;
    /// Errors: as errorOf; BadAnswer for what cannot be read, saying what and where.
    virtual Result<DecodedCandles> decodeCandles(const FetchArgs& args, std::string_view body) const = 0;
    /// Of any kind with columns: ascending, one per time, the told numbers as stated.
    virtual Result<std::vector<Metric>> decodeMetrics(const FetchArgs& args, std::string_view body) const = 0;
    /// What a row of decodeMetrics() means, as far as units and instrument tell: base units and USD, open interest one-sided and
    /// with what was stated beside it.
    virtual Metric metric(const FetchArgs& args, const Metric& stated) const = 0;
    virtual Result<DecodedTrades> decodeTrades(const FetchArgs& args, std::string_view body) const = 0;
    /// Volume to base units: contracts x contract size (linear), x contract size / close (inverse, flagged approximate).
    virtual void toBaseVolume(std::span<Candle> rows, const Instrument& instrument) const = 0;

    /// Null where the venue has no streams of candles of this market type.
    virtual std::shared_ptr<const StreamProtocol> streams(MarketType market) const = 0;

    /// The files in which the venue publishes this series; nothing where it does not.
    virtual std::optional<VenueFiles> files(const Instrument& instrument, Kind kind, Timeframe frame) const = 0;

    /// The calls of the market list; the first page of each.
    virtual std::vector<VenueRequest> marketRequests(UtcMs now) const = 0;
    /// The page after @p answer; nothing where it was the last.
    virtual std::optional<VenueRequest> nextMarketRequest(const MarketAnswer& answer, UtcMs now) const = 0;
    /// Errors: BadAnswer, and what an answer says.
    virtual Result<std::vector<Instrument>> decodeMarkets(std::span<const MarketAnswer> answers) const = 0;
};

} // namespace mnemo
