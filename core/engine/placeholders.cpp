#include "core/engine/placeholders.h"

#include <algorithm>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "core/base/timetext.h"

namespace mnemo {

namespace {

bool isNameChar(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

std::map<std::string, std::string> wordsOf(const SeriesKey& key)
{
    return {{"source", key.source}, {"exchange", key.exchange}, {"market", std::string(toText(key.market))}, {"symbol", key.symbol},
        {"kind", std::string(toText(key.kind))}, {"timeframe", std::string(key.timeframe.name())}};
}

void addParameters(std::map<std::string, std::string>& values, const std::string& parameters)
{
    const auto read = nlohmann::json::parse(parameters, nullptr, false);
    if (!read.is_object())
        return;
    for (const auto& [name, value] : read.items())
        values["params." + name] = value.is_string() ? value.get<std::string>() : value.dump();
}

std::string encoded(char c)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    return {'%', digits[byte >> 4U], digits[byte & 15U]};
}

} // namespace

std::map<std::string, std::string> placeholdersOf(const TaskOrder& order, TimeRange range)
{
    std::map<std::string, std::string> values {{"pipeline", order.pipeline}, {"run", std::to_string(order.ref.run)},
        {"task", order.task.id}, {"attempt", std::to_string(order.attempt)}, {"from", formatIso(range.from)}, {"to", formatIso(range.to)},
        {"due", formatIso(order.due.value_or(order.interval.to))}};
    addParameters(values, order.parameters);
    const auto& series = order.instance.series;
    if (series.empty())
        return values;
    auto common = wordsOf(series.front());
    for (const SeriesKey& key : series) {
        const auto words = wordsOf(key);
        std::erase_if(common, [&words](const auto& word) { return words.at(word.first) != word.second; });
    }
    values.merge(common);
    return values;
}

std::map<std::string, std::string> placeholdersOf(const TaskOrder& order, TimeRange range, const SeriesKey& series)
{
    auto values = placeholdersOf(order, range);
    for (auto& [name, word] : wordsOf(series))
        values[name] = word;
    return values;
}

Result<std::string> filled(
    std::string_view text, const std::map<std::string, std::string>& values, const std::function<std::string(const std::string&)>& quote)
{
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text[at] == '{' ? std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at) + 1, text.end(), isNameChar) : text.begin();
        const auto length = end - text.begin() - static_cast<std::ptrdiff_t>(at) - 1;
        const bool isEnvironment = at > 0 && text[at - 1] == '$';
        if (text[at] != '{' || isEnvironment || end == text.end() || *end != '}' || length <= 0) {
            out += text[at++];
            continue;
        }
        const std::string name(text.substr(at + 1, static_cast<std::size_t>(length)));
        const auto value = values.find(name);
        if (value == values.end())
            return fail(ErrorCode::InvalidArgument, "{" + name + "} stands for nothing here"
                    + (name.starts_with("params.") ? ": the run was begun without this parameter" : ""));
        out += quote ? quote(value->second) : value->second;
        at += static_cast<std::size_t>(length) + 2;
    }
    return out;
}

std::string quotedForShell(const std::string& value)
{
    std::string out = "'";
    for (const char c : value)
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + '\'';
}

std::string quotedForSql(const std::string& value)
{
    std::string out;
    for (const char c : value)
        out += c == '\'' ? std::string("''") : std::string(1, c);
    return out;
}

std::string quotedForUrl(const std::string& value)
{
    std::string out;
    for (const char c : value) {
        const bool isPlain = isNameChar(c) || c == '-' || c == '~';
        out += isPlain ? std::string(1, c) : encoded(c);
    }
    return out;
}

std::string quotedForPath(const std::string& value)
{
    std::string out = value;
    std::replace_if(out.begin(), out.end(), [](char c) { return c == '/' || c == ':' || c == '\0'; }, '-');
    return out == ".." || out == "." ? "-" : out;
}

std::string quotedForJson(const std::string& value)
{
    const std::string quoted = nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return quoted.substr(1, quoted.size() - 2);
}

std::string withEnvironment(const std::string& text)
{
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto begin = text.find("${", at);
        const auto end = begin == std::string::npos ? begin : text.find('}', begin);
        if (end == std::string::npos)
            return out + text.substr(at);
        const char* value = std::getenv(text.substr(begin + 2, end - begin - 2).c_str());
        out += text.substr(at, begin - at) + (value ? value : "");
        at = end + 1;
    }
    return out;
}

} // namespace mnemo
