#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/market/instrument.h"

namespace mnemo {

/// What a column of a candle file can mean.
enum class Field { Time, Open, High, Low, Close, Volume, QuoteVolume, Trades, CloseTime, Amount, Value };
inline constexpr std::size_t fieldCount = 11;
std::string_view toText(Field field); ///< "open_time", "open", ..., as exports name them

/// A column whose value says which series a row belongs to: venue, coin, symbol, interval ...
struct SeriesColumn {
    std::size_t index = 0;
    std::string name; ///< as the file or the user writes it
};

/// Which column is what; -1 where there is none.
struct ColumnMap {
    std::array<int, fieldCount> index{-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
    std::vector<SeriesColumn> series;
    std::vector<std::string> names; ///< by position
    std::size_t needed = 0; ///< columns that a row must have

    int operator[](Field field) const { return index[static_cast<std::size_t>(field)]; }
};

/// Splits a line. Blanks around a value go, quotes too; a doubled quote in a value stays doubled. @return how many
/// there are; those that do not fit into @p out are counted only.
std::size_t splitLine(std::string_view line, char separator, std::span<std::string_view> out);

/// Comma, semicolon or tab, whichever occurs most.
char guessSeparator(std::string_view line);

/// True where no value is a number or a time.
bool isHeader(std::span<const std::string_view> values);

/// Columns from names. Of open interest a time and an amount or a value are needed, and nothing else is looked for.
/// Errors: InvalidArgument, naming what is missing and what is there.
Result<ColumnMap> columnsFromNames(std::span<const std::string_view> names, Kind kind = Kind::Candles);

/// Columns of a file without header: 6 (time, open, high, low, close, volume) or 12 (then close time, quote volume, trades, three more).
/// Errors: InvalidArgument.
Result<ColumnMap> columnsFromCount(std::size_t count);

} // namespace mnemo
