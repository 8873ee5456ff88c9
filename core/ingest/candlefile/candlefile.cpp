#include "core/ingest/candlefile/candlefile.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "core/base/decimal.h"
#include "core/base/plainname.h"
#include "core/base/timetext.h"
#include "core/ingest/candlefile/bytesource.h"
#include "core/ingest/candlefile/columns.h"

namespace mnemo {

namespace {

constexpr std::size_t maxColumns = 64;
constexpr std::size_t maxLine = 64U << 10U;
constexpr std::size_t maxRejects = 20;
constexpr std::size_t maxValues = 20; ///< of a series column, for the message
constexpr std::int64_t firstTooLate = 253'402'300'800'000; ///< year 10000

std::string shown(std::string_view value)
{
    std::string text = "'";
    for (const char c : value.substr(0, 40))
        text += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    return text + (value.size() > 40 ? "...'" : "'");
}

std::string lowered(std::string_view text)
{
    std::string lower(text);
    for (char& c : lower)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
}

bool equalsLower(std::string_view text, std::string_view lower)
{
    return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
        [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; });
}

bool isNothing(std::string_view value)
{
    if (value.empty())
        return true;
    if (value.size() > 4 || value.front() == '-' || (value.front() >= '0' && value.front() <= '9'))
        return false;
    const std::string lower = lowered(value);
    return lower == "nan" || lower == "null" || lower == "none" || lower == "na";
}

std::optional<UtcMs> timeOf(std::string_view value)
{
    std::int64_t number = 0;
    const char* const end = value.data() + value.size();
    const auto [stop, ec] = std::from_chars(value.data(), end, number);
    std::optional<UtcMs> time;
    if (ec == std::errc{} && stop == end) {
        if (number >= 0)
            time = fromMagnitude(number);
    } else if (const auto decimal = parseDecimal(value)) { // as spreadsheets and data frames write whole numbers
        if (*decimal >= 0 && *decimal < 1e11)
            time = fromMs(std::llround(*decimal * 1000));
        else if (*decimal >= 0 && *decimal < 9e18)
            time = fromMagnitude(std::llround(*decimal));
    } else {
        time = parseTime(value);
    }
    return time && toMs(*time) >= 0 && toMs(*time) < firstTooLate ? time : std::nullopt;
}

std::optional<std::int64_t> wholeNumber(std::string_view value)
{
    std::int64_t number = 0;
    const char* const end = value.data() + value.size();
    const auto [stop, ec] = std::from_chars(value.data(), end, number);
    if (ec == std::errc{} && stop == end)
        return number;
    const auto decimal = parseDecimal(value); // "208.0"
    if (!decimal || std::abs(*decimal) > 9e15 || std::trunc(*decimal) != *decimal)
        return std::nullopt;
    return static_cast<std::int64_t>(*decimal);
}

/// Turns text, handed in piece by piece, into candles.
class Reader {
public:
    Reader(std::string name, const CandleFileOptions& options)
        : m_name(std::move(name))
        , m_options(options)
    {
    }

    Result<void> feed(std::string_view member, std::string_view bytes)
    {
        if (member != m_member || !m_begun)
            begin(member);
        if (bytes.empty()) {
            auto ended = m_carry.empty() ? Result<void>{} : line(m_carry);
            m_carry.clear();
            m_begun = false;
            return ended;
        }
        return lines(bytes);
    }

    Result<CandleFile> finish();

private:
    struct SeriesValues {
        SeriesColumn column;
        std::optional<std::string> chosen; ///< lower case, from `where`
        std::string last;
        std::vector<std::string> seen;
    };

    void begin(std::string_view member);
    Result<void> lines(std::string_view bytes);
    Result<void> line(std::string_view text);
    Result<void> understand(std::string_view text);
    Result<void> chooseSeries();
    bool isChosen();
    void row(std::size_t count);
    bool candle(Candle& row, std::string& reason) const;
    bool interest(Candle& row, std::string& reason) const;
    bool number(Field field, double& out, std::string& reason) const;
    bool optionals(Candle& candle, std::string& reason) const;
    void reject(std::string reason);
    Result<void> checkSeries() const;
    void sort();
    void noteClose(UtcMs openTime);
    void forgiveWholeSeconds();
    void warnOfStep();

