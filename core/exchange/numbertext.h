#pragma once

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>

/// Numbers of answers, inline: decoding spends half its time here.
namespace mnemo::description {

inline bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// Appends the digits at @p at to @p value, eight at a time where there are so many (D. Lemire's arithmetic on one
/// little-endian word), and moves on behind them. Overflows wrap; the caller counts the digits.
inline void readDigits(const char*& at, const char* last, std::uint64_t& value)
{
    if constexpr (std::endian::native == std::endian::little) {
        std::uint64_t word = 0;
        while (last - at >= 8) {
            std::memcpy(&word, at, 8);
            if ((((word + 0x4646464646464646ULL) | (word - 0x3030303030303030ULL)) & 0x8080808080808080ULL) != 0)
                break;
            word -= 0x3030303030303030ULL;
            word = word * 10 + (word >> 8U);
            word = (((word & 0x000000FF000000FFULL) * 0x000F424000000064ULL)
                       + (((word >> 16U) & 0x000000FF000000FFULL) * 0x0000271000000001ULL))
                >> 32U;
            value = value * 100'000'000 + static_cast<std::uint32_t>(word);
            at += 8;
        }
    }
    for (; at != last && isDigit(*at); ++at)
        value = value * 10 + static_cast<std::uint64_t>(*at - '0');
}

/// Correctly rounded. Up to 2^53 over a power of ten up to 10^22 both are exact, so that one division rounds once
/// (W. Clinger, How to read floating point numbers accurately, 1990); the rest is left to from_chars.
inline bool readNumber(std::string_view text, double& value)
{
    static constexpr std::array<double, 23> powers{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
        1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const char* at = text.data();
    const char* const last = at + text.size();
    const bool isNegative = at != last && *at == '-';
    at += isNegative ? 1 : 0;
    if (at == last || !isDigit(*at))
        return false; // also "inf" and "nan"
    const char* const first = at;
    std::uint64_t digits = 0;
    readDigits(at, last, digits);
    std::ptrdiff_t count = at - first;
    std::size_t fraction = 0;
    if (at != last && *at == '.') {
        const char* const point = ++at;
        readDigits(at, last, digits);
        fraction = static_cast<std::size_t>(at - point);
        count += at - point;
    }
    if (at == last && count <= 19 && digits <= (1ULL << 53U) && fraction < powers.size()) {
        value = static_cast<double>(digits) / powers[fraction];
        value = isNegative ? -value : value;
        return true;
    }
    const auto [end, ec] = std::from_chars(text.data(), last, value);
    return ec == std::errc{} && end == last && std::isfinite(value);
}

/// "42459070000000000000000" with 18 digits is 42459.07, rounded once; so is "7.3e-05" with 2.
inline bool readScaled(std::string_view text, int digits, double& value)
{
    const std::size_t mark = text.find_first_of("eE");
    int exponent = 0;
    if (mark != std::string_view::npos) {
        std::string_view said = text.substr(mark + 1);
        said.remove_prefix(said.starts_with('+') ? 1 : 0);
        const auto [end, ec] = std::from_chars(said.data(), said.data() + said.size(), exponent);
        if (ec != std::errc {} || end != said.data() + said.size())
            return false;
        text = text.substr(0, mark);
    }
    std::array<char, 80> buffer;
    if (text.size() > 60)
        return readNumber(text, value) && (value *= std::pow(10.0, exponent - digits), true);
    std::memcpy(buffer.data(), text.data(), text.size());
    buffer[text.size()] = 'e';
    const auto end = std::to_chars(buffer.data() + text.size() + 1, buffer.data() + buffer.size(), exponent - digits).ptr;
    return readNumber({buffer.data(), static_cast<std::size_t>(end - buffer.data())}, value);
}

} // namespace mnemo::description
