#include "core/storage/sqlite/schema.h"

#include <array>
#include <utility>
#include <vector>

#include "core/market/kind.h"

namespace mnemo {

namespace {

struct Migration {
    int version;
    const char* sql;
};

// Numbered from 1 without holes. A migration that has shipped never changes; another one follows.
constexpr std::array migrations {
    Migration {1, R"sql(
CREATE TABLE series(
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL, exchange TEXT NOT NULL, market TEXT NOT NULL, symbol TEXT NOT NULL, kind TEXT NOT NULL, timeframe TEXT NOT NULL,
    exchange_symbol TEXT NOT NULL, -- the venue's own name
    anchor_ms INTEGER NOT NULL,
    unit TEXT NOT NULL,
    time_kind TEXT NOT NULL,
    contract_size REAL NOT NULL,
    UNIQUE(source, exchange, market, symbol, kind, timeframe));

CREATE TABLE candles(
    series_id INTEGER NOT NULL, open_time INTEGER NOT NULL, -- UTC ms
    open REAL NOT NULL, high REAL NOT NULL, low REAL NOT NULL, close REAL NOT NULL,
    volume REAL NOT NULL, -- base units
    quote_volume REAL, trades INTEGER,
    flags INTEGER NOT NULL DEFAULT 0, -- 1 quarantined, 2 replaced, 4 foreign, 8 approximate volume
    PRIMARY KEY(series_id, open_time)) WITHOUT ROWID;

CREATE TABLE open_interest(
    series_id INTEGER NOT NULL, time INTEGER NOT NULL,
    amount REAL, -- one-sided, base units
    value REAL, -- USD
    raw_amount REAL, raw_value REAL, -- as the venue states them
    flags INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY(series_id, time)) WITHOUT ROWID;

CREATE TABLE coverage(
    series_id INTEGER NOT NULL, from_time INTEGER NOT NULL, to_time INTEGER NOT NULL, -- half-open
    state TEXT NOT NULL, -- answered, failed, unlisted, delisted, beyond_retention
    checks INTEGER NOT NULL, checked_at INTEGER NOT NULL,
    PRIMARY KEY(series_id, from_time)) WITHOUT ROWID;

CREATE TABLE pages(
    id INTEGER PRIMARY KEY,
    series_id INTEGER NOT NULL, from_time INTEGER NOT NULL, to_time INTEGER NOT NULL, -- as asked, half-open
    fetched_at INTEGER NOT NULL,
    rows INTEGER NOT NULL, -- in the answer
    route TEXT NOT NULL, -- rest, stream, archive, import, derived
    status INTEGER NOT NULL, -- HTTP; 0 for routes without
    archive_key TEXT, sha256 TEXT,
    description_version INTEGER NOT NULL);
CREATE INDEX pages_by_series ON pages(series_id, from_time);

CREATE TABLE revisions(
    series_id INTEGER NOT NULL, open_time INTEGER NOT NULL, replaced_at INTEGER NOT NULL,
    open REAL, high REAL, low REAL, close REAL, volume REAL, quote_volume REAL, trades INTEGER, -- what was stored before
    page_id INTEGER); -- the page that replaced it
CREATE INDEX revisions_by_series ON revisions(series_id, open_time);

CREATE TABLE aggregates(
    series_id INTEGER NOT NULL, level TEXT NOT NULL, -- 1h, 1d
    time INTEGER NOT NULL, -- start of the UTC hour or day
    open REAL NOT NULL, high REAL NOT NULL, low REAL NOT NULL, close REAL NOT NULL, volume REAL NOT NULL, -- of rows that are not quarantined
    rows INTEGER NOT NULL, expected INTEGER NOT NULL, flagged INTEGER NOT NULL, -- flagged: quarantined
    PRIMARY KEY(series_id, level, time)) WITHOUT ROWID;

CREATE TABLE findings(
    id INTEGER PRIMARY KEY,
    series_id INTEGER NOT NULL, rule TEXT NOT NULL,
    severity TEXT NOT NULL, -- info, warn, error
    from_time INTEGER NOT NULL, to_time INTEGER NOT NULL,
    details TEXT NOT NULL, -- JSON
    created_at INTEGER NOT NULL, state TEXT NOT NULL);
CREATE INDEX findings_by_series ON findings(series_id, from_time);

CREATE TABLE decisions(
    finding_id INTEGER NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, reason TEXT NOT NULL);
CREATE INDEX decisions_by_finding ON decisions(finding_id);

CREATE TABLE instruments(
    exchange TEXT NOT NULL, market TEXT NOT NULL, symbol TEXT NOT NULL,
    id TEXT NOT NULL, -- the venue's own
    base TEXT NOT NULL, quote TEXT NOT NULL, settle TEXT NOT NULL,
    contract_size REAL NOT NULL, tick_size REAL, price_scale INTEGER, value_scale INTEGER,
    listed INTEGER, delisted INTEGER, active INTEGER NOT NULL,
    saved_at INTEGER NOT NULL,
    PRIMARY KEY(exchange, market, symbol)) WITHOUT ROWID;

CREATE TABLE runs(
    id INTEGER PRIMARY KEY,
    pipeline TEXT NOT NULL, trigger TEXT NOT NULL, -- schedule, person, api
    state TEXT NOT NULL,
    scheduled_at INTEGER, started_at INTEGER, finished_at INTEGER,
    parameters TEXT NOT NULL DEFAULT '{}', error TEXT);
CREATE INDEX runs_by_pipeline ON runs(pipeline, started_at);

CREATE TABLE tasks(
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL, node TEXT NOT NULL, series_id INTEGER, attempt INTEGER NOT NULL DEFAULT 1,
    state TEXT NOT NULL,
    started_at INTEGER, finished_at INTEGER,
    result TEXT NOT NULL DEFAULT '{}', error TEXT);
CREATE INDEX tasks_by_run ON tasks(run_id);

CREATE TABLE alerts(
    id INTEGER PRIMARY KEY,
    rule TEXT NOT NULL, severity TEXT NOT NULL, series_id INTEGER,
    raised_at INTEGER NOT NULL, cleared_at INTEGER,
    state TEXT NOT NULL, message TEXT NOT NULL, details TEXT NOT NULL DEFAULT '{}');
CREATE INDEX alerts_by_time ON alerts(raised_at);
)sql"},
    // how many there are of each kind, kept by triggers: counting a million takes too long for a screen
    Migration {2, R"sql(
CREATE TABLE finding_counts(
    series_id INTEGER NOT NULL, rule TEXT NOT NULL, severity TEXT NOT NULL, state TEXT NOT NULL, findings INTEGER NOT NULL,
    PRIMARY KEY(series_id, rule, severity, state)) WITHOUT ROWID;
INSERT INTO finding_counts SELECT series_id, rule, severity, state, count(*) FROM findings GROUP BY 1, 2, 3, 4;
CREATE TRIGGER findings_added AFTER INSERT ON findings BEGIN
    INSERT INTO finding_counts VALUES(new.series_id, new.rule, new.severity, new.state, 1)
        ON CONFLICT(series_id, rule, severity, state) DO UPDATE SET findings = findings + 1;
END;
CREATE TRIGGER findings_removed AFTER DELETE ON findings BEGIN
    UPDATE finding_counts SET findings = findings - 1
        WHERE series_id = old.series_id AND rule = old.rule AND severity = old.severity AND state = old.state;
END;
CREATE TRIGGER findings_changed AFTER UPDATE OF series_id, rule, severity, state ON findings BEGIN
    UPDATE finding_counts SET findings = findings - 1
        WHERE series_id = old.series_id AND rule = old.rule AND severity = old.severity AND state = old.state;
    INSERT INTO finding_counts VALUES(new.series_id, new.rule, new.severity, new.state, 1)
        ON CONFLICT(series_id, rule, severity, state) DO UPDATE SET findings = findings + 1;
END;
CREATE INDEX findings_by_rule ON findings(rule, state, severity, series_id, from_time, to_time);
)sql"},
    // pipelines; no version has written into the tables that go
    Migration {3, R"sql(
DROP TABLE runs;
DROP TABLE tasks;
CREATE TABLE pipelines(
    id TEXT PRIMARY KEY, is_paused INTEGER NOT NULL, first_seen INTEGER NOT NULL,
    last_due INTEGER, -- newest due time that was run or left out
    missed INTEGER NOT NULL, missed_from INTEGER NOT NULL, missed_to INTEGER NOT NULL) WITHOUT ROWID; -- left out last time
CREATE TABLE definitions(
    version TEXT PRIMARY KEY, pipeline TEXT NOT NULL, yaml TEXT NOT NULL); -- that runs began with
CREATE TABLE runs(
    id INTEGER PRIMARY KEY, pipeline TEXT NOT NULL,
    trigger TEXT NOT NULL, -- schedule, person, backfill, api
    state TEXT NOT NULL, -- queued, running, success, success_with_gaps, failed, cancelled
    due INTEGER, from_time INTEGER NOT NULL, to_time INTEGER NOT NULL, -- the interval that it works on
    queued_at INTEGER NOT NULL, started_at INTEGER, finished_at INTEGER,
    is_paused INTEGER NOT NULL, version TEXT NOT NULL, parameters TEXT NOT NULL, who TEXT NOT NULL, error TEXT NOT NULL);
CREATE INDEX runs_by_pipeline ON runs(pipeline, queued_at);
CREATE INDEX runs_by_time ON runs(queued_at);
CREATE TABLE tasks(
    run_id INTEGER NOT NULL, place INTEGER NOT NULL, node TEXT NOT NULL, label TEXT NOT NULL,
    plan TEXT NOT NULL, -- JSON: series, and the places of those that it waits for
    state TEXT NOT NULL, -- none, scheduled, queued, running, success, success_with_gaps, failed, up_for_retry, upstream_failed, skipped, cancelled
    attempt INTEGER NOT NULL, priority INTEGER NOT NULL, is_paused INTEGER NOT NULL,
    started_at INTEGER, finished_at INTEGER, retry_at INTEGER,
    result TEXT NOT NULL, error TEXT NOT NULL,
    PRIMARY KEY(run_id, place)) WITHOUT ROWID;
)sql"},
    // how many findings each rule raised on each UTC day
    Migration {4, R"sql(
CREATE TABLE finding_days(
    day INTEGER NOT NULL, -- its start
    rule TEXT NOT NULL, series_id INTEGER NOT NULL, findings INTEGER NOT NULL,
    PRIMARY KEY(day, rule, series_id)) WITHOUT ROWID;
INSERT INTO finding_days SELECT created_at - created_at % 86400000, rule, series_id, count(*) FROM findings GROUP BY 1, 2, 3;
CREATE TRIGGER finding_days_added AFTER INSERT ON findings BEGIN
    INSERT INTO finding_days VALUES(new.created_at - new.created_at % 86400000, new.rule, new.series_id, 1)
        ON CONFLICT(day, rule, series_id) DO UPDATE SET findings = findings + 1;
END;
CREATE TRIGGER finding_days_removed AFTER DELETE ON findings BEGIN
    UPDATE finding_days SET findings = findings - 1
        WHERE day = old.created_at - old.created_at % 86400000 AND rule = old.rule AND series_id = old.series_id;
END;
)sql"},
    // alerts; no version has written into the table that goes
    Migration {5, R"sql(
DROP TABLE alerts;
CREATE TABLE alerts(
    id INTEGER PRIMARY KEY,
    rule TEXT NOT NULL, grouping TEXT NOT NULL, -- what tells alerts of one rule apart
    kind TEXT NOT NULL, -- failed_jobs, gaps, stale, findings, lane, retention, disk, store, settings
    place TEXT NOT NULL, what TEXT NOT NULL, -- of the worst cause
    severity TEXT NOT NULL, state TEXT NOT NULL, -- pending, firing, resolved
    since INTEGER NOT NULL, seen_at INTEGER NOT NULL, fired_at INTEGER, resolved_at INTEGER,
    causes INTEGER NOT NULL, series INTEGER NOT NULL, count INTEGER NOT NULL, -- jobs, bars, findings or free bytes
    until INTEGER, detail TEXT NOT NULL, cause TEXT NOT NULL,
    acknowledged_by TEXT NOT NULL, acknowledged_at INTEGER,
    told_at INTEGER, told INTEGER NOT NULL, -- when channels were told last, and how often
    why TEXT NOT NULL); -- what ended it
CREATE INDEX alerts_by_end ON alerts(resolved_at);
CREATE TABLE alert_events(
    id INTEGER PRIMARY KEY, alert_id INTEGER NOT NULL, -- 0: about a silence
    at INTEGER NOT NULL,
    event TEXT NOT NULL, -- fired, repeated, worsened, resolved, acknowledged, silenced, silence_ended
    is_told INTEGER NOT NULL, who TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX alert_events_by_time ON alert_events(at);
CREATE TABLE alert_deliveries(
    id INTEGER PRIMARY KEY, alert_id INTEGER NOT NULL, -- 0: a test
    channel TEXT NOT NULL, event TEXT NOT NULL, queued_at INTEGER NOT NULL, finished_at INTEGER,
    state TEXT NOT NULL, -- waiting, retrying, sent, failed
    attempts INTEGER NOT NULL, reason TEXT NOT NULL);
CREATE TABLE silences(
    id INTEGER PRIMARY KEY,
    rule TEXT NOT NULL, place TEXT NOT NULL, grouping TEXT, -- empty: any; grouping NULL: any
    from_time INTEGER NOT NULL, until_time INTEGER NOT NULL,
    why TEXT NOT NULL, who TEXT NOT NULL, ended_at INTEGER);
)sql"},
    // runs that belong together; and those that are not over, which each start looks for
    Migration {6, R"sql(
ALTER TABLE runs ADD COLUMN backfill INTEGER; -- first run of the backfill that it belongs to ...
ALTER TABLE runs ADD COLUMN parallel INTEGER NOT NULL DEFAULT 0; -- ... of which so many run at once
CREATE INDEX runs_open ON runs(id) WHERE state IN ('queued', 'running');
)sql"},
    // when tasks waited, and for what
    Migration {7, R"sql(
ALTER TABLE tasks ADD COLUMN tries TEXT NOT NULL DEFAULT '[]'; -- JSON: each time in the queue: pool, scheduled, started, finished, waits
)sql"},
    // lists of who tells of several exchanges, and what their open interest is told in
    Migration {8, R"sql(
ALTER TABLE instruments RENAME TO instruments_before;
CREATE TABLE instruments(
    source TEXT NOT NULL, -- whose list: the exchange's own, or a provider's
    exchange TEXT NOT NULL, market TEXT NOT NULL, symbol TEXT NOT NULL,
    id TEXT NOT NULL, -- the source's own
    base TEXT NOT NULL, quote TEXT NOT NULL, settle TEXT NOT NULL,
    contract_size REAL NOT NULL, tick_size REAL, price_scale INTEGER, value_scale INTEGER,
    listed INTEGER, delisted INTEGER, active INTEGER NOT NULL,
    interest_unit TEXT NOT NULL, -- base, quote or the list's word; empty: as the source's description says
    saved_at INTEGER NOT NULL,
    PRIMARY KEY(source, exchange, market, symbol)) WITHOUT ROWID;
INSERT INTO instruments SELECT exchange, exchange, market, symbol, id, base, quote, settle, contract_size, tick_size, price_scale,
    value_scale, listed, delisted, active, '', saved_at FROM instruments_before;
DROP TABLE instruments_before;
)sql"},
    // series of some numbers at a time; each kind has a view of its name, with the names of its numbers
    Migration {9, R"sql(
CREATE TABLE metrics(
    series_id INTEGER NOT NULL, time INTEGER NOT NULL,
    n1 REAL, n2 REAL, n3 REAL, n4 REAL, n5 REAL, n6 REAL,
    flags INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY(series_id, time)) WITHOUT ROWID;
)sql"},
};

/// The rows of one kind under their own names.
std::string viewOf(const KindFacts& facts)
{
    std::string columns;
    for (std::size_t i = 0; i < facts.columns.size(); ++i)
        columns += "m.n" + std::to_string(i + 1) + " AS " + std::string(facts.columns[i].name) + ", ";
    const std::string name(facts.name);
    return "CREATE VIEW " + name + " AS SELECT m.series_id, m.time, " + columns
        + "m.flags FROM metrics m JOIN series s ON s.id = m.series_id WHERE s.kind = '" + name + "'";
}

/// Views that there should be and are not, or otherwise: by name, with what makes them.
Result<std::vector<std::pair<std::string, std::string>>> staleViews(Connection& connection)
{
    std::vector<std::pair<std::string, std::string>> stale;
    for (const KindFacts& facts : allKinds()) {
        if (!isMetric(facts.kind) || facts.kind == Kind::OpenInterest)
            continue;
        std::string wanted = viewOf(facts);
        Cursor row = connection.use("SELECT 1 FROM sqlite_master WHERE type = 'view' AND name = ?1 AND sql = ?2");
        row.bind(facts.name, wanted);
        const bool isThere = row.next();
        if (const auto read = row.status(); !read)
            return fail(read.error());
        if (!isThere)
            stale.emplace_back(facts.name, std::move(wanted));
    }
    return stale;
}

/// They follow the table of kinds: a further kind, or number, needs no migration.
Result<void> makeViews(Connection& connection)
{
    const auto stale = staleViews(connection);
    if (!stale)
        return fail(stale.error());
    for (const auto& [name, sql] : *stale)
        if (const auto made = connection.execute("DROP VIEW IF EXISTS " + name + ";" + sql + ";"); !made)
            return made;
    return {};
}

Result<std::int64_t> oneInteger(Connection& connection, const char* sql)
{
    Cursor row = connection.use(sql);
    const std::int64_t value = row.next() ? row.integer(0) : 0;
    if (const auto read = row.status(); !read)
        return fail(read.error());
    return value;
}

Result<void> apply(Connection& connection, const Migration& migration, UtcMs now)
{
    auto transaction = Transaction::begin(connection);
    if (!transaction)
        return fail(transaction.error());
    const auto version = schemaVersion(connection); // another process may have been faster
    if (!version)
        return fail(version.error());
    if (*version >= migration.version)
        return {};
    constexpr auto versions = "CREATE TABLE IF NOT EXISTS schema_version(version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL);";
    if (const auto made = connection.execute(versions + std::string(migration.sql)); !made)
        return made;
    if (const auto noted = connection.use("INSERT INTO schema_version VALUES(?1, ?2)").bind(migration.version, now).run();
        !noted)
        return noted;
    return transaction->commit();
}

} // namespace

int newestSchemaVersion()
{
    return migrations.back().version;
}

Result<int> schemaVersion(Connection& connection)
{
    const auto tables = oneInteger(connection, "SELECT count(*) FROM sqlite_master");
    if (!tables)
        return fail(tables.error());
    if (*tables == 0)
        return 0;
    const auto named = oneInteger(connection, "SELECT count(*) FROM sqlite_master WHERE name = 'schema_version'");
    if (!named)
        return fail(named.error());
    if (*named == 0)
        return fail(ErrorCode::Corrupt, connection.file().string()
                + " is a database of another program: move it away or choose another data folder");
    const auto version = oneInteger(connection, "SELECT max(version) FROM schema_version");
    if (!version)
        return fail(version.error());
    return static_cast<int>(*version);
}

Result<void> checkVersion(int version, const std::filesystem::path& file)
{
    if (version <= newestSchemaVersion())
        return {};
    return fail(ErrorCode::StorageTooNew, file.filename().string() + " was written by a newer version (schema "
            + std::to_string(version) + ", this program knows up to " + std::to_string(newestSchemaVersion())
            + "): update mnemo-quant");
}

Result<bool> isUpToDate(Connection& connection, int version)
{
    if (version != newestSchemaVersion())
        return false;
    const auto stale = staleViews(connection);
    return stale ? Result<bool>(stale->empty()) : fail(stale.error());
}

Result<void> migrate(Connection& connection, UtcMs now)
{
    for (const Migration& migration : migrations) {
        if (const auto done = apply(connection, migration, now); !done)
            return done;
    }
    return makeViews(connection);
}

} // namespace mnemo
