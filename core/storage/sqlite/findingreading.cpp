#include "core/storage/sqlite/findingreading.h"

#include <algorithm>

#include "core/quality/rules/words.h"
#include "core/storage/sqlite/rowreading.h"

namespace mnemo {

namespace {

#define MNEMO_FINDING_SELECT                                                                                           \
    "SELECT id, series_id, rule, severity, from_time, to_time, details, created_at, state FROM findings "

Finding findingRow(const Cursor& row)
{
    Finding finding;
    finding.id = row.integer(0);
    finding.series = row.integer(1);
    finding.rule = row.text(2);
    finding.severity = row.text(3);
    finding.range = {row.time(4), row.time(5)};
    finding.details = row.text(6);
    finding.createdAt = row.time(7);
    finding.state = row.text(8);
    return finding;
}

/// ["a","b"], or nothing where any value is meant.
template <class List, class Text>
std::optional<std::string> jsonList(const List& list, const Text& text)
{
    if (list.empty())
        return std::nullopt;
    std::string json = "[";
    for (const auto& entry : list)
        json += (json.size() > 1 ? "," : "") + text(entry);
    return json + "]";
}

bool isAboutSeries(const FindingFilter& filter)
{
    return !filter.sources.empty() || !filter.exchanges.empty() || !filter.symbols.empty() || !filter.markets.empty()
        || !filter.kinds.empty() || !filter.timeframes.empty();
}

/// The lists of a filter as SQL sees them; the texts live as long as this.
struct BoundFilter {
    std::optional<std::string> rules, severities, states, series;
    TimeRange within;
    bool isNone = false; ///< no series can match

    bool isLimited() const { return within.from != UtcMs::min() || within.to != UtcMs::max(); }

