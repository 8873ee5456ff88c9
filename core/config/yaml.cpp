#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "core/config/node.h"

namespace mnemo {

namespace {

constexpr std::size_t maxBytes = 16u << 20;
constexpr std::size_t maxDepth = 64;
constexpr std::size_t maxNodes = 400'000;
constexpr std::size_t maxText = 64u << 20;

/// Why reading ends; thrown through yaml-cpp and caught in readDocument().
struct Stop {
    int line = 0, column = 0; ///< from 1; 0: no place
    std::string reason;
};

[[noreturn]] void stop(const Mark& mark, std::string reason)
{
    throw Stop {mark.line, mark.column, std::move(reason)};
}

std::string shown(std::string_view text)
{
    return text.size() <= 40 ? std::string(text) : std::string(text.substr(0, 37)) + "...";
}

struct Weight {
    std::size_t nodes = 0, text = 0, depth = 0;
};

Weight weigh(const Node& node)
{
    Weight sum {1, node.scalar.size(), 0};
    const auto add = [&](const Node& child) {
        const Weight weight = weigh(child);
        sum.nodes += weight.nodes;
        sum.text += weight.text;
        sum.depth = std::max(sum.depth, weight.depth + 1);
    };
    for (const auto& [key, value] : node.map) {
        sum.text += key.size();
        add(value);
    }
    for (const Node& element : node.list)
        add(element);
    return sum;
}

/// Makes a Node of the parser's events. yaml-cpp's own tree is not used: it keeps no places of keys, accepts doubled ones
/// and bounds nothing.
class TreeBuilder final : public YAML::EventHandler {
public:
    explicit TreeBuilder(std::shared_ptr<const std::string> file)
        : m_file(std::move(file))
    {
    }

    Node take() { return std::move(m_root); }

