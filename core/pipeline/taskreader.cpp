#include "core/pipeline/taskreader.h"

#include <algorithm>

#include "core/base/timetext.h"

namespace mnemo {

namespace {

using std::chrono::hours;

const std::vector<std::string> taskTypes {"markets", "incremental", "backfill", "open_interest", "validate", "compare", "repair",
    "rollup", "export", "sql", "http", "shell"};
const std::vector<std::pair<std::string, TriggerRule>> triggerRules {{"all_success", TriggerRule::AllSuccess},
    {"all_done", TriggerRule::AllDone}, {"one_success", TriggerRule::OneSuccess}, {"none_failed", TriggerRule::NoneFailed}};
using By = TaskExpansion::By;
const std::vector<std::pair<std::string, bool>> overWords {{"universe", false}, {"list", true}};
const std::vector<std::string> marketWords {"spot", "linear", "inverse"};
const std::vector<std::pair<std::string, By>> byWords {{"series", By::Series}, {"exchange", By::Exchange}, {"market", By::Market},
    {"symbol", By::Symbol}, {"timeframe", By::Timeframe}, {"all", By::All}};

void needText(MapReader& reader, std::string_view key, std::string& target, std::string_view what)
{
    reader.read(key, target);
    if (target.empty())
        reader.problem(key, "is needed: " + std::string(what));
}

void readTime(MapReader& reader, std::string_view key, std::optional<UtcMs>& target)
{
    std::string text;
    reader.read(key, text);
    if (text.empty())
        return;
    target = parseTime(text);
    if (!target)
        reader.problem(key, "expected a time such as 2024-01-31 or 2024-01-31T10:20:30Z, UTC, found " + yamlQuoted(text));
}

void readRange(MapReader& reader, TaskRange& range)
{
    readTime(reader, "from", range.from);
    readTime(reader, "to", range.to);
    milliseconds last {0};
    reader.read("last", last, milliseconds {1000}, hours {24 * 366 * 30});
    if (last.count() > 0)
        range.last = last;
    if (range.last && (range.from || range.to))
        reader.problem("last", "either from and to, or last");
    else if (range.to && !range.from)
        reader.problem("to", "needs from beside it");
    else if (range.from && range.to && *range.to <= *range.from)
        reader.problem("to", "must be later than from");
}

TaskWork readIncremental(MapReader& reader)
{
    using Of = IncrementalWork::Of;
    IncrementalWork task;
    reader.readEnum<Of>("of", task.of, {{"all", Of::All}, {"readings", Of::Readings}, {"history", Of::History}});
    return task;
}

void readKind(MapReader& reader, Kind& target)
{
    std::vector<std::pair<std::string, Kind>> words;
    for (const std::string& name : seriesKindNames())
        words.emplace_back(name, *kindFromText(name));
    reader.readEnum<Kind>("kind", target, words);
}

TaskWork readBackfill(MapReader& reader, Kind kind)
{
    BackfillWork task;
    task.kind = kind;
    if (kind == Kind::Candles)
        readKind(reader, task.kind);
    readRange(reader, task.range);
    reader.read("newest_first", task.newestFirst);
    return task;
}

TaskWork readValidate(MapReader& reader)
{
    ValidateWork task;
    readRange(reader, task.range);
    reader.read("rules", task.rules);
    reader.readEnum<std::string>("fail_on", task.failOn,
        {{"info", "info"}, {"warn", "warn"}, {"error", "error"}, {"never", "never"}});
    return task;
}

TaskWork readRepair(MapReader& reader)
{
    static const std::vector<std::string> classes {"failed", "unknown", "empty", "outage"};
    RepairWork task;
    readRange(reader, task.range);
    reader.read("classes", task.classes);
    for (const std::string& name : task.classes) {
        if (std::ranges::find(classes, name) == classes.end())
            reader.problem("classes", "expected failed, unknown, empty or outage, found " + yamlQuoted(name), nearestOf(name, classes));
    }
    return task;
}

TaskWork readExport(MapReader& reader)
{
    ExportWork task;
    readRange(reader, task.range);
    needText(reader, "path", task.path, "the file, as exports/{exchange}-{symbol}-{timeframe}.csv");
    reader.readEnum<std::string>("format", task.format, {{"csv", "csv"}, {"json", "json"}, {"parquet", "parquet"}});
    return task;
}

bool isExpectation(const std::string& text)
{
    if (text == "any" || text == "empty" || text == "rows")
        return true;
    for (const std::string_view op : {"= ", "!= ", "< ", "<= ", "> ", ">= "}) {
        if (text.starts_with(op) && text.size() > op.size())
            return true;
    }
    return false;
}

TaskWork readSql(MapReader& reader)
{
    SqlWork task;
    needText(reader, "query", task.query, "one statement that reads, as SELECT count(*) FROM candles");
    reader.read("expect", task.expect);
    if (!isExpectation(task.expect))
        reader.problem("expect", "expected any, empty, rows or a comparison of the first value as \"= 0\" or \"< 5\", found " + yamlQuoted(task.expect));
    return task;
}

TaskWork readHttp(MapReader& reader)
{
    HttpWork task;
    needText(reader, "url", task.url, "an address that begins with http:// or https://");
    if (!task.url.empty() && !task.url.starts_with("http://") && !task.url.starts_with("https://"))
        reader.problem("url", "expected an address that begins with http:// or https://");
    reader.readEnum<std::string>("method", task.method, {{"GET", "GET"}, {"POST", "POST"}, {"PUT", "PUT"}});
    reader.read("body", task.body);
    std::map<std::string, std::string> headers;
    reader.read("headers", headers);
    task.headers.assign(headers.begin(), headers.end());
    return task;
}

TaskWork readShell(MapReader& reader)
{
    ShellWork task;
    needText(reader, "command", task.command, "what sh -c shall run");
    return task;
}

void readNames(MapReader& reader, std::string_view key, std::vector<std::string>& target, const std::vector<std::string>& known)
{
    reader.read(key, target);
    for (const std::string& name : target) {
        if (std::ranges::find(known, name) == known.end())
            reader.problem(key, "there is no " + yamlQuoted(name) + " here", nearestOf(name, known));
    }
}

const std::vector<std::string>& timeframeNames()
{
    static const std::vector<std::string> all = [] {
        std::vector<std::string> names;
        for (const Timeframe frame : Timeframe::all())
            names.emplace_back(frame.name());
        return names;
    }();
    return all;
}

TaskWork readRollup(MapReader& reader)
{
    RollupWork task;
    readRange(reader, task.range);
    readNames(reader, "timeframes", task.timeframes, timeframeNames());
    return task;
}

/// @p type is one of taskTypes.
TaskWork readWork(const std::string& type, MapReader& reader)
{
    if (type == "markets")
        return MarketsWork {};
    if (type == "incremental")
        return readIncremental(reader);
    if (type == "backfill")
        return readBackfill(reader, Kind::Candles);
    if (type == "open_interest")
        return readBackfill(reader, Kind::OpenInterest);
    if (type == "validate")
        return readValidate(reader);
    if (type == "compare") {
        CompareWork task;
        readRange(reader, task.range);
        return task;
    }
    if (type == "repair")
        return readRepair(reader);
    if (type == "rollup")
        return readRollup(reader);
    if (type == "export")
        return readExport(reader);
    if (type == "sql")
        return readSql(reader);
    return type == "http" ? readHttp(reader) : readShell(reader);
}

/// What tasks of a type are about where nothing is said: comparing needs all exchanges of a symbol, others one series.
By usualBy(const std::string& type)
{
    if (type == "markets")
        return By::Exchange;
    if (type == "compare")
        return By::Symbol;
    return type == "sql" || type == "http" || type == "shell" ? By::All : By::Series;
}

void readExpansion(MapReader& reader, TaskExpansion& expand)
{
    reader.readEnum<bool>("over", expand.isList, overWords);
    reader.read("exchanges", expand.exchanges);
    reader.read("sources", expand.sources);
    readNames(reader, "markets", expand.markets, marketWords);
    reader.read("symbols", expand.symbols);
    for (const std::string& symbol : expand.symbols) {
        if (!parseSymbol(symbol))
            reader.problem("symbols", "expected symbols as BTC/USDT or BTC/USDT:USDT, found " + yamlQuoted(symbol));
    }
    readNames(reader, "kinds", expand.kinds, seriesKindNames());
    readNames(reader, "timeframes", expand.timeframes, timeframeNames());
    reader.readEnum<By>("by", expand.by, byWords);
    if (expand.isList && (expand.exchanges.empty() || expand.symbols.empty() || expand.timeframes.empty()))
        reader.problem("over", "a list needs exchanges, symbols and timeframes");
}

} // namespace

std::string_view toText(TriggerRule rule)
{
    return std::ranges::find(triggerRules, rule, [](const auto& word) { return word.second; })->first;
}

std::string_view toText(By by)
{
    return std::ranges::find(byWords, by, [](const auto& word) { return word.second; })->first;
}

TaskDefinition readTask(const Node& node, const MapReader& dag, std::size_t index)
{
    TaskDefinition task;
    task.mark = node.mark;
    MapReader reader(&node, dag, "tasks[" + std::to_string(index) + ']');
    needText(reader, "id", task.id, "a name of its own");
    if (task.id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != std::string::npos)
        reader.problem("id", "the id of a task has only letters, digits, _ and -");
    needText(reader, "type", task.type, "what the task does");
    const bool isKnown = std::ranges::find(taskTypes, task.type) != taskTypes.end();
    if (!task.type.empty() && !isKnown)
        reader.problem("type", "there is no such type of task", nearestOf(task.type, taskTypes));
    if (isKnown)
        reader.readMap("with", [&](MapReader& with) { task.work = readWork(task.type, with); });
    else
        reader.node("with");
    reader.read("depends_on", task.dependsOn);
    reader.readEnum<TriggerRule>("trigger_rule", task.trigger, triggerRules);
    reader.read("pool", task.pool);
    reader.read("priority", task.priority, 0, 1000);
    reader.read("retries", task.retries, 0, 100);
    reader.read("retry_delay", task.retryDelay, milliseconds {0}, hours {24});
    reader.read("timeout", task.timeout, milliseconds {0}, hours {24 * 30});
    task.expand.by = usualBy(task.type);
    if (reader.has("expand")) // most say nothing
        reader.readMap("expand", [&](MapReader& expand) { readExpansion(expand, task.expand); });
    else
        reader.node("expand");
    reader.finish();
    return task;
}

} // namespace mnemo
