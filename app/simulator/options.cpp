#include "app/simulator/options.h"

#include <algorithm>
#include <array>
#include <thread>

#include "app/simulator/venue.h"
#include "app/simulator/venues.h"
#include "core/base/timetext.h"

namespace mnemo::sim {

namespace {

constexpr std::array<std::string_view, 8> dataKeys {
    "exchange", "market", "symbol", "timeframe", "file", "venue", "coin", "volume"};

std::string venueNames()
{
    std::string names;
    for (const VenueTraits& venue : allVenues())
        names += (names.empty() ? "" : ", ") + std::string(venue.id);
    return names;
}

tl::unexpected<Error> bad(std::string_view option, std::string_view text, std::string_view wanted)
{
    return fail(ErrorCode::InvalidArgument,
        std::string(option) + ": '" + std::string(text) + "' is not " + std::string(wanted));
}

/// Where the item ends: at a comma, in a path only at one that a key follows.
std::size_t endOfItem(std::string_view text)
{
    if (!text.starts_with("file="))
        return std::min(text.find(','), text.size());
    for (auto comma = text.find(','); comma != std::string_view::npos; comma = text.find(',', comma + 1)) {
        const std::string_view rest = text.substr(comma + 1);
        if (std::ranges::any_of(dataKeys, [rest](std::string_view key) {
                return rest.size() > key.size() && rest.starts_with(key) && rest[key.size()] == '=';
            }))
            return comma;
    }
    return text.size();
}

Result<void> setDataField(DataSpec& spec, std::optional<MarketType>& type, std::string_view key, std::string_view value)
{
    if (key == "exchange") {
        if (!findVenue(value) || findVenue(value)->isProvider)
            return bad("--data exchange", value, "simulated; there are " + venueNames());
        spec.exchange = value;
    } else if (key == "market") {
        type = marketTypeFromText(value);
        if (!type)
            return bad("--data market", value, "one of spot, linear, inverse");
    } else if (key == "symbol") {
        const auto symbol = parseSymbol(value);
        if (!symbol || !symbol->suffix.empty())
            return bad("--data symbol", value, "a unified symbol such as BTC/USDT or BTC/USDT:USDT");
        spec.symbol = *symbol;
    } else if (key == "timeframe") {
        const auto frame = Timeframe::fromName(value);
        if (!frame)
            return bad("--data timeframe", value, "one of 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M");
        spec.frame = *frame;
    } else if (key == "file") {
        spec.file = value;
    } else if (key == "venue") {
        spec.venue = value;
    } else if (key == "coin") {
        spec.coin = value;
    } else if (key == "volume") {
        if (value != "base" && value != "contracts")
            return bad("--data volume", value, "base or contracts");
        spec.inContracts = value == "contracts";
    } else {
        return fail(ErrorCode::InvalidArgument, "--data: '" + std::string(key)
                + "' is unknown; it is exchange=..,market=..,symbol=..,timeframe=..,file=PATH[,venue=..][,coin=..][,volume=base|contracts]");
    }
    return {};
}

Result<std::uint64_t> number(std::string_view option, std::string_view text, std::uint64_t most)
{
    const auto value = parseInteger(text);
    if (!value || static_cast<std::uint64_t>(*value) > most)
        return bad(option, text, "a whole number from 0 to " + std::to_string(most));
    return static_cast<std::uint64_t>(*value);
}

std::vector<std::string> splitList(std::string_view text)
{
    std::vector<std::string> items;
    while (!text.empty()) {
        const auto comma = text.find(',');
        if (comma != 0)
            items.emplace_back(text.substr(0, comma));
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
    return items;
}

template<class T>
Result<void> assign(T& target, Result<T> value)
{
    if (!value)
        return fail(std::move(value.error()));
    target = *std::move(value);
    return {};
}

template<class T>
Result<void> assignNumber(T& target, std::string_view option, std::string_view text, std::uint64_t most)
{
    const auto value = number(option, text, most);
    if (!value)
        return fail(value.error());
    target = static_cast<T>(*value);
    return {};
}

Result<void> setOption(Options& options, std::string_view name, std::string_view value)
{
    constexpr std::uint64_t any = 9'223'372'036'854'775'807;
    if (name == "--data") {
        auto spec = parseDataSpec(value);
        if (!spec)
            return fail(spec.error());
        options.data.push_back(*std::move(spec));
        return {};
    }
    if (name == "--synthetic")
        return assignNumber(options.synthetic.emplace(), name, value, any);
    if (name == "--exchange") {
        options.exchanges = splitList(value);
        for (const std::string& id : options.exchanges) {
            if (!findVenue(id))
                return bad("--exchange", id, "simulated; there are " + venueNames());
        }
        return {};
    }
    if (name == "--port")
        return assignNumber(options.server.port, name, value, 65535);
    if (name == "--threads") {
        if (value == "0")
            return bad(name, value, "a number of threads from 1 to 64");
        return assignNumber(options.server.threads, name, value, 64);
    }
    if (name == "--seed")
        return assignNumber(options.seed, name, value, any);
    if (name == "--now") {
        options.now = parseTime(value);
        if (!options.now)
            return bad(name, value, "a time in ms or as 2024-01-31T10:20:30Z");
        return {};
    }
    if (name == "--speed") {
        if (value == "0")
            return bad(name, value, "a number from 1 to 3600");
        return assignNumber(options.speed, name, value, 3600);
    }
    if (name == "--beat") {
        if (value == "0")
            return bad(name, value, "a number of milliseconds from 1 to 60000");
        return assignNumber(options.beatMs, name, value, 60'000);
    }
    if (name == "--stream-fault")
        return assign(options.server.streamFaults, parseStreamFaultPlan(value));
    if (name == "--limits")
        return assign(options.limits, parseLimitMode(value));
    if (name == "--fault")
        return assign(options.faults, parseFaultPlan(value));
    if (name == "--archive-fault")
        return assign(options.fileFaults, parseFileFaultPlan(value));
    if (name == "--defects")
        return assign(options.defects.emplace_back(), parseDefectSpec(value));
    if (name == "--defects-log")
        options.defectsLog = value;
    else
        options.record = value; // --record, the only one left
    return {};
}

bool setFlag(Options& options, std::string_view name)
{
    if (name == "--gzip")
        options.server.usesGzip = true;
    else if (name == "--die-with-parent")
        options.diesWithParent = true;
    else if (name == "--help" || name == "-h")
        options.showsHelp = true;
    else if (name == "--version")
        options.showsVersion = true;
    else
        return false;
    return true;
}

} // namespace

Result<DataSpec> parseDataSpec(std::string_view text)
{
    DataSpec spec;
    std::optional<MarketType> type;
    std::vector<std::string_view> seen;
    while (!text.empty()) {
        const std::size_t end = endOfItem(text);
        const std::string_view item = text.substr(0, end);
        text.remove_prefix(std::min(text.size(), end + 1));
        const auto equals = item.find('=');
        const std::string_view key = item.substr(0, equals);
        const std::string_view value = equals == std::string_view::npos ? std::string_view {} : item.substr(equals + 1);
        if (const auto done = setDataField(spec, type, key, value); !done)
            return fail(done.error());
        seen.push_back(key);
    }
    for (const std::string_view key : {"exchange", "symbol", "timeframe", "file"}) {
        if (std::ranges::find(seen, key) == seen.end())
            return fail(ErrorCode::InvalidArgument, "--data: " + std::string(key)
                    + "= is missing; it is exchange=..,market=..,symbol=..,timeframe=..,file=PATH");
    }
    spec.type = type.value_or(spec.symbol.market());
    if (spec.type != spec.symbol.market())
        return fail(ErrorCode::InvalidArgument, "--data: " + spec.symbol.text() + " is a "
                + std::string(toText(spec.symbol.market())) + " symbol, not a " + std::string(toText(spec.type)) + " one");
    const VenueTraits* venue = findVenue(spec.exchange);
    if ((spec.type == MarketType::Linear && !venue->hasLinear) || (spec.type == MarketType::Inverse && !venue->hasInverse))
        return fail(ErrorCode::InvalidArgument,
            "--data: " + spec.exchange + " has no " + std::string(toText(spec.type)) + " markets here");
    if (spec.venue.empty())
        spec.venue = spec.exchange; // matters only where the file has such columns
    if (spec.coin.empty())
        spec.coin = spec.symbol.base;
    return spec;
}

Result<Options> parseOptions(std::span<const std::string_view> arguments)
{
    static constexpr std::array<std::string_view, 16> withValue {"--data", "--synthetic", "--exchange", "--port",
        "--threads", "--seed", "--now", "--limits", "--fault", "--record", "--defects", "--defects-log", "--speed", "--beat", "--stream-fault", "--archive-fault"};
    Options options;
    options.server.threads = std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        if (setFlag(options, argument))
            continue;
        const auto equals = argument.find('=');
        const std::string_view name = argument.substr(0, equals);
        if (std::ranges::find(withValue, name) == withValue.end())
            return fail(ErrorCode::InvalidArgument, "unknown option '" + std::string(argument) + "'; --help lists what there is");
        if (equals == std::string_view::npos && i + 1 == arguments.size())
            return fail(ErrorCode::InvalidArgument, std::string(name) + " needs a value");
        const std::string_view value = equals == std::string_view::npos ? arguments[++i] : argument.substr(equals + 1);
        if (const auto done = setOption(options, name, value); !done)
            return fail(done.error());
    }
    options.server.seed = options.seed;
    options.server.beat = std::chrono::milliseconds {options.beatMs > 0 ? options.beatMs : options.speed > 1 ? 50 : 1'000};
    if (options.showsHelp || options.showsVersion)
        return options;
    if (options.synthetic.has_value() && options.exchanges.empty())
        return fail(ErrorCode::InvalidArgument, "--synthetic needs --exchange with at least one of " + venueNames());
    if (!options.synthetic && !options.exchanges.empty())
        return fail(ErrorCode::InvalidArgument, "--exchange goes with --synthetic; --data names its own exchange");
    if (options.defects.empty() && !options.defectsLog.empty())
        return fail(ErrorCode::InvalidArgument, "--defects-log goes with --defects");
    if (options.data.empty() && !options.synthetic)
        return fail(ErrorCode::InvalidArgument, "nothing to serve: give --data or --synthetic; --help lists the options");
    return options;
}

std::string_view helpText()
{
    return R"(mnemo-exchange-sim: a local exchange over real HTTP and WebSocket, for demos, tests and load

  --data exchange=ID,market=spot|linear|inverse,symbol=BTC/USDT,timeframe=1m,file=PATH
         [,venue=NAME][,coin=NAME][,volume=base|contracts]
                      serve a file of candles (CSV, gzip or zip); may be repeated, files of one market are joined
  --synthetic SEED --exchange ID,...
                      serve made-up markets of these exchanges
  --now MS            let the clock stand still at this time (also ISO 8601), until POST /_sim/clock?now=MS sets it;
                      with --speed it begins there
  --speed N           let the clock run N times as fast; streams then send 20 times a second
  --beat MS           streams send every so many milliseconds (1000, with --speed 50)
  --port N            listen on this port of 127.0.0.1 (0: any)
  --threads N         serve with so many threads
  --gzip              compress for clients that accept it
  --limits real|off|N/s
                      enforce the exchange's limits, none (default; the headers tell of an unused
                      budget), or N requests a second for each exchange
  --fault 5xx=0.1,reset=,429=,418=,truncate=,corrupt=,stall=,html=,short=,duplicate=,revise=,hole=,latency=50ms
                      spoil answers with these probabilities; the last four of them heal when asked again
  --archive-fault corrupt=0.1,checksum=,missing=,amended=
                      spoil files of Binance's archive (/data/..., listed at /data.binance.vision) with these
                      probabilities: a damaged zip, a wrong checksum, a file that is listed and absent, one
                      with wrong rows that is replaced ten days after it was published
  --defects N[,exchange=ID][,symbol=S][,timeframe=1m][,from=T][,to=T]
                      so many defects of all kinds in one market's bars: absent, shifted and doubled bars, wrong prices
                      and volumes, other units; without more of the first market, in the 60 days before now; may be
                      repeated for other markets
  --defects-log FILE  write them to FILE, a JSON line each
  --stream-fault drop=0.01,close=,stall=,lost=,twice=,late=,garbage=
                      probability for each message of a stream; drop resets the connection, close
                      ends it with code 1001, after stall nothing comes any more
  --seed N            of the faults: the n-th request always meets the same; and of the defects
  --record FILE       write every served page to FILE, and list them in /_sim/stats
  --die-with-parent   end when the process that started this one ends
  --help, --version

Exchanges: binance, bybit, okx, kraken, coinbaseexchange, bitfinex, bitflyer, btcbox; and coinalyze, which has no
markets but tells the open interest of the others' to who sends the api_key simulated-key. Each is served under /ID/, and at / when alone.
The first line says where: listening on http://127.0.0.1:PORT ws://127.0.0.1:PORT. GET /_sim/stats has counters,
GET /_sim/clock the time.
)";
}

} // namespace mnemo::sim
