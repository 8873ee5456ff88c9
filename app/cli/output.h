#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "app/cli/exitstatus.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/engine/candlefilewriter.h"
#include "core/market/candle.h"
#include "core/market/coverage.h"
#include "core/market/serieskey.h"

namespace mnemo::cli {

using Json = nlohmann::ordered_json;

/// Buffered bytes to standard output or to a file that appears whole, at finish(), or not at all. One thread.
class Output {
public:
    static Output toStdout();
    /// Written beside @p path and renamed at the end; what is no plain file (a pipe, /dev/stdout) is written as it is.
    /// Errors: StorageReadOnly, StorageFull, StorageFailed.
    static Result<Output> toFile(const std::filesystem::path& path);
    Output(Output&& other) noexcept;
    Output& operator=(Output&&) = delete;
    ~Output(); ///< a file that was not finished is removed

    /// False when it is of no use to write more: the reader has gone (`| head`) or the disk is full.
    bool write(std::string_view bytes);
    bool flush();
    /// Errors: as toFile. A reader that has gone is none.
    Result<void> finish();
    bool isClosed() const { return m_error != 0; } ///< the reader has gone, or writing failed

private:
    Output(int fd, std::filesystem::path path);
    std::filesystem::path partPath() const; ///< the path itself where that is no plain file

    int m_fd;
    std::filesystem::path m_path; ///< empty: standard output
    std::string m_buffer;
    int m_error = 0; ///< errno of the write that failed
    bool m_finished = false;
    bool m_isReplacing = true; ///< a part file takes the place of the path in the end
};

/// Nobody reads standard output any more: a pipe whose other end was closed.
bool isStdoutAbandoned();

/// Prints one JSON document and a line end to standard output.
ExitStatus printJson(const Json& json);

/// Rows of text in aligned columns, to standard output.
class Table {
public:
    explicit Table(std::vector<std::string> header);
    void alignRight(std::size_t column);
    void add(std::vector<std::string> row);
    ExitStatus print() const;

private:
    std::vector<std::vector<std::string>> m_rows; ///< the header first
    std::vector<bool> m_isRight;
};

/// One line to standard error, "mnemo-quant-cli: " before it.
void complain(std::string_view sentence);
/// complain(), with what to do about it where the text does not say, and the status to end with.
ExitStatus report(const Error& error);
/// A line of progress or advice to standard error, without the program's name.
void note(std::string_view line);

std::string withThousands(std::int64_t number); ///< 1,234,567
std::string bytesText(std::int64_t bytes);      ///< 12.3 MiB
std::string durationText(milliseconds length);  ///< 1 h 02 min, 3 min 05 s, 12 s
std::string csvField(std::string_view text);    ///< quoted where needed

Json toJson(const SeriesKey& key); ///< exchange, source, market, symbol, kind, timeframe
Json toJson(const Gap& gap);       ///< from, to, bars, class, evidence

/// Candles as the columns open_time,open,high,low,close,volume,quote_volume,trades; times in ms.
class CandleWriter {
public:
    CandleWriter(Output& output, RowFormat format);
    bool begin();
    bool add(const Candle& candle, std::string_view madeOf = {}); ///< as appendRow()
    bool end();

private:
    Output& m_output;
    RowFormat m_format;
    std::string m_line;
    bool m_isFirst = true;
};

} // namespace mnemo::cli
