#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "core/config/node.h"
#include "core/config/yamlevents.h"

namespace mnemo {

namespace {

constexpr std::size_t maxBytes = 16u << 20;
constexpr std::size_t maxDepth = 64;
constexpr std::size_t maxNodes = 400'000;
constexpr std::size_t maxText = 64u << 20;

[[noreturn]] void stop(const Mark& mark, std::string reason)
{
    throw YamlStop {{mark.line, mark.column}, std::move(reason)};
}

std::string shown(std::string_view text)
{
    return text.size() <= 40 ? std::string(text) : std::string(text.substr(0, 37)) + "...";
}

/// libyaml's bytes are unsigned char; null is empty.
std::string_view textOf(const yaml_char_t* text)
{
    return text ? std::string_view(reinterpret_cast<const char*>(text)) : std::string_view {};
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

/// A map or list whose end has not come. It stands in the tree already; what it belongs to does not change until it ends.
struct Frame {
    Node* node = nullptr;
    std::string anchor;
    std::string key;
    Mark keyMark;
    bool hasKey = false;
    bool isFlow = false;
    bool isMerge = false;  ///< the key is a plain <<
    bool hasMerge = false; ///< there was one
    std::unordered_set<std::string> keys; ///< of maps with more keys than are quickly looked through
    std::vector<Node> merges;

    bool isKeyNext() const { return node->type == Node::Type::Map && !hasKey; }

    /// False where the map has the key.
    bool isNew(const std::string& wanted)
    {
        constexpr std::size_t few = 16;
        if (node->map.size() < few)
            return node->find(wanted) == nullptr;
        if (keys.empty()) {
            for (const auto& member : node->map)
                keys.insert(member.first);
        }
        return keys.insert(wanted).second;
    }

    void takeKey(std::string text, bool isPlain, Mark mark)
    {
        if (text.empty())
            stop(mark, "a key must be text");
        isMerge = isPlain && text == "<<";
        if (isMerge ? std::exchange(hasMerge, true) : !isNew(text))
            stop(mark, "the key " + shown(text) + " stands here twice");
        hasKey = true;
        key = std::move(text);
        keyMark = std::move(mark);
    }

    /// Where the next value goes: filled in place, large files have hundreds of thousands.
    Node& slot()
    {
        hasKey = false;
        if (node->type == Node::Type::List)
            return withRoom(node->list).emplace_back();
        if (isMerge)
            return merges.emplace_back();
        withRoom(node->keyMarks).push_back(keyMark);
        return withRoom(node->map).emplace_back(std::piecewise_construct, std::forward_as_tuple(std::move(key)), std::tuple<>()).second;
    }

    /// Most hold a few: one allocation instead of three.
    template<class T>
    static std::vector<T>& withRoom(std::vector<T>& children)
    {
        if (children.capacity() == 0)
            children.reserve(4);
        return children;
    }

    /// The value of << is there.
    void takeMerge()
    {
        isMerge = false;
        if (merges.back().type == Node::Type::Map)
            return;
        Node value = std::move(merges.back());
        merges.pop_back();
        bool ok = value.type == Node::Type::List;
        for (Node& element : value.list) {
            ok = ok && element.type == Node::Type::Map;
            merges.push_back(std::move(element));
        }
        if (!ok)
            stop(keyMark, "<< needs a map or a list of maps");
    }

    /// The keys that only merged maps have, those of earlier ones first.
    void fill()
    {
        for (Node& from : merges) {
            for (std::size_t i = 0; i < from.map.size(); ++i) {
                if (isNew(from.map[i].first))
                    node->insert(std::move(from.map[i].first), std::move(from.map[i].second), std::move(from.keyMarks[i]));
            }
        }
    }
};

/// Makes a Node of the parser's events, with the places of keys, and refuses what would not end well: doubled keys,
/// aliases that multiply.
class TreeBuilder {
public:
    TreeBuilder(YamlEvents& events, std::shared_ptr<const std::string> file)
        : m_events(events)
        , m_file(std::move(file))
    {
    }

    Node build()
    {
        for (;;) {
            m_event = &next();
            if (m_event->type == YAML_STREAM_END_EVENT)
                return std::move(m_root);
            take(*m_event);
        }
    }

private:
    struct Anchored {
        Node node;
        Weight weight;
    };

    const yaml_event_t& next()
    {
        try {
            return m_events.next();
        } catch (YamlStop& error) {
            const auto bracket = std::find_if(m_open.rbegin(), m_open.rend(), [](const Frame& frame) { return frame.isFlow; });
            if (bracket != m_open.rend())
                error.reason += "; the bracket of line " + std::to_string(bracket->node->mark.line) + " is still open here";
            throw;
        }
    }

    void take(const yaml_event_t& event)
    {
        switch (event.type) {
        case YAML_DOCUMENT_START_EVENT:
            if (++m_documents > 1)
                stop(place(), "one document is expected, a second one starts here");
            break;
        case YAML_ALIAS_EVENT:
            takeAlias(event);
            break;
        case YAML_SCALAR_EVENT:
            takeScalar(event);
            break;
        case YAML_SEQUENCE_START_EVENT:
            open(Node::Type::List, event.data.sequence_start.tag, event.data.sequence_start.anchor,
                event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE);
            break;
        case YAML_MAPPING_START_EVENT:
            open(Node::Type::Map, event.data.mapping_start.tag, event.data.mapping_start.anchor,
                event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
            break;
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_END_EVENT:
            close();
            break;
        case YAML_NO_EVENT:
        case YAML_STREAM_START_EVENT:
        case YAML_STREAM_END_EVENT:
        case YAML_DOCUMENT_END_EVENT:
            break;
        }
    }

    /// Of the event at hand.
    Mark place() const
    {
        const YamlPlace at = m_events.place(m_event->start_mark);
        return {m_file, at.line, at.column};
    }

    void takeAlias(const yaml_event_t& event)
    {
        const std::string name(textOf(event.data.alias.anchor));
        for (const Frame& frame : m_open) {
            if (frame.anchor == name)
                stop(place(), "this alias stands inside what it refers to");
        }
        const auto found = m_anchors.find(name);
        if (found == m_anchors.end())
            stop(place(), "this alias refers to nothing above");
        const auto& [node, weight] = found->second;
        charge(weight);
        if (m_open.size() + weight.depth > maxDepth)
            stop(place(), "nested deeper than 64 levels");
        if (isKeyNext()) {
            if (node.type != Node::Type::Scalar)
                stop(node.mark, "a key must be text");
            m_open.back().takeKey(node.scalar, false, node.mark);
            return;
        }
        slot() = node;
        valueIsThere();
    }

    void takeScalar(const yaml_event_t& event)
    {
        const auto& scalar = event.data.scalar;
        const std::string_view text(reinterpret_cast<const char*>(scalar.value), scalar.length);
        const std::string_view tag = textOf(scalar.tag);
        const bool isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE && tag.empty();
        charge({1, text.size(), 0});
        Mark mark = place();
        const bool isNull = isPlain && isNullWord(text);
        const bool isQuoted = !isNull && isText(tag, scalar.style, mark);
        const std::string_view anchor = textOf(scalar.anchor);
        if (isKeyNext()) {
            if (isNull)
                stop(mark, "a key must be text");
            if (!anchor.empty()) {
                Node node;
                fill(node, text, isQuoted, mark);
                keep(node, anchor);
            }
            m_open.back().takeKey(std::string(text), isPlain, std::move(mark));
            return;
        }
        if (isNull && text.empty() && !m_open.empty() && m_open.back().hasKey)
            mark = m_open.back().keyMark; // an absent value's own mark is where the next token stands
        Node& node = slot();
        if (isNull)
            node.mark = std::move(mark);
        else
            fill(node, text, isQuoted, std::move(mark));
        if (!anchor.empty())
            keep(node, anchor);
        valueIsThere();
    }

    static void fill(Node& node, std::string_view text, bool isQuoted, Mark mark)
    {
        node.type = Node::Type::Scalar;
        node.scalar = text;
        node.isQuoted = isQuoted;
        node.mark = std::move(mark);
    }

    /// Whether a scalar is text whatever it looks like.
    static bool isText(std::string_view tag, yaml_scalar_style_t style, const Mark& mark)
    {
        if (tag.empty())
            return style != YAML_PLAIN_SCALAR_STYLE;
        if (tag == "!" || tag == "tag:yaml.org,2002:str")
            return true;
        checkTag(tag, mark);
        return false;
    }

    static void checkTag(std::string_view tag, const Mark& mark)
    {
        if (!tag.starts_with("tag:yaml.org,2002:"))
            stop(mark, "the tag " + shown(tag) + " is not known");
    }

    void charge(const Weight& weight)
    {
        m_nodes += weight.nodes;
        m_text += weight.text;
        if (m_nodes > maxNodes)
            stop(place(), "more than 400,000 values, counting aliases");
        if (m_text > maxText)
            stop(place(), "more than 64 MiB of text, counting aliases");
    }

    void open(Node::Type type, const yaml_char_t* tag, const yaml_char_t* anchor, bool isFlow)
    {
        Mark at = place();
        if (m_open.size() >= maxDepth)
            stop(at, "nested deeper than 64 levels");
        if (tag && textOf(tag) != "!")
            checkTag(textOf(tag), at);
        if (isKeyNext())
            stop(at, "a key must be text, not a list or a map; is a bracket not closed?");
        charge({1, 0, 0});
        Node& node = slot();
        node.type = type;
        node.mark = std::move(at);
        Frame& frame = m_open.emplace_back();
        frame.node = &node;
        frame.anchor = textOf(anchor);
        frame.isFlow = isFlow;
    }

    void close()
    {
        const Frame frame = [this] {
            m_open.back().fill();
            Frame last = std::move(m_open.back());
            m_open.pop_back();
            return last;
        }();
        if (!frame.anchor.empty())
            keep(*frame.node, frame.anchor);
        valueIsThere();
    }

    bool isKeyNext() const { return !m_open.empty() && m_open.back().isKeyNext(); }
    Node& slot() { return m_open.empty() ? m_root : m_open.back().slot(); }

    void valueIsThere()
    {
        if (!m_open.empty() && m_open.back().isMerge)
            m_open.back().takeMerge();
    }

    void keep(const Node& node, std::string_view anchor)
    {
        const Weight weight = weigh(node);
        charge(weight);
        m_anchors.insert_or_assign(std::string(anchor), Anchored {node, weight});
    }

    YamlEvents& m_events;
    const yaml_event_t* m_event = nullptr; ///< at hand
    std::shared_ptr<const std::string> m_file;
    std::vector<Frame> m_open;
    std::unordered_map<std::string, Anchored> m_anchors;
    Node m_root;
    std::size_t m_nodes = 0, m_text = 0;
    int m_documents = 0;
};

/// Text in quotes or of a block ends with the line: libyaml needs the last line to end as well.
std::string_view closed(std::string_view text, std::string& copy)
{
    if (text.empty() || text.ends_with('\n'))
        return text;
    copy = text;
    copy += '\n';
    return copy;
}

Node readDocument(std::string_view text, const std::shared_ptr<const std::string>& file)
{
    if (text.size() > maxBytes)
        throw YamlStop {{}, "larger than 16 MiB"};
    if (text.starts_with("\xef\xbb\xbf"))
        text.remove_prefix(3);
    const bool isAscii = checkYamlBytes(text);
    std::string copy;
    YamlEvents events(closed(text, copy), isAscii);
    TreeBuilder builder(events, file);
    return builder.build();
}

Problem problemAt(const std::shared_ptr<const std::string>& file, YamlPlace at, std::string reason)
{
    Problem problem;
    problem.mark = {file, at.line, at.column};
    problem.message = std::move(reason);
    return problem;
}

tl::expected<Node, Problem> parse(std::string_view text, std::string fileName)
{
    const auto file = std::make_shared<const std::string>(std::move(fileName));
    try {
        return readDocument(text, file);
    } catch (const YamlStop& error) {
        return tl::unexpected(problemAt(file, error.place, error.reason));
    } catch (const std::exception& error) {
        return tl::unexpected(problemAt(file, {}, std::string("not YAML: ") + error.what()));
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
    problems.push_back(problemAt(std::make_shared<const std::string>(path), {}, file.error->detail));
    return std::nullopt;
}

} // namespace mnemo
