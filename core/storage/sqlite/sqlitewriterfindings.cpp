#include <algorithm>
#include <map>

#include "core/base/timetext.h"
#include "core/market/intervalset.h"
#include "core/storage/aggregation.h"
#include "core/storage/findinghealing.h"
#include "core/storage/sqlite/findingreading.h"
#include "core/storage/sqlite/rowreading.h"
#include "core/storage/sqlite/sqlitewriter.h"

namespace mnemo {

namespace {

constexpr std::string_view byValidation = "validation";
constexpr std::string_view byFetch = "re-fetch";

FindingState stateOf(const Finding& finding)
{
    return findingStateFromText(finding.state).value_or(FindingState::Open);
}

/// Its bars still break the rule, as far as is known, and the program may say otherwise.
bool isLive(const Finding& finding)
{
    const FindingState state = stateOf(finding);
    return state == FindingState::Open || state == FindingState::Acknowledged || state == FindingState::Quarantined;
}

bool isMoment(const Finding& finding)
{
    return finding.range.isEmpty();
}

bool overlap(const Finding& a, const Finding& b)
{
    return isMoment(a) || isMoment(b) ? a.range.from == b.range.from : a.range.overlaps(b.range);
}

} // namespace

// --- states ---

Result<void> SqliteWriter::logChange(FindingId finding, const Change& change)
{
    return m_connection->use("INSERT INTO decisions(finding_id, at, who, action, reason) VALUES(?1, ?2, ?3, ?4, ?5)")
        .bind(finding, change.at, change.who, change.action, change.reason)
        .run();
}

Result<void> SqliteWriter::moveTo(Finding& finding, FindingState state, const Change& change)
{
    if (stateOf(finding) != state) {
        if (const auto left = leaveState(finding); !left)
            return left;
        finding.state = toText(state);
        const auto written =
            m_connection->use("UPDATE findings SET state = ?2 WHERE id = ?1").bind(finding.id, finding.state).run();
        if (!written)
            return written;
        if (const auto entered = enterState(finding, state); !entered)
            return entered;
    }
    return logChange(finding.id, change);
}

Result<void> SqliteWriter::leaveState(const Finding& finding)
{
    const auto found = target(finding.series);
    if (!found)
        return fail(found.error());
    if (stateOf(finding) == FindingState::Quarantined)
        return setQuarantined(**found, finding, false);
    return stateOf(finding) == FindingState::Replaced ? restoreRows(**found, finding) : Result<void> {};
}

Result<void> SqliteWriter::enterState(const Finding& finding, FindingState state)
{
    if (state != FindingState::Quarantined)
        return {};
    const auto found = target(finding.series);
    if (!found)
        return fail(found.error());
    return setQuarantined(**found, finding, true);
}

Result<std::vector<TimeRange>> SqliteWriter::otherQuarantines(const Finding& finding)
{
    std::vector<TimeRange> ranges;
    Cursor rows = m_connection->use(
        "SELECT from_time, to_time FROM findings WHERE series_id = ?1 AND from_time < ?3 AND to_time > ?2 "
        "AND state = 'quarantined' AND id <> ?4");
    rows.bind(finding.series, finding.range.from, finding.range.to, finding.id);
    while (rows.next())
        ranges.push_back({rows.time(0), rows.time(1)});
    if (const auto read = rows.status(); !read)
        return fail(read.error());
    return ranges;
}

Result<void> SqliteWriter::setQuarantined(const Target& target, const Finding& finding, bool isQuarantined)
{
    if (isMetric(target.kind))
        return setMetricsQuarantined(target, finding, isQuarantined);
    auto others = otherQuarantines(finding);
    if (!others)
        return fail(others.error());
    const IntervalSet stay(std::move(*others));
    std::vector<Candle> rows, changed;
    if (const auto read = appendCandles(*m_connection, target.id, finding.range, rows); !read)
        return read;
    for (Candle& row : rows) {
        const std::uint32_t before = row.flags;
        if (isQuarantined)
            row.flags |= Quarantined;
        else if (!stay.contains(row.openTime))
            row.flags &= ~std::uint32_t {Quarantined};
        if (row.flags != before)
            changed.push_back(row);
    }
    return writeChanged(target, rows, changed);
}

Result<void> SqliteWriter::setMetricsQuarantined(const Target& target, const Finding& finding, bool isQuarantined)
{
    const std::string rows = target.kind == Kind::OpenInterest ? "UPDATE open_interest SET flags = " : "UPDATE metrics SET flags = ";
    const std::string where = " WHERE series_id = ?1 AND time >= ?2 AND time < ?3";
    if (isQuarantined)
        return m_connection->use(rows + "flags | 1" + where).bind(finding.series, finding.range.from, finding.range.to).run();
    return m_connection
        ->use(rows + "flags & ~1" + where
            + " AND NOT EXISTS(SELECT 1 FROM findings f WHERE f.series_id = ?1 AND f.from_time <= time AND f.to_time > time "
              "AND f.state = 'quarantined' AND f.id <> ?4)")
        .bind(finding.series, finding.range.from, finding.range.to, finding.id)
        .run();
}

/// @param rows all rows between the first and the last of them, as they are to be; @p changed those to be written
Result<void> SqliteWriter::writeChanged(
    const Target& target, std::span<const Candle> rows, std::span<const Candle> changed)
{
    if (changed.empty())
        return {};
    if (const auto fed = m_feed->run(*m_connection, upsertCandles, CandleFeed(target.id, changed)); !fed)
        return fed;
    return updateAggregates(target, rows, changed);
}

// --- another source's values in the place of a bar's ---

Result<void> SqliteWriter::replaceRows(const Finding& finding, const FindingDecision& decision)
{
    const auto found = target(finding.series);
    if (!found)
        return fail(found.error());
    std::vector<Candle> rows, changed;
    std::vector<Revision> revisions;
    if (const auto read = appendCandles(*m_connection, finding.series, finding.range, rows); !read)
        return read;
    for (const Candle& wanted : decision.rows) {
        if (!finding.range.contains(wanted.openTime) || !(*found)->grid.isOpen(wanted.openTime))
            return fail(ErrorCode::InvalidArgument,
                "cannot replace the bar of " + formatIso(wanted.openTime) + ": it is not one of the finding's");
        auto row = std::ranges::lower_bound(rows, wanted.openTime, {}, &Candle::openTime);
        if (row == rows.end() || row->openTime != wanted.openTime) { // it lacked one: nothing to be kept
            row = rows.insert(row, wanted);
            row->flags = Replaced | Foreign;
            changed.push_back(*row);
            continue;
        }
        const Candle before = *row;
        *row = wanted;
        row->flags = (before.flags & Quarantined) | Replaced | Foreign;
        revisions.push_back({before, *row});
        changed.push_back(*row);
    }
    if (!std::ranges::is_sorted(changed, {}, &Candle::openTime))
        return fail(ErrorCode::InvalidArgument, (*found)->name + ": rows to replace others are not in order of time");
    // the page is 0: no answer brought them, a person did
    if (const auto fed =
            m_feed->run(*m_connection, insertRevisions, RevisionFeed(finding.series, revisions, decision.at, 0));
        !fed)
        return fed;
    return writeChanged(**found, rows, changed);
}

/// The newest values that were kept when somebody replaced the bars of the finding.
Result<void> SqliteWriter::restoreRows(const Target& target, const Finding& finding)
{
    std::map<UtcMs, Candle> kept;
    {
        Cursor row = m_connection->use(
            "SELECT open_time, open, high, low, close, volume, quote_volume, trades FROM revisions "
            "WHERE series_id = ?1 AND open_time >= ?2 AND open_time < ?3 AND page_id = 0 ORDER BY rowid");
        row.bind(finding.series, finding.range.from, finding.range.to);
        while (row.next()) {
            Candle& candle = kept[row.time(0)];
            candle = {row.time(0), row.real(1), row.real(2), row.real(3), row.real(4), row.real(5), row.optionalReal(6),
                row.optionalInteger(7), 0};
        }
        if (const auto read = row.status(); !read)
            return read;
    }
    std::vector<Candle> rows, changed;
    if (const auto read = appendCandles(*m_connection, finding.series, finding.range, rows); !read)
        return read;
    std::vector<UtcMs> putIn; // where there was no bar before
    for (Candle& row : rows) {
        const auto before = kept.find(row.openTime);
        if ((row.flags & Replaced) == 0)
            continue;
        if (before == kept.end()) {
            putIn.push_back(row.openTime);
            continue;
        }
        const std::uint32_t flags = row.flags & Quarantined;
        row = before->second;
        row.flags = flags;
        changed.push_back(row);
    }
    std::erase_if(rows, [&putIn](const Candle& row) { return std::ranges::binary_search(putIn, row.openTime); });
    if (const auto gone = eraseRows(target, putIn); !gone)
        return gone;
    return writeChanged(target, rows, changed);
}

/// @param times ascending. The aggregates of their days are made anew.
Result<void> SqliteWriter::eraseRows(const Target& target, std::span<const UtcMs> times)
{
    for (const UtcMs time : times) {
        const auto gone = m_connection->use("DELETE FROM candles WHERE series_id = ?1 AND open_time = ?2")
                              .bind(target.id, time)
                              .run();
        if (!gone)
            return gone;
    }
    for (std::size_t i = 0; i < times.size(); ++i) {
        const UtcMs day = bucketOf(times[i], AggregateLevel::Day);
        if (i > 0 && bucketOf(times[i - 1], AggregateLevel::Day) == day)
            continue;
        const TimeRange span {day, day + bucketLength(AggregateLevel::Day)};
        const auto gone = m_connection->use("DELETE FROM aggregates WHERE series_id = ?1 AND time >= ?2 AND time < ?3")
                              .bind(target.id, span.from, span.to)
                              .run();
        if (!gone)
            return gone;
        std::vector<Candle> rows;
        if (const auto read = appendCandles(*m_connection, target.id, span, rows); !read)
            return read;
        if (rows.empty())
            continue;
        if (const auto made = updateAggregates(target, rows, rows); !made)
            return made;
    }
    return {};
}

// --- decisions ---

Result<Finding> SqliteWriter::decideOne(FindingId id, const FindingDecision& decision)
{
    auto finding = readFinding(*m_connection, id);
    if (!finding)
        return fail(finding.error());
    if (!*finding)
        return fail(ErrorCode::NotFound, "there is no finding " + std::to_string(id));
    const auto log = readDecisions(*m_connection, id);
    if (!log)
        return fail(log.error());
    const auto state = stateAfter(decision, historyOf(*log));
    if (!state)
        return fail(state.error());
    Finding& changed = **finding;
    const Change change {toText(decision.action), decision.who, decision.reason, decision.at};
    if (decision.action == DecisionAction::Undo && *state == FindingState::Replaced)
        return fail(
            ErrorCode::InvalidArgument, "the replaced values cannot be brought back by undoing: replace the bar again");
    if (decision.action == DecisionAction::Replace && stateOf(changed) == FindingState::Replaced) {
        if (const auto left = leaveState(changed); !left) // what is kept beside the new value is the source's own
            return fail(left.error());
    }
    if (const auto moved = moveTo(changed, *state, change); !moved)
        return fail(moved.error());
    if (decision.action == DecisionAction::Replace) {
        if (const auto replaced = replaceRows(changed, decision); !replaced)
            return fail(replaced.error());
    }
    return changed;
}

Result<std::vector<Finding>> SqliteWriter::decide(const FindingDecision& decision)
{
    if (decision.action == DecisionAction::Replace && decision.findings.size() != 1)
        return fail(ErrorCode::InvalidArgument, "bars are replaced for one finding at a time");
    auto transaction = Transaction::begin(*m_connection);
    if (!transaction)
        return fail(transaction.error());
    std::vector<Finding> out;
    for (const FindingId id : decision.findings) {
        auto finding = decideOne(id, decision);
        if (!finding)
            return fail(finding.error());
        out.push_back(std::move(*finding));
    }
    if (const auto done = transaction->commit(); !done)
        return fail(done.error());
    return out;
}

// --- what a page puts right ---

Result<bool> SqliteWriter::hasLiveFindings(SeriesId series)
{
    Cursor row = m_connection->use("SELECT 1 FROM finding_counts WHERE series_id = ?1 AND findings > 0 "
                                   "AND state IN ('open', 'acknowledged', 'quarantined') LIMIT 1");
    row.bind(series);
    const bool found = row.next();
    if (const auto read = row.status(); !read)
        return fail(read.error());
    return found;
}

Result<std::vector<Finding>> SqliteWriter::liveFindings(SeriesId series, TimeRange within)
{
    auto longest = m_longestFinding.find(series);
    if (longest == m_longestFinding.end()) {
        Cursor row = m_connection->use("SELECT ifnull(max(to_time - from_time), 0) FROM findings WHERE series_id = ?1");
        row.bind(series);
        const milliseconds length {row.next() ? row.integer(0) : 0};
        if (const auto read = row.status(); !read)
            return fail(read.error());
        longest = m_longestFinding.emplace(series, length).first;
    }
    std::vector<FindingId> ids;
    {
        // no finding that begins earlier reaches the range: a page looks at its own time, however much is stored
        Cursor rows = m_connection->use(
            "SELECT id FROM findings WHERE series_id = ?1 AND from_time >= ?2 AND from_time < ?4 AND to_time > ?3 "
            "AND state IN ('open', 'acknowledged', 'quarantined') ORDER BY from_time");
        rows.bind(series, within.from - longest->second, within.from, within.to);
        while (rows.next())
            ids.push_back(rows.integer(0));
        if (const auto read = rows.status(); !read)
            return fail(read.error());
    }
    std::vector<Finding> out;
    for (const FindingId id : ids) {
        auto finding = readFinding(*m_connection, id);
        if (!finding)
            return fail(finding.error());
        if (*finding)
            out.push_back(std::move(**finding));
    }
    return out;
}

Result<bool> SqliteWriter::isHealedBy(
    const Target& target, const Finding& finding, const PageCommit& page, std::int64_t pageId)
{
    std::vector<Candle> rows;
    if (const auto read = appendCandles(*m_connection, target.id, finding.range, rows); !read)
        return fail(read.error());
    PageNews news;
    news.rows = rows;
    const auto first = std::ranges::lower_bound(page.rows, finding.range.from, {}, &Candle::openTime);
    const auto last = std::ranges::lower_bound(page.rows, finding.range.to, {}, &Candle::openTime);
    news.statedAny = first != last;
    news.stated = last - first >= target.grid.count(finding.range);
    news.isReplay = page.isReplay;
    Cursor changed = m_connection->use(
        "SELECT 1 FROM revisions WHERE series_id = ?1 AND open_time >= ?2 AND open_time < ?3 AND page_id = ?4 LIMIT 1");
    changed.bind(target.id, finding.range.from, finding.range.to, pageId);
    news.changed = changed.next();
    if (const auto read = changed.status(); !read)
        return fail(read.error());
    return isHealed(finding, target.grid, news);
}

Result<void> SqliteWriter::healFindings(
    const Target& target, const PageCommit& page, std::size_t firstRaised, CommitOutcome& outcome)
{
    const auto hasAny = hasLiveFindings(target.id);
    if (!hasAny)
        return fail(hasAny.error());
    if (!*hasAny)
        return {};
    auto live = liveFindings(target.id, {page.rows.front().openTime, target.grid.next(page.rows.back().openTime)});
    if (!live)
        return fail(live.error());
    const std::int64_t pageId = outcome.pages.back().pageId;
    const auto raised = std::span(outcome.findings).subspan(firstRaised);
    for (Finding& finding : *live) {
        if (!canHeal(finding.rule) || std::ranges::find(raised, finding.id, &Finding::id) != raised.end())
            continue;
        const auto isWell = isHealedBy(target, finding, page, pageId);
        if (!isWell)
            return fail(isWell.error());
        if (!*isWell)
            continue;
        const Change change {toText(FindingState::Fixed), byFetch, "a later answer has put it right", page.fetchedAt};
        if (const auto moved = moveTo(finding, FindingState::Fixed, change); !moved)
            return moved;
        outcome.healed.push_back(std::move(finding));
    }
    return {};
}

// --- what validation found ---

Result<bool> SqliteWriter::areBarsStored(const Target& target, const Finding& finding)
{
    if (isMoment(finding))
        return true;
    Cursor row = m_connection->use(isMetric(target.kind)
            ? "SELECT count(*) FROM (" MNEMO_METRIC_SELECT("") ")"
            : "SELECT count(*) FROM candles WHERE series_id = ?1 AND open_time >= ?2 AND open_time < ?3");
    row.bind(target.id, finding.range.from, finding.range.to);
    const std::int64_t rows = row.next() ? row.integer(0) : 0;
    if (const auto read = row.status(); !read)
        return fail(read.error());
    return rows >= target.grid.count(finding.range);
}

/// The same finding, now over other bars or in other words.
Result<void> SqliteWriter::updateFinding(Finding& stored, const Finding& found)
{
    if (stored.range == found.range && stored.details == found.details && stored.severity == found.severity)
        return {};
    const bool moves = stored.range != found.range && stateOf(stored) == FindingState::Quarantined;
    if (moves) {
        if (const auto left = leaveState(stored); !left)
            return left;
    }
    stored.range = found.range;
    stored.details = found.details;
    stored.severity = found.severity;
    const auto written =
        m_connection->use("UPDATE findings SET from_time = ?2, to_time = ?3, details = ?4, severity = ?5 WHERE id = ?1")
            .bind(stored.id, stored.range.from, stored.range.to, stored.details, stored.severity)
            .run();
    if (!written)
        return written;
    const auto longest = m_longestFinding.find(stored.series);
    if (longest != m_longestFinding.end())
        longest->second = std::max(longest->second, stored.range.length());
    return moves ? enterState(stored, FindingState::Quarantined) : Result<void> {};
}

/// @param stored of this rule, beginning within the window, by time
Result<void> SqliteWriter::syncRule(const Target& target, const FindingSync& sync, const FindingSync::Window& window,
    std::vector<Finding> stored, FindingSyncOutcome& outcome)
{
    std::vector<bool> isMatched(stored.size(), false);
    std::size_t begin = 0; // both lists are by time: what lies before it is settled
    const auto isPast = [&](std::size_t i, const Finding& found) {
        return isMatched[i]
            || (stored[i].range.from < found.range.from
                && (!isLive(stored[i]) || stored[i].range.to < found.range.from));
    };
    const auto match = [&](const Finding& found, const auto& fits) -> Finding* {
        for (std::size_t i = begin; i < stored.size() && stored[i].range.from <= found.range.to; ++i) {
            if (!isMatched[i] && fits(stored[i])) {
                isMatched[i] = true;
                return &stored[i];
            }
        }
        return nullptr;
    };
    for (const Finding& found : sync.found) {
        if (found.rule != window.rule)
            continue;
        while (begin < stored.size() && isPast(begin, found))
            ++begin;
        const auto isSame = [&](const Finding& one) { return one.range == found.range; };
        Finding* known =
            match(found, [&](const Finding& one) { return isSame(one) && stateOf(one) != FindingState::Fixed; });
        if (!known)
            known = match(found, [&](const Finding& one) { return isLive(one) && overlap(one, found); });
        const bool isBack = !known;
        if (!known)
            known = match(found, isSame);
        if (!known) {
            Finding fresh = found;
            fresh.id = 0;
            fresh.series = target.id;
            fresh.createdAt = sync.at;
            fresh.state = toText(FindingState::Open);
            if (const auto added = insertFinding(std::move(fresh)); !added)
                return fail(added.error());
            ++outcome.added;
            continue;
        }
        if (const auto updated = updateFinding(*known, found); !updated)
            return updated;
        ++(isBack ? outcome.reopened : outcome.kept);
        if (isBack) {
            if (const auto moved = moveTo(
                    *known, FindingState::Open, {"reopened", byValidation, "the rows break the rule again", sync.at});
                !moved)
                return moved;
        }
    }
    for (std::size_t i = 0; i < stored.size(); ++i) {
        if (isMatched[i] || !isLive(stored[i]))
            continue;
        // a row that was dropped when it came is not put right by being absent
        const auto isThere = areBarsStored(target, stored[i]);
        if (!isThere)
            return fail(isThere.error());
        if (!*isThere)
            continue;
        const Change change {toText(FindingState::Fixed), byValidation, "the rows keep the rule now", sync.at};
        if (const auto moved = moveTo(stored[i], FindingState::Fixed, change); !moved)
            return moved;
        ++outcome.fixed;
    }
    return {};
}

Result<FindingSyncOutcome> SqliteWriter::syncFindings(const FindingSync& sync)
{
    FindingSyncOutcome outcome;
    if (sync.windows.empty())
        return outcome;
    const auto found = target(sync.series);
    if (!found)
        return fail(found.error());
    auto transaction = Transaction::begin(*m_connection);
    if (!transaction)
        return fail(transaction.error());
    TimeRange hull = sync.windows.front().range;
    for (const auto& window : sync.windows)
        hull = {std::min(hull.from, window.range.from), std::max(hull.to, window.range.to)};
    auto all = readFindings(*m_connection, sync.series, hull);
    if (!all)
        return fail(all.error());
    for (const auto& window : sync.windows) {
        std::vector<Finding> stored;
        std::ranges::copy_if(*all, std::back_inserter(stored),
            [&](const Finding& one) { return one.rule == window.rule && window.range.contains(one.range.from); });
        if (const auto done = syncRule(**found, sync, window, std::move(stored), outcome); !done)
            return fail(done.error());
    }
    if (const auto done = transaction->commit(); !done)
        return fail(done.error());
    return outcome;
}

} // namespace mnemo
