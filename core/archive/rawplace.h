#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/market/candle.h"

namespace mnemo {

/// A part of a text, in bytes.
struct TextSpan {
    std::size_t offset = 0, length = 0;
    bool operator==(const TextSpan&) const = default;
};

/// Where a body states a row.
struct RawPlace {
    TextSpan row; ///< the innermost list or map of JSON that holds the row's time, or the line of a CSV
    struct Field {
        std::string name; ///< open_time, open, high, low, close, volume, quote_volume, trades
        TextSpan text; ///< without quotes
        bool operator==(const Field&) const = default;
    };
    std::vector<Field>
        fields; ///< those whose text is the row's value; of two texts with one value the one that is likelier
    bool operator==(const RawPlace&) const = default;
};

/// Finds the row of a bar in an answer whose form is not known: by its open time in s, ms, µs, ns or as ISO text, which
/// must stand there exactly once; then by its values. Nothing where the body states times in another way.
/// @param values the bar as stored; volumes may have been converted, and are then not found
/// Pure. O(body).
std::optional<RawPlace> findRawPlace(std::string_view body, const Candle& values);

} // namespace mnemo
