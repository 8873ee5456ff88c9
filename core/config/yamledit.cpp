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

constexpr const char* otherForm = "the file is written in a form that this program does not change";

tl::unexpected<Error> byHand(const std::vector<std::string>& path, const std::string& value, const std::string& why)
{
    return fail(ErrorCode::Config, why + ": write " + joined(path) + ": " + value + " into it by hand");
}

bool isPlain(std::string_view text, std::string_view others)
{
    const auto isLetter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto isFine = [&](char c) { return isLetter(c) || (c >= '0' && c <= '9') || c == '_' || others.find(c) != std::string_view::npos; };
    return !text.empty() && isLetter(text.front()) && text.back() != ':' && std::ranges::all_of(text, isFine);
}

/// A symbol such as BTC/USDT:USDT is plain in a block; in flow its colon is not to everybody.
std::string keyText(const std::string& key, bool isFlow)
{
    return isPlain(key, isFlow ? "./-" : "./-:") ? key : yamlQuoted(key);
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
        out += std::string(indent, ' ') + keyText(path[i], false) + (i + 1 < path.size() ? ":\n" : ": " + value + '\n');
    return out;
}

/// "a: {b: 1}"
std::string flow(const std::vector<std::string>& path, std::size_t from, const std::string& value)
{
    return keyText(path[from], true) + ": " + (from + 1 < path.size() ? '{' + flow(path, from + 1, value) + '}' : value);
}

