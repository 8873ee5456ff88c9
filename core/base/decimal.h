#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mnemo {

/// Reads a whole decimal number ("0.0000000012", "1e-9", "-3"). Nothing for empty text, trailing characters, NaN or
/// infinity. Correctly rounded: up to 15 significant digits come back as written.
std::optional<double> parseDecimal(std::string_view text);

/// Shortest text that reads back as the same value, in plain notation: no exponent, no needless zeros ("0.0000000012").
/// NaN and infinities become "nan", "inf", "-inf".
std::string formatDecimal(double value);
/// The same, appended: for writers of many numbers.
void appendDecimal(std::string& out, double value);

} // namespace mnemo
