#include <algorithm>

#include "core/exchange/nodereading.h"

namespace mnemo::description {

namespace {

class SnapshotReader {
public:
    SnapshotReader(std::string path, const Tables& tables, const std::string& baseUrl, Problems& problems)
        : m_path(std::move(path))
        , m_tables(tables)
        , m_baseUrl(baseUrl)
        , m_problems(problems)
    {
    }

    Snapshot read(const Node& node)
    {
        Snapshot snapshot;
        MapReader reader(&node, m_path, m_problems);
        snapshot.request = RequestReader(m_tables, m_baseUrl, m_problems).readCall(reader);
        reader.readMap("fields", [&](MapReader& fields) {
            if (const Node* time = fields.node("time"); time != nullptr && !time->isNull())
                readTimeField(*time, snapshot);
            snapshot.amount = readField(fields, "amount");
            snapshot.value = readField(fields, "value");
            if (!snapshot.amount.isSet && !snapshot.value.isSet)
                fields.problem("amount", "`amount` or `value` is missing: the path to the number in the answer");
            fields.finish();
        });
        snapshot.units = readInterestUnits(reader, Kind::OpenInterest);
        reader.finish();
        checkPlaceholders(node, snapshot);
        return snapshot;
    }

private:
    /// [data.ts, ms]
    void readTimeField(const Node& node, Snapshot& snapshot)
    {
        const std::string at = m_path + ".fields.time";
        if (node.type != Node::Type::List || node.list.size() != 2)
            return addProblem(m_problems, node, at,
                "[path, unit] is expected, as in [data.ts, ms]; without `time` the time of asking is taken");
        snapshot.time.isSet = true;
        snapshot.time.path = readPath(node.list[0], at, m_tables, m_problems);
        snapshot.timeUnit = readUnit(node.list[1], at, m_problems).value_or(TimeUnit::Milliseconds);
    }

    /// data.size, or {path: data.size, times: data.mark}
    SnapshotField readField(MapReader& fields, std::string_view name)
    {
        SnapshotField field;
        const Node* node = fields.node(name);
        if (node == nullptr || node->isNull())
            return field;
        const std::string at = m_path + ".fields." + std::string(name);
        field.isSet = true;
        if (!isMap(node)) {
            field.path = readPath(*node, at, m_tables, m_problems);
            return field;
        }
        MapReader reader(node, at, m_problems);
        for (const auto& [key, path] : {std::pair("path", &field.path), std::pair("times", &field.times)}) {
            const Node* text = reader.node(key);
            if (text != nullptr && !text->isNull())
                *path = readPath(*text, at + "." + key, m_tables, m_problems);
            else
                reader.problem(key, "`path` and `times` are needed: the number, and what it is multiplied by");
        }
        reader.finish();
        return field;
    }

    static void append(const Path& path, std::vector<std::string_view>& names)
    {
        for (const PathStep& step : path)
            for (const auto name : step.text.placeholders())
                names.push_back(name);
    }

    /// What asks for now cannot name a range, and what names no instrument would tell the same of all.
    void checkPlaceholders(const Node& node, const Snapshot& snapshot)
    {
        std::vector<std::string_view> names = placeholdersOf(snapshot.request);
        const auto has = [&](std::initializer_list<std::string_view> wanted) {
            return std::find_first_of(names.begin(), names.end(), wanted.begin(), wanted.end()) != names.end();
        };
        if (has({"start", "end", "limit", "cursor", "frame"}))
            addProblem(m_problems, node, m_path,
                "a snapshot is of now: it has no {start}, {end}, {limit}, {cursor} or {frame}");
        for (const SnapshotField* field : {&snapshot.amount, &snapshot.value})
            append(field->path, names);
        if (!snapshot.request.pathText.empty()
            && !has({"symbol", "base", "quote", "settle", "base_id", "quote_id", "settle_id"}))
            addProblem(m_problems, node, m_path,
                "neither the request nor the path of a field names the instrument: use {symbol}, or {base} and "
                "{quote}");
    }

    std::string m_path;
    const Tables& m_tables;
    const std::string& m_baseUrl;
    Problems& m_problems;
};

void addPlaceholders(const BodyTemplate& body, std::vector<std::string_view>& names)
{
    for (const auto name : body.text.placeholders())
        names.push_back(name);
    for (const BodyTemplate& member : body.members)
        addPlaceholders(member, names);
}

} // namespace

std::vector<std::string_view> placeholdersOf(const RequestForm& form)
{
    std::vector<std::string_view> names = form.path.placeholders();
    for (const Param& param : form.params)
        for (const auto name : param.value.placeholders())
            names.push_back(name);
    if (form.body)
        addPlaceholders(*form.body, names);
    return names;
}

InterestUnits readInterestUnits(MapReader& reader, Kind kind)
{
    InterestUnits units;
    reader.readEnum("amount_unit", units.amount,
        {{"base", AmountUnit::Base}, {"contracts", AmountUnit::Contracts}, {"listed", AmountUnit::Listed}});
    if (kind != Kind::OpenInterest)
        return units;
    reader.readEnum("value_unit", units.isValueInBase, {{"quote", false}, {"base", true}});
    int sides = 1;
    reader.read("sides", sides, 1, 2);
    units.isTwoSided = sides == 2;
    return units;
}

Snapshot readSnapshot(
    const Node& node, const std::string& path, const Tables& tables, const std::string& baseUrl, Problems& problems)
{
    return SnapshotReader(path, tables, baseUrl, problems).read(node);
}

} // namespace mnemo::description
