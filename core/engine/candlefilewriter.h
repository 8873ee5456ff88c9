#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>

#include "core/base/result.h"
#include "core/market/candle.h"
#include "core/market/metric.h"
#include "core/storage/store.h"

namespace mnemo {

enum class RowFormat { Csv, Json };

// The text of stored rows, as `candles` and `export` of the command line have it; times in ms.
std::string rowsBegin(RowFormat format, Kind kind);
/// @param madeOf the frame that it was made of while reading: JSON says so, as "made_of"
void appendRow(std::string& out, RowFormat format, const Candle& candle, bool isFirst, std::string_view madeOf = {});
/// Of metrics the told numbers.
void appendRow(std::string& out, RowFormat format, Kind kind, const Metric& row, bool isFirst);
std::string rowsEnd(RowFormat format, bool isEmpty);

/// Writes the rows of a series that open within @p range to a file, beside it first, so that it appears whole or not at all. Makes its folder.
/// @return rows. Errors: Cancelled, StorageFailed, StorageFull; those of the store.
Result<std::int64_t> writeRows(StoreReader& reader, const SeriesRecord& series, TimeRange range, RowFormat format,
    const std::filesystem::path& file, const std::stop_token& stop);

} // namespace mnemo
