#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <yaml.h>

namespace mnemo {

/// A place in a text; lines and columns count from 1, columns bytes; 0 where there is none.
struct YamlPlace {
    int line = 0, column = 0;
};

/// Why reading ends. Thrown within core/config alone, and an Error or a Problem outside.
struct YamlStop {
    YamlPlace place;
    std::string reason;
};

/// YAML's words for nothing: no text at all, ~, null.
bool isNullWord(std::string_view text);

/// What of @p text no reader of YAML can take: bytes that are no UTF-8, control characters, line breaks of Unicode
/// (libyaml would count them as lines, editors do not). Throws YamlStop. O(bytes).
/// @return whether all is ASCII
bool checkYamlBytes(std::string_view text);

/// libyaml's events, one after another, with places in bytes and reasons in plain words. One text, one thread.
class YamlEvents {
public:
    /// @param text as checkYamlBytes() let it pass, without a byte order mark; kept by reference
    YamlEvents(std::string_view text, bool isAscii);
    ~YamlEvents();
    YamlEvents(const YamlEvents&) = delete;
    YamlEvents& operator=(const YamlEvents&) = delete;

    /// Valid until the next call; YAML_STREAM_END_EVENT is the last. Throws YamlStop.
    const yaml_event_t& next();
    YamlPlace place(const yaml_mark_t& mark) const;

private:
    struct Walked {
        std::size_t line = 0, character = 0, offset = 0;
    };

    [[noreturn]] void fail() const;
    std::size_t offset(const yaml_mark_t& mark) const;
    std::string_view lineFrom(const yaml_mark_t& mark) const; ///< the rest of it
    bool isFirstInLine(const yaml_mark_t& mark) const;        ///< but for blanks

    std::string_view m_text;
    std::vector<std::size_t> m_lines; ///< where each begins; empty where bytes and characters are the same
    mutable Walked m_walked; ///< the last place asked for: they follow each other, and a line may be long
    yaml_parser_t m_parser {};
    yaml_event_t m_event {};
};

} // namespace mnemo
