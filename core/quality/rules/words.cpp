#include "core/quality/rules/words.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "core/base/decimal.h"

namespace mnemo::words {

namespace {

void appendNumber(std::string& json, double value)
{
    if (std::isfinite(value))
        appendDecimal(json, value);
    else
        json += std::isnan(value) ? "\"nan\"" : value > 0 ? "\"inf\"" : "\"-inf\"";
}

void appendOptional(std::string& json, std::string_view name, const std::optional<double>& value)
{
    if (!value)
        return;
    ((json += ",\"") += name) += "\":";
    appendNumber(json, *value);
}

} // namespace

std::string number(double value)
{
    return formatDecimal(value);
}

std::string rounded(double value, int digits)
{
    if (!std::isfinite(value) || value == 0)
        return formatDecimal(value);
    const int whole = static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;
    std::array<char, 400> text {};
    std::snprintf(text.data(), text.size(), "%.*f", std::max(0, digits - whole), value);
    std::string out = text.data();
    if (out.find('.') != std::string::npos)
        out.erase(out.find_last_not_of('0') + 1);
    if (out.back() == '.')
        out.pop_back();
    return out;
}

std::string percent(double part)
{
    return (part > 0 ? "+" : "") + rounded(part * 100) + " %";
}

std::string json(const Candle& bar)
{
    std::string out = "{\"time\":" + std::to_string(toMs(bar.openTime));
    const std::array<std::pair<const char*, double>, 5> values {
        {{"open", bar.open}, {"high", bar.high}, {"low", bar.low}, {"close", bar.close}, {"volume", bar.volume}}};
    for (const auto& [name, value] : values) {
        out += std::string(",\"") + name + "\":";
        appendNumber(out, value);
    }
    appendOptional(out, "quote_volume", bar.quoteVolume);
    if (bar.trades)
        out += ",\"trades\":" + std::to_string(*bar.trades);
    return out + "}";
}

std::string json(const OpenInterest& row)
{
    std::string out = "{\"time\":" + std::to_string(toMs(row.time));
    appendOptional(out, "amount", row.amount);
    appendOptional(out, "value", row.value);
    return out + "}";
}

std::string json(Kind kind, const Metric& row)
{
    std::string out = "{\"time\":" + std::to_string(toMs(row.time));
    const auto columns = factsOf(kind).columns;
    for (std::size_t i = 0; i < columns.size(); ++i)
        appendOptional(out, columns[i].name, row.numbers[i]);
    return out + "}";
}

std::string first(const Candle& bar)
{
    return "\"first\":" + json(bar);
}

std::string first(const OpenInterest& row)
{
    return "\"first\":" + json(row);
}

std::string first(Kind kind, const Metric& row)
{
    return "\"first\":" + json(kind, row);
}

std::string quoted(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
    return out + '"';
}

} // namespace mnemo::words
