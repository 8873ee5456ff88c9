#include "core/exchange/nodereading.h"

#include <algorithm>
#include <charconv>

namespace mnemo::description {

void addProblem(Problems& problems, const Node& node, const std::string& path, std::string message, std::string nearest)
{
    problems.push_back({node.mark, path, std::move(message), std::move(nearest)});
}

namespace {

std::vector<std::string> pathSteps(std::string_view text)
{
    std::vector<std::string> steps;
    std::string step;
    int depth = 0;
    for (const char c : text) {
        depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        if (c == '.' && depth == 0) {
            steps.push_back(std::move(step));
            step.clear();
        } else {
            step += c;
        }
    }
    if (!step.empty() || !steps.empty())
        steps.push_back(std::move(step));
    return steps;
}

Result<PathStep> pathStep(const std::string& text, const Tables& tables)
{
    PathStep step;
    step.key = text;
    if (text.empty())
        return fail(ErrorCode::Config, "an empty step in a path");
    if (text == "*") {
        step.kind = PathStep::Kind::Any;
    } else if (const auto equals = text.find('='); equals != std::string::npos && text.find('{') == equals + 1) {
        auto parsed = Template::parse(text.substr(equals + 1), tables);
        if (!parsed)
            return fail(parsed.error());
        step.kind = PathStep::Kind::Select;
        step.key = text.substr(0, equals);
        step.text = std::move(*parsed);
    } else if (text.find('{') != std::string::npos) {
        auto parsed = Template::parse(text, tables);
        if (!parsed)
            return fail(parsed.error());
        step.kind = PathStep::Kind::Template;
        step.text = std::move(*parsed);
    } else if (equals != std::string::npos) {
        step.kind = PathStep::Kind::Select;
        step.key = text.substr(0, equals);
        step.word = text.substr(equals + 1);
    } else if (std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) && text.size() < 6) {
        step.kind = PathStep::Kind::Index;
        step.index = static_cast<std::size_t>(std::stoul(text));
    }
    return step;
}

} // namespace

Path readPath(const Node& node, const std::string& at, const Tables& tables, Problems& problems)
{
    Path path;
    std::vector<std::string> steps;
    if (node.type == Node::Type::Scalar && node.scalar == "$value") {
        return path; // the value itself
    } else if (node.type == Node::Type::Scalar) {
        steps = pathSteps(node.scalar);
    } else if (node.type == Node::Type::List) {
        steps = readWords(node, at, problems);
    } else if (!node.isNull()) {
        addProblem(problems, node, at, "a path like \"result.list\" is expected");
    }
    for (const std::string& text : steps) {
        auto step = pathStep(text, tables);
        if (step)
            path.push_back(std::move(*step));
        else
            addProblem(problems, node, at, step.error().detail);
    }
    return path;
}

std::vector<Path> readPaths(const Node& node, const std::string& at, const Tables& tables, Problems& problems)
{
    std::vector<Path> paths;
    if (node.type == Node::Type::List)
        for (const Node& item : node.list)
            paths.push_back(readPath(item, at, tables, problems));
    else if (!node.isNull())
        paths.push_back(readPath(node, at, tables, problems));
    return paths;
}

Template readTemplate(const Node& node, const std::string& at, const Tables& tables, Problems& problems)
{
    if (node.type != Node::Type::Scalar) {
        addProblem(problems, node, at, "text is expected");
        return {};
    }
    auto parsed = Template::parse(node.scalar, tables);
    if (parsed)
        return std::move(*parsed);
    addProblem(problems, node, at, parsed.error().detail);
    return {};
}

std::optional<Condition> readCondition(const Node& node, const std::string& at, Problems& problems)
{
    std::string text;
    for (const std::string& word : readWords(node, at, problems))
        text += (text.empty() ? "" : ", ") + word;
    if (text.empty()) // said already, or null: no condition
        return std::nullopt;
    auto parsed = Condition::parse(text);
    if (parsed)
        return std::move(*parsed);
    addProblem(problems, node, at, parsed.error().detail);
    return std::nullopt;
}

Formulas readFormulas(const Node& node, const std::string& at, Problems& problems)
{
    Formulas result;
    if (node.type == Node::Type::Map)
        addProblem(problems, node, at, "a formula or a list of formulas is expected");
    const std::vector<Node> alone {node};
    for (const Node& each : node.type == Node::Type::Scalar ? alone : node.list) {
        if (each.type != Node::Type::Scalar) {
            addProblem(problems, each, at, "a formula is expected");
            continue;
        }
        auto parsed = Formula::parse(each.scalar);
        if (parsed)
            result.push_back(std::move(*parsed));
        else
            addProblem(problems, each, at, parsed.error().detail);
    }
    return result;
}

Formulas formulas(std::initializer_list<std::string_view> texts)
{
    Formulas result;
    for (const auto text : texts)
        result.push_back(Formula::parse(text).value());
    return result;
}

