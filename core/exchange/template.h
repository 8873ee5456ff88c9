#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace mnemo::description {

/// Named lists of words, from and to: a venue's own currency codes, prefixes of some symbols.
using Tables = std::map<std::string, std::map<std::string, std::string>>;

/// The values that placeholders stand for; what is absent makes a template that names it valueless.
struct TemplateValues {
    std::string_view symbol, base, quote, settle, baseId, quoteId, settleId, market;
    std::string_view frame;
    const std::vector<std::pair<std::string, std::string>>* frameParts = nullptr; ///< {frame.unit}
    std::optional<std::string> start, end, limit, cursor, now;
    std::optional<std::string> id, token, ping, channel; ///< of streams
};

/// Text with placeholders: "trade:{frame}:{symbol}", "{base:lower}-{quote:lower}".
/// Placeholders: symbol base quote settle base_id quote_id settle_id market frame frame.PART start end limit cursor
/// now now_s (in seconds), and of streams id token ping channel. Modifiers, in turn: lower, upper, max3 (no value where longer than 3 characters), int and str (type in a JSON
/// body), or the name of a table (no value where the table lacks the word). Immutable; any thread.
class Template {
public:
    enum class Type { Plain, Integer, Text }; ///< of a JSON body's value

    Template() = default;
    /// Errors: Config, a sentence without place.
    static Result<Template> parse(std::string_view text, const Tables& tables);

    /// Nothing where a placeholder has no value. @p encode is applied to placeholders, not to the text between them.
    using Encoder = std::string (*)(std::string_view);
    std::optional<std::string> text(const TemplateValues& values, Encoder encode = nullptr) const;

    bool names(std::string_view placeholder) const;
    std::vector<std::string_view> placeholders() const; ///< names, in order; valid as long as the template
    bool isSinglePlaceholder() const { return m_pieces.size() == 1 && !m_pieces.front().name.empty(); }
    bool isConstant() const;
    const std::string& name() const { return m_pieces.front().name; } ///< of the single placeholder
    Type type() const { return m_type; }

private:
    struct Modifier {
        enum class Kind { Lower, Upper, Max3, Table } kind = Kind::Lower;
        std::map<std::string, std::string> table{};
    };
    struct Piece {
        std::string literal;
        std::string name; ///< of the placeholder; empty for literals
        std::vector<Modifier> modifiers;
    };
    static std::optional<std::string> lookUp(const std::string& name, const TemplateValues& values);
    static bool apply(const Modifier& modifier, std::string& value);
    Result<Piece> readPlaceholder(std::string_view inside, const Tables& tables);

    std::vector<Piece> m_pieces;
    Type m_type = Type::Plain;
};

std::string percentEncoded(std::string_view text); ///< all but unreserved characters, for query names and values
std::string percentEncodedPath(std::string_view text); ///< keeps what a path segment may hold

} // namespace mnemo::description
