#include "core/storage/sqlite/alertstorage.h"

#include <algorithm>
#include <array>

namespace mnemo {

namespace {

Result<void> save(Connection& connection, const Alert& alert)
{
    return connection
        .use("INSERT OR REPLACE INTO alerts VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, "
             "?18, ?19, ?20, ?21, ?22, ?23)")
        .bind(alert.id, alert.rule, alert.group, toText(alert.kind), alert.where, alert.what, toText(alert.severity),
            toText(alert.state), alert.since, alert.seenAt, alert.firedAt, alert.resolvedAt, alert.causes, alert.series,
            alert.count, alert.until, alert.detail, alert.cause, alert.acknowledgedBy, alert.acknowledgedAt, alert.toldAt,
            alert.told, alert.why)
        .run();
}

Result<void> save(Connection& connection, const AlertEvent& event)
{
    return connection.use("INSERT INTO alert_events(alert_id, at, event, is_told, who, text) VALUES(?1, ?2, ?3, ?4, ?5, ?6)")
        .bind(event.alert, event.at, toText(event.kind), event.isTold, event.who, event.text)
        .run();
}

Result<void> save(Connection& connection, const AlertDelivery& delivery)
{
    return connection.use("INSERT OR REPLACE INTO alert_deliveries VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
        .bind(delivery.id, delivery.alert, delivery.channel, delivery.event, delivery.queuedAt, delivery.finishedAt,
            toText(delivery.state), delivery.attempts, delivery.reason)
        .run();
}

Result<void> save(Connection& connection, const Silence& silence)
{
    const auto group = silence.isOfGroup ? std::optional(silence.group) : std::nullopt;
    return connection.use("INSERT OR REPLACE INTO silences VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
        .bind(silence.id, silence.rule, silence.where, group, silence.from, silence.until, silence.why, silence.who,
            silence.endedAt)
        .run();
}

Result<void> drop(Connection& connection, AlertId alert)
{
    return connection.use("DELETE FROM alerts WHERE id = ?1").bind(alert).run();
}

template<class Records, class Do>
Result<void> each(const Records& records, Do&& one)
{
    for (const auto& record : records) {
        if (const auto done = one(record); !done)
            return done;
    }
    return {};
}

Result<void> forget(Connection& connection, UtcMs before)
{
    constexpr std::array statements {"DELETE FROM alerts WHERE resolved_at < ?1",
        "DELETE FROM alert_events WHERE at < ?1 AND alert_id NOT IN (SELECT id FROM alerts)",
        "DELETE FROM alert_deliveries WHERE finished_at < ?1", "DELETE FROM silences WHERE ended_at < ?1"};
    return each(statements, [&](const char* sql) { return connection.use(sql).bind(before).run(); });
}

Alert alertOf(const Cursor& row)
{
    Alert alert;
    alert.id = row.integer(0);
    alert.rule = row.text(1);
    alert.group = row.text(2);
    alert.kind = alertKindFromText(row.text(3)).value_or(AlertKind::Store);
    alert.where = row.text(4);
    alert.what = row.text(5);
    alert.severity = severityFromText(row.text(6)).value_or(Severity::Warn);
    alert.state = alertStateFromText(row.text(7)).value_or(AlertState::Resolved);
    alert.since = row.time(8);
    alert.seenAt = row.time(9);
    alert.firedAt = row.optionalTime(10);
    alert.resolvedAt = row.optionalTime(11);
    alert.causes = row.integer(12);
    alert.series = row.integer(13);
    alert.count = row.integer(14);
    alert.until = row.optionalTime(15);
    alert.detail = row.text(16);
    alert.cause = row.text(17);
    alert.acknowledgedBy = row.text(18);
    alert.acknowledgedAt = row.optionalTime(19);
    alert.toldAt = row.optionalTime(20);
    alert.told = static_cast<int>(row.integer(21));
    alert.why = row.text(22);
    return alert;
}

AlertEvent eventOf(const Cursor& row)
{
    return {row.integer(0), row.integer(1), row.time(2), alertEventKindFromText(row.text(3)).value_or(AlertEventKind::Fired),
        row.integer(4) != 0, row.text(5), row.text(6)};
}

Silence silenceOf(const Cursor& row)
{
    return {row.integer(0), row.text(1), row.text(2), row.text(3), !row.isNull(3), row.time(4), row.time(5), row.text(6),
        row.text(7), row.optionalTime(8)};
}

AlertDelivery deliveryOf(const Cursor& row)
{
    return {row.integer(0), row.integer(1), row.text(2), row.text(3), row.time(4), row.optionalTime(5),
        deliveryStateFromText(row.text(6)).value_or(DeliveryState::Failed), static_cast<int>(row.integer(7)), row.text(8)};
}

/// At most @p limit rows that @p isWanted.
template<class T, class Read, class IsWanted>
Result<std::vector<T>> rowsOf(Cursor& row, std::int64_t limit, Read&& read, IsWanted&& isWanted)
{
    std::vector<T> rows;
    while (std::ssize(rows) < limit && row.next()) {
        if (T one = read(row); isWanted(one))
            rows.push_back(std::move(one));
    }
    if (const auto done = row.status(); !done)
        return fail(done.error());
    return rows;
}

} // namespace

Result<void> saveAlerts(Connection& connection, const AlertChanges& changes)
{
    auto transaction = Transaction::begin(connection);
    if (!transaction)
        return fail(transaction.error());
    const auto put = [&](const auto& record) { return save(connection, record); };
    auto done = each(changes.dropped, [&](AlertId id) { return drop(connection, id); });
    if (done)
        done = each(changes.alerts, put);
    if (done)
        done = each(changes.events, put);
    if (done)
        done = each(changes.silences, put);
    if (done)
        done = each(changes.deliveries, put);
    if (done && changes.forgetBefore)
        done = forget(connection, *changes.forgetBefore);
    return done ? transaction->commit() : done;
}

Result<std::vector<Alert>> readAlerts(Connection& connection, const AlertFilter& filter)
{
    Cursor row = connection.use("SELECT * FROM alerts WHERE (resolved_at IS NULL OR resolved_at >= ?1) "
                                "AND (?2 IS NULL OR id = ?2) ORDER BY id DESC");
    row.bind(filter.since, filter.alert);
    return rowsOf<Alert>(row, filter.limit, &alertOf, [&](const Alert& alert) {
        return filter.states.empty() || std::ranges::find(filter.states, alert.state) != filter.states.end();
    });
}

Result<std::vector<AlertEvent>> readAlertEvents(Connection& connection, const AlertFilter& filter)
{
    Cursor row = connection.use("SELECT id, alert_id, at, event, is_told, who, text FROM alert_events "
                                "WHERE at >= ?1 AND (?2 IS NULL OR alert_id = ?2) ORDER BY id DESC");
    row.bind(filter.since, filter.alert);
    return rowsOf<AlertEvent>(row, filter.limit, &eventOf, [](const AlertEvent&) { return true; });
}

Result<std::vector<AlertDelivery>> readAlertDeliveries(Connection& connection, std::int64_t limit)
{
    Cursor row = connection.use("SELECT * FROM alert_deliveries ORDER BY id DESC");
    return rowsOf<AlertDelivery>(row, limit, &deliveryOf, [](const AlertDelivery&) { return true; });
}

Result<std::vector<Silence>> readSilences(Connection& connection)
{
    std::vector<Silence> silences;
    Cursor row = connection.use("SELECT * FROM silences ORDER BY id");
    while (row.next())
        silences.push_back(silenceOf(row));
    if (const auto read = row.status(); !read)
        return fail(read.error());
    return silences;
}

} // namespace mnemo
