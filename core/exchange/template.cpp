#include "core/exchange/template.h"

#include <algorithm>
#include <array>

#include "core/config/node.h"

namespace mnemo::description {

namespace {

constexpr std::array placeholderNames{"symbol", "base", "quote", "settle", "base_id", "quote_id", "settle_id", "market",
    "frame", "start", "end", "limit", "cursor", "now", "now_s", "id", "token", "ping", "channel"};

bool isPlaceholder(std::string_view name)
{
    return name.starts_with("frame.")
        || std::find(placeholderNames.begin(), placeholderNames.end(), name) != placeholderNames.end();
}

std::string didYouMean(std::string_view word, const std::vector<std::string>& candidates)
{
    const std::string nearest = nearestOf(word, candidates);
    return nearest.empty() ? nearest : " (did you mean " + nearest + "?)";
}

std::optional<std::string> unlessEmpty(std::string_view text)
{
    return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

std::string encoded(std::string_view text, std::string_view kept)
{
    static constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size() + 16);
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (plain || kept.find(c) != std::string_view::npos) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += hex[byte >> 4U];
            out += hex[byte & 15U];
        }
    }
    return out;
}

} // namespace

std::string percentEncoded(std::string_view text)
{
    return encoded(text, "-._~");
}

std::string percentEncodedPath(std::string_view text)
{
    return encoded(text, "-._~:@!$&'()*+,;=");
}

namespace {

std::vector<std::string> words(const Tables& tables)
{
    std::vector<std::string> names{"lower", "upper", "max3", "int", "str"};
    for (const auto& [name, table] : tables)
        names.push_back(name);
    return names;
}

} // namespace

Result<Template::Piece> Template::readPlaceholder(std::string_view inside, const Tables& tables)
{
    Piece piece;
    auto colon = inside.find(':');
    piece.name = inside.substr(0, colon);
    if (!isPlaceholder(piece.name))
        return fail(ErrorCode::Config,
            "'{" + piece.name + "}' is no placeholder"
                + didYouMean(piece.name, {placeholderNames.begin(), placeholderNames.end()}));
    while (colon != std::string_view::npos) {
        inside.remove_prefix(colon + 1);
        colon = inside.find(':');
        const std::string word(inside.substr(0, colon));
        if (word == "int")
            m_type = Type::Integer;
        else if (word == "str")
            m_type = Type::Text;
        else if (word == "lower")
            piece.modifiers.push_back({Modifier::Kind::Lower});
        else if (word == "upper")
            piece.modifiers.push_back({Modifier::Kind::Upper});
        else if (word == "max3")
            piece.modifiers.push_back({Modifier::Kind::Max3});
        else if (const auto table = tables.find(word); table != tables.end())
            piece.modifiers.push_back({Modifier::Kind::Table, table->second});
        else
            return fail(ErrorCode::Config,
                "'" + word + "' is neither lower, upper, max3, int, str nor one of `tables`" + didYouMean(word, words(tables)));
    }
    return piece;
}

Result<Template> Template::parse(std::string_view text, const Tables& tables)
{
    Template result;
    while (!text.empty()) {
        const auto open = text.find('{');
        if (text.substr(0, open).find('}') != std::string_view::npos)
            return fail(ErrorCode::Config, "'{' is missing in '" + std::string(text) + "'");
        if (open > 0)
            result.m_pieces.push_back({std::string(text.substr(0, open)), {}, {}});
        if (open == std::string_view::npos)
            break;
        const auto close = text.find('}', open);
        if (close == std::string_view::npos)
            return fail(ErrorCode::Config, "'}' is missing in '" + std::string(text) + "'");
        auto piece = result.readPlaceholder(text.substr(open + 1, close - open - 1), tables);
        if (!piece)
            return fail(piece.error());
        result.m_pieces.push_back(std::move(*piece));
        text.remove_prefix(close + 1);
    }
    return result;
}

std::optional<std::string> Template::lookUp(const std::string& name, const TemplateValues& values)
{
    if (name == "symbol")
        return unlessEmpty(values.symbol);
    if (name == "base")
        return unlessEmpty(values.base);
    if (name == "quote")
        return unlessEmpty(values.quote);
    if (name == "settle")
        return unlessEmpty(values.settle);
    if (name == "base_id")
        return unlessEmpty(values.baseId);
    if (name == "quote_id")
        return unlessEmpty(values.quoteId);
    if (name == "settle_id")
        return unlessEmpty(values.settleId);
    if (name == "market")
        return unlessEmpty(values.market);
    if (name == "frame")
        return unlessEmpty(values.frame);
    if (name == "start")
        return values.start;
    if (name == "end")
        return values.end;
    if (name == "limit")
        return values.limit;
    if (name == "cursor")
        return values.cursor;
    if (name == "now")
        return values.now;
    if (name == "now_s")
        return values.now && values.now->size() > 3 ? std::optional(values.now->substr(0, values.now->size() - 3)) : std::nullopt;
    if (name == "id")
        return values.id;
    if (name == "token")
        return values.token;
    if (name == "ping")
        return values.ping;
    if (name == "channel")
        return values.channel;
    if (values.frameParts != nullptr)
        for (const auto& [part, word] : *values.frameParts)
            if (name.compare(6, std::string::npos, part) == 0)
                return word;
    return std::nullopt;
}

bool Template::apply(const Modifier& modifier, std::string& value)
{
    switch (modifier.kind) {
    case Modifier::Kind::Lower:
        for (char& c : value)
            c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
        return true;
    case Modifier::Kind::Upper:
        for (char& c : value)
            c = c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
        return true;
    case Modifier::Kind::Max3:
        return value.size() <= 3;
    case Modifier::Kind::Table:
        break;
    }
    const auto word = modifier.table.find(value);
    if (word == modifier.table.end())
        return false;
    value = word->second;
    return true;
}

std::optional<std::string> Template::text(const TemplateValues& values, Encoder encode) const
{
    std::string out;
    for (const Piece& piece : m_pieces) {
        if (piece.name.empty()) {
            out += piece.literal;
            continue;
        }
        auto value = lookUp(piece.name, values);
        if (!value)
            return std::nullopt;
        for (const Modifier& modifier : piece.modifiers)
            if (!apply(modifier, *value))
                return std::nullopt;
        out += encode != nullptr ? encode(*value) : *value;
    }
    return out;
}

bool Template::names(std::string_view placeholder) const
{
    return std::any_of(m_pieces.begin(), m_pieces.end(), [&](const Piece& piece) { return piece.name == placeholder; });
}

std::vector<std::string_view> Template::placeholders() const
{
    std::vector<std::string_view> found;
    for (const Piece& piece : m_pieces)
        if (!piece.name.empty())
            found.push_back(piece.name);
    return found;
}

bool Template::isConstant() const
{
    return std::all_of(m_pieces.begin(), m_pieces.end(), [](const Piece& piece) { return piece.name.empty(); });
}

} // namespace mnemo::description