    std::string_view value(Field field) const { return m_values[static_cast<std::size_t>(m_map[field])]; }
    std::string where() const { return m_member.empty() ? m_name : m_member + " in " + m_name; }

    std::string m_name;
    const CandleFileOptions& m_options;
    CandleFile m_file;
    std::string m_member;
    bool m_begun = false;
    bool m_understood = false; ///< the columns of this member are known
    bool m_firstMember = true;
    std::int64_t m_line = 0;
    bool m_isTimeLost = false; ///< rows since the last good one were rejected with a time that does not read
    bool m_hasFineCloses = false;
    std::string m_carry; ///< the beginning of a line whose end has not come
    char m_separator = ',';
    ColumnMap m_map;
    std::vector<SeriesValues> m_series;
    std::array<std::string_view, maxColumns> m_values;
};

void Reader::begin(std::string_view member)
{
    m_member = member;
    m_begun = true;
    m_understood = false;
    m_line = 0;
    m_carry.clear();
}

Result<void> Reader::lines(std::string_view bytes)
{
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        if (end == std::string_view::npos) {
            if (m_carry.size() + bytes.size() > maxLine)
                return fail(ErrorCode::InvalidArgument,
                    where() + " is no candle file: line " + std::to_string(m_line + 1) + " does not end");
            m_carry += bytes;
            return {};
        }
        Result<void> done;
        if (m_carry.empty()) {
            done = line(bytes.substr(0, end));
        } else {
            m_carry += bytes.substr(0, end);
            done = line(m_carry);
            m_carry.clear();
        }
        if (!done)
            return done;
        bytes.remove_prefix(end + 1);
    }
    return {};
}

Result<void> Reader::line(std::string_view text)
{
    ++m_line;
    if (m_line == 1) {
        if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
            return fail(ErrorCode::InvalidArgument, where() + " is UTF-16 text; save it as UTF-8");
        if (text.starts_with("\xef\xbb\xbf"))
            text.remove_prefix(3);
    }
    if (text.ends_with('\r'))
        text.remove_suffix(1);
    if (text.find_first_not_of(" \t") == std::string_view::npos)
        return {};
    if (!m_understood) {
        if (text.find('\0') != std::string_view::npos)
            return fail(ErrorCode::InvalidArgument, where() + " is no text; a candle file is CSV, gzip or zip");
        const char first = text[text.find_first_not_of(" \t")];
        if (first == '<' || first == '[' || first == '{')
            return fail(ErrorCode::InvalidArgument,
                where() + (first == '<' ? " is a web page" : " is JSON") + "; a candle file is CSV, gzip or zip");
        if (auto understood = understand(text); !understood || m_understood)
            return understood;
        m_understood = true; // no header: the line is a row
    }
    row(splitLine(text, m_separator, m_values));
    return {};
}

/// Finds the columns. Leaves m_understood true where the line was a header, so that it is not taken for a row.
Result<void> Reader::understand(std::string_view text)
{
    m_separator = guessSeparator(text);
    const std::size_t count = splitLine(text, m_separator, m_values);
    if (count > maxColumns)
        return fail(
            ErrorCode::InvalidArgument, where() + " is no candle file: it has " + std::to_string(count) + " columns");
    const std::span<const std::string_view> values = std::span(m_values).first(count);
    const bool header = isHeader(values);
    Result<ColumnMap> map;
    if (!m_options.columns.empty()) {
        const std::vector<std::string_view> names(m_options.columns.begin(), m_options.columns.end());
        map = columnsFromNames(names, m_options.kind);
    } else if (header || m_options.kind == Kind::OpenInterest) {
        map = columnsFromNames(values, m_options.kind);
    } else {
        map = columnsFromCount(count);
    }
    if (!map)
        return fail(map.error().code, where() + ": " + map.error().detail);
    if (map->names.size() > maxColumns)
        return fail(
            ErrorCode::InvalidArgument, where() + ": more than " + std::to_string(maxColumns) + " columns are named");
    m_map = std::move(*map);
    m_understood = header;
    if (m_firstMember) {
        m_file.header = header;
        m_file.columns.assign(m_map.names.size(), "-");
        for (std::size_t i = 0; i < fieldCount; ++i) {
            if (m_map.index[i] >= 0)
                m_file.columns[static_cast<std::size_t>(m_map.index[i])] = toText(static_cast<Field>(i));
        }
        m_firstMember = false;
    }
    return chooseSeries();
}

