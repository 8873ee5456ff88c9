#include "core/ingest/candlefile/columns.h"

#include <algorithm>
#include <cstring>

#include "core/base/decimal.h"
#include "core/base/plainname.h"
#include "core/base/timetext.h"

namespace mnemo {

namespace {

using Names = std::span<const std::string_view>;

/// Plain names, the better ones first: where a file has several times, open_time beats date.
struct Synonyms {
    Field field;
    std::vector<std::string_view> names;
};

const std::vector<Synonyms>& synonyms()
{
    static const std::vector<Synonyms> all{
        {Field::Time,
            {"opentime", "opentimems", "opentimestamp", "timestamp", "timestampms", "unix", "unixtimestamp", "time",
                "date", "datetime", "starttime", "ts", "t"}},
        {Field::Open, {"open", "o", "openprice"}},
        {Field::High, {"high", "h", "highprice"}},
        {Field::Low, {"low", "l", "lowprice"}},
        {Field::Close, {"close", "c", "closeprice"}},
        {Field::Volume, {"volume", "v", "vol", "basevolume", "volumebase", "baseassetvolume"}},
        {Field::QuoteVolume, {"quotevolume", "quoteassetvolume", "volumequote", "quotevol", "quoteav", "turnover"}},
        {Field::Trades, {"trades", "count", "numberoftrades", "tradecount", "tradescount", "ntrades", "n"}},
        {Field::CloseTime, {"closetime", "closetimems", "closetimestamp", "endtime"}},
    };
    return all;
}

const std::vector<Synonyms>& interestSynonyms()
{
    static const std::vector<Synonyms> all {
        {Field::Time, {"createtime", "timestamp", "timestampms", "unix", "time", "date", "datetime", "opentime", "ts", "t"}},
        {Field::Amount, {"amount", "sumopeninterest", "openinterest", "openinterestamount", "oi", "oiamount"}},
        {Field::Value,
            {"value", "sumopeninterestvalue", "openinterestvalue", "openinterestusd", "oiusd", "oivalue", "valueusd"}},
    };
    return all;
}

bool isSeriesName(const std::string& plain)
{
    static constexpr std::array<std::string_view, 14> names{"venue", "exchange", "coin", "symbol", "pair", "market",
        "markettype", "instrument", "instrumentid", "ticker", "asset", "source", "timeframe", "interval"};
    return std::find(names.begin(), names.end(), plain) != names.end();
}

/// Position of the best of @p wanted; -1 where none is there.
int findName(const std::vector<std::string>& plain, std::span<const std::string_view> wanted)
{
    for (const std::string_view name : wanted) {
        const auto found = std::find(plain.begin(), plain.end(), name);
        if (found != plain.end())
            return static_cast<int>(found - plain.begin());
    }
    return -1;
}

/// "Volume BTC", "Volume USDT": base first, then quote.
void findNamedVolumes(Names names, ColumnMap& map)
{
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string_view name = names[i];
        if (name.size() < 8 || plainName(name.substr(0, 6)) != "volume" || (name[6] != ' ' && name[6] != '_'))
            continue;
        for (const Field field : {Field::Volume, Field::QuoteVolume}) {
            int& index = map.index[static_cast<std::size_t>(field)];
            if (index == static_cast<int>(i))
                break;
            if (index < 0) {
                index = static_cast<int>(i);
                break;
            }
        }
    }
}

std::string joined(Names names)
{
    std::string text;
    for (const std::string_view name : names)
        text.append(text.empty() ? "" : ", ").append(name.substr(0, 40));
    return text;
}

Result<void> requireFields(const ColumnMap& map, Names names, Kind kind)
{
    std::string missing;
    if (kind == Kind::OpenInterest) {
        if (map[Field::Time] >= 0 && (map[Field::Amount] >= 0 || map[Field::Value] >= 0))
            return {};
        return fail(ErrorCode::InvalidArgument,
            "no columns for the time and for the open interest (amount, value) among: " + joined(names)
                + "; name the columns in their order, with - for those to be skipped");
    }
    for (const Field field : {Field::Time, Field::Open, Field::High, Field::Low, Field::Close, Field::Volume}) {
        if (map[field] < 0)
            missing.append(missing.empty() ? "" : ", ").append(toText(field));
    }
    if (missing.empty())
        return {};
    return fail(ErrorCode::InvalidArgument,
        "no column for " + missing + " among: " + joined(names)
            + "; name the columns in their order, with - for those to be skipped");
}

void countNeeded(ColumnMap& map)
{
    for (const Field field : {Field::Time, Field::Open, Field::High, Field::Low, Field::Close, Field::Volume})
        map.needed = std::max(map.needed, static_cast<std::size_t>(map[field] + 1));
    for (const SeriesColumn& column : map.series)
        map.needed = std::max(map.needed, column.index + 1);
}

std::string_view trimmed(std::string_view text)
{
    const auto isBlank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!text.empty() && isBlank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isBlank(text.back()))
        text.remove_suffix(1);
    return text;
}

} // namespace

