#include "app/simulator/candlefile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <span>

#include <zip.h>
#include <zlib.h>

#include "core/base/timetext.h"

namespace mnemo::sim {

namespace {

enum Column { Time, Open, High, Low, Close, Volume, CloseTime, Quote, Trades, TakerBase, TakerQuote, Venue, Coin, Count };

struct Name {
    std::string_view text;
    Column column;
};
constexpr std::array names {Name {"open_time", Time}, Name {"open_time_ms", Time}, Name {"timestamp", Time},
    Name {"time", Time}, Name {"unix", Time}, Name {"date", Time}, Name {"open", Open}, Name {"o", Open},
    Name {"high", High}, Name {"h", High}, Name {"low", Low}, Name {"l", Low}, Name {"close", Close}, Name {"c", Close},
    Name {"volume", Volume}, Name {"v", Volume}, Name {"close_time", CloseTime}, Name {"quote_volume", Quote},
    Name {"quote_av", Quote}, Name {"quote_asset_volume", Quote}, Name {"count", Trades}, Name {"trades", Trades},
    Name {"taker_buy_volume", TakerBase}, Name {"tb_base_av", TakerBase}, Name {"taker_buy_quote_volume", TakerQuote},
    Name {"tb_quote_av", TakerQuote}, Name {"venue", Venue}, Name {"coin", Coin}};

using Layout = std::array<int, Count>; ///< index of each column in a row, -1 where there is none

std::string lower(std::string_view text)
{
    std::string result(text);
    std::ranges::transform(result, result.begin(),
        [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return result;
}

void split(std::string_view line, std::vector<std::string_view>& fields)
{
    fields.clear();
    for (;;) {
        const auto comma = line.find(',');
        std::string_view field = line.substr(0, comma);
        while (!field.empty() && (field.front() == ' ' || field.front() == '"'))
            field.remove_prefix(1);
        while (!field.empty() && (field.back() == ' ' || field.back() == '"' || field.back() == '\r'))
            field.remove_suffix(1);
        fields.push_back(field);
        if (comma == std::string_view::npos)
            return;
        line.remove_prefix(comma + 1);
    }
}

std::optional<Layout> layoutOf(std::span<const std::string_view> fields, bool& header)
{
    Layout layout;
    layout.fill(-1);
    header = !fields.empty() && !parseTime(fields.front());
    if (header) {
        for (std::size_t i = 0; i < fields.size(); ++i) {
            const auto found = std::ranges::find(names, lower(fields[i]), &Name::text);
            if (found != names.end() && layout[found->column] < 0)
                layout[found->column] = static_cast<int>(i);
        }
        const bool complete = std::ranges::none_of(std::span(layout).first(Volume + 1), [](int i) { return i < 0; });
        return complete ? std::optional {layout} : std::nullopt;
    }
    if (fields.size() == 6 || fields.size() == 12) {
        for (int i = 0; i < (fields.size() == 6 ? CloseTime : Venue); ++i)
            layout[static_cast<std::size_t>(i)] = i;
        return layout;
    }
    if (fields.size() == 10)
        return Layout {0, 3, 4, 5, 6, 7, -1, 8, 9, -1, -1, -1, -1};
    return std::nullopt;
}

Result<std::string> readZip(const std::filesystem::path& path)
{
    int code = 0;
    const std::unique_ptr<zip_t, decltype(&zip_discard)> archive(
        zip_open(path.c_str(), ZIP_RDONLY, &code), &zip_discard);
    if (!archive)
        return fail(ErrorCode::BadAnswer, path.string() + " is not a readable zip file");
    for (zip_int64_t i = 0; i < zip_get_num_entries(archive.get(), 0); ++i) {
        zip_stat_t stat;
        if (zip_stat_index(archive.get(), static_cast<zip_uint64_t>(i), 0, &stat) != 0
            || !lower(stat.name).ends_with(".csv"))
            continue;
        const std::unique_ptr<zip_file_t, decltype(&zip_fclose)> entry(
            zip_fopen_index(archive.get(), static_cast<zip_uint64_t>(i), 0), &zip_fclose);
        std::string text(stat.size, '\0');
        if (!entry || zip_fread(entry.get(), text.data(), stat.size) != static_cast<zip_int64_t>(stat.size))
            return fail(ErrorCode::BadAnswer, path.string() + ": cannot unpack " + stat.name);
        return text;
    }
    return fail(ErrorCode::NotFound, path.string() + " holds no .csv file");
}

/// Plain or gzip: zlib tells them apart.
Result<std::string> readText(const std::filesystem::path& path)
{
    if (lower(path.extension().string()) == ".zip")
        return readZip(path);
    const std::unique_ptr<gzFile_s, decltype(&gzclose)> file(gzopen(path.c_str(), "rb"), &gzclose);
    if (!file)
        return fail(ErrorCode::NotFound, "cannot open " + path.string());
    gzbuffer(file.get(), 1 << 18);
    std::string text;
    std::array<char, 1 << 16> buffer;
    for (;;) {
        const int got = gzread(file.get(), buffer.data(), buffer.size());
        if (got < 0)
            return fail(ErrorCode::BadAnswer, path.string() + " cannot be unpacked: the file is damaged");
        if (got == 0)
            return text;
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
}

/// Takes what a row says and makes up what it does not.
class RowReader {
public:
    RowReader(const CandleFile& file, const Layout& layout)
        : m_layout(layout)
        , m_grid(file.grid)
        , m_venue(lower(file.venue))
        , m_coin(lower(file.coin))
    {
    }

    bool isWanted(std::span<const std::string_view> fields) const
    {
        return matches(fields, Venue, m_venue) && matches(fields, Coin, m_coin);
    }

    /// Nothing, with the reason in @p problem.
    std::optional<Bar> read(std::span<const std::string_view> fields, std::string& problem) const
    {
        const auto time = parseTime(text(fields, Time));
        if (!time || !m_grid.isOpen(*time)) {
            problem = time ? "the time is not on the grid of the timeframe" : "the time cannot be read";
            return std::nullopt;
        }
        Bar bar;
        bar.openMs = toMs(*time);
        const std::array<Fixed*, 5> targets {&bar.open, &bar.high, &bar.low, &bar.close, &bar.volume};
        for (std::size_t i = 0; i < targets.size(); ++i) {
            const auto value = parseFixed(text(fields, static_cast<Column>(Open + i)));
            if (!value) {
                problem = "a price or volume is not a number";
                return std::nullopt;
            }
            *targets[i] = *value;
        }
        const auto close = parseTime(text(fields, CloseTime));
        bar.lastMs = close ? toMs(*close) : toMs(m_grid.next(*time)) - 1;
        completeVolumes(bar, fields);
        return bar;
    }

private:
    std::string_view text(std::span<const std::string_view> fields, Column column) const
    {
        const int index = m_layout[column];
        return index >= 0 && static_cast<std::size_t>(index) < fields.size() ? fields[static_cast<std::size_t>(index)]
                                                                             : std::string_view {};
    }

    bool matches(std::span<const std::string_view> fields, Column column, const std::string& wanted) const
    {
        return m_layout[column] < 0 || wanted.empty() || lower(text(fields, column)) == wanted;
    }

    void completeVolumes(Bar& bar, std::span<const std::string_view> fields) const
    {
        const double typical
            = (bar.open.toDouble() + bar.high.toDouble() + bar.low.toDouble() + bar.close.toDouble()) / 4;
        const auto quote = parseFixed(text(fields, Quote));
        bar.quoteVolume = quote ? *quote : Fixed::fromDouble(bar.volume.toDouble() * typical, 8);
        const auto trades = parseFixed(text(fields, Trades));
        bar.trades = trades ? trades->mantissa
            : bar.volume.isZero()
            ? 0
            : std::max<std::int64_t>(1, std::llround(std::sqrt(bar.quoteVolume.toDouble())));
        const auto takerBase = parseFixed(text(fields, TakerBase));
        bar.takerVolume = takerBase ? *takerBase : Fixed::fromDouble(bar.volume.toDouble() / 2, 8);
        const auto takerQuote = parseFixed(text(fields, TakerQuote));
        bar.takerQuoteVolume = takerQuote ? *takerQuote : Fixed::fromDouble(bar.quoteVolume.toDouble() / 2, 8);
    }

    const Layout& m_layout;
    const Grid m_grid;
    const std::string m_venue, m_coin;
};

/// Sorted by time, the later row of the file winning where times repeat.
void normalise(std::vector<Bar>& bars)
{
    std::ranges::stable_sort(bars, {}, &Bar::openMs);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        if (i + 1 == bars.size() || bars[i].openMs != bars[i + 1].openMs)
            bars[kept++] = bars[i];
    }
    bars.resize(kept);
}

} // namespace

Result<std::vector<Bar>> readCandles(const CandleFile& file)
{
    const auto content = readText(file.path);
    if (!content)
        return fail(content.error());
    std::string_view rest = *content;
    if (rest.starts_with("\xEF\xBB\xBF"))
        rest.remove_prefix(3);
    std::vector<Bar> bars;
    std::vector<std::string_view> fields;
    std::optional<Layout> layout;
    std::optional<RowReader> reader;
    for (std::size_t line = 1; !rest.empty(); ++line) {
        const auto end = rest.find('\n');
        const std::string_view row = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        if (row.empty() || row == "\r")
            continue;
        split(row, fields);
        if (!layout) {
            bool header = false;
            layout = layoutOf(fields, header);
            if (!layout)
                return fail(ErrorCode::BadAnswer,
                    file.path.string() + ":1: neither a header with time, open, high, low, close, volume nor rows of 6, 10 or 12 columns");
            reader.emplace(file, *layout);
            if (header)
                continue;
        }
        if (!reader->isWanted(fields))
            continue;
        std::string problem;
        const auto bar = reader->read(fields, problem);
        if (!bar)
            return fail(ErrorCode::BadAnswer, file.path.string() + ':' + std::to_string(line) + ": " + problem);
        bars.push_back(*bar);
    }
    if (bars.empty())
        return fail(ErrorCode::BadAnswer, file.path.string() + " holds no candle that was asked for");
    normalise(bars);
    return bars;
}

} // namespace mnemo::sim
