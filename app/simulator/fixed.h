#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mnemo::sim {

/// An exact decimal number, mantissa / 10^scale: what a file says is what is served, digit for digit.
struct Fixed {
    std::int64_t mantissa = 0;
    int scale = 0; ///< 0..30

    bool isZero() const { return mantissa == 0; }
    double toDouble() const;
    static Fixed fromDouble(double value, int scale); ///< rounded to @p scale decimals
    bool operator==(const Fixed&) const = default;
};

/// Reads "0.00100", "-3", "1e-9" and drops needless zeros. More than 18 digits are read as a double and
/// become its shortest text. Nothing for anything that is no finite number.
std::optional<Fixed> parseFixed(std::string_view text);

/// Plain notation with exactly `scale` decimals.
void appendFixed(std::string& out, Fixed value);
std::string formatFixed(Fixed value);

bool less(Fixed a, Fixed b);
Fixed sum(Fixed a, Fixed b);            ///< exact unless 64 bits do not hold it: then the finest digits go
Fixed shifted(Fixed value, int digits); ///< value * 10^digits, exact
void appendInteger(std::string& out, std::int64_t value);

} // namespace mnemo::sim
