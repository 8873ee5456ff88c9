#include "core/engine/candlefilewriter.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "core/base/decimal.h"

namespace mnemo {

namespace {

constexpr std::size_t bufferBytes = 1 << 16;

tl::unexpected<Error> cannotWrite(const std::filesystem::path& file)
{
    const int why = errno;
    return fail(why == ENOSPC ? ErrorCode::StorageFull : ErrorCode::StorageFailed,
        "cannot write " + file.string() + ": " + std::strerror(why));
}

void appendField(std::string& out, RowFormat format, std::string_view name, const std::string& value)
{
    out += ',';
    if (format == RowFormat::Json)
        out.append("\"").append(name).append("\":");
    out += value.empty() && format == RowFormat::Json ? "null" : value;
}

void beginRow(std::string& out, RowFormat format, const char* name, UtcMs time, bool isFirst)
{
    if (format == RowFormat::Json)
        out.append(isFirst ? "\n{\"" : ",\n{\"").append(name).append("\":");
    out += std::to_string(toMs(time));
}

std::string textOf(const std::optional<double>& value)
{
    return value ? formatDecimal(*value) : std::string();
}

/// Collects text and hands it on in large pieces.
class RowSink {
public:
    RowSink(std::ofstream& file, RowFormat format, Kind kind)
        : m_file(file)
        , m_format(format)
        , m_kind(kind)
    {
    }
    bool add(const Candle& row)
    {
        appendRow(m_text, m_format, row, rows == 0);
        return added();
    }
    bool add(const Metric& row)
    {
        appendRow(m_text, m_format, m_kind, row, rows == 0);
        return added();
    }
    bool flush()
    {
        m_file << m_text;
        m_text.clear();
        return m_file.good();
    }
    void put(const std::string& text) { m_text += text; }

    std::int64_t rows = 0;

private:
    bool added()
    {
        ++rows;
        return m_text.size() < bufferBytes || flush();
    }

    std::ofstream& m_file;
    const RowFormat m_format;
    const Kind m_kind;
    std::string m_text;
};

} // namespace

std::string rowsBegin(RowFormat format, Kind kind)
{
    if (format == RowFormat::Json)
        return "[";
    if (!isMetric(kind))
        return "open_time,open,high,low,close,volume,quote_volume,trades\n";
    std::string names = "time";
    for (const MetricColumn& column : factsOf(kind).columns)
        if (column.isTold)
            names.append(",").append(column.name);
    return names + "\n";
}

void appendRow(std::string& out, RowFormat format, const Candle& candle, bool isFirst, std::string_view madeOf)
{
    static constexpr std::array names = {"open", "high", "low", "close", "volume"};
    const std::array values = {candle.open, candle.high, candle.low, candle.close, candle.volume};
    beginRow(out, format, "open_time", candle.openTime, isFirst);
    for (std::size_t i = 0; i < values.size(); ++i)
        appendField(out, format, names[i], formatDecimal(values[i]));
    appendField(out, format, "quote_volume", textOf(candle.quoteVolume));
    appendField(out, format, "trades", candle.trades ? std::to_string(*candle.trades) : std::string());
    if (format == RowFormat::Json && !madeOf.empty())
        out.append(",\"made_of\":\"").append(madeOf).append("\"");
    out += format == RowFormat::Json ? "}" : "\n";
}

void appendRow(std::string& out, RowFormat format, Kind kind, const Metric& row, bool isFirst)
{
    beginRow(out, format, "time", row.time, isFirst);
    const auto columns = factsOf(kind).columns;
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i].isTold)
            appendField(out, format, columns[i].name, textOf(row.numbers[i]));
    out += format == RowFormat::Json ? "}" : "\n";
}

std::string rowsEnd(RowFormat format, bool isEmpty)
{
    if (format == RowFormat::Csv)
        return {};
    return isEmpty ? "]\n" : "\n]\n";
}

Result<std::int64_t> writeRows(StoreReader& reader, const SeriesRecord& series, TimeRange range, RowFormat format,
    const std::filesystem::path& file, const std::stop_token& stop)
{
    std::error_code error;
    std::filesystem::create_directories(file.parent_path(), error);
    const std::filesystem::path part = file.string() + ".part";
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    if (!out)
        return cannotWrite(part);
    RowSink sink(out, format, series.key.kind);
    sink.put(rowsBegin(format, series.key.kind));
    const auto each = [&](const auto& row) { return !stop.stop_requested() && sink.add(row); };
    const auto read = isMetric(series.key.kind) ? reader.eachMetric(series.id, range, false, each)
                                                : reader.eachCandle(series.id, range, false, each);
    sink.put(rowsEnd(format, sink.rows == 0));
    sink.flush();
    out.close();
    const bool isComplete = read && out && !stop.stop_requested();
    if (isComplete)
        std::filesystem::rename(part, file, error);
    if (isComplete && !error)
        return sink.rows;
    std::error_code ignored;
    auto failure = error ? fail(ErrorCode::StorageFailed, "cannot write " + file.string() + ": " + error.message()) : cannotWrite(part);
    std::filesystem::remove(part, ignored);
    if (!read)
        return fail(read.error());
    return stop.stop_requested() ? fail(ErrorCode::Cancelled, "stopped") : failure;
}

} // namespace mnemo
