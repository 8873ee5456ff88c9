#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/market/candle.h"

namespace mnemo {

enum class CandleFormat {
    Csv, ///< open_time,open,high,low,close,volume,quote_volume,trades; times in ms, absent values empty
    Json ///< one array of objects with the same names; absent values null; one row a line
};
std::optional<CandleFormat> candleFormatFromText(std::string_view text); ///< "csv", "json"

/// Writes candles as text, in the order given, without holding them. One thread.
/// Errors of all calls: StorageFull, StorageReadOnly, StorageFailed, naming the file; nothing can be written after one.
class CandleWriter {
public:
    /// Writes beside @p file; finish() renames. Without finish() the old file stays as it was.
    static Result<std::unique_ptr<CandleWriter>> toFile(const std::filesystem::path& file, CandleFormat format);
    /// @param stream stays open and the caller's; finish() flushes it. @param name stands in messages.
    static std::unique_ptr<CandleWriter> toStream(
        std::FILE* stream, CandleFormat format, std::string name = "standard output");
    ~CandleWriter();
    CandleWriter(const CandleWriter&) = delete;
    CandleWriter& operator=(const CandleWriter&) = delete;

    Result<void> write(const Candle& candle);
    Result<void> write(std::span<const Candle> candles);
    /// Must be called: without it a file is not there, and JSON has no end.
    Result<void> finish();

private:
    CandleWriter(std::FILE* stream, CandleFormat format, std::string name);
    void appendCsv(const Candle& candle);
    void appendJson(const Candle& candle);
    Result<void> flush();

    std::FILE* m_stream;
    CandleFormat m_format;
    std::string m_name;
    std::filesystem::path m_target, m_beside; ///< empty for streams
    std::string m_buffer;
    bool m_first = true;
    bool m_failed = false;
};

} // namespace mnemo