Result<void> Reader::chooseSeries()
{
    std::vector<SeriesValues> old = std::move(m_series);
    m_series.clear();
    for (const SeriesColumn& column : m_map.series)
        m_series.push_back({column, {}, {}, {}});
    for (const auto& [name, wanted] : m_options.where) {
        const std::string plain = plainName(name);
        auto found = std::find_if(
            m_series.begin(), m_series.end(), [&](const auto& s) { return plainName(s.column.name) == plain; });
        if (found == m_series.end()) {
            const auto at = std::find_if(
                m_map.names.begin(), m_map.names.end(), [&](const auto& n) { return plainName(n) == plain; });
            if (at == m_map.names.end() || plain.empty())
                return fail(
                    ErrorCode::InvalidArgument, where() + " has no column " + shown(name) + " to choose rows by");
            const auto index = static_cast<std::size_t>(at - m_map.names.begin());
            m_map.needed = std::max(m_map.needed, index + 1);
            found = m_series.insert(m_series.end(), SeriesValues{{index, *at}, {}, {}, {}});
        }
        found->chosen = lowered(wanted);
    }
    for (SeriesValues& series : m_series) { // members of a zip must agree with each other
        for (SeriesValues& before : old) {
            if (plainName(before.column.name) == plainName(series.column.name)) {
                series.seen = std::move(before.seen);
                series.last = std::move(before.last);
            }
        }
    }
    return {};
}

/// Says whether `where` wants the row, and notes what the series columns hold: a filtered one always, for messages, the
/// others in wanted rows.
bool Reader::isChosen()
{
    const bool chosen = std::all_of(m_series.begin(), m_series.end(), [this](const SeriesValues& series) {
        return !series.chosen || equalsLower(m_values[series.column.index], *series.chosen);
    });
    for (SeriesValues& series : m_series) {
        const std::string_view text = m_values[series.column.index];
        if (text.empty() || (!chosen && !series.chosen) || (!series.seen.empty() && text == series.last))
            continue; // an empty one names no other series
        series.last = text;
        if (series.seen.size() < maxValues
            && std::find(series.seen.begin(), series.seen.end(), series.last) == series.seen.end())
            series.seen.push_back(series.last);
    }
    return chosen;
}

void Reader::reject(std::string reason)
{
    ++m_file.rejected;
    if (m_file.rejects.size() < maxRejects)
        m_file.rejects.push_back({m_member, m_line, std::move(reason)});
}

bool Reader::number(Field field, double& out, std::string& reason) const
{
    const auto parsed = parseDecimal(value(field));
    if (!parsed) {
        reason = value(field).empty() ? std::string(toText(field)) + " is empty"
                                      : std::string(toText(field)) + " is no number: " + shown(value(field));
        return false;
    }
    out = *parsed;
    return true;
}

bool Reader::optionals(Candle& candle, std::string& reason) const
{
    const auto present = [this](Field field) { return m_map[field] >= 0 && !isNothing(value(field)); };
    if (present(Field::QuoteVolume)) {
        double quoteVolume = 0;
        if (!number(Field::QuoteVolume, quoteVolume, reason))
            return false;
        candle.quoteVolume = quoteVolume;
    }
    if (present(Field::Trades)) {
        candle.trades = wholeNumber(value(Field::Trades));
        if (!candle.trades) {
            reason = "trades is no whole number: " + shown(value(Field::Trades));
            return false;
        }
    }
    return true;
}

