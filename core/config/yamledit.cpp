#include "core/config/yamledit.h"

#include <algorithm>
#include <optional>

#include "core/config/node.h"

namespace mnemo {

namespace {

std::string joined(const std::vector<std::string>& path)
{
    std::string text;
    for (const std::string& key : path)
        text += (text.empty() ? "" : ".") + key;
    return text;
}

tl::unexpected<Error> byHand(const std::vector<std::string>& path, const std::string& value, const std::string& why)
{
    return fail(ErrorCode::Config, why + ": write " + joined(path) + ": " + value + " into it by hand");
}

std::size_t lineStart(const std::string& text, int line)
{
    std::size_t at = 0;
    for (int i = 1; i < line && at < text.size(); ++i) {
        const std::size_t end = text.find('\n', at);
        at = end == std::string::npos ? text.size() : end + 1;
    }
    return at;
}

std::size_t offsetOf(const std::string& text, const Mark& mark)
{
    return std::min(text.size(), lineStart(text, mark.line) + static_cast<std::size_t>(std::max(0, mark.column - 1)));
}

/// "a:\n  b: 1\n", every line behind @p indent blanks.
std::string block(std::size_t indent, const std::vector<std::string>& path, std::size_t from, const std::string& value)
{
    std::string out;
    for (std::size_t i = from; i < path.size(); ++i, indent += 2)
        out += std::string(indent, ' ') + path[i] + (i + 1 < path.size() ? ":\n" : ": " + value + '\n');
    return out;
}

/// "a: {b: 1}"
std::string flow(const std::vector<std::string>& path, std::size_t from, const std::string& value)
{
    return path[from] + ": " + (from + 1 < path.size() ? '{' + flow(path, from + 1, value) + '}' : value);
}

Node sorted(Node node)
{
    for (auto& [key, child] : node.map)
        child = sorted(std::move(child));
    for (Node& child : node.list)
        child = sorted(std::move(child));
    std::ranges::sort(node.map, {}, [](const Node::Member& member) { return member.first; });
    return node;
}

struct Found {
    const Node* node = nullptr; ///< the deepest of the path that is there and says something
    Mark keyMark; ///< of the first missing key's, where it is there without a value; line 0 else
    std::size_t depth = 0; ///< keys that were found
};

Found walk(const Node& root, const std::vector<std::string>& path)
{
    Found out {&root, {}, 0};
    for (; out.depth < path.size() && out.node->type == Node::Type::Map; ++out.depth) {
        const auto member = std::ranges::find(out.node->map, path[out.depth], &Node::Member::first);
        if (member == out.node->map.end())
            break;
        if (member->second.isNull()) {
            out.keyMark = out.node->keyMarks[static_cast<std::size_t>(member - out.node->map.begin())];
            break;
        }
        out.node = &member->second;
    }
    return out;
}

bool isBlankBefore(const std::string& text, std::size_t at)
{
    const std::size_t begin = at == 0 ? 0 : text.rfind('\n', at - 1) + 1; // npos + 1 is 0
    return text.find_first_not_of(' ', begin) >= at;
}

std::optional<std::string> exchanged(const std::string& text, const Node& scalar, const std::string& value)
{
    const std::size_t at = offsetOf(text, scalar.mark);
    for (const char* quote : {"", "\"", "'"}) {
        const std::string written = quote + scalar.scalar + quote;
        if (scalar.isQuoted == (*quote != '\0') && text.compare(at, written.size(), written) == 0)
            return std::string(text).replace(at, written.size(), value);
    }
    return std::nullopt;
}

std::optional<std::string> added(
    std::string text, const Found& found, const std::vector<std::string>& path, const std::string& value)
{
    if (found.keyMark.line > 0) { // "rules:" with nothing behind it
        const std::size_t key = offsetOf(text, found.keyMark);
        if (!isBlankBefore(text, key))
            return std::nullopt;
        if (found.depth + 1 == path.size())
            return text.insert(text.find(':', key) + 1, ' ' + value);
        std::size_t next = text.find('\n', key);
        if (next == std::string::npos) {
            text += '\n';
            next = text.size() - 1;
        }
        const auto indent = static_cast<std::size_t>(found.keyMark.column) + 1;
        return text.insert(next + 1, block(indent, path, found.depth + 1, value));
    }
    if (found.depth == 0
        && (found.node->isNull() || offsetOf(text, found.node->mark) >= text.size()
            || text[offsetOf(text, found.node->mark)] != '{')) { // at the end, where nothing that stands there moves
        if (!text.empty() && text.back() != '\n')
            text += '\n';
        return text + block(0, path, 0, value);
    }
    if (found.node->type != Node::Type::Map)
        return std::nullopt;
    const std::size_t at = offsetOf(text, found.node->mark);
    if (at < text.size() && text[at] == '{')
        return text.insert(at + 1, flow(path, found.depth, value) + (found.node->map.empty() ? "" : ", "));
    if (found.node->keyMarks.empty())
        return std::nullopt;
    const Mark& first = found.node->keyMarks.front();
    const std::size_t key = offsetOf(text, first);
    if (!isBlankBefore(text, key))
        return std::nullopt;
    const auto indent = static_cast<std::size_t>(first.column - 1);
    return text.insert(key - indent, block(indent, path, found.depth, value));
}

} // namespace

Result<std::string> withYamlValue(
    const std::string& text, const std::vector<std::string>& path, const std::string& value)
{
    auto root = parseYaml(text, "the file");
    if (!root)
        return fail(std::move(root.error()));
    if (root->type != Node::Type::Null && root->type != Node::Type::Map)
        return byHand(path, value, "the file is no map of keys");
    const Found found = walk(*root, path);
    const bool isThere = found.depth == path.size();
    if (isThere && found.node->type != Node::Type::Scalar)
        return byHand(path, value, "a list or a map stands where a single value is meant");
    const auto changed = isThere ? exchanged(text, *found.node, value) : added(text, found, path, value);
    if (!changed)
        return byHand(path, value, "the file is written in a form that this program does not change");
    const auto after = parseYaml(*changed, "the file");
    Node wanted = *root;
    wanted.set(joined(path), Node::fromText(value));
    if (!after || !sameValue(sorted(*after), sorted(std::move(wanted))))
        return byHand(path, value, "the file is written in a form that this program does not change");
    return *changed;
}

} // namespace mnemo
