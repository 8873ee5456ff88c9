#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/config/node.h"
#include "core/exchange/formula.h"
#include "core/exchange/protobuf.h"
#include "core/exchange/stream.h"
#include "core/exchange/template.h"
#include "core/exchange/timeunit.h"
#include "core/exchange/venue.h"

/// A venue's YAML as plain values, understood and checked. config/exchanges/README.md says what each key means.
namespace mnemo::description {

/// A way into JSON: keys, indexes ("0"), "*" (the only member that is a list or map), "name=word" (the element of a
/// list whose member `name` is `word`, which may be a template), "{symbol}" templates. Empty ("$value"): the value
/// itself.
struct PathStep {
    enum class Kind { Key, Index, Any, Select, Template } kind = Kind::Key;
    std::string key;
    std::string word; ///< of Select
    std::size_t index = 0;
    Template text; ///< of Template, and of Select where the word has placeholders
};
using Path = std::vector<PathStep>;

/// The venue's word for a timeframe; `parts` where it is split into several parameters.
struct FrameWord {
    std::string text;
    std::vector<std::pair<std::string, std::string>> parts;
};

struct Param {
    std::string name;
    Template value;
    std::optional<Condition> when;
};

/// A JSON body with placeholders in its texts.
struct BodyTemplate {
    enum class Kind { Object, List, Text, Literal } kind = Kind::Literal;
    std::vector<std::string> names; ///< of Object, as many as members
    std::vector<BodyTemplate> members; ///< of Object and List
    std::optional<Condition> when; ///< left out unless it holds
    Template text;
    nlohmann::ordered_json literal;
};

struct ChargeRule {
    std::string budget;
    double weight = 1;
    std::vector<std::pair<int, double>> byLimit; ///< up to this many rows: this weight
    int perRows = 0; ///< and one more for each so many rows
    Mark mark; ///< where it is said
};

/// When an endpoint of several is the right one. All that is set must hold.
struct EndpointWhen {
    std::optional<bool> since; ///< a start is asked for, or none
    std::optional<std::int64_t> olderThanBars; ///< it lies before now - so many bars
    std::map<Timeframe, milliseconds> olderThan; ///< it lies before now - this
    std::vector<Timeframe> frames;
    std::vector<std::string> quotes; ///< the instrument's quote currency is one of these
    std::optional<Condition> condition;
};

/// How one request is made.
struct RequestForm {
    EndpointWhen when;
    std::string method = "GET";
    std::string origin; ///< "https://host", after base_url
    Template path; ///< begins with '/'
    std::string pathText; ///< of path, placeholders and all, for messages
    std::vector<Param> params;
    std::optional<BodyTemplate> body;
    std::vector<std::pair<std::string, std::string>> headers;
    Formulas rows; ///< n
    Formulas sentLimit; ///< {limit}
    Formulas start, end;
    std::map<Timeframe, TimeUnit> startUnits; ///< by frame where they differ
    TimeUnit startUnit = TimeUnit::Milliseconds, endUnit = TimeUnit::Milliseconds;
    std::vector<ChargeRule> charges;
};

/// Number is the first of the numbers of a metric, in the order of its kind's columns.
enum class Role { Time, Open, High, Low, Close, Volume, QuoteVolume, Trades, Closed, Id, CloseTime, Name, Number };
constexpr std::size_t roleCount = static_cast<std::size_t>(Role::Number) + mostMetricColumns;
constexpr Role numberRole(std::size_t column)
{
    return static_cast<Role>(static_cast<std::size_t>(Role::Number) + column);
}

/// A column of arrays, a key of objects, or a column by its key; `element` where that holds lists.
struct FieldRef {
    int column = -1;
    std::string key;
    int element = -1;
    bool operator==(const FieldRef&) const = default;
    bool isSet() const { return column >= 0 || !key.empty(); }
};

/// Integers in answers that stand for decimals: divided by 10^digits, fixed or a field of the market.
struct Scale {
    enum class From { None, Fixed, PriceScale, ValueScale } from = From::None;
    int digits = 0;
};

enum class RowsKind { Arrays, Objects, Columns };
enum class VolumeUnit { Base, Quote, Contracts };

/// How an answer is read.
struct RowsForm {
    Path path;
    RowsKind kind = RowsKind::Arrays;
    int width = 0; ///< exact number of columns; 0: any
    std::array<FieldRef, roleCount> fields;
    TimeUnit timeUnit = TimeUnit::Milliseconds;
    TimeUnit closeUnit = TimeUnit::Milliseconds; ///< of the close time, where a row states one beside its open
    bool isCloseTime = false; ///< the time is the bar's end
    bool isFloored = false; ///< the time lies within the bar
    Kind tells = Kind::Candles; ///< of trades Close is a price, Volume an amount
    std::uint32_t percents = 0; ///< a bit for each role that is told in percent, and read as a fraction
    bool isNewestFirst = false; ///< of trades: the last row of one moment was the first
    bool isText = false; ///< the body is JSON in a JSON text
    bool isStream = false; ///< what stands at the path may be a row by itself
    Scale priceScale, volumeScale;
    bool emptyBody = false, nullRows = false, missingRows = false; ///< these too say "no rows"
    bool emptyRows = false; ///< a row with null for a price says that nothing traded
    std::vector<std::string> closedWords; ///< what the closed field says of a bar that is closed
    Path cursor; ///< to the next page's
};

/// What a kind's first number counts; Listed: what the market list says of each instrument.
enum class AmountUnit { Base, Contracts, Listed };

/// What the numbers of open interest count; of liquidations the amount alone.
struct InterestUnits {
    AmountUnit amount = AmountUnit::Base;
    bool isValueInBase = false; ///< else USD
    bool isTwoSided = false; ///< longs and shorts are added up
};

/// One kind of one market type.
struct Block {
    std::map<Timeframe, FrameWord> frames;
    std::map<Timeframe, milliseconds> anchors;
    Walk walk = Walk::Pages;
    bool keepsNewest = false;
    bool isBucketed = false; ///< an answer is all that opens in a day, or a year where the start is written so
    int maxRows = 0;
    std::optional<milliseconds> maxSpan;
    std::optional<int> retentionRows;
    std::map<Timeframe, int> retentionRowsOf; ///< of single frames
    std::optional<milliseconds> retentionAge;
    std::map<Timeframe, milliseconds> retentionAges; ///< of single frames
    bool includesOpenCandle = true;
    bool isTrades = false; ///< candles of the frames are folded from what is read
    bool hasCountingIds = false;
    milliseconds delay{0};
    milliseconds longestPause{0}; ///< not 0: rows are events, at most so far apart
    int fullAnswer = 0; ///< so many rows has an answer that was cut short
    bool isAbsenceTold = true; ///< an answer speaks of all that was asked; else from its first row to its last
    VolumeUnit volumeUnit = VolumeUnit::Base;
    InterestUnits interest;
    std::vector<RequestForm> asked; ///< as CCXT asks; the first whose `when` holds
    std::vector<RequestForm> page;
    std::vector<RequestForm> oldest; ///< empty: cannot be asked
    RowsForm rows;
    std::optional<RowsForm> pageRows; ///< where pages are answered in another form
};

/// One number of an answer that holds no list of rows.
struct SnapshotField {
    Path path;
    Path times; ///< the number there is multiplied by the one here
    bool isSet = false;
};

/// Open interest as it is now, of one market type.
struct Snapshot {
    RequestForm request;
    SnapshotField time; ///< not set: the answer does not tell, and the time of asking is taken
    TimeUnit timeUnit = TimeUnit::Milliseconds;
    SnapshotField amount, value;
    InterestUnits units;
};

/// Where a connection's address is asked for by REST, and what of the answer makes it.
struct HandshakeForm {
    RequestForm request;
    Path url, token, pingEvery; ///< pingEvery in ms; empty: not told
};

/// A message of a stream names its topic: the scalar at `path` is what the template says.
struct StreamMatch {
    Path path; ///< "*" of a list: each element may belong to another topic
    Template text;
};

/// A value found in JSON is one of these words.
struct Test {
    Path path;
    std::vector<std::string> words; ///< "~text" is contained in it
};

/// Streams of candles of one market type.
struct StreamForm {
    std::string origin; ///< "wss://host", after ws_url
    Template path; ///< begins with '/'; {token} of the handshake
    std::optional<HandshakeForm> handshake;
    std::map<Timeframe, FrameWord> frames;
    std::optional<BodyTemplate> subscribe, unsubscribe, ping, pong;
    StreamRules rules;
    bool isPacked = false; ///< gzip, in binary messages
    std::vector<ProtobufField> protobuf; ///< binary messages are such; empty: none are
    Path pingAt; ///< in the venue's question whether we live: what the answer repeats
    std::vector<Test> pingWhen; ///< any: it is that question; empty: what has pingAt is
    std::vector<StreamMatch> match;
    Template rowNameText; ///< what the Name of rows says where they name their topic
    RowsForm rows;
    VolumeUnit volumeUnit = VolumeUnit::Base;
    Path sentAt;
    TimeUnit sentUnit = TimeUnit::Milliseconds;
    std::vector<Test> refusedWhen; ///< any
    std::vector<Path> refusedText;
    std::vector<Test> boundWhen; ///< empty: messages name topics themselves
    Path boundKey, boundChannel;
    Template boundText; ///< what stands at boundKey
};

/// Files for download of one market type and kind.
struct FilesForm {
    struct Path {
        Template text; ///< begins with '/'
        milliseconds publishedAfter {0};
    };
    std::string origin; ///< "https://host", after archive_url
    std::string listing; ///< whole address, after archive_url
    std::string checksumSuffix;
    BudgetSpec budget;
    std::optional<Path> monthly, daily;
    std::map<Timeframe, FrameWord> frames;
    std::vector<std::string> columns;
};

struct ErrorForm {
    std::vector<Path> code, message;
    std::vector<std::string> success; ///< values of the code that are no error
    std::vector<Test> when; ///< an error only where one of these holds
    std::vector<std::pair<ErrorCode, std::vector<std::string>>>
        words; ///< by code or message; "~text": message contains
    std::vector<std::string> noData; ///< codes and messages that say "no rows"
    std::map<int, ErrorCode> http;
    Path retryAfter;
    TimeUnit retryUnit = TimeUnit::Seconds; ///< Seconds or Milliseconds from now
};

/// A field of a market list's row.
struct MarketField {
    std::vector<Path> paths; ///< the first that has a value
    bool isKey = false, isIndex = false; ///< "$key": the row's name; "$index": its number
    std::string constant;
    std::string separator; ///< split by this ...
    int part = 0; ///< ... and take this part
    std::optional<std::pair<int, int>> slice; ///< these characters where the separator is absent
    std::vector<std::string> strip; ///< endings to cut off
    std::vector<std::string> endings; ///< split before the first of these that it ends with; `part` says which side
    std::string prefix; ///< put before
    bool isReciprocal = false; ///< of a number: one divided by it
    std::string lookupCall; ///< in the answers to the call of this name; empty: in the row's own answer ...
    Path lookupList; ///< ... from the top: the element ...
    std::string lookupKey, lookupValue; ///< ... whose member `key` is the value; its member `value`
    std::map<std::string, std::string> words; ///< other words for values
    std::optional<TimeUnit> unit; ///< of a time, where it is not the list's
    std::vector<std::string> is, isNot; ///< "true" or "false" instead of the value
    std::vector<Test> all; ///< the same, of several values of the row
    bool isSet = false;
};

struct MarketList {
    Path rows;
    bool hasRows = true;
    std::vector<Test> only, skip;
    MarketField id, base, quote, settle, market, contractSize, tickSize, active, listed, delisted, expiry, perpetual,
        priceScale, valueScale;
    MarketField exchange; ///< of a provider's markets: its name of the exchange
    MarketField interestUnit;
    TimeUnit timeUnit = TimeUnit::Milliseconds;
};

struct MarketCall {
    RequestForm request;
    std::string name; ///< of a call that lists no markets: fields of others look up in its answers
    std::vector<MarketList> lists;
    Path cursor; ///< to what the next page is asked with
};

struct MarketTemplates {
    std::vector<Template> ids; ///< the first that has a value
    std::map<std::string, std::string> known; ///< symbol -> id, for names that follow no rule
};

struct VenueDescription {
    std::string id, name, note;
    bool needsKey = false;
    int version = 1;
    bool isProvider = false;
    std::map<std::string, std::string> provided; ///< of a provider: its names of exchanges, as plainName() -> our ids
    std::vector<SymbolCorrection> corrections; ///< of a provider
    LaneRules lane;
    Tables tables;
    std::map<std::string, std::string> currencies; ///< the venue's codes -> unified
    std::map<std::string, std::string> ownCodes; ///< unified -> the venue's
    std::map<MarketType, MarketTemplates> symbols;
    std::map<std::pair<MarketType, Kind>, Block> blocks;
    std::map<MarketType, Snapshot> snapshots; ///< of open interest
    std::map<MarketType, StreamForm> streams;
    std::map<std::pair<MarketType, Kind>, FilesForm> files;
    ErrorForm errors;
    std::vector<MarketCall> marketCalls;
    std::vector<Instrument> fixedMarkets;
};

/// Reads one description whose `like` is resolved already. Everything wrong with it is appended to @p problems.
/// @param lane the default: the id of the venue that the lane belongs to
VenueDescription readDescription(const std::string& id, const Node& node, const std::string& lane, Problems& problems);

} // namespace mnemo::description