bool Reader::candle(Candle& row, std::string& reason) const
{
    return number(Field::Open, row.open, reason) && number(Field::High, row.high, reason)
        && number(Field::Low, row.low, reason) && number(Field::Close, row.close, reason)
        && number(Field::Volume, row.volume, reason) && optionals(row, reason);
}

bool Reader::interest(Candle& row, std::string& reason) const
{
    const auto present = [this](Field field) { return m_map[field] >= 0 && !isNothing(value(field)); };
    row.volume = std::numeric_limits<double>::quiet_NaN();
    if (present(Field::Amount) && !number(Field::Amount, row.volume, reason))
        return false;
    double stated = 0;
    if (present(Field::Value)) {
        if (!number(Field::Value, stated, reason))
            return false;
        row.quoteVolume = stated;
    }
    if (!std::isnan(row.volume) || row.quoteVolume)
        return true;
    reason = "neither an amount nor a value is told";
    return false;
}

void Reader::row(std::size_t count)
{
    if (count < m_map.needed) {
        m_isTimeLost = true;
        reject("the row has " + std::to_string(count) + (count == 1 ? " column, " : " columns, ")
            + std::to_string(m_map.needed) + " are needed");
        return;
    }
    for (std::size_t i = count; i < m_map.names.size(); ++i) // optional values that a short line does not have
        m_values[i] = {};
    if (!m_series.empty() && !isChosen()) {
        ++m_file.skipped;
        return;
    }
    Candle candle;
    const auto time = timeOf(value(Field::Time));
    if (!time) {
        m_isTimeLost = true;
        reject("open_time is no time: " + shown(value(Field::Time)));
        return;
    }
    candle.openTime = *time;
    std::string reason;
    if (m_options.kind == Kind::OpenInterest ? !interest(candle, reason) : !this->candle(candle, reason)) {
        reject(std::move(reason));
        m_file.doubtful.push_back({*time, *time + milliseconds {1}});
        return;
    }
    if (std::exchange(m_isTimeLost, false) && !m_file.rows.empty()) {
        const auto [from, to] = std::minmax(m_file.rows.back().openTime, candle.openTime);
        m_file.doubtful.push_back({from, to});
    }
    if (!m_file.rows.empty() && candle.openTime <= m_file.rows.back().openTime)
        m_file.ascending = m_file.ascending && candle.openTime == m_file.rows.back().openTime;
    m_file.rows.push_back(candle);
    noteClose(candle.openTime);
}

void Reader::noteClose(UtcMs openTime)
{
    if (!m_options.timeframe || m_map[Field::CloseTime] < 0)
        return;
    const auto close = timeOf(value(Field::CloseTime));
    if (!close)
        return;
    const milliseconds length = m_options.timeframe->length();
    const bool isWhole = m_options.timeframe->isMonth() ? *close - openTime >= length - milliseconds {1}
                                                        : *close == openTime + length || *close == openTime + length - milliseconds {1};
    m_hasFineCloses = m_hasFineCloses || close->time_since_epoch() % std::chrono::seconds {1} != milliseconds {0};
    if (!isWhole)
        m_file.irregularCloses.push_back({openTime, *close});
}

/// A file that knows whole seconds alone states the last one of each bar.
void Reader::forgiveWholeSeconds()
{
    if (m_hasFineCloses || !m_options.timeframe)
        return;
    const milliseconds last = m_options.timeframe->length() - std::chrono::seconds {1};
    std::erase_if(m_file.irregularCloses, [last](const IrregularClose& bar) { return bar.closeTime == bar.openTime + last; });
}

