#include "core/config/node.h"

#include <algorithm>
#include <limits>

#include "core/config/yamlevents.h"

namespace mnemo {

namespace {

std::pair<std::string_view, std::string_view> splitPath(std::string_view path)
{
    const auto dot = path.find('.');
    if (dot == std::string_view::npos)
        return {path, {}};
    return {path.substr(0, dot), path.substr(dot + 1)};
}

void markAll(Node& node, const Mark& mark)
{
    node.mark = mark;
    for (Mark& keyMark : node.keyMarks)
        keyMark = mark;
    for (auto& member : node.map)
        markAll(member.second, mark);
    for (Node& element : node.list)
        markAll(element, mark);
}

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Optimal string alignment distance, case ignored.
std::size_t editDistance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

bool isWord(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '/' || c == '.';
}

/// Text that YAML reads back as the same plain scalar, whatever stands around it.
bool isPlain(std::string_view text)
{
    if (isNullWord(text) || text == "..." || text == "<<" || text.size() > 200)
        return false;
    if (text.front() == '-' && (text.size() == 1 || !isWord(text[1])))
        return false;
    return (isWord(text.front()) || text.front() == '-' || text.front() == '+')
        && std::ranges::all_of(text, [](char c) { return isWord(c) || c == '-' || c == '+'; });
}

/// "${PORT}", "${PORT:-80}": must stay without quotes to be read as a number.
bool isPlainReference(std::string_view text)
{
    return text.starts_with("${") && text.ends_with('}')
        && std::ranges::all_of(text.substr(2, text.size() - 3), [](char c) {
               return c == ':' || isPlain({&c, 1}) || c == '-';
           });
}

/// The character at the front and its escape, where YAML has no place for it as it is; the C1 controls are two bytes.
std::pair<std::string_view, std::string> escapeAt(std::string_view text)
{
    static constexpr char hex[] = "0123456789abcdef";
    static constexpr std::pair<std::string_view, const char*> known[] {{"\xe2\x80\xa8", "\\L"}, {"\xe2\x80\xa9", "\\P"},
        {"\xef\xbb\xbf", "\\uFEFF"}, {"\xef\xbf\xbe", "\\uFFFE"}, {"\xef\xbf\xbf", "\\uFFFF"}};
    for (const auto& [character, escape] : known) {
        if (text.starts_with(character))
            return {character, escape};
    }
    const auto second = text.size() > 1 ? static_cast<unsigned char>(text[1]) : 0xff;
    if (text.starts_with('\xc2') && second < 0xa0)
        return {text.substr(0, 2), {'\\', 'x', hex[second >> 4], hex[second & 15]}};
    return {};
}

void appendYaml(std::string& out, const Node& node, std::size_t indent);

void appendScalar(std::string& out, const Node& node)
{
    // what came from the environment is written as it stood: the value itself never leaves the process
    const std::string& text = node.source.empty() ? node.scalar : node.source;
    if (!node.isQuoted && (isPlain(text) || isPlainReference(text)))
        out += text;
    else
        out += yamlQuoted(text);
    out += '\n';
}

/// After "key:" or "-": a scalar on the same line, a container below.
void appendValue(std::string& out, const Node& node, std::size_t indent)
{
    const bool isBelow =
        (node.type == Node::Type::Map && !node.map.empty()) || (node.type == Node::Type::List && !node.list.empty());
    out += isBelow ? '\n' : ' ';
    appendYaml(out, node, indent);
}

void appendYaml(std::string& out, const Node& node, std::size_t indent)
{
    switch (node.type) {
    case Node::Type::Null:
        out += "null\n";
        break;
    case Node::Type::Scalar:
        appendScalar(out, node);
        break;
    case Node::Type::Map:
        if (node.map.empty())
            out += "{}\n";
        for (const auto& [key, value] : node.map) {
            out.append(indent, ' ');
            if (isPlain(key))
                out += key;
            else
                out += yamlQuoted(key);
            out += ':';
            appendValue(out, value, indent + 2);
        }
        break;
    case Node::Type::List:
        if (node.list.empty())
            out += "[]\n";
        for (const Node& element : node.list) {
            out.append(indent, ' ');
            out += '-';
            appendValue(out, element, indent + 2);
        }
        break;
    }
}

} // namespace

Node::Node() = default;
Node::Node(const Node&) = default;
Node::Node(Node&&) noexcept = default;
Node& Node::operator=(const Node&) = default;
Node& Node::operator=(Node&&) noexcept = default;
Node::~Node() = default;

std::string Mark::text() const
{
    if (!file)
        return {};
    if (line == 0)
        return *file;
    return *file + ':' + std::to_string(line) + ':' + std::to_string(column);
}

std::string Problem::text() const
{
    std::string out = mark.text();
    if (!out.empty())
        out += ": ";
    if (!path.empty())
        out += path + ": ";
    out += message;
    if (!nearest.empty())
        out += " (did you mean " + nearest + "?)";
    return out;
}

const Node* Node::find(std::string_view key) const
{
    const auto found = std::ranges::find(map, key, &Member::first);
    return found == map.end() ? nullptr : &found->second;
}

Node* Node::find(std::string_view key)
{
    const auto found = std::ranges::find(map, key, &Member::first);
    return found == map.end() ? nullptr : &found->second;
}

const Node* Node::at(std::string_view path) const
{
    const Node* node = this;
    while (node && !path.empty()) {
        const auto [key, rest] = splitPath(path);
        node = node->find(key);
        path = rest;
    }
    return node;
}

void Node::insert(std::string key, Node value, Mark keyMark)
{
    type = Type::Map;
    map.emplace_back(std::move(key), std::move(value));
    keyMarks.push_back(std::move(keyMark));
}

void Node::remove(std::string_view key)
{
    const auto found = std::ranges::find(map, key, &Member::first);
    if (found == map.end())
        return;
    keyMarks.erase(keyMarks.begin() + (found - map.begin()));
    map.erase(found);
}

void Node::set(std::string_view path, Node value)
{
    const Mark at = value.mark;
    Node* node = this;
    for (;;) {
        const auto [key, rest] = splitPath(path);
        if (node->type != Type::Map) {
            *node = Node {};
            node->type = Type::Map;
            node->mark = at;
        }
        Node* child = node->find(key);
        if (!child) {
            node->insert(std::string(key), Node {}, at);
            child = &node->map.back().second;
            child->mark = at;
        }
        node = child;
        if (rest.empty())
            break;
        path = rest;
    }
    *node = std::move(value);
}

Node Node::fromText(std::string text, Mark mark)
{
    Node node;
    const char first = text.empty() ? '\0' : text.front();
    if (first == '[' || first == '{' || first == '"' || first == '\'') {
        if (auto parsed = parseYaml(text, {})) {
            node = std::move(*parsed);
            markAll(node, mark);
            return node;
        }
    }
    node.mark = std::move(mark);
    if (!text.empty() && isNullWord(text))
        return node;
    node.type = Type::Scalar;
    node.isQuoted = text.empty();
    node.scalar = std::move(text);
    return node;
}

std::string yamlQuoted(std::string_view text)
{
    static constexpr char hex[] = "0123456789abcdef";
    std::string out = "\"";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            out += "\\x";
            out += hex[static_cast<unsigned char>(c) >> 4];
            out += hex[static_cast<unsigned char>(c) & 15];
        } else if (const auto escaped = escapeAt(text.substr(i)); !escaped.first.empty()) {
            out += escaped.second;
            i += escaped.first.size() - 1;
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string toYaml(const Node& node)
{
    std::string out;
    appendYaml(out, node, 0);
    return out;
}

bool sameValue(const Node& a, const Node& b)
{
    if (a.type != b.type)
        return false;
    if (a.type == Node::Type::Scalar)
        return a.scalar == b.scalar && (a.isQuoted == b.isQuoted || !isPlain(a.scalar));
    const auto sameMember = [](const Node::Member& x, const Node::Member& y) {
        return x.first == y.first && sameValue(x.second, y.second);
    };
    return std::ranges::equal(a.map, b.map, sameMember) && std::ranges::equal(a.list, b.list, sameValue);
}

Node merged(Node base, const Node& over)
{
    if (base.type != Node::Type::Map)
        return over;
    if (over.isNull())
        return base;
    if (over.type != Node::Type::Map)
        return over;
    for (std::size_t i = 0; i < over.map.size(); ++i) {
        const auto& [key, value] = over.map[i];
        if (Node* held = base.find(key))
            *held = merged(std::move(*held), value);
        else
            base.insert(key, value, over.keyMarks[i]);
    }
    return base;
}

std::string nearestOf(std::string_view word, const std::vector<std::string>& candidates)
{
    const std::size_t limit = std::max<std::size_t>(1, word.size() / 3);
    std::size_t best = limit + 1;
    std::string nearest;
    for (const std::string& candidate : candidates) {
        const std::size_t difference =
            candidate.size() > word.size() ? candidate.size() - word.size() : word.size() - candidate.size();
        if (difference >= best)
            continue;
        const std::size_t distance = editDistance(word, candidate);
        if (distance < best && distance < std::max(word.size(), candidate.size())) {
            best = distance;
            nearest = candidate;
        }
    }
    return nearest;
}

} // namespace mnemo
