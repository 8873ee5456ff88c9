#include "core/storage/sqlite/runstorage.h"

#include <algorithm>

#include "core/storage/taskhistory.h"

namespace mnemo {

namespace {

constexpr auto runsWithDefinition
    = "SELECT runs.id, runs.pipeline, trigger, state, due, from_time, to_time, queued_at, started_at, finished_at, is_paused, runs.version, "
      "parameters, who, error, backfill, parallel, yaml FROM runs LEFT JOIN definitions USING(version)";
constexpr auto runsAlone
    = "SELECT id, pipeline, trigger, state, due, from_time, to_time, queued_at, started_at, finished_at, is_paused, version, "
      "parameters, who, error, backfill, parallel, '' FROM runs";

Result<void> save(Connection& connection, const PipelineRecord& pipeline)
{
    return connection.use("INSERT OR REPLACE INTO pipelines VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)")
        .bind(pipeline.id, pipeline.isPaused, pipeline.firstSeen, pipeline.lastDue, pipeline.missed, pipeline.missedRange.from, pipeline.missedRange.to)
        .run();
}

Result<void> save(Connection& connection, const RunRecord& run)
{
    if (!run.definition.empty()) {
        const auto kept = connection.use("INSERT OR IGNORE INTO definitions VALUES(?1, ?2, ?3)").bind(run.version, run.pipeline, run.definition).run();
        if (!kept)
            return kept;
    }
    return connection.use("INSERT OR REPLACE INTO runs VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)")
        .bind(run.id, run.pipeline, run.trigger, run.state, run.due, run.interval.from, run.interval.to, run.queued, run.started, run.finished,
            run.isPaused, run.version, run.parameters, run.who, run.error, run.backfill, run.parallel)
        .run();
}

Result<void> save(Connection& connection, const TaskRecord& task)
{
    return connection.use("INSERT OR REPLACE INTO tasks VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)")
        .bind(task.run, task.index, task.node, task.label, task.plan, task.state, task.attempt, task.priority, task.isPaused, task.started,
            task.finished, task.retryAt, task.result, task.error, toText(task.tries))
        .run();
}

template<class Records>
Result<void> saveAll(Connection& connection, const Records& records)
{
    for (const auto& record : records) {
        if (const auto saved = save(connection, record); !saved)
            return saved;
    }
    return {};
}

RunRecord runOf(const Cursor& row)
{
    RunRecord run;
    run.id = row.integer(0);
    run.pipeline = row.text(1);
    run.trigger = row.text(2);
    run.state = row.text(3);
    run.due = row.optionalTime(4);
    run.interval = {row.time(5), row.time(6)};
    run.queued = row.time(7);
    run.started = row.optionalTime(8);
    run.finished = row.optionalTime(9);
    run.isPaused = row.integer(10) != 0;
    run.version = row.text(11);
    run.parameters = row.text(12);
    run.who = row.text(13);
    run.error = row.text(14);
    run.backfill = row.optionalInteger(15);
    run.parallel = static_cast<int>(row.integer(16));
    run.definition = row.text(17);
    return run;
}

std::string jsonOf(const std::vector<RunId>& ids)
{
    std::string text = "[";
    for (const RunId id : ids)
        text += (text.size() == 1 ? "" : ",") + std::to_string(id);
    return text + ']';
}

bool admits(const std::vector<std::string>& wanted, const std::string& word)
{
    return wanted.empty() || std::ranges::find(wanted, word) != wanted.end();
}

/// A run that began again since it was chosen is open, and stays.
Result<void> forget(Connection& connection, const std::vector<RunId>& runs)
{
    if (runs.empty())
        return {};
    const std::string ids = jsonOf(runs);
    auto done = connection.use("DELETE FROM runs WHERE id IN (SELECT value FROM json_each(?1)) AND state NOT IN ('queued', 'running')").bind(ids).run();
    if (done)
        done = connection.use("DELETE FROM tasks WHERE run_id IN (SELECT value FROM json_each(?1)) AND run_id NOT IN (SELECT id FROM runs)").bind(ids).run();
    if (done)
        done = connection.use("DELETE FROM definitions WHERE version NOT IN (SELECT version FROM runs)").run();
    return done;
}

} // namespace

Result<void> saveRuns(Connection& connection, const RunChanges& changes)
{
    auto transaction = Transaction::begin(connection);
    if (!transaction)
        return fail(transaction.error());
    auto saved = saveAll(connection, changes.pipelines);
    if (saved)
        saved = saveAll(connection, changes.runs);
    if (saved)
        saved = saveAll(connection, changes.tasks);
    if (saved)
        saved = forget(connection, changes.forgotten);
    return saved ? transaction->commit() : saved;
}

Result<std::vector<PipelineRecord>> readPipelines(Connection& connection)
{
    std::vector<PipelineRecord> pipelines;
    Cursor row = connection.use("SELECT id, is_paused, first_seen, last_due, missed, missed_from, missed_to FROM pipelines ORDER BY id");
    while (row.next())
        pipelines.push_back({row.text(0), row.integer(1) != 0, row.time(2), row.optionalTime(3), row.integer(4), {row.time(5), row.time(6)}});
    if (const auto read = row.status(); !read)
        return fail(read.error());
    return pipelines;
}

Result<std::vector<RunRecord>> readRuns(Connection& connection, const RunFilter& filter)
{
    std::vector<RunRecord> runs;
    std::string sql = std::string(filter.withDefinition ? runsWithDefinition : runsAlone) + " WHERE queued_at >= ?1 AND queued_at < ?2";
    if (filter.pipelines.size() == 1)
        sql += " AND runs.pipeline = ?4";
    if (filter.states == openRunStates()) // the words of the index of open runs
        sql += " AND state IN ('queued', 'running')";
    if (!filter.ids.empty())
        sql += " AND runs.id IN (SELECT value FROM json_each(?3))";
    Cursor row = connection.use(sql + " ORDER BY runs.id DESC");
    const std::string ids = filter.ids.empty() ? "[]" : jsonOf(filter.ids);
    if (filter.pipelines.size() == 1)
        row.bind(filter.queued.from, filter.queued.to, ids, filter.pipelines.front());
    else if (!filter.ids.empty())
        row.bind(filter.queued.from, filter.queued.to, ids);
    else
        row.bind(filter.queued.from, filter.queued.to);
    while (static_cast<std::int64_t>(runs.size()) < filter.limit && row.next()) {
        if (admits(filter.pipelines, row.text(1)) && admits(filter.triggers, row.text(2)) && admits(filter.states, row.text(3)))
            runs.push_back(runOf(row));
    }
    if (const auto read = row.status(); !read)
        return fail(read.error());
    return runs;
}

Result<std::vector<TaskRecord>> readTasks(Connection& connection, RunId run)
{
    std::vector<TaskRecord> tasks;
    Cursor row = connection.use("SELECT run_id, place, node, label, plan, state, attempt, priority, is_paused, started_at, finished_at, retry_at, "
                                "result, error, tries FROM tasks WHERE run_id = ?1 ORDER BY place");
    row.bind(run);
    while (row.next()) {
        tasks.push_back({row.integer(0), static_cast<int>(row.integer(1)), row.text(2), row.text(3), row.text(4), row.text(5),
            static_cast<int>(row.integer(6)), static_cast<int>(row.integer(7)), row.integer(8) != 0, row.optionalTime(9), row.optionalTime(10),
            row.optionalTime(11), row.text(12), row.text(13), triesFromText(row.text(14))});
    }
    if (const auto read = row.status(); !read)
        return fail(read.error());
    return tasks;
}

Result<RunId> newestRun(Connection& connection)
{
    Cursor row = connection.use("SELECT coalesce(max(id), 0) FROM runs");
    const RunId newest = row.next() ? row.integer(0) : 0;
    if (const auto read = row.status(); !read)
        return fail(read.error());
    return newest;
}

} // namespace mnemo
