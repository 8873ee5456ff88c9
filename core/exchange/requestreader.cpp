#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/base/decimal.h"
#include "core/base/timetext.h"
#include "core/exchange/nodereading.h"

namespace mnemo::description {

namespace {

constexpr int mostRows = 1'000'000;

/// "https://host/path" into "https://host" and "/path".
bool splitUrl(const std::string& url, std::string& origin, std::string& path)
{
    const auto scheme = url.find("://");
    if (scheme == std::string::npos || scheme == 0)
        return false;
    const auto slash = url.find('/', scheme + 3);
    origin = url.substr(0, slash);
    path = slash == std::string::npos ? "/" : url.substr(slash);
    return origin.size() > scheme + 3;
}

nlohmann::ordered_json literalOf(const Node& node)
{
    if (node.isQuoted)
        return node.scalar;
    const auto parsed = nlohmann::ordered_json::parse(node.scalar, nullptr, false);
    return parsed.is_number() || parsed.is_boolean() ? parsed : nlohmann::ordered_json(node.scalar);
}

} // namespace

void RequestReader::readAddress(MapReader& reader, RequestForm& form)
{
    std::string url;
    std::string host;
    std::string path;
    reader.read("url", url);
    reader.read("host", host);
    reader.read("path", path);
    if (url.empty() && (host.empty() || path.empty()))
        return reader.problem(host.empty() && path.empty() ? "url" : "path",
            host.empty() && path.empty() ? "the request needs a `url`, or a `host` and a `path`"
                : host.empty()           ? "the request has a `path` but no `host`"
                                         : "the request has a `host` but no `path`");
    const std::string_view key = url.empty() ? "host" : "url";
    if (url.empty() && !path.starts_with('/'))
        return reader.problem("path", "a path begins with /");
    if (url.empty())
        url = host + path;
    if (!splitUrl(url, form.origin, path) || !(url.starts_with("https://") || url.starts_with("http://")))
        return reader.problem(key, "'" + url + "' is no address like https://host/path");
    if (!m_baseUrl.empty())
        form.origin = m_baseUrl;
    form.pathText = path.substr(0, path.find('?'));
    const Node* text = reader.node(reader.has("url") ? "url" : "path");
    auto parsed = Template::parse(path, m_tables);
    if (parsed)
        form.path = std::move(*parsed);
    else
        reader.problem(reader.has("url") ? "url" : "path", parsed.error().detail);
    if (parsed && text != nullptr)
        checkParts(form.path, text->mark, reader.path());
}

Template RequestReader::readText(const Node& node, const std::string& at)
{
    Template text = readTemplate(node, at, m_tables, m_problems);
    checkParts(text, node.mark, at);
    return text;
}

void RequestReader::checkParts(const Template& text, const Mark& mark, const std::string& at)
{
    for (const std::string_view name : text.placeholders()) {
        const std::string part(name.starts_with("frame.") ? name.substr(6) : std::string_view());
        if (part.empty() || std::find(m_frameParts.begin(), m_frameParts.end(), part) != m_frameParts.end())
            continue;
        m_problems.push_back({mark, at, "no word of `frames` has a part '" + part + "'", nearestOf(part, m_frameParts)});
    }
}

void RequestReader::readUnits(const Node& node, const std::string& at, RequestForm& form)
{
    if (node.type != Node::Type::Map) {
        form.startUnit = readUnit(node, at, m_problems).value_or(TimeUnit::Milliseconds);
        return;
    }
    for (const auto& [name, value] : node.map) {
        const auto frame = readTimeframe(name, value.mark, at, m_problems);
        const auto unit = readUnit(value, at, m_problems);
        if (frame && unit)
            form.startUnits[*frame] = *unit;
    }
}

void RequestReader::readRange(MapReader& reader, RequestForm& form, bool isPage)
{
    reader.readMap("range", [&](MapReader& range) {
        for (const char* key :
            {"style", "keeps", "max_rows", "max_span", "retention_rows", "retention_age", "includes_open_candle", "counting_ids", "delay", "events"})
            range.node(key);
        bool startInclusive = true;
        bool endInclusive = true;
        range.readMap("start", [&](MapReader& start) {
            if (const Node* unit = start.node("unit"))
                readUnits(*unit, start.path() + ".unit", form);
            start.read("inclusive", startInclusive);
            const Node* value = start.node(isPage ? "page" : "value");
            start.node(isPage ? "value" : "page");
            if (value != nullptr)
                form.start = readFormulas(*value, start.path(), m_problems);
            start.finish();
        });
        range.readMap("end", [&](MapReader& end) {
            if (const Node* unit = end.node("unit"))
                form.endUnit = readUnit(*unit, end.path() + ".unit", m_problems).value_or(TimeUnit::Milliseconds);
            end.read("inclusive", endInclusive);
            const Node* value = end.node(isPage ? "page" : "value");
            end.node(isPage ? "value" : "page");
            if (value != nullptr)
                form.end = readFormulas(*value, end.path(), m_problems);
            end.finish();
        });
        const auto shifted = [](std::string_view name, TimeUnit unit, bool shift) {
            const std::string by = granularity(unit).count() == 1000 ? " - 1s" : " - 1ms";
            return Formulas{Formula::parse(std::string(name) + (shift ? by : "")).value()};
        };
        if (form.start.empty())
            form.start = shifted("since", form.startUnit, isPage && !startInclusive);
        if (form.end.empty())
            form.end = shifted("until", form.endUnit, isPage && endInclusive);
        range.finish();
    });
}

void RequestReader::readLimit(MapReader& reader, RequestForm& form, bool isPage)
{
    reader.readMap("limit", [&](MapReader& limit) {
        int byDefault = 0;
        int max = 0;
        int offset = 0;
        limit.read("default", byDefault, 1, mostRows);
        limit.read("max", max, 1, mostRows);
        limit.read("offset", offset, -10, 10);
        const Node* rows = limit.node("value");
        const Node* sent = limit.node(isPage ? "page" : "send");
        limit.node(isPage ? "send" : "page");
        if (rows != nullptr && !isPage)
            form.rows = readFormulas(*rows, limit.path() + ".value", m_problems);
        else if (max > 0 && !isPage)
            form.rows = {Formula::parse("min(limit, " + std::to_string(max) + ")").value()};
        else
            form.rows = formulas({"limit"});
        if (byDefault > 0 && !isPage && rows == nullptr)
            form.rows.push_back(Formula::parse(std::to_string(byDefault)).value());
        if (sent != nullptr)
            form.sentLimit = readFormulas(*sent, limit.path(), m_problems);
        else
            form.sentLimit = {
                Formula::parse("n " + std::string(offset < 0 ? "- " : "+ ") + std::to_string(std::abs(offset)))
                    .value()};
        limit.finish();
    });
}

void RequestReader::readParams(MapReader& reader, RequestForm& form)
{
    reader.readEach("params", [&](const std::string& name, const Node& value, const std::string& at) {
        if (value.isNull())
            return;
        Param param{name, {}, {}};
        if (value.type == Node::Type::Map) {
            MapReader each(&value, at, m_problems);
            if (const Node* text = each.node("value"))
                param.value = readText(*text, at);
            else
                each.problem("value", "`value` is missing");
            if (const Node* when = each.node("when"))
                param.when = readCondition(*when, at, m_problems);
            each.finish();
        } else {
            param.value = readText(value, at);
        }
        form.params.push_back(std::move(param));
    });
    if (const Node* body = reader.node("body"); body != nullptr && !body->isNull() && form.method == "GET")
        reader.problem("body", "a request with a body needs `method: POST`");
    else if (body != nullptr && !body->isNull())
        form.body = readBody(*body, reader.path() + ".body");
    std::map<std::string, std::string> headers;
    reader.read("headers", headers);
    form.headers.assign(headers.begin(), headers.end());
    if (form.body && headers.find("Content-Type") == headers.end())
        form.headers.emplace_back("Content-Type", "application/json");
}

BodyTemplate RequestReader::readBody(const Node& node, const std::string& at)
{
    BodyTemplate body;
    if (isMap(&node) && node.find("value") != nullptr && node.find("when") != nullptr && node.map.size() == 2) {
        body = readBody(*node.find("value"), at);
        body.when = readCondition(*node.find("when"), at, m_problems);
        return body;
    }
    switch (node.type) {
    case Node::Type::Map:
        body.kind = BodyTemplate::Kind::Object;
        for (const auto& [name, value] : node.map)
            if (!value.isNull()) {
                body.names.push_back(name);
                body.members.push_back(readBody(value, at + "." + name));
            }
        break;
    case Node::Type::List:
        body.kind = BodyTemplate::Kind::List;
        for (const Node& value : node.list)
            body.members.push_back(readBody(value, at));
        break;
    case Node::Type::Scalar:
        if (node.scalar.find('{') != std::string::npos) {
            body.kind = BodyTemplate::Kind::Text;
            body.text = readText(node, at);
        } else {
            body.literal = literalOf(node);
        }
        break;
    case Node::Type::Null:
        break;
    }
    return body;
}

void RequestReader::readCharges(MapReader& reader, RequestForm& form)
{
    reader.readEach("charge", [&](const std::string& budget, const Node& value, const std::string& at) {
        if (value.isNull())
            return;
        ChargeRule rule;
        rule.budget = budget;
        rule.mark = value.mark;
        Node wrapped;
        const Node* node = &value;
        if (value.type != Node::Type::Map) {
            wrapped.type = Node::Type::Map;
            wrapped.mark = value.mark;
            wrapped.map.emplace_back("weight", value);
            wrapped.keyMarks.push_back(value.mark);
            node = &wrapped;
        }
        MapReader each(node, at, m_problems);
        each.read("weight", rule.weight, 0, 1e6);
        each.read("per_rows", rule.perRows, 1, mostRows);
        readTiers(each, rule);
        each.finish();
        form.charges.push_back(std::move(rule));
    });
}

void RequestReader::readTiers(MapReader& reader, ChargeRule& rule)
{
    for (const Node& tier : reader.readList("by_limit", "a list of pairs [rows, weight]")) {
        std::vector<std::optional<double>> numbers;
        for (const Node& number : tier.list)
            numbers.push_back(number.type == Node::Type::Scalar ? parseDecimal(number.scalar) : std::nullopt);
        const bool isPair = numbers.size() == 2 && numbers[0] && numbers[1] && *numbers[0] >= 1 && *numbers[0] <= mostRows
            && std::floor(*numbers[0]) == *numbers[0] && *numbers[1] >= 0 && *numbers[1] <= 1e6;
        if (isPair)
            rule.byLimit.emplace_back(static_cast<int>(*numbers[0]), *numbers[1]);
        else
            addProblem(m_problems, tier, reader.path() + ".by_limit", "a pair [rows, weight] is expected, both positive");
    }
}

void RequestReader::readWhen(MapReader& reader, RequestForm& form)
{
    reader.readMap("when", [&](MapReader& when) {
        for (const char* key : {"since", "older_than_bars"})
            when.node(key);
        if (when.has("since")) {
            bool since = false;
            when.read("since", since);
            form.when.since = since;
        }
        if (when.has("older_than_bars")) {
            std::int64_t bars = 0;
            when.read("older_than_bars", bars, 0, 1'000'000'000);
            form.when.olderThanBars = bars;
        }
        if (const Node* age = when.node("older_than")) {
            const auto add = [&](const std::string& name, const Node& value) {
                const auto length = parseDuration(value.scalar);
                const auto frame = readTimeframe(name, value.mark, when.path(), m_problems);
                if (!length)
                    addProblem(m_problems, value, when.path() + ".older_than", "a length of time like 30d is expected");
                else if (frame)
                    form.when.olderThan[*frame] = *length;
            };
            if (age->type == Node::Type::Map)
                for (const auto& [name, value] : age->map)
                    add(name, value);
            else
                for (const Timeframe frame : Timeframe::all())
                    add(std::string(frame.name()), *age);
        }
        if (const Node* condition = when.node("if"))
            form.when.condition = readCondition(*condition, when.path() + ".if", m_problems);
        when.read("quote", form.when.quotes);
        if (const Node* frames = when.node("frames"))
            for (const std::string& name : readWords(*frames, when.path() + ".frames", m_problems))
                if (const auto frame = readTimeframe(name, frames->mark, when.path() + ".frames", m_problems))
                    form.when.frames.push_back(*frame);
        when.finish();
    });
}

RequestForm RequestReader::read(MapReader& reader, bool isPage)
{
    RequestForm form;
    readAddress(reader, form);
    reader.readEnum<std::string>("method", form.method, {{"GET", "GET"}, {"POST", "POST"}});
    readRange(reader, form, isPage);
    readLimit(reader, form, isPage);
    readParams(reader, form);
    readCharges(reader, form);
    readWhen(reader, form);
    return form;
}

RequestForm RequestReader::readCall(MapReader& reader)
{
    RequestForm form;
    readAddress(reader, form);
    reader.readEnum<std::string>("method", form.method, {{"GET", "GET"}, {"POST", "POST"}});
    readParams(reader, form);
    readCharges(reader, form);
    return form;
}

} // namespace mnemo::description