Result<void> Reader::checkSeries() const
{
    std::string several, example;
    for (const SeriesValues& series : m_series) {
        if (series.seen.size() < 2 || series.chosen)
            continue;
        several += several.empty() ? "" : "; ";
        several += series.column.name + " is ";
        for (std::size_t i = 0; i < series.seen.size(); ++i)
            several += (i ? ", " : "") + series.seen[i].substr(0, 40);
        if (series.seen.size() == maxValues)
            several += ", ...";
        example += (example.empty() ? "" : " and ") + series.column.name + "=" + series.seen.front().substr(0, 40);
    }
    if (several.empty())
        return {};
    return fail(ErrorCode::InvalidArgument,
        m_name + " holds several series (" + several + "); choose one, for example " + example);
}

void Reader::sort()
{
    auto& rows = m_file.rows;
    m_file.read = static_cast<std::int64_t>(rows.size());
    if (!m_file.ascending)
        std::stable_sort(
            rows.begin(), rows.end(), [](const Candle& a, const Candle& b) { return a.openTime < b.openTime; });
    std::size_t kept = 0;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        if (rows[i].openTime != rows[kept].openTime) {
            const milliseconds distance = rows[i].openTime - rows[kept].openTime;
            m_file.step = std::min(m_file.step.value_or(distance), distance);
            ++kept;
        } else {
            ++m_file.duplicates;
            m_file.repeated.push_back({rows[kept], rows[i]});
            m_file.conflicts += rows[i] == rows[kept] ? 0 : 1;
        }
        if (kept != i)
            rows[kept] = rows[i];
    }
    rows.resize(kept + 1);
    forgiveWholeSeconds();
    std::ranges::sort(m_file.irregularCloses, {}, &IrregularClose::openTime);
}

void Reader::warnOfStep()
{
    if (!m_options.timeframe || !m_file.step || m_file.rows.size() < 10
        || *m_file.step <= m_options.timeframe->length() * 3 / 2)
        return;
    std::string frame;
    for (const Timeframe candidate : Timeframe::all()) {
        if (candidate.length() == *m_file.step)
            frame = "; is its timeframe " + std::string(candidate.name()) + "?";
    }
    m_file.warnings.push_back("No two rows of " + m_name + " are as near as a "
        + std::string(m_options.timeframe->name()) + " bar to the next: the least distance is "
        + std::to_string(m_file.step->count() / 60'000) + " minutes" + frame);
}

Result<CandleFile> Reader::finish()
{
    if (auto checked = checkSeries(); !checked)
        return fail(std::move(checked.error()));
    if (m_file.rows.empty()) {
        if (m_file.rejected > 0) {
            const RejectedRow& first = m_file.rejects.front();
            return fail(ErrorCode::InvalidArgument,
                "no row of " + m_name + " could be read; line " + std::to_string(first.line)
                    + (first.member.empty() ? "" : " of " + first.member) + ": " + first.reason);
        }
        if (m_file.skipped > 0) {
            std::string there;
            for (const SeriesValues& series : m_series) {
                for (const std::string& text : series.seen)
                    there.append(there.empty() ? "" : ", ")
                        .append(series.column.name)
                        .append("=")
                        .append(text.substr(0, 40));
            }
            return fail(
                ErrorCode::InvalidArgument, "no row of " + m_name + " is of the chosen series; there is " + there);
        }
        return fail(ErrorCode::InvalidArgument, m_name + " holds no rows");
    }
    sort();
    warnOfStep();
    return std::move(m_file);
}

} // namespace

Result<CandleFile> readCandleFile(
    const std::filesystem::path& file, const CandleFileOptions& options, std::stop_token stop)
{
    Reader reader(file.string(), options);
    const auto read = readText(file, [&](std::string_view member, std::string_view bytes) -> Result<void> {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "reading " + file.string() + " was stopped");
        return reader.feed(member, bytes);
    });
    if (!read)
        return fail(read.error());
    return reader.finish();
}

Result<CandleFile> readCandleText(std::string_view text, const std::string& name, const CandleFileOptions& options)
{
    Reader reader(name, options);
    for (const std::string_view piece : {text, std::string_view{}}) {
        if (auto fed = reader.feed({}, piece); !fed)
            return fail(std::move(fed.error()));
    }
    return reader.finish();
}

} // namespace mnemo