/// With keys in order, and maps of nothing as what they say: nothing.
Node sorted(Node node)
{
    if (node.type == Node::Type::Map && node.map.empty())
        return {};
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

/// How long it is as it is written at @p at; nothing where it is written otherwise, with escapes for instance.
std::optional<std::size_t> writtenLength(const std::string& text, std::size_t at, const std::string& word, std::optional<bool> isQuoted)
{
    for (const char* quote : {"", "\"", "'"}) {
        const std::string written = quote + word + quote;
        if (isQuoted.value_or(*quote != '\0') == (*quote != '\0') && text.compare(at, written.size(), written) == 0)
            return written.size();
    }
    return std::nullopt;
}

std::optional<std::string> exchanged(const std::string& text, const Node& scalar, const std::string& value)
{
    const std::size_t at = offsetOf(text, scalar.mark);
    const auto length = writtenLength(text, at, scalar.scalar, scalar.isQuoted);
    return length ? std::optional(std::string(text).replace(at, *length, value)) : std::nullopt;
}

/// Just behind the colon of the key that begins at @p at.
std::optional<std::size_t> behindColon(const std::string& text, std::size_t at, const std::string& key)
{
    const auto length = writtenLength(text, at, key, std::nullopt);
    const std::size_t colon = length ? text.find_first_not_of(' ', at + *length) : std::string::npos;
    return colon == std::string::npos || text[colon] != ':' ? std::nullopt : std::optional(colon + 1);
}

/// From @p at on: blanks and a word for null, where they are there.
std::size_t nullLength(const std::string& text, std::size_t at)
{
    const std::size_t word = std::min(text.find_first_not_of(' ', at), text.size());
    for (const std::string_view null : {"null", "Null", "NULL", "~"}) {
        const std::size_t end = word + null.size();
        if (text.compare(word, null.size(), null) == 0 && (end == text.size() || std::string_view(" ,}\r\n").find(text[end]) != std::string_view::npos))
            return end - at;
    }
    return 0;
}

/// The comments just above a key are about that key. @param line where it begins
std::size_t aboveComments(const std::string& text, std::size_t line)
{
    while (line > 0) {
        const std::size_t before = line < 2 ? 0 : text.rfind('\n', line - 2) + 1;
        const std::size_t first = text.find_first_not_of(' ', before);
        if (text[first] != '#')
            break;
        line = before;
    }
    return line;
}

std::optional<std::string> added(
    std::string text, const Found& found, const std::vector<std::string>& path, const std::string& value)
{
    if (found.keyMark.line > 0) { // "rules:" with nothing behind it
        const std::size_t key = offsetOf(text, found.keyMark);
        const auto behind = behindColon(text, key, path[found.depth]);
        const std::size_t null = behind ? nullLength(text, *behind) : 0;
        if (!behind || (!isBlankBefore(text, key) && null == 0))
            return std::nullopt;
        if (found.depth + 1 == path.size())
            return text.replace(*behind, null, ' ' + value);
        if (null > 0)
            return text.replace(*behind, null, " {" + flow(path, found.depth + 1, value) + '}');
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
    return text.insert(aboveComments(text, key - indent), block(indent, path, found.depth, value));
}

/// The member of @p map that is the last of the path.
struct Member {
    const Node* map = nullptr;
    std::size_t index = 0;
    bool isFlow = false;
    std::size_t keyAt(const std::string& text, std::size_t i) const { return offsetOf(text, map->keyMarks[i]); }
};

/// Nothing where the path is not there.
std::optional<Member> memberAt(const std::string& text, const Node& root, const std::vector<std::string>& path)
{
    Member out;
    const Node* node = &root;
    for (const std::string& key : path) {
        const auto member = std::ranges::find(node->map, key, &Node::Member::first);
        if (member == node->map.end())
            return std::nullopt;
        out.map = node;
        out.index = static_cast<std::size_t>(member - node->map.begin());
        const std::size_t at = offsetOf(text, node->mark);
        out.isFlow = at < text.size() && text[at] == '{';
        node = &member->second;
    }
    return out;
}

/// The lines of a key, and those below it that are further in; what stands between them and the next key is somebody's comment.
std::string withoutBlock(std::string text, std::size_t key)
{
    const std::size_t begin = key == 0 ? 0 : text.rfind('\n', key - 1) + 1;
    const std::size_t indent = key - begin;
    std::size_t end = std::min(text.find('\n', key), text.size());
    for (std::size_t line = end; line < text.size();) {
        const std::size_t first = text.find_first_not_of(" \r", line + 1);
        const bool isInside = first != std::string::npos && text[first] != '\n' && text[first] != '#' && first - line - 1 > indent;
        const bool isOver = first == std::string::npos || (text[first] != '\n' && text[first] != '#' && !isInside);
        if (isOver)
            break;
        line = std::min(text.find('\n', first), text.size());
        if (isInside)
            end = line;
    }
    return text.erase(begin, std::min(end + 1, text.size()) - begin);
}

/// Of `{a: 1, b: 2}` one with its comma.
std::optional<std::string> withoutFlow(std::string text, const Member& member)
{
    const std::size_t key = member.keyAt(text, member.index);
    if (member.index + 1 < member.map->map.size())
        return text.erase(key, member.keyAt(text, member.index + 1) - key);
    const auto& [name, value] = member.map->map[member.index];
    const auto behind = behindColon(text, key, name);
    const std::size_t at = offsetOf(text, value.mark);
    const auto length = value.type == Node::Type::Scalar ? writtenLength(text, at, value.scalar, value.isQuoted) : std::nullopt;
    if (!behind || (!length && !value.isNull()))
        return std::nullopt;
    const std::size_t end = length ? at + *length : *behind + nullLength(text, *behind);
    const std::size_t before = text.find_last_not_of(' ', key - 1);
    const std::size_t begin = text[before] == ',' ? before : key;
    return text.erase(begin, end - begin);
}

} // namespace

namespace {

Node withNode(Node root, const std::vector<std::string>& path, Node value)
{
    Node* node = &root;
    for (const std::string& key : path) {
        if (node->type != Node::Type::Map) {
            *node = Node();
            node->type = Node::Type::Map;
        }
        Node* next = node->find(key);
        if (next == nullptr) {
            node->insert(key, Node(), {});
            next = node->find(key);
        }
        node = next;
    }
    *node = std::move(value);
    return root;
}

} // namespace

std::string yamlWord(std::string_view text)
{
    static const std::vector<std::string> words {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}; // not text to all readers
    std::string lower(text);
    for (char& c : lower)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return isPlain(text, ".-") && std::ranges::find(words, lower) == words.end() ? std::string(text) : yamlQuoted(text);
}

Result<std::string> withoutYamlValue(const std::string& text, const std::vector<std::string>& path)
{
    auto root = parseYaml(text, "the file");
    if (!root)
        return fail(std::move(root.error()));
    const auto member = memberAt(text, *root, path);
    if (!member)
        return text;
    const std::size_t key = member->keyAt(text, member->index);
    const auto changed = member->isFlow ? withoutFlow(text, *member)
        : isBlankBefore(text, key)      ? std::optional(withoutBlock(text, key))
                                        : std::nullopt;
    Node wanted = *root;
    Node* map = &wanted;
    for (std::size_t i = 0; i + 1 < path.size(); ++i)
        map = map->find(path[i]);
    map->remove(path.back());
    const auto after = changed ? parseYaml(*changed, "the file") : Result<Node>(Node());
    if (!changed || !after || !sameValue(sorted(*after), sorted(std::move(wanted))))
        return fail(ErrorCode::Config, std::string(otherForm) + ": take " + joined(path) + " out of it by hand");
    return *changed;
}

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
        return byHand(path, value, otherForm);
    const auto after = parseYaml(*changed, "the file");
    if (!after || !sameValue(sorted(*after), sorted(withNode(*root, path, Node::fromText(value)))))
        return byHand(path, value, otherForm);
    return *changed;
}

} // namespace mnemo
