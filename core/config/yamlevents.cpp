#include "core/config/yamlevents.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

namespace mnemo {

namespace {

bool isPlainAscii(unsigned char c)
{
    return c >= 0x20 && c < 0x7f;
}

/// How many plain ASCII characters stand at the front, in steps of eight.
std::size_t plainLength(std::string_view text)
{
    constexpr std::uint64_t ones = 0x0101010101010101, high = 0x80 * ones;
    std::size_t at = 0;
    for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, text.data() + at, sizeof eight);
        if (((eight | (eight - 0x20 * ones) | (eight + ones)) & high) != 0) // beyond ASCII, below a blank, 0x7f
            break;
    }
    return at;
}

/// Length of the UTF-8 character at the front, 0 where it is none.
std::size_t characterLength(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    const std::size_t length = first < 0x80 ? 1
        : first >= 0xc2 && first < 0xe0     ? 2
        : first >= 0xe0 && first < 0xf0     ? 3
        : first >= 0xf0 && first < 0xf5     ? 4
                                            : 0;
    if (length == 0 || length > text.size())
        return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80)
            return 0;
    }
    const bool isOverlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
    const bool isBeyond = (first == 0xed && byte(1) >= 0xa0) || (first == 0xf4 && byte(1) >= 0x90);
    return isOverlong || isBeyond ? 0 : length;
}

/// Why libyaml would not read the character at the front, or would take it for a line break. Its set is YAML 1.1's.
std::string whyNot(std::string_view character)
{
    const auto c = static_cast<unsigned char>(character.front());
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
        return "control character " + std::to_string(c) + " is not allowed";
    if (c == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0)
        return "control character " + std::to_string(static_cast<unsigned char>(character[1])) + " is not allowed";
    if (character == "\xe2\x80\xa8")
        return "the line break U+2028 is not allowed; write \\L in double quotes";
    if (character == "\xe2\x80\xa9")
        return "the line break U+2029 is not allowed; write \\P in double quotes";
    if (character == "\xef\xbb\xbf")
        return "a byte order mark stands only at the begin of a file";
    if (character == "\xef\xbf\xbe" || character == "\xef\xbf\xbf")
        return "no character of Unicode";
    return {};
}

/// libyaml's words where they say what is meant, ours where they do not.
std::string plainWords(std::string_view problem)
{
    static constexpr std::pair<std::string_view, std::string_view> better[] {
        {"did not find expected ',' or ']'", "expected a comma or ]"},
        {"did not find expected ',' or '}'", "expected a comma or }"},
        {"did not find expected key", "expected a key or the end of the map; is the indentation right?"},
        {"did not find expected '-' indicator", "expected - or the end of the list; is the indentation right?"},
        {"did not find expected node content", "expected a value"},
        {"did not find expected <document start>", "the document has ended above; is the indentation right?"},
        {"mapping values are not allowed in this context",
            "a colon where no value can begin; text with \": \" needs quotes, keys of one map the same indentation"},
        {"mapping keys are not allowed in this context", "a key where none can stand"},
        {"block sequence entries are not allowed in this context", "a - where no list can begin"},
        {"found character that cannot start any token", "text that begins with this character needs quotes"},
        {"found a tab character", "a tab in the indentation; use blanks"},
        {"found unexpected document indicator", "the document ends within quotes"},
        {"found unknown escape character", "this letter after \\ means nothing in double quotes; write \\\\ for a plain \\"},
        {"did not find expected hexdecimal number",
            "hexadecimal digits are expected after \\x, \\u and \\U in double quotes; write \\\\ for a plain \\"},
        {"did not find expected alphabetic or numeric character",
            "a name is expected after & or *; text that begins with this character needs quotes"},
        {"did not find expected comment or line break", "only + or - and a digit stand after | or >, the text below"},
        {"found incompatible YAML document", "this version of YAML is not known; leave the line out"},
        {"found undefined tag handle", "the begin of this tag is not declared"},
    };
    for (const auto& [theirs, ours] : better) {
        if (problem.starts_with(theirs))
            return std::string(ours);
    }
    return "not YAML: " + std::string(problem);
}

} // namespace