std::string_view toText(Field field)
{
    switch (field) {
    case Field::Time:
        return "open_time";
    case Field::Open:
        return "open";
    case Field::High:
        return "high";
    case Field::Low:
        return "low";
    case Field::Close:
        return "close";
    case Field::Volume:
        return "volume";
    case Field::QuoteVolume:
        return "quote_volume";
    case Field::Trades:
        return "trades";
    case Field::CloseTime:
        return "close_time";
    case Field::Amount:
        return "amount";
    case Field::Value:
        return "value";
    }
    return "open_time";
}

std::size_t splitLine(std::string_view line, char separator, std::span<std::string_view> out)
{
    std::size_t count = 0;
    const char* at = line.data();
    const char* const end = at + line.size();
    while (true) {
        const char* value = at;
        const char* stop = nullptr;
        while (value != end && *value == ' ')
            ++value;
        if (value != end && *value == '"') { // up to the next quote that is not doubled
            const char* quote = value + 1;
            while (quote != end && (*quote != '"' || (quote + 1 != end && quote[1] == '"')))
                quote += *quote == '"' ? 2 : 1;
            stop = static_cast<const char*>(std::memchr(quote, separator, static_cast<std::size_t>(end - quote)));
            if (count < out.size())
                out[count] = trimmed({value + 1, static_cast<std::size_t>(quote - value - 1)});
        } else {
            stop = static_cast<const char*>(std::memchr(value, separator, static_cast<std::size_t>(end - value)));
            if (count < out.size())
                out[count] = trimmed({value, static_cast<std::size_t>((stop ? stop : end) - value)});
        }
        ++count;
        if (!stop)
            return count;
        at = stop + 1;
    }
}

char guessSeparator(std::string_view line)
{
    char best = ',';
    for (const char candidate : {',', ';', '\t'}) {
        if (std::count(line.begin(), line.end(), candidate) > std::count(line.begin(), line.end(), best))
            best = candidate;
    }
    return best;
}

bool isHeader(std::span<const std::string_view> values)
{
    return std::none_of(
        values.begin(), values.end(), [](std::string_view value) { return parseDecimal(value) || parseTime(value); });
}

Result<ColumnMap> columnsFromNames(Names names, Kind kind)
{
    ColumnMap map;
    std::vector<std::string> plain;
    for (const std::string_view name : names) {
        plain.push_back(plainName(name));
        map.names.emplace_back(name);
    }
    for (const Synonyms& entry : kind == Kind::OpenInterest ? interestSynonyms() : synonyms())
        map.index[static_cast<std::size_t>(entry.field)] = findName(plain, entry.names);
    if (kind == Kind::Candles)
        findNamedVolumes(names, map);
    for (std::size_t i = 0; i < plain.size(); ++i) {
        if (isSeriesName(plain[i]))
            map.series.push_back({i, map.names[i]});
    }
    if (auto complete = requireFields(map, names, kind); !complete)
        return fail(std::move(complete.error()));
    countNeeded(map);
    return map;
}

Result<ColumnMap> columnsFromCount(std::size_t count)
{
    static constexpr std::array<std::string_view, 12> names{"open_time", "open", "high", "low", "close", "volume",
        "close_time", "quote_volume", "trades", "taker_buy_volume", "taker_buy_quote_volume", "ignore"};
    if (count == 6 || count == 12)
        return columnsFromNames(std::span(names).first(count));
    return fail(ErrorCode::InvalidArgument,
        "there is no header, and " + std::to_string(count)
            + " columns are neither 6 nor 12; name the columns in their order, with - for those to be skipped");
}

} // namespace mnemo