    /// Conditions for ?1 to ?6: what is not asked for is a constant, so that an index can serve the rest.
    std::string where() const
    {
        std::string text = "WHERE ";
        text += rules ? "rule IN (SELECT value FROM json_each(?1))" : "?1 IS NULL";
        text += states ? " AND state IN (SELECT value FROM json_each(?2))" : " AND ?2 IS NULL";
        text += severities ? " AND severity IN (SELECT value FROM json_each(?3))" : " AND ?3 IS NULL";
        text += series ? " AND series_id IN (SELECT value FROM json_each(?4))" : " AND ?4 IS NULL";
        text += isLimited() ? " AND from_time < ?6 AND (to_time > ?5 OR from_time >= ?5)"
                            : " AND ?5 IS NOT NULL AND ?6 IS NOT NULL";
        return text;
    }
    template <class... More>
    void bindTo(Cursor& cursor, const More&... more) const
    {
        cursor.bind(rules, states, severities, series, within.from, within.to, more...);
    }
};

Result<BoundFilter> bound(Connection& connection, const FindingFilter& filter)
{
    const auto same = [](const std::string& text) { return words::quoted(text); };
    BoundFilter out;
    out.rules = jsonList(filter.rules, same);
    out.severities = jsonList(filter.severities, same);
    out.states = jsonList(filter.states, [](FindingState state) { return words::quoted(toText(state)); });
    out.within = filter.within;
    std::vector<SeriesId> series = filter.series;
    if (isAboutSeries(filter)) {
        const auto all = readAllSeries(connection);
        if (!all)
            return fail(all.error());
        const SeriesFilter keys {
            filter.sources, filter.exchanges, filter.symbols, filter.markets, filter.kinds, filter.timeframes};
        series.clear();
        for (const SeriesRecord& record : *all) {
            const bool isNamed =
                filter.series.empty() || std::ranges::find(filter.series, record.id) != filter.series.end();
            if (isNamed && keys.matches(record.key))
                series.push_back(record.id);
        }
        out.isNone = series.empty();
    }
    out.series = jsonList(series, [](SeriesId id) { return std::to_string(id); });
    return out;
}

struct SortedId {
    std::int64_t key;
    FindingId id;
};

int severityRank(std::string_view severity)
{
    return severity == "error" ? 0 : severity == "warn" ? 1 : 2;
}

} // namespace

Result<std::vector<Finding>> readFindings(Connection& connection, SeriesId series, TimeRange within)
{
    std::vector<Finding> out;
    // a finding about a moment has an empty range
    Cursor rows = connection.use(MNEMO_FINDING_SELECT
        "WHERE series_id = ?1 AND from_time < ?3 AND (to_time > ?2 OR from_time >= ?2) ORDER BY from_time, id");
    rows.bind(series, within.from, within.to);
    while (rows.next())
        out.push_back(findingRow(rows));
    if (const auto read = rows.status(); !read)
        return fail(read.error());
    return out;
}

Result<std::optional<Finding>> readFinding(Connection& connection, FindingId id)
{
    Cursor row = connection.use(MNEMO_FINDING_SELECT "WHERE id = ?1");
    row.bind(id);
    std::optional<Finding> finding;
    if (row.next())
        finding = findingRow(row);
    if (const auto read = row.status(); !read)
        return fail(read.error());
    return finding;
}

Result<std::vector<Decision>> readDecisions(Connection& connection, FindingId finding)
{
    std::vector<Decision> out;
    Cursor rows = connection.use("SELECT at, who, action, reason FROM decisions WHERE finding_id = ?1 ORDER BY rowid");
    rows.bind(finding);
    while (rows.next())
        out.push_back({finding, rows.time(0), rows.text(1), rows.text(2), rows.text(3)});
    if (const auto read = rows.status(); !read)
        return fail(read.error());
    return out;
}

Result<std::vector<Decision>> readDecisionLog(Connection& connection, const FindingFilter& filter, std::size_t most)
{
    const auto wanted = bound(connection, filter);
    if (!wanted)
        return fail(wanted.error());
    std::vector<Decision> out;
    if (wanted->isNone)
        return out;
    // by rowid: the log only grows, so the newest stand last
    Cursor rows = connection.use("SELECT finding_id, at, who, action, reason FROM decisions d WHERE EXISTS("
                                 "SELECT 1 FROM findings "
        + wanted->where() + " AND id = d.finding_id) ORDER BY d.rowid DESC LIMIT ?7");
    wanted->bindTo(rows, static_cast<std::int64_t>(most));
    while (rows.next())
        out.push_back({rows.integer(0), rows.time(1), rows.text(2), rows.text(3), rows.text(4)});
    if (const auto read = rows.status(); !read)
        return fail(read.error());
    return out;
}

Result<std::vector<FindingId>> readFindingIds(Connection& connection, const FindingFilter& filter, FindingOrder order)
{
    const auto wanted = bound(connection, filter);
    if (!wanted)
        return fail(wanted.error());
    if (wanted->isNone)
        return std::vector<FindingId> {};
    std::vector<SortedId> found;
    {
        const bool bySeverity = order == FindingOrder::Severity;
        Cursor rows = connection.use(
            (bySeverity ? "SELECT id, from_time, severity FROM findings " : "SELECT id, from_time FROM findings ")
            + wanted->where());
        wanted->bindTo(rows);
        while (rows.next()) {
            const FindingId id = rows.integer(0);
            switch (order) {
            case FindingOrder::Newest:
                found.push_back({-id, id});
                break;
            case FindingOrder::Oldest:
                found.push_back({id, id});
                break;
            case FindingOrder::Time:
                found.push_back({rows.integer(1), id});
                break;
            case FindingOrder::TimeDescending:
                found.push_back({-rows.integer(1), id});
                break;
            case FindingOrder::Severity:
                found.push_back({severityRank(rows.text(2)), id});
                break;
            }
        }
        if (const auto read = rows.status(); !read)
            return fail(read.error());
    }
    std::ranges::sort(
        found, [](const SortedId& a, const SortedId& b) { return a.key != b.key ? a.key < b.key : a.id < b.id; });
    std::vector<FindingId> ids(found.size());
    std::ranges::transform(found, ids.begin(), &SortedId::id);
    return ids;
}

Result<std::vector<FindingCount>> readFindingCounts(Connection& connection, const FindingFilter& filter)
{
    const auto wanted = bound(connection, filter);
    if (!wanted)
        return fail(wanted.error());
    std::vector<FindingCount> out;
    if (wanted->isNone)
        return out;
    Cursor rows =
        connection.use(wanted->isLimited() ? "SELECT series_id, rule, severity, state, count(*) FROM findings "
                    + wanted->where() + " GROUP BY series_id, rule, severity, state"
                                           : "SELECT series_id, rule, severity, state, findings FROM finding_counts "
                    + wanted->where() + " AND findings > 0");
    wanted->bindTo(rows);
    while (rows.next())
        out.push_back({rows.integer(0), rows.text(1), rows.text(2),
            findingStateFromText(rows.text(3)).value_or(FindingState::Open), rows.integer(4)});
    if (const auto read = rows.status(); !read)
        return fail(read.error());
    return out;
}

Result<std::vector<FindingDay>> readFindingDays(Connection& connection, TimeRange raised, const FindingFilter& filter)
{
    const auto wanted = bound(connection, filter);
    if (!wanted)
        return fail(wanted.error());
    std::vector<FindingDay> out;
    if (wanted->isNone)
        return out;
    std::string sql = "SELECT rule, day, sum(findings) FROM finding_days WHERE day >= ?1 AND day < ?2 AND ";
    sql += wanted->rules ? "rule IN (SELECT value FROM json_each(?3))" : "?3 IS NULL";
    sql += wanted->series ? " AND series_id IN (SELECT value FROM json_each(?4))" : " AND ?4 IS NULL";
    Cursor rows = connection.use(sql + " GROUP BY rule, day HAVING sum(findings) > 0 ORDER BY rule, day");
    rows.bind(raised.from, raised.to, wanted->rules, wanted->series);
    while (rows.next())
        out.push_back({rows.text(0), rows.time(1), rows.integer(2)});
    if (const auto read = rows.status(); !read)
        return fail(read.error());
    return out;
}

} // namespace mnemo
