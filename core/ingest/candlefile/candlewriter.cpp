#include "core/ingest/candlefile/candlewriter.h"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "core/base/decimal.h"

namespace mnemo {

namespace {

constexpr std::size_t bufferSize = 64U << 10U;

void appendInteger(std::string& out, std::int64_t value)
{
    char buffer[24];
    const auto [end, ec] = std::to_chars(buffer, buffer + sizeof buffer, value);
    out.append(buffer, ec == std::errc{} ? end : buffer);
}

/// JSON has no word for NaN and infinity.
void appendJsonNumber(std::string& out, const char* name, std::optional<double> value)
{
    out += ",\"";
    out += name;
    out += "\":";
    if (value && std::isfinite(*value))
        appendDecimal(out, *value);
    else
        out += "null";
}

tl::unexpected<Error> failWith(int error, const std::string& name, const char* what)
{
    const std::string detail = name + " " + what + ": " + std::strerror(error);
    switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return fail(ErrorCode::StorageFull, detail);
    case EROFS:
    case EACCES:
    case EPERM:
        return fail(ErrorCode::StorageReadOnly, detail);
    default:
        return fail(ErrorCode::StorageFailed, detail);
    }
}

} // namespace

std::optional<CandleFormat> candleFormatFromText(std::string_view text)
{
    if (text == "csv")
        return CandleFormat::Csv;
    if (text == "json")
        return CandleFormat::Json;
    return std::nullopt;
}

CandleWriter::CandleWriter(std::FILE* stream, CandleFormat format, std::string name)
    : m_stream(stream)
    , m_format(format)
    , m_name(std::move(name))
    , m_buffer(format == CandleFormat::Csv ? "open_time,open,high,low,close,volume,quote_volume,trades\n" : "[")
{
    m_buffer.reserve(bufferSize + 1024);
}

CandleWriter::~CandleWriter()
{
    if (m_beside.empty())
        return;
    if (m_stream)
        std::fclose(m_stream);
    ::unlink(m_beside.c_str());
}

Result<std::unique_ptr<CandleWriter>> CandleWriter::toFile(const std::filesystem::path& file, CandleFormat format)
{
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored))
        return fail(ErrorCode::InvalidArgument, file.string() + " is a folder; name a file");
    const std::filesystem::path beside = file.string() + ".part-" + std::to_string(::getpid());
    const int handle = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (handle < 0)
        return failWith(errno, file.string(), "cannot be created");
    std::FILE* stream = ::fdopen(handle, "w");
    if (!stream) {
        const int error = errno;
        ::close(handle);
        ::unlink(beside.c_str());
        return failWith(error, file.string(), "cannot be created");
    }
    std::unique_ptr<CandleWriter> writer(new CandleWriter(stream, format, file.string()));
    writer->m_target = file;
    writer->m_beside = beside;
    return writer;
}

std::unique_ptr<CandleWriter> CandleWriter::toStream(std::FILE* stream, CandleFormat format, std::string name)
{
    return std::unique_ptr<CandleWriter>(new CandleWriter(stream, format, std::move(name)));
}

void CandleWriter::appendCsv(const Candle& candle)
{
    appendInteger(m_buffer, toMs(candle.openTime));
    for (const double value : {candle.open, candle.high, candle.low, candle.close, candle.volume}) {
        m_buffer += ',';
        appendDecimal(m_buffer, value);
    }
    m_buffer += ',';
    if (candle.quoteVolume)
        appendDecimal(m_buffer, *candle.quoteVolume);
    m_buffer += ',';
    if (candle.trades)
        appendInteger(m_buffer, *candle.trades);
    m_buffer += '\n';
}

void CandleWriter::appendJson(const Candle& candle)
{
    m_buffer += m_first ? "\n{\"open_time\":" : ",\n{\"open_time\":";
    appendInteger(m_buffer, toMs(candle.openTime));
    appendJsonNumber(m_buffer, "open", candle.open);
    appendJsonNumber(m_buffer, "high", candle.high);
    appendJsonNumber(m_buffer, "low", candle.low);
    appendJsonNumber(m_buffer, "close", candle.close);
    appendJsonNumber(m_buffer, "volume", candle.volume);
    appendJsonNumber(m_buffer, "quote_volume", candle.quoteVolume);
    m_buffer += ",\"trades\":";
    if (candle.trades)
        appendInteger(m_buffer, *candle.trades);
    else
        m_buffer += "null";
    m_buffer += '}';
}

Result<void> CandleWriter::flush()
{
    if (m_failed)
        return fail(ErrorCode::StorageFailed, m_name + " could not be written before");
    errno = 0;
    if (std::fwrite(m_buffer.data(), 1, m_buffer.size(), m_stream) != m_buffer.size()) {
        m_failed = true;
        return failWith(errno, m_name, "cannot be written");
    }
    m_buffer.clear();
    return {};
}

Result<void> CandleWriter::write(const Candle& candle)
{
    if (m_format == CandleFormat::Csv)
        appendCsv(candle);
    else
        appendJson(candle);
    m_first = false;
    return m_buffer.size() < bufferSize ? Result<void>{} : flush();
}

Result<void> CandleWriter::write(std::span<const Candle> candles)
{
    for (const Candle& candle : candles) {
        if (auto written = write(candle); !written)
            return written;
    }
    return {};
}

Result<void> CandleWriter::finish()
{
    if (m_format == CandleFormat::Json)
        m_buffer += m_first ? "]\n" : "\n]\n";
    if (auto written = flush(); !written)
        return written;
    if (m_beside.empty())
        return std::fflush(m_stream) == 0 ? Result<void>{} : failWith(errno, m_name, "cannot be written");
    const bool closed = std::fclose(std::exchange(m_stream, nullptr)) == 0;
    if (!closed || ::rename(m_beside.c_str(), m_target.c_str()) != 0)
        return failWith(errno, m_name, "cannot be written");
    m_beside.clear();
    return {};
}

} // namespace mnemo
