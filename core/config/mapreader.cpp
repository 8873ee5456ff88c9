#include "core/config/mapreader.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "core/base/decimal.h"

namespace mnemo {

using std::chrono::milliseconds;

namespace {

std::string join(std::string_view path, std::string_view key)
{
    if (path.empty() || key.empty())
        return std::string(path) + std::string(key);
    return std::string(path) + '.' + std::string(key);
}

std::string typeName(const Node& node)
{
    switch (node.type) {
    case Node::Type::Null:
        return "nothing";
    case Node::Type::Scalar:
        return "a single value";
    case Node::Type::Map:
        return "a map";
    case Node::Type::List:
        return "a list";
    }
    return {};
}

/// The value as a message shows it; what came from the environment may be a secret.
std::string shown(const Node& node)
{
    if (node.type != Node::Type::Scalar)
        return typeName(node);
    if (!node.source.empty())
        return "the value of " + node.source;
    const std::string text = node.scalar.size() <= 40 ? node.scalar : node.scalar.substr(0, 37) + "...";
    return node.isQuoted ? "the text " + yamlQuoted(text) : yamlQuoted(text);
}

template<class T>
std::optional<T> parseNumber(const Node& node)
{
    T value {};
    const std::string& text = node.scalar;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (node.isQuoted || ec != std::errc {} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::optional<milliseconds> parseLength(const Node& node)
{
    std::int64_t number = 0;
    const std::string& text = node.scalar;
    const char* const last = text.data() + text.size();
    const auto [end, ec] = std::from_chars(text.data(), last, number);
    if (ec != std::errc {} || number < 0)
        return std::nullopt;
    const std::string_view unit(end, static_cast<std::size_t>(last - end));
    static constexpr std::pair<std::string_view, std::int64_t> units[] {
        {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}, {"w", 604'800'000}};
    if (unit.empty())
        return node.isQuoted ? std::nullopt : std::optional {milliseconds {number}};
    for (const auto& [name, size] : units) {
        if (unit == name && number <= std::numeric_limits<std::int64_t>::max() / size)
            return milliseconds {number * size};
    }
    return std::nullopt;
}

std::string listed(const std::vector<std::string>& words)
{
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0)
            out += i + 1 == words.size() ? " or " : ", ";
        out += words[i];
    }
    return out;
}

/// Keeps the first of each.
void dropRepeated(std::vector<std::string>& words)
{
    for (auto word = words.begin(); word != words.end(); ++word)
        words.erase(std::remove(word + 1, words.end(), *word), words.end());
}

} // namespace

std::string durationText(milliseconds length)
{
    static constexpr std::pair<std::int64_t, const char*> units[] {
        {86'400'000, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1000, "s"}};
    for (const auto& [size, name] : units) {
        if (length.count() != 0 && length.count() % size == 0)
            return std::to_string(length.count() / size) + name;
    }
    return std::to_string(length.count()) + "ms";
}

MapReader::MapReader(const Node* node, std::string path, Problems& problems)
    : m_node(node)
    , m_path(std::move(path))
    , m_problems(problems)
{
    takeMap();
}

MapReader::MapReader(const Node* node, const MapReader& parent, std::string key)
    : m_node(node)
    , m_parent(&parent)
    , m_path(std::move(key))
    , m_problems(parent.m_problems)
{
    takeMap();
}

void MapReader::takeMap()
{
    if (!m_node)
        return;
    m_mark = m_node->mark;
    if (m_node->type == Node::Type::Map)
        return;
    if (!m_node->isNull())
        m_problems.push_back({m_node->mark, path(), "expected a map, found " + shown(*m_node), {}});
    m_node = nullptr;
}

std::string MapReader::path() const
{
    return m_parent ? join(m_parent->path(), m_path) : m_path;
}

std::string MapReader::pathOf(std::string_view key) const
{
    return join(path(), key);
}

const Node* MapReader::node(std::string_view key)
{
    if (!m_node)
        return nullptr;
    if (m_known.empty())
        m_known.reserve(16); // there are hundreds of thousands of such maps in large pipelines
    m_known.emplace_back(key); // perhaps again: finish() sorts that out where it matters
    return m_node->find(key);
}

bool MapReader::has(std::string_view key) const
{
    const Node* found = m_node ? m_node->find(key) : nullptr;
    return found && !found->isNull();
}

void MapReader::problem(std::string_view key, std::string message, std::string nearest)
{
    const Node* found = m_node ? m_node->find(key) : nullptr;
    m_problems.push_back({found ? found->mark : m_mark, pathOf(key), std::move(message), std::move(nearest)});
}

const Node* MapReader::given(std::string_view key)
{
    const Node* found = node(key);
    return found && !found->isNull() ? found : nullptr;
}

bool MapReader::isScalar(std::string_view key, const Node& found, std::string_view expected)
{
    if (found.type == Node::Type::Scalar)
        return true;
    problem(key, "expected " + std::string(expected) + ", found " + typeName(found));
    return false;
}

void MapReader::read(std::string_view key, std::string& target)
{
    if (const Node* found = given(key); found && isScalar(key, *found, "text"))
        target = found->scalar;
}

void MapReader::read(std::string_view key, bool& target)
{
    const Node* found = given(key);
    if (!found || !isScalar(key, *found, "true or false"))
        return;
    if (!found->isQuoted && (found->scalar == "true" || found->scalar == "false"))
        target = found->scalar == "true";
    else
        problem(key, "expected true or false, found " + shown(*found));
}

void MapReader::read(std::string_view key, int& target, int min, int max)
{
    std::int64_t wide = target;
    read(key, wide, min, max);
    target = static_cast<int>(wide);
}

void MapReader::read(std::string_view key, std::int64_t& target, std::int64_t min, std::int64_t max)
{
    const Node* found = given(key);
    if (!found) // what is expected is put into words only where something stands there
        return;
    const std::string expected = "expected a whole number from " + std::to_string(min) + " to " + std::to_string(max);
    if (!isScalar(key, *found, std::string_view(expected).substr(9)))
        return;
    const auto value = parseNumber<std::int64_t>(*found);
    if (value && *value >= min && *value <= max)
        target = *value;
    else
        problem(key, expected + ", found " + shown(*found));
}

void MapReader::read(std::string_view key, double& target, double min, double max)
{
    const Node* found = given(key);
    if (!found) // what is expected is put into words only where something stands there
        return;
    const std::string expected = "expected a number from " + formatDecimal(min) + " to " + formatDecimal(max);
    if (!isScalar(key, *found, std::string_view(expected).substr(9)))
        return;
    const auto value = found->isQuoted ? std::nullopt : parseDecimal(found->scalar);
    if (value && *value >= min && *value <= max)
        target = *value;
    else
        problem(key, expected + ", found " + shown(*found));
}

void MapReader::read(std::string_view key, milliseconds& target, milliseconds min, milliseconds max)
{
    const Node* found = given(key);
    if (!found) // what is expected is put into words only where something stands there
        return;
    const std::string expected = "expected a length of time from " + durationText(min) + " to " + durationText(max)
        + " (as 250ms, 30s, 5m, 1h, 2d)";
    if (!isScalar(key, *found, std::string_view(expected).substr(9)))
        return;
    const auto value = parseLength(*found);
    if (value && *value >= min && *value <= max)
        target = *value;
    else
        problem(key, expected + ", found " + shown(*found));
}

void MapReader::read(std::string_view key, std::vector<std::string>& target)
{
    const Node* found = node(key);
    if (!found || found->isNull())
        return;
    std::vector<std::string> words;
    if (found->type == Node::Type::Scalar) {
        words.push_back(found->scalar);
    } else if (found->type == Node::Type::Map) {
        problem(key, "expected a list, found a map");
        return;
    }
    for (std::size_t i = 0; i < found->list.size(); ++i) {
        const Node& element = found->list[i];
        if (element.type != Node::Type::Scalar) {
            m_problems.push_back({element.mark, pathOf(key) + '[' + std::to_string(i) + ']',
                "expected text, found " + typeName(element), {}});
            return;
        }
        words.push_back(element.scalar);
    }
    target = std::move(words);
}

void MapReader::read(std::string_view key, std::map<std::string, std::string>& target)
{
    const Node* found = node(key);
    if (!found || found->isNull())
        return;
    if (found->type != Node::Type::Map) {
        problem(key, "expected a map, found " + shown(*found));
        return;
    }
    std::map<std::string, std::string> members;
    for (const auto& [name, value] : found->map) {
        if (value.type == Node::Type::Map || value.type == Node::Type::List) {
            m_problems.push_back(
                {value.mark, join(pathOf(key), name), "expected text, found " + typeName(value), {}});
            return;
        }
        members[name] = value.scalar;
    }
    target = std::move(members);
}

std::optional<std::size_t> MapReader::readWord(std::string_view key, const Node& found, const std::vector<std::string>& words)
{
    if (!isScalar(key, found, "one of " + listed(words)))
        return std::nullopt;
    const auto word = std::ranges::find(words, found.scalar);
    if (word != words.end())
        return static_cast<std::size_t>(word - words.begin());
    problem(key, "expected " + listed(words) + ", found " + shown(found), nearestOf(found.scalar, words));
    return std::nullopt;
}

void MapReader::readMap(std::string_view key, const std::function<void(MapReader&)>& body)
{
    MapReader nested(node(key), *this, std::string(key));
    if (!has(key))
        nested.m_mark = m_mark;
    body(nested);
    nested.finish();
}

const std::vector<Node>& MapReader::readList(std::string_view key, std::string_view expected)
{
    static const std::vector<Node> none;
    const Node* found = node(key);
    if (!found || found->isNull())
        return none;
    if (found->type == Node::Type::List)
        return found->list;
    problem(key, "expected " + std::string(expected) + ", found " + shown(*found));
    return none;
}

void MapReader::readEach(
    std::string_view key, const std::function<void(const std::string&, const Node&, const std::string&)>& body)
{
    const Node* found = node(key);
    if (!found || found->isNull())
        return;
    const std::string path = pathOf(key);
    if (found->type != Node::Type::Map) {
        problem(key, "expected a map, found " + shown(*found));
        return;
    }
    for (const auto& [name, value] : found->map)
        body(name, value, join(path, name));
}

void MapReader::finish()
{
    if (!m_node || m_isFinished)
        return;
    m_isFinished = true;
    bool isUnique = false;
    for (std::size_t i = 0; i < m_node->map.size(); ++i) {
        const std::string& key = m_node->map[i].first;
        if (std::ranges::find(m_known, key) != m_known.end())
            continue;
        if (!std::exchange(isUnique, true))
            dropRepeated(m_known);
        std::string nearest = nearestOf(key, m_known);
        std::string message = "unknown key";
        if (nearest.empty() && !m_known.empty() && m_known.size() <= 16)
            message += "; known here: " + listed(m_known);
        const std::string name = key.size() <= 80 ? key : key.substr(0, 77) + "...";
        m_problems.push_back({m_node->keyMarks[i], pathOf(name), std::move(message), std::move(nearest), m_known});
    }
}

} // namespace mnemo
