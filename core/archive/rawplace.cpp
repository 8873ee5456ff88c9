#include "core/archive/rawplace.h"

#include <algorithm>
#include <array>

#include "core/base/decimal.h"
#include "core/base/timetext.h"

namespace mnemo {

namespace {

bool isWordCharacter(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-'
        || c == '+' || c == '_';
}

/// Where @p word stands by itself; nothing unless exactly once.
std::optional<TextSpan> onlyPlace(std::string_view body, std::string_view word)
{
    std::optional<TextSpan> found;
    for (std::size_t at = body.find(word); at != std::string_view::npos; at = body.find(word, at + 1)) {
        const bool isBegin = at == 0 || !isWordCharacter(body[at - 1]);
        std::size_t end = at + word.size();
        const bool isFraction = body.substr(end).starts_with(".0"); // 1700000000.0
        if (isFraction)
            end += 2;
        if (!isBegin || (end < body.size() && isWordCharacter(body[end])))
            continue;
        if (found)
            return std::nullopt;
        found = {at, end - at};
    }
    return found;
}

std::optional<TextSpan> timePlace(std::string_view body, UtcMs open)
{
    const std::string ms = std::to_string(toMs(open));
    const std::string iso = formatIso(open);
    std::vector<std::string> words {
        ms, ms + "000", ms + "000000", iso, iso.substr(0, 19) + "Z", iso.substr(0, 19), iso.substr(0, 19) + "+00:00"};
    if (toMs(open) % 1000 == 0)
        words.insert(words.begin() + 1, std::to_string(toMs(open) / 1000));
    std::string blank = iso.substr(0, 19);
    blank[10] = ' ';
    words.push_back(blank);
    for (const std::string& word : words) {
        if (const auto place = onlyPlace(body, word))
            return place;
    }
    return std::nullopt;
}

/// The innermost brackets around @p place; text in quotes is passed over.
std::optional<TextSpan> bracketsAround(std::string_view body, TextSpan place)
{
    std::vector<std::size_t> open;
    bool isQuoted = false;
    for (std::size_t i = 0; i < body.size(); ++i) {
        const char c = body[i];
        if (isQuoted) {
            i += c == '\\' ? 1 : 0;
            isQuoted = c != '"';
            continue;
        }
        if (c == '"') {
            isQuoted = true;
        } else if (c == '[' || c == '{') {
            open.push_back(i);
        } else if ((c == ']' || c == '}') && !open.empty()) {
            if (open.back() <= place.offset && place.offset + place.length <= i)
                return TextSpan {open.back(), i + 1 - open.back()};
            open.pop_back();
        }
    }
    return std::nullopt;
}

TextSpan lineAround(std::string_view body, TextSpan place)
{
    const std::size_t before = body.rfind('\n', place.offset);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    const std::size_t end = std::min(body.find('\n', place.offset), body.size());
    return {begin, end - begin};
}

struct Token {
    TextSpan text;
    double value = 0;
    bool isUsed = false;
};

std::vector<Token> numbersIn(std::string_view body, TextSpan row)
{
    std::vector<Token> tokens;
    for (std::size_t i = row.offset; i < row.offset + row.length;) {
        if (!isWordCharacter(body[i])) {
            ++i;
            continue;
        }
        std::size_t end = i;
        while (end < row.offset + row.length && isWordCharacter(body[end]))
            ++end;
        if (const auto value = parseDecimal(body.substr(i, end - i)))
            tokens.push_back({{i, end - i}, *value, false});
        i = end;
    }
    return tokens;
}

/// How well the text before a number names a field: 2 for its whole name as a key, 1 for its initial.
int nameMatch(std::string_view body, TextSpan number, std::string_view name)
{
    std::size_t at = number.offset;
    while (at > 0 && (body[at - 1] == '"' || body[at - 1] == ' ' || body[at - 1] == ':'))
        --at;
    std::size_t begin = at;
    while (begin > 0 && isWordCharacter(body[begin - 1]))
        --begin;
    const std::string_view key = body.substr(begin, at - begin);
    if (key == name)
        return 2;
    return key.size() == 1 && key.front() == name.front() ? 1 : 0;
}

} // namespace

std::optional<RawPlace> findRawPlace(std::string_view body, const Candle& values)
{
    const auto time = timePlace(body, values.openTime);
    if (!time)
        return std::nullopt;
    RawPlace place;
    place.row = bracketsAround(body, *time).value_or(lineAround(body, *time));
    if (place.row.length > 4096) // the brackets of a whole page: times stand in a list of their own
        return std::nullopt;
    place.fields.push_back({"open_time", *time});
    std::vector<Token> tokens = numbersIn(body, place.row);
    for (Token& token : tokens)
        token.isUsed = token.text.offset == time->offset;
    const std::array<std::pair<const char*, std::optional<double>>, 7> wanted {
        {{"open", values.open}, {"high", values.high}, {"low", values.low}, {"close", values.close},
            {"volume", values.volume}, {"quote_volume", values.quoteVolume},
            {"trades", values.trades ? std::optional(static_cast<double>(*values.trades)) : std::nullopt}}};
    for (const auto& [name, value] : wanted) {
        Token* best = nullptr;
        int bestMatch = -1;
        for (Token& token : tokens) {
            const int match = value && !token.isUsed && token.value == *value ? nameMatch(body, token.text, name) : -1;
            if (match > bestMatch) {
                best = &token;
                bestMatch = match;
            }
        }
        if (!best)
            continue;
        best->isUsed = true;
        place.fields.push_back({name, best->text});
    }
    return place;
}

} // namespace mnemo
