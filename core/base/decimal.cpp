#include "core/base/decimal.h"

#include <array>
#include <charconv>
#include <cmath>

namespace mnemo {

std::optional<double> parseDecimal(std::string_view text)
{
    if (!text.empty() && text.front() == '+') {
        text.remove_prefix(1);
        if (!text.empty() && text.front() == '-')
            return std::nullopt;
    }
    double value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || ec != std::errc {} || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

void appendDecimal(std::string& out, double value)
{
    std::array<char, 400> buffer; // the longest double in plain notation has 325 characters
    if (value == 0)
        value = 0; // no "-0"
    const auto [end, ec] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
    out.append(buffer.data(), ec == std::errc {} ? end : buffer.data());
}

std::string formatDecimal(double value)
{
    std::string text;
    appendDecimal(text, value);
    return text;
}

} // namespace mnemo
