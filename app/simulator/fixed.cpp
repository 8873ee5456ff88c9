#include "app/simulator/fixed.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/base/decimal.h"

namespace mnemo::sim {

namespace {

constexpr int maxScale = 30;

constexpr std::array<std::int64_t, 19> powers = [] {
    std::array<std::int64_t, 19> table {};
    std::int64_t value = 1;
    for (std::size_t i = 0; i < table.size(); ++i) {
        table[i] = value;
        if (i + 1 < table.size())
            value *= 10;
    }
    return table;
}();

/// True when @p value * 10^digits fits.
bool scaleUp(std::int64_t& value, int digits)
{
    if (digits >= static_cast<int>(powers.size()))
        return value == 0;
    std::int64_t result = 0;
    if (__builtin_mul_overflow(value, powers[static_cast<std::size_t>(digits)], &result))
        return false;
    value = result;
    return true;
}

Fixed trimmed(Fixed value)
{
    while (value.scale > 0 && value.mantissa % 10 == 0) {
        value.mantissa /= 10;
        --value.scale;
    }
    return value;
}

/// Digits with at most one point; nothing when there are too many of them for 64 bits.
std::optional<Fixed> parsePlain(std::string_view text)
{
    const bool negative = !text.empty() && text.front() == '-';
    if (negative || (!text.empty() && text.front() == '+'))
        text.remove_prefix(1);
    Fixed value;
    int digits = 0;
    bool point = false;
    for (const char c : text) {
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9')
            return std::nullopt;
        ++digits;
        value.mantissa = value.mantissa * 10 + (c - '0');
        value.scale += point ? 1 : 0;
        if (value.mantissa > powers[17] * 9 || value.scale > maxScale)
            return std::nullopt;
    }
    if (digits == 0)
        return std::nullopt;
    if (negative)
        value.mantissa = -value.mantissa;
    return trimmed(value);
}

} // namespace

double Fixed::toDouble() const
{
    return static_cast<double>(mantissa) / std::pow(10.0, scale);
}

Fixed Fixed::fromDouble(double value, int scale)
{
    return {std::llround(value * std::pow(10.0, scale)), scale};
}

std::optional<Fixed> parseFixed(std::string_view text)
{
    if (const auto plain = parsePlain(text))
        return plain;
    const auto value = parseDecimal(text);
    if (!value)
        return std::nullopt;
    if (const auto plain = parsePlain(formatDecimal(*value)))
        return plain;
    const int scale = std::clamp(17 - static_cast<int>(std::ceil(std::log10(std::abs(*value)))), 0, maxScale);
    return trimmed(Fixed::fromDouble(*value, scale));
}

void appendInteger(std::string& out, std::int64_t value)
{
    std::array<char, 24> buffer;
    const auto [end, ec] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    out.append(buffer.data(), end);
}

void appendFixed(std::string& out, Fixed value)
{
    if (value.scale <= 0) {
        appendInteger(out, value.mantissa);
        return;
    }
    std::array<char, 24> digits;
    if (value.mantissa < 0)
        out += '-';
    const std::int64_t magnitude = value.mantissa < 0 ? -value.mantissa : value.mantissa;
    const auto [end, ec] = std::to_chars(digits.data(), digits.data() + digits.size(), magnitude);
    const auto length = static_cast<int>(end - digits.data());
    if (length > value.scale) {
        out.append(digits.data(), static_cast<std::size_t>(length - value.scale));
        out += '.';
        out.append(end - value.scale, static_cast<std::size_t>(value.scale));
    } else {
        out += "0.";
        out.append(static_cast<std::size_t>(value.scale - length), '0');
        out.append(digits.data(), static_cast<std::size_t>(length));
    }
}

std::string formatFixed(Fixed value)
{
    std::string text;
    appendFixed(text, value);
    return text;
}

bool less(Fixed a, Fixed b)
{
    if (a.scale == b.scale)
        return a.mantissa < b.mantissa;
    std::int64_t left = a.mantissa;
    std::int64_t right = b.mantissa;
    const int scale = std::max(a.scale, b.scale);
    if (!scaleUp(left, scale - a.scale) || !scaleUp(right, scale - b.scale))
        return a.toDouble() < b.toDouble();
    return left < right;
}

Fixed sum(Fixed a, Fixed b)
{
    if (a.scale < b.scale)
        std::swap(a, b);
    while (b.scale < a.scale) { // bring b to the finer scale, or a to a coarser one where that does not fit
        if (scaleUp(b.mantissa, a.scale - b.scale)) {
            b.scale = a.scale;
        } else {
            a.mantissa /= 10;
            --a.scale;
        }
    }
    std::int64_t result = 0;
    while (__builtin_add_overflow(a.mantissa, b.mantissa, &result)) {
        a = {a.mantissa / 10, a.scale - 1};
        b = {b.mantissa / 10, b.scale - 1};
    }
    return {result, a.scale};
}

Fixed shifted(Fixed value, int digits)
{
    if (value.isZero())
        return {};
    if (digits <= value.scale)
        return trimmed({value.mantissa, value.scale - digits});
    std::int64_t mantissa = value.mantissa;
    if (scaleUp(mantissa, digits - value.scale))
        return {mantissa, 0};
    return Fixed::fromDouble(value.toDouble() * std::pow(10.0, digits), 0);
}

} // namespace mnemo::sim