    void OnDocumentStart(const YAML::Mark& mark) override
    {
        if (++m_documents > 1)
            stop(place(mark), "one document is expected, a second one starts here");
    }
    void OnDocumentEnd() override { }

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override
    {
        Node node;
        node.mark = place(mark);
        if (!m_open.empty() && m_open.back().hasKey) {
            const Frame& frame = m_open.back();
            // at the end of a block map yaml-cpp takes a line without a colon for a key; then both marks are the same
            if (!frame.isFlow && frame.keyMark.line == node.mark.line && frame.keyMark.column == node.mark.column)
                stop(node.mark, "a colon is expected after " + shown(frame.key));
            node.mark = frame.keyMark; // else an absent value's mark is where the next token stands
        }
        add(std::move(node), anchor, false);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override
    {
        const auto found = m_anchors.find(anchor);
        if (found == m_anchors.end())
            stop(place(mark), "this alias stands inside what it refers to");
        const auto& [node, weight] = found->second;
        charge(weight, place(mark));
        if (m_open.size() + weight.depth > maxDepth)
            stop(place(mark), "nested deeper than 64 levels");
        add(Node(node), 0, false);
    }

    void OnScalar(
        const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override
    {
        Node node;
        node.type = Node::Type::Scalar;
        node.mark = place(mark);
        node.isQuoted = isText(tag, node.mark);
        node.scalar = value;
        charge({1, value.size(), 0}, node.mark);
        add(std::move(node), anchor, tag == "?");
    }

    void OnSequenceStart(
        const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value style) override
    {
        open(Node::Type::List, mark, tag, anchor, style);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(
        const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value style) override
    {
        open(Node::Type::Map, mark, tag, anchor, style);
    }
    void OnMapEnd() override { close(); }

private:
    struct Frame {
        Node node;
        YAML::anchor_t anchor = 0;
        std::string key;
        Mark keyMark;
        bool hasKey = false;
        bool isFlow = false;
        bool isMerge = false; ///< the key is a plain <<
        std::unordered_set<std::string> keys;
        std::vector<Node> merges;
    };
    struct Anchored {
        Node node;
        Weight weight;
    };

    Mark place(const YAML::Mark& mark) const
    {
        return mark.is_null() ? Mark {m_file, 0, 0} : Mark {m_file, mark.line + 1, mark.column + 1};
    }

    /// Whether a scalar's tag makes it text whatever it looks like.
    bool isText(const std::string& tag, const Mark& mark) const
    {
        if (tag == "!" || tag == "tag:yaml.org,2002:str")
            return true;
        if (tag != "?" && !tag.starts_with("tag:yaml.org,2002:"))
            stop(mark, "the tag " + shown(tag) + " is not known");
        return false;
    }

    void charge(const Weight& weight, const Mark& mark)
    {
        m_nodes += weight.nodes;
        m_text += weight.text;
        if (m_nodes > maxNodes)
            stop(mark, "more than 400,000 values, counting aliases");
        if (m_text > maxText)
            stop(mark, "more than 64 MiB of text, counting aliases");
    }

    void open(Node::Type type, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
        YAML::EmitterStyle::value style)
    {
        const Mark at = place(mark);
        if (m_open.size() >= maxDepth)
            stop(at, "nested deeper than 64 levels");
        if (tag != "?" && tag != "!" && !tag.empty() && !tag.starts_with("tag:yaml.org,2002:"))
            stop(at, "the tag " + shown(tag) + " is not known");
        if (isKeyNext())
            stop(at, "a key must be text, not a list or a map; is a bracket not closed?");
        charge({1, 0, 0}, at);
        Frame frame;
        frame.node.type = type;
        frame.node.mark = at;
        frame.anchor = anchor;
        frame.isFlow = style == YAML::EmitterStyle::Flow;
        m_open.push_back(std::move(frame));
    }

    void close()
    {
        Frame frame = std::move(m_open.back());
        m_open.pop_back();
        for (const Node& from : frame.merges)
            fill(frame, from);
        add(std::move(frame.node), frame.anchor, false);
    }

    /// The keys of @p from that the map lacks.
    static void fill(Frame& frame, const Node& from)
    {
        for (std::size_t i = 0; i < from.map.size(); ++i) {
            if (frame.keys.insert(from.map[i].first).second)
                frame.node.insert(from.map[i].first, from.map[i].second, from.keyMarks[i]);
        }
    }

    bool isKeyNext() const
    {
        return !m_open.empty() && m_open.back().node.type == Node::Type::Map && !m_open.back().hasKey;
    }

    void add(Node node, YAML::anchor_t anchor, bool isPlain)
    {
        if (anchor != 0) {
            const Weight weight = weigh(node);
            charge(weight, node.mark);
            m_anchors.insert_or_assign(anchor, Anchored {node, weight});
        }
        if (m_open.empty())
            m_root = std::move(node);
        else if (m_open.back().node.type == Node::Type::List)
            m_open.back().node.list.push_back(std::move(node));
        else if (!m_open.back().hasKey)
            addKey(m_open.back(), node, isPlain);
        else
            addValue(m_open.back(), std::move(node));
    }

    static void addKey(Frame& frame, const Node& node, bool isPlain)
    {
        if (node.type != Node::Type::Scalar || node.scalar.empty())
            stop(node.mark, "a key must be text");
        frame.hasKey = true;
        frame.isMerge = isPlain && node.scalar == "<<";
        frame.key = node.scalar;
        frame.keyMark = node.mark;
        if (!frame.keys.insert(frame.key).second)
            stop(node.mark, "the key " + shown(frame.key) + " stands here twice");
    }

    static void addValue(Frame& frame, Node node)
    {
        if (frame.isMerge)
            addMerge(frame, std::move(node));
        else
            frame.node.insert(std::move(frame.key), std::move(node), std::move(frame.keyMark));
        frame.hasKey = false;
        frame.key.clear();
    }

    static void addMerge(Frame& frame, Node node)
    {
        if (node.type == Node::Type::Map) {
            frame.merges.push_back(std::move(node));
            return;
        }
        bool ok = node.type == Node::Type::List;
        for (Node& element : node.list) {
            ok = ok && element.type == Node::Type::Map;
            frame.merges.push_back(std::move(element));
        }
        if (!ok)
            stop(frame.keyMark, "<< needs a map or a list of maps");
    }

    std::shared_ptr<const std::string> m_file;
    std::vector<Frame> m_open;
    std::unordered_map<YAML::anchor_t, Anchored> m_anchors;
    Node m_root;
    std::size_t m_nodes = 0, m_text = 0;
    int m_documents = 0;
};

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

/// yaml-cpp ends silently at a byte 4 and replaces what is no UTF-8: half a file would pass for a whole one.
void checkBytes(std::string_view text)
{
    if (text.size() > maxBytes)
        throw Stop {0, 0, "larger than 16 MiB"};
    int line = 1, column = 1;
    while (!text.empty()) {
        const unsigned char c = static_cast<unsigned char>(text.front());
        const std::size_t length = characterLength(text);
        if (length == 0)
            throw Stop {line, column, "not UTF-8 text"};
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
            throw Stop {line, column, "control character " + std::to_string(c) + " is not allowed"};
        column = c == '\n' ? 1 : column + static_cast<int>(length);
        line += c == '\n' ? 1 : 0;
        text.remove_prefix(length);
    }
}

/// yaml-cpp's words where they say what is meant, ours where they do not.
std::string reasonOf(const YAML::Exception& error)
{
    static const std::pair<std::string_view, std::string_view> better[] {
        {YAML::ErrorMsg::DOC_IN_SCALAR, "quotes that were opened above are not closed"},
        {YAML::ErrorMsg::EOF_IN_SCALAR, "quotes that were opened above are not closed"},
        {YAML::ErrorMsg::END_OF_SEQ_FLOW, "expected a comma or ]"},
        {YAML::ErrorMsg::END_OF_MAP_FLOW, "expected a comma or }"},
        {YAML::ErrorMsg::END_OF_MAP, "expected a key or the end of the map; is the indentation right?"},
        {YAML::ErrorMsg::END_OF_SEQ, "expected - or the end of the list; is the indentation right?"},
        {YAML::ErrorMsg::MAP_VALUE,
            "a colon where no value can begin; text with \": \" needs quotes, keys of one map the same indentation"},
        {YAML::ErrorMsg::MAP_KEY, "a key where none can stand"},
        {YAML::ErrorMsg::BLOCK_ENTRY, "a - where no list can begin"},
        {YAML::ErrorMsg::UNKNOWN_TOKEN, "text that begins with this character needs quotes"},
        {YAML::ErrorMsg::TAB_IN_INDENTATION, "a tab in the indentation; use blanks"},
        {YAML::ErrorMsg::UNKNOWN_ANCHOR, "this alias refers to nothing above"},
    };
    const std::string_view message = error.msg;
    for (const auto& [theirs, ours] : better) {
        if (message.starts_with(theirs))
            return std::string(ours);
    }
    return "not YAML: " + error.msg;
}

/// The line of the innermost bracket that the first @p lines lines leave open, 0 where there is none. Knows quotes and
/// comments, not all of YAML: good for a hint.
int openBracketLine(std::string_view text, int lines)
{
    std::vector<int> open;
    char quote = 0;
    char before = '\n';
    int line = 1;
    for (std::size_t i = 0; i < text.size() && line <= lines; ++i) {
        const char c = text[i];
        const bool isStart = std::string_view(" \n[{,").find(before) != std::string_view::npos;
        before = c;
        line += c == '\n' ? 1 : 0;
        if (quote != 0) {
            quote = c == quote && text[i - 1] != '\\' ? '\0' : quote;
        } else if ((c == '"' || c == '\'') && isStart) {
            quote = c;
        } else if (c == '#' && isStart) {
            i = std::min(text.find('\n', i), text.size()) - 1;
        } else if (c == '[' || c == '{') {
            open.push_back(line);
        } else if ((c == ']' || c == '}') && !open.empty()) {
            open.pop_back();
        }
    }
    return open.empty() ? 0 : open.back();
}

Node readDocument(std::string_view text, const std::shared_ptr<const std::string>& file)
{
    checkBytes(text);
    std::string closed(text);
    if (!closed.ends_with('\n'))
        closed += '\n';
    closed += "...\n"; // without an end of document yaml-cpp closes quotes that the file leaves open
    std::istringstream in(std::move(closed));
    TreeBuilder builder(file);
    YAML::Parser parser(in);
    try {
        while (parser.HandleNextDocument(builder)) { }
    } catch (const YAML::Exception& error) {
        const int open = error.mark.is_null() ? 0 : openBracketLine(text, error.mark.line);
        if (open == 0)
            throw;
        throw Stop {error.mark.line + 1, error.mark.column + 1,
            reasonOf(error) + "; the bracket of line " + std::to_string(open) + " is still open here"};
    }
    return builder.take();
}

Problem problemAt(const std::shared_ptr<const std::string>& file, int line, int column, std::string reason)
{
    Problem problem;
    problem.mark = {file, line, column};
    problem.message = std::move(reason);
    return problem;
}

tl::expected<Node, Problem> parse(std::string_view text, std::string fileName)
{
    const auto file = std::make_shared<const std::string>(std::move(fileName));
    try {
        return readDocument(text, file);
    } catch (const Stop& error) {
        return tl::unexpected(problemAt(file, error.line, error.column, error.reason));
    } catch (const YAML::Exception& error) {
        const bool hasPlace = !error.mark.is_null();
        return tl::unexpected(
            problemAt(file, hasPlace ? error.mark.line + 1 : 0, hasPlace ? error.mark.column + 1 : 0, reasonOf(error)));
    } catch (const std::exception& error) {
        return tl::unexpected(problemAt(file, 0, 0, std::string("not YAML: ") + error.what()));
    }
}

struct FileText {
    std::string text;
    std::optional<Error> error;
};

FileText readText(const std::string& path)
{
    std::error_code ec;
    const auto status = std::filesystem::status(path, ec);
    if (status.type() == std::filesystem::file_type::not_found)
        return {{}, Error {ErrorCode::NotFound, "no such file"}};
    if (!std::filesystem::is_regular_file(status)) // a pipe would wait for ever
        return {{}, Error {ErrorCode::Config, ec ? "cannot be read: " + ec.message() : "is not a file"}};
    errno = 0;
    std::ifstream in(path, std::ios::binary);
    if (!in)
        return {{}, Error {ErrorCode::Config, std::string("cannot be read: ") + std::strerror(errno)}};
    FileText file;
    // Piece by piece: room for the largest file at once costs 5 ms a file, and there are a hundred.
    std::array<char, 16384> piece;
    while (in && file.text.size() <= maxBytes) {
        in.read(piece.data(), piece.size());
        file.text.append(piece.data(), static_cast<std::size_t>(in.gcount()));
    }
    if (in.bad())
        file.error = Error {ErrorCode::Config, std::string("cannot be read: ") + std::strerror(errno)};
    return file;
}

} // namespace

Result<Node> parseYaml(std::string_view text, std::string fileName)
{
    auto parsed = parse(text, std::move(fileName));
    if (!parsed)
        return fail(ErrorCode::Config, parsed.error().text());
    return std::move(*parsed);
}

std::optional<Node> parseYaml(std::string_view text, std::string fileName, Problems& problems)
{
    auto parsed = parse(text, std::move(fileName));
    if (parsed)
        return std::move(*parsed);
    problems.push_back(std::move(parsed.error()));
    return std::nullopt;
}

Result<Node> readYamlFile(const std::string& path)
{
    const FileText file = readText(path);
    if (file.error)
        return fail(file.error->code, path + ": " + file.error->detail);
    return parseYaml(file.text, path);
}

std::optional<Node> readYamlFile(const std::string& path, Problems& problems)
{
    const FileText file = readText(path);
    if (!file.error)
        return parseYaml(file.text, path, problems);
    problems.push_back(problemAt(std::make_shared<const std::string>(path), 0, 0, file.error->detail));
    return std::nullopt;
}

} // namespace mnemo
