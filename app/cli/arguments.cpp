#include "app/cli/arguments.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "app/cli/output.h"
#include "core/base/timetext.h"
#include "core/config/node.h"

namespace mnemo::cli {

namespace {

std::optional<std::int64_t> wholeNumber(std::string_view text)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc {} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

/// A sentence for a word that is none of @p words.
tl::unexpected<Error> unknownWord(std::string_view what, const std::string& text, const std::vector<std::string>& words)
{
    std::string sentence = "\"" + text + "\" is no " + std::string(what) + "; there are ";
    for (std::size_t i = 0; i < words.size(); ++i)
        sentence += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
    if (const auto nearest = nearestOf(text, words); !nearest.empty())
        sentence += " (did you mean " + nearest + "?)";
    return fail(ErrorCode::InvalidArgument, sentence + ".");
}

std::vector<std::string> timeframeNames()
{
    std::vector<std::string> names;
    for (const Timeframe frame : Timeframe::all())
        names.emplace_back(frame.name());
    return names;
}

/// Reads each word of a list with @p read.
template<class Value>
Result<std::vector<Value>> readEach(const std::vector<std::string>& words, Result<Value> (*read)(const std::string&))
{
    std::vector<Value> values;
    for (const auto& word : words) {
        auto value = read(word);
        if (!value)
            return fail(value.error());
        values.push_back(*value);
    }
    return values;
}

} // namespace

Result<UtcMs> readTime(std::string_view option, const std::string& text)
{
    // 9999-12-31; what is beyond is no time that anybody means, and would not fit calendar arithmetic.
    constexpr std::int64_t most = 253'402'300'799'999;
    if (const auto number = wholeNumber(text)) {
        if (*number > 100'000'000 && *number < 100'000'000'000)
            note("Note: " + std::string(option) + " " + text + " is read as milliseconds, " + formatShort(fromMs(*number)) + " UTC. Were seconds meant?");
        if (*number >= 0 && *number <= most)
            return fromMs(*number);
    } else if (const auto time = parseTime(text)) {
        return *time;
    }
    return fail(ErrorCode::InvalidArgument,
        std::string(option) + " \"" + text + "\" is no time; write 2024-01-31, 2024-01-31T10:20:30Z or milliseconds since 1970.");
}

Result<Timeframe> readTimeframe(const std::string& text)
{
    if (const auto frame = Timeframe::fromName(text))
        return *frame;
    return unknownWord("timeframe", text, timeframeNames());
}

Result<MarketType> readMarket(const std::string& text)
{
    if (const auto market = marketTypeFromText(text))
        return *market;
    return unknownWord("market", text, {"spot", "linear", "inverse"});
}

Result<Kind> readKind(const std::string& text)
{
    std::string word = text;
    std::replace(word.begin(), word.end(), '-', '_');
    if (const auto kind = kindFromText(word))
        return *kind;
    return unknownWord("kind", text, seriesKindNames());
}

Result<int> readCount(std::string_view option, const std::string& text)
{
    const auto number = wholeNumber(text);
    if (!number || *number < 1 || *number > 1'000'000)
        return fail(ErrorCode::InvalidArgument, std::string(option) + " \"" + text + "\" is not possible; write a whole number from 1 to 1000000.");
    return static_cast<int>(*number);
}

Result<MarketType> readMarketOf(const std::string& symbol, const std::string& market)
{
    if (!market.empty())
        return readMarket(market);
    const auto parts = parseSymbol(symbol);
    if (!parts)
        return fail(ErrorCode::InvalidArgument,
            "\"" + symbol + "\" is no unified symbol; write BTC/USDT (spot), BTC/USDT:USDT (linear) or BTC/USD:BTC (inverse).");
    return parts->market();
}

void addRangeOptions(CLI::App& command, RangeOptions& options)
{
    auto* from = command.add_option("--from", options.from, "First bar: milliseconds, ISO 8601 or a date, UTC")->type_name("TIME");
    auto* to = command.add_option("--to", options.to, "End, itself not included")->type_name("TIME");
    command.add_option("--last", options.last, "The time up to now: 30d, 12h, 90m, 2w")->type_name("LENGTH")->excludes(from)->excludes(to);
}

Result<OpenRange> readRange(const RangeOptions& options, UtcMs now)
{
    OpenRange range;
    if (!options.last.empty()) {
        const auto length = parseDuration(options.last);
        if (!length)
            return fail(ErrorCode::InvalidArgument, "--last \"" + options.last + "\" is no length of time; write 30d, 12h, 90m or 2w.");
        if (*length >= now.time_since_epoch())
            return fail(ErrorCode::InvalidArgument, "--last \"" + options.last + "\" goes back beyond 1970; write a shorter time.");
        return OpenRange {now - *length, now};
    }
    for (auto [name, text, target] : {std::tuple {"--from", &options.from, &range.from}, {"--to", &options.to, &range.to}}) {
        if (text->empty())
            continue;
        const auto time = readTime(name, *text);
        if (!time)
            return fail(time.error());
        *target = *time;
    }
    if (range.from && range.to && *range.from >= *range.to)
        return fail(ErrorCode::InvalidArgument, "The range is reversed or empty: --from " + formatShort(*range.from) + " is not before --to "
                + formatShort(*range.to) + ". The end is not included.");
    return range;
}

std::string kindList(std::string_view separator)
{
    std::string list;
    for (const std::string& name : seriesKindNames())
        list.append(list.empty() ? "" : separator).append(name);
    return list;
}

void addFilterOptions(CLI::App& command, FilterOptions& options)
{
    addList(command, "--exchange", options.exchanges, "Only these exchanges")->type_name("ID,...");
    addList(command, "--source", options.sources, "Only what these sources told")->type_name("ID,...");
    addList(command, "--market", options.markets, "Only spot, linear, inverse")->type_name("MARKET,...");
    addList(command, "--symbol", options.symbols, "Only these unified symbols")->type_name("SYMBOL,...");
    addList(command, "--kind", options.kinds, "Only these kinds: " + kindList(", "))->type_name("KIND,...");
    addList(command, "--timeframe", options.timeframes, "Only these timeframes")->type_name("FRAME,...");
    addRangeOptions(command, options.range);
}

Result<Selection> readSelection(const FilterOptions& options, UtcMs now)
{
    Selection selection;
    selection.filter.exchanges = options.exchanges;
    selection.filter.sources = options.sources;
    selection.filter.symbols = options.symbols;
    auto markets = readEach(options.markets, &readMarket);
    if (!markets)
        return fail(markets.error());
    auto kinds = readEach(options.kinds, &readKind);
    if (!kinds)
        return fail(kinds.error());
    auto frames = readEach(options.timeframes, &readTimeframe);
    if (!frames)
        return fail(frames.error());
    for (const auto& symbol : options.symbols) {
        if (const auto market = readMarketOf(symbol, {}); !market)
            return fail(market.error());
    }
    auto range = readRange(options.range, now);
    if (!range)
        return fail(range.error());
    selection.filter.markets = std::move(*markets);
    selection.filter.kinds = std::move(*kinds);
    selection.filter.timeframes = std::move(*frames);
    selection.range = *range;
    return selection;
}

CLI::Option* addList(CLI::App& command, const std::string& name, std::vector<std::string>& target, const std::string& description)
{
    return command.add_option(name, target, description)->delimiter(',')->allow_extra_args(false);
}

} // namespace mnemo::cli