bool isNullWord(std::string_view text)
{
    return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

bool checkYamlBytes(std::string_view text)
{
    bool isAscii = true;
    int line = 1;
    std::size_t lineStart = 0;
    for (std::size_t at = plainLength(text); at < text.size();) {
        if (isPlainAscii(static_cast<unsigned char>(text[at]))) {
            ++at;
            continue;
        }
        const std::size_t length = characterLength(text.substr(at, 4));
        const std::string reason = length == 0 ? "not UTF-8 text" : whyNot(text.substr(at, length));
        if (!reason.empty())
            throw YamlStop {{line, static_cast<int>(at - lineStart) + 1}, reason};
        isAscii = isAscii && length == 1;
        at += length;
        // a carriage return alone ends a line, as it does for libyaml
        if (text[at - 1] == '\n' || (text[at - 1] == '\r' && (at == text.size() || text[at] != '\n'))) {
            ++line;
            lineStart = at;
            at += plainLength(text.substr(at));
        }
    }
    return isAscii;
}

YamlEvents::YamlEvents(std::string_view text, bool isAscii)
    : m_text(text)
{
    if (!isAscii) {
        m_lines.push_back(0);
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')))
                m_lines.push_back(i + 1);
        }
    }
    if (yaml_parser_initialize(&m_parser) == 0)
        throw std::bad_alloc();
    yaml_parser_set_encoding(&m_parser, YAML_UTF8_ENCODING);
    // libyaml takes bytes as unsigned char
    yaml_parser_set_input_string(&m_parser, reinterpret_cast<const unsigned char*>(text.data()), text.size());
}

YamlEvents::~YamlEvents()
{
    yaml_event_delete(&m_event);
    yaml_parser_delete(&m_parser);
}

const yaml_event_t& YamlEvents::next()
{
    yaml_event_delete(&m_event);
    if (yaml_parser_parse(&m_parser, &m_event) == 0)
        fail();
    return m_event;
}

/// libyaml counts characters.
std::size_t YamlEvents::offset(const yaml_mark_t& mark) const
{
    if (mark.line >= m_lines.size())
        return std::min(mark.index, m_text.size());
    if (m_walked.line != mark.line || m_walked.character > mark.column)
        m_walked = {mark.line, 0, m_lines[mark.line]};
    for (; m_walked.character < mark.column && m_walked.offset < m_text.size(); ++m_walked.character)
        m_walked.offset += characterLength(m_text.substr(m_walked.offset, 4));
    return m_walked.offset;
}

YamlPlace YamlEvents::place(const yaml_mark_t& mark) const
{
    const std::size_t bytes = mark.line < m_lines.size() ? offset(mark) - m_lines[mark.line] : mark.column;
    return {static_cast<int>(mark.line) + 1, static_cast<int>(bytes) + 1};
}

std::string_view YamlEvents::lineFrom(const yaml_mark_t& mark) const
{
    const std::size_t at = offset(mark);
    return m_text.substr(at, m_text.find_first_of("\r\n", at) - at);
}

bool YamlEvents::isFirstInLine(const yaml_mark_t& mark) const
{
    const std::size_t before = m_text.substr(0, offset(mark)).find_last_not_of(' ');
    return before == std::string_view::npos || m_text[before] == '\n' || m_text[before] == '\r';
}

void YamlEvents::fail() const
{
    if (m_parser.error == YAML_MEMORY_ERROR)
        throw std::bad_alloc();
    const std::string_view problem = m_parser.problem ? m_parser.problem : "";
    const YamlPlace at = place(m_parser.problem_mark);
    if (m_parser.error == YAML_READER_ERROR)
        throw YamlStop {{}, "not YAML: " + std::string(problem)};
    if (problem == "could not find expected ':'") {
        std::string_view key = lineFrom(m_parser.context_mark);
        key = key.substr(0, key.find_last_not_of(" \t") + 1);
        throw YamlStop {place(m_parser.context_mark), "a colon is expected after " + std::string(key.substr(0, 40))};
    }
    if (problem == "found unexpected end of stream")
        throw YamlStop {at, "the quotes of line " + std::to_string(m_parser.context_mark.line + 1) + " are not closed"};
    if (problem == "found character that cannot start any token" && lineFrom(m_parser.problem_mark).starts_with('\t'))
        throw YamlStop {at, "a tab in the indentation; use blanks"};
    const bool isNext = problem == "did not find expected key" || problem == "did not find expected '-' indicator";
    if (isNext && !isFirstInLine(m_parser.problem_mark))
        throw YamlStop {at, "nothing can follow the value here; text with quotes or brackets in it needs quotes around all of it"};
    throw YamlStop {at, plainWords(problem)};
}

} // namespace mnemo