std::vector<std::string> readWords(const Node& node, const std::string& at, Problems& problems)
{
    std::vector<std::string> words;
    if (node.type == Node::Type::Scalar)
        words.push_back(node.scalar);
    else if (node.type == Node::Type::Map)
        addProblem(problems, node, at, "a word or a list of words is expected");
    for (const Node& item : node.list) {
        if (item.type == Node::Type::Scalar)
            words.push_back(item.scalar);
        else
            addProblem(problems, item, at, "a word is expected");
    }
    return words;
}

std::vector<Test> readTests(const Node& node, const std::string& at, const Tables& tables, Problems& problems)
{
    std::vector<Test> tests;
    if (node.type != Node::Type::Map) {
        if (!node.isNull())
            addProblem(problems, node, at, "a map of paths to words is expected");
        return tests;
    }
    for (const auto& [key, value] : node.map) {
        if (value.isNull())
            continue;
        Node name;
        name.type = Node::Type::Scalar;
        name.mark = value.mark;
        name.scalar = key;
        const std::string path = at + "." + key;
        tests.push_back({readPath(name, path, tables, problems), readWords(value, path, problems)});
    }
    return tests;
}

std::map<std::string, std::string> readTable(const Node& node, const std::string& at, Problems& problems)
{
    std::map<std::string, std::string> table;
    if (node.type != Node::Type::Map && !node.isNull())
        addProblem(problems, node, at, "a map of words is expected");
    for (const auto& [key, value] : node.map) {
        if (value.type == Node::Type::Scalar)
            table[key] = value.scalar;
        else if (!value.isNull())
            addProblem(problems, value, at + "." + key, "a word is expected");
    }
    return table;
}

std::optional<TimeUnit> readUnit(const Node& node, const std::string& at, Problems& problems)
{
    std::vector<std::string> names;
    for (const auto& [name, unit] : timeUnitWords()) {
        if (node.type == Node::Type::Scalar && name == node.scalar)
            return unit;
        names.push_back(name);
    }
    addProblem(problems, node, at,
        "a unit of time is expected: ms, s, us, ns, iso, iso_s, ymd_hms, yyyymmdd, yyyy or magnitude",
        nearestOf(node.scalar, names));
    return std::nullopt;
}

std::optional<Timeframe> readTimeframe(
    const std::string& name, const Mark& mark, const std::string& at, Problems& problems)
{
    if (const auto frame = Timeframe::fromName(name))
        return frame;
    std::vector<std::string> names;
    for (const Timeframe frame : Timeframe::all())
        names.emplace_back(frame.name());
    problems.push_back({mark, at, "'" + name + "' is no timeframe (1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M)",
        nearestOf(name, names)});
    return std::nullopt;
}

namespace {

Node filtered(const Node& map, const std::vector<std::string_view>& keys, bool keep)
{
    Node result = map;
    result.map.clear();
    result.keyMarks.clear();
    for (std::size_t i = 0; i < map.map.size(); ++i) {
        if ((std::find(keys.begin(), keys.end(), map.map[i].first) != keys.end()) != keep)
            continue;
        result.map.push_back(map.map[i]);
        result.keyMarks.push_back(i < map.keyMarks.size() ? map.keyMarks[i] : map.mark);
    }
    return result;
}

} // namespace

Node overlaid(Node base, const Node& over)
{
    if (base.type != Node::Type::Map || over.type != Node::Type::Map)
        return over;
    for (std::size_t i = 0; i < over.map.size(); ++i) {
        const auto& [key, value] = over.map[i];
        const auto held = std::find_if(base.map.begin(), base.map.end(),
            [&over, i](const Node::Member& member) { return member.first == over.map[i].first; });
        const Mark& keyMark = i < over.keyMarks.size() ? over.keyMarks[i] : over.mark;
        if (held != base.map.end()) {
            held->second = overlaid(std::move(held->second), value);
            base.keyMarks[static_cast<std::size_t>(held - base.map.begin())] = keyMark;
            continue;
        }
        base.map.emplace_back(key, value);
        base.keyMarks.push_back(keyMark);
    }
    if (over.mark.line > 0) // what the whole lacks is missing in the more special of the two
        base.mark = over.mark;
    return base;
}

Node without(const Node& map, const std::vector<std::string_view>& keys)
{
    return filtered(map, keys, false);
}

Node only(const Node& map, const std::vector<std::string_view>& keys)
{
    return filtered(map, keys, true);
}

void refuseKeys(
    const Node& map, const std::vector<std::string_view>& keys, const std::string& at, const std::string& why, Problems& problems)
{
    for (std::size_t i = 0; i < map.map.size(); ++i)
        if (std::find(keys.begin(), keys.end(), map.map[i].first) != keys.end())
            problems.push_back({map.keyMarks[i], at + "." + map.map[i].first, "this key cannot stand here: " + why, {}});
}

bool isMap(const Node* node)
{
    return node != nullptr && node->type == Node::Type::Map;
}

} // namespace mnemo::description
