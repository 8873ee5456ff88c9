#include "core/engine/validation.h"

#include <algorithm>
#include <map>

#include "core/engine/answered.h"
#include "core/quality/rollup.h"
#include "core/quality/validator.h"

namespace mnemo {

namespace {

constexpr std::int64_t barsAtOnce = 32'768;
constexpr std::size_t findingsAtOnce = 2'000;

milliseconds elapsed(SteadyTime since, SteadyTime now)
{
    return std::chrono::duration_cast<milliseconds>(now - since);
}

/// Other series that some rules need, and the market's data.
struct Relatives {
    std::optional<SeriesRecord> finer; ///< the longest bars that this series' bars are made of
    std::optional<SeriesRecord> peer; ///< open interest of the same market from another source
    std::optional<SeriesRecord> prices; ///< candles of the same market and timeframe
    std::optional<double> tickSize;
};

class StoreValidation {
public:
    StoreValidation(const ValidationHost& host, const ValidationRequest& request, std::stop_token stop,
        const std::function<void(const ValidationProgress&)>& progress)
        : m_host(host)
        , m_request(request)
        , m_stop(std::move(stop))
        , m_report(progress)
    {
    }

    Result<ValidationOutcome> run()
    {
        if (const auto checked = checkRequest(); !checked)
            return fail(checked.error());
        const SteadyTime begun = m_host.clock.steady();
        auto reader = m_host.store.openReader();
        if (!reader)
            return fail(std::move(reader.error()));
        m_reader = std::move(*reader);
        if (const auto listed = listSeries(); !listed)
            return fail(listed.error());
        for (const SeriesRecord& record : m_outcome.series) {
            m_progress.current = record.key.text();
            if (const auto done = validateAny(record); !done)
                return fail(done.error());
            ++m_progress.series;
            tell();
        }
        m_outcome.took = elapsed(begun, m_host.clock.steady());
        return std::move(m_outcome);
    }

private:
    Result<void> validateAny(const SeriesRecord& record)
    {
        switch (record.key.kind) {
        case Kind::Candles:
            return validate<Candle>(record);
        case Kind::OpenInterest:
            return validate<OpenInterest>(record);
        default:
            return validate<Metric>(record);
        }
    }

    Result<void> checkRequest() const
    {
        if (const auto known = checkRuleIds(m_request.rules); !known)
            return known;
        if (const auto known = checkChanges(m_request.changes); !known)
            return known;
        if (!m_request.isPreview && !m_request.changes.empty())
            return fail(ErrorCode::InvalidArgument,
                "other thresholds are tried out in a preview alone: write them into quality.yaml to keep them");
        if (!m_request.isPreview && !m_host.writer)
            return fail(ErrorCode::StorageReadOnly,
                "findings cannot be stored while another process collects: only a preview is possible");
        return {};
    }

    Result<void> listSeries()
    {
        auto all = m_reader->series();
        if (!all)
            return fail(std::move(all.error()));
        m_all = std::move(*all);
        for (const SeriesRecord& record : m_all) {
            const bool isNamed =
                m_request.series.empty() || std::ranges::find(m_request.series, record.id) != m_request.series.end();
            if (!isNamed || !m_request.filter.matches(record.key))
                continue;
            const auto summary = m_reader->summary(record.id);
            if (!summary)
                return fail(summary.error());
            m_progress.totalRows += summary->rows;
            m_outcome.series.push_back(record);
        }
        m_progress.totalSeries = static_cast<std::int64_t>(m_outcome.series.size());
        return {};
    }

    void tell() const
    {
        if (m_report)
            m_report(m_progress);
    }

    const SeriesRecord* relative(const std::function<bool(const SeriesRecord&)>& fits) const
    {
        const SeriesRecord* best = nullptr;
        for (const SeriesRecord& one : m_all) {
            if (fits(one) && (!best || best->key.timeframe < one.key.timeframe))
                best = &one;
        }
        return best;
    }

    Result<Relatives> relativesOf(const SeriesRecord& record)
    {
        const SeriesKey& key = record.key;
        const auto isSameMarket = [&](const SeriesRecord& one) {
            return one.id != record.id && one.key.exchange == key.exchange && one.key.market == key.market
                && one.key.symbol == key.symbol;
        };
        const auto copy = [](const SeriesRecord* one) { return one ? std::optional(*one) : std::nullopt; };
        Relatives out;
        if (key.kind == Kind::Candles) {
            out.finer = copy(relative([&](const SeriesRecord& one) {
                return isSameMarket(one) && one.key.source == key.source && one.key.kind == Kind::Candles
                    && one.key.timeframe < key.timeframe && nests(one.grid(), record.grid());
            }));
        } else if (key.kind == Kind::OpenInterest) {
            out.peer = copy(relative([&](const SeriesRecord& one) {
                return isSameMarket(one) && one.key.source != key.source && one.key.kind == key.kind
                    && one.key.timeframe == key.timeframe;
            }));
            out.prices = copy(relative([&](const SeriesRecord& one) {
                return isSameMarket(one) && one.key.kind == Kind::Candles && one.key.timeframe == key.timeframe;
            }));
        }
        const auto tick = tickSizeOf(key);
        if (!tick)
            return fail(tick.error());
        out.tickSize = *tick;
        return out;
    }

    Result<std::optional<double>> tickSizeOf(const SeriesKey& key)
    {
        auto known = m_instruments.find(key.exchange);
        if (known == m_instruments.end()) {
            auto list = m_host.store.instruments(key.exchange);
            if (!list)
                return fail(std::move(list.error()));
            known = m_instruments.emplace(key.exchange, std::move(*list)).first;
        }
        const auto found = std::ranges::find_if(
            known->second, [&](const Instrument& one) { return one.market == key.market && one.symbol == key.symbol; });
        return found == known->second.end() ? std::nullopt : found->tickSize;
    }

    // --- one series ---

    struct Work { ///< of the series at hand
        const SeriesRecord& record;
        TimeRange range; ///< judged
        bool reachesEnd = false;
        RuleContext context;
        Relatives relatives;
        std::vector<UtcMs> synced; ///< for each rule: stored findings that begin before it are in line
        std::vector<RuleResult> results;
        std::vector<Candle> rollUps;
        std::vector<OpenInterest> peers;
        std::vector<Candle> prices;
        IntervalSet answered;
    };

    /// Ends of the rows, and the wanted range within them.
    template <class Row>
    Result<std::optional<TimeRange>> rowsWithin(
        const SeriesRecord& record, bool& reachesEnd, std::optional<UtcMs>& lastClose)
    {
        const Grid grid = record.grid();
        std::optional<UtcMs> first, last;
        if constexpr (std::is_same_v<Row, Candle>) {
            const auto summary = m_reader->summary(record.id);
            if (!summary)
                return fail(summary.error());
            first = summary->first;
            last = summary->last;
        } else {
            const auto read =
                m_reader->eachMetric(record.id, {UtcMs::min(), UtcMs::max()}, false, [&](const Metric& row) {
                    first = first.value_or(row.time);
                    last = row.time;
                    return true;
                });
            if (!read)
                return fail(read.error());
        }
        if (!first || !last)
            return std::optional<TimeRange> {};
        lastClose = grid.next(grid.floor(*last));
        const TimeRange held {grid.floor(*first), *lastClose};
        reachesEnd = m_request.range.to >= held.to;
        return std::optional(held.intersected(m_request.range));
    }

    /// Findings that reach out of the range are judged as a whole.
    Result<std::vector<Finding>> storedFindings(Work& work)
    {
        for (;;) {
            auto found = m_reader->findings(work.record.id, work.range);
            if (!found)
                return found;
            TimeRange wider = work.range;
            for (const Finding& one : *found) {
                if (one.state != toText(FindingState::Fixed) && one.range.overlaps(work.range))
                    wider = {std::min(wider.from, one.range.from), std::max(wider.to, one.range.to)};
            }
            if (wider == work.range)
                return found;
            work.range = wider;
        }
    }

    Result<std::vector<std::vector<UtcMs>>> cutsFor(Work& work, const std::vector<ActiveRule>& rules)
    {
        std::vector<std::vector<UtcMs>> cuts(rules.size());
        if (m_request.isPreview)
            return cuts;
        const auto stored = storedFindings(work);
        if (!stored)
            return fail(stored.error());
        for (const Finding& one : *stored) {
            const auto rule =
                std::ranges::find_if(rules, [&](const ActiveRule& active) { return active.rule->info.id == one.rule; });
            if (rule == rules.end() || one.state == toText(FindingState::Fixed))
                continue;
            auto& of = cuts[static_cast<std::size_t>(rule - rules.begin())];
            of.push_back(one.range.from);
            of.push_back(one.range.to);
        }
        for (auto& of : cuts)
            std::ranges::sort(of);
        return cuts;
    }

    template <class Row>
    Result<void> validate(const SeriesRecord& record)
    {
        std::vector<ActiveRule> rules = m_host.rules.activeFor(record.key, m_request.rules);
        applyChanges(m_request.changes, rules);
        Work work {record, {}, false, {}, {}, {}, {}, {}, {}, {}, {}};
        work.context.grid = record.grid();
        work.context.now = m_host.clock.now();
        work.context.contractSize = record.contractSize;
        const auto range = rowsWithin<Row>(record, work.reachesEnd, work.context.lastClose);
        if (!range)
            return fail(range.error());
        if (!*range || (*range)->isEmpty() || rules.empty()) {
            noteResults(rules, work);
            return {};
        }
        work.range = **range;
        if (!work.reachesEnd)
            work.context.lastClose.reset();
        if (m_host.keptFresh.contains(record.key) && record.timeKind != timeKindOfEvents) // nobody knows when the next comes
            work.context.freshUntil = work.context.now;
        auto relatives = relativesOf(record);
        if (!relatives)
            return fail(std::move(relatives.error()));
        work.relatives = std::move(*relatives);
        work.context.tickSize = work.relatives.tickSize;
        auto cuts = cutsFor(work, rules);
        if (!cuts)
            return fail(std::move(cuts.error()));
        noteResults(rules, work);
        SeriesValidator<Row> validator(std::move(rules), work.context.grid, work.range.from, std::move(*cuts));
        work.synced.assign(validator.rules(), work.range.from);
        if (const auto judged = judgeAll(work, validator); !judged)
            return judged;
        m_outcome.rows += validator.rowsJudged();
        std::ranges::move(work.results, std::back_inserter(m_outcome.results));
        return {};
    }

    void noteResults(const std::vector<ActiveRule>& rules, Work& work)
    {
        auto& to = work.range.isEmpty() ? m_outcome.results : work.results;
        for (const ActiveRule& active : rules)
            to.push_back(
                {work.record.id, active.rule->info.id, std::string(toText(active.severity)), 0, 0, RuleVerdict::Pass});
    }

    template <class Row>
    Result<void> judgeAll(Work& work, SeriesValidator<Row>& validator)
    {
        const Grid& grid = work.context.grid;
        const UtcMs begin = grid.floor(work.range.from - validator.lookback());
        std::vector<Row> rows;
        // the row before what is looked back at, where bars are missing there
        for (UtcMs from = begin; from < work.range.to;) {
            const UtcMs to = std::min(grid.advance(grid.floor(from), barsAtOnce), work.range.to);
            rows.clear();
            if (const auto read = readRows(work, {from, to}, rows); !read)
                return read;
            if (const auto read = readRelatives<Row>(work, {from, to}); !read)
                return read;
            if (const auto read = readAnswered(work, {from - validator.lookback(), to}); !read)
                return read;
            validator.feed(rows, work.context);
            m_progress.rows += static_cast<std::int64_t>(rows.size());
            tell();
            if (m_stop.stop_requested())
                return fail(
                    ErrorCode::Cancelled, "stopped: what was judged until then is stored, validate again for the rest");
            if (validator.finished() >= findingsAtOnce) {
                if (const auto stored = storeFindings(work, validator, false); !stored)
                    return stored;
            }
            from = to;
        }
        validator.finish(work.context);
        return storeFindings(work, validator, true);
    }

    Result<void> readRows(const Work& work, TimeRange part, std::vector<Candle>& rows)
    {
        return m_reader->eachCandle(work.record.id, part, false, [&](const Candle& row) {
            rows.push_back(row);
            return true;
        });
    }
    Result<void> readRows(const Work& work, TimeRange part, std::vector<OpenInterest>& rows)
    {
        return m_reader->eachOpenInterest(work.record.id, part, false, [&](const OpenInterest& row) {
            rows.push_back(row);
            return true;
        });
    }

    Result<void> readRows(const Work& work, TimeRange part, std::vector<Metric>& rows)
    {
        return m_reader->eachMetric(work.record.id, part, false, [&](const Metric& row) {
            rows.push_back(row);
            return true;
        });
    }

    /// Of events alone: that none is there says something only where somebody asked.
    Result<void> readAnswered(Work& work, TimeRange part)
    {
        if (work.record.timeKind != timeKindOfEvents)
            return {};
        auto answered = answeredIn(*m_reader, work.record.id, part);
        if (!answered)
            return fail(std::move(answered.error()));
        work.answered = std::move(*answered);
        work.context.answered = work.answered.ranges();
        return {};
    }

    template <class Row>
    Result<void> readRelatives(Work& work, TimeRange part)
    {
        work.context.rollUps = {};
        work.context.peers = {};
        work.context.prices = {};
        if constexpr (std::is_same_v<Row, Metric>) {
            return {};
        } else if constexpr (std::is_same_v<Row, Candle>) {
            const bool isAsked =
                std::ranges::find(work.results, std::string_view {"aggregate_mismatch"}, &RuleResult::rule)
                != work.results.end();
            return isAsked && work.relatives.finer ? rollUp(work, *work.relatives.finer, part) : Result<void> {};
        } else {
            work.peers.clear();
            work.prices.clear();
            if (work.relatives.peer) {
                const auto read =
                    m_reader->eachOpenInterest(work.relatives.peer->id, part, true, [&](const OpenInterest& row) {
                        work.peers.push_back(row);
                        return true;
                    });
                if (!read)
                    return read;
            }
            if (work.relatives.prices) {
                auto prices = m_reader->candles(work.relatives.prices->id, part, true);
                if (!prices)
                    return fail(std::move(prices.error()));
                work.prices = std::move(*prices);
            }
            work.context.peers = work.peers;
            work.context.prices = work.prices;
            return {};
        }
    }

    /// A few thousand shorter bars at a time: only the bars of this series are held.
    Result<void> rollUp(Work& work, const SeriesRecord& finer, TimeRange part)
    {
        const Grid grid = work.context.grid, finerGrid = finer.grid();
        const std::int64_t ratio =
            std::max<std::int64_t>(1, grid.timeframe().length() / finerGrid.timeframe().length());
        const TimeRange whole {grid.floor(part.from), grid.ceil(part.to)};
        work.rollUps.clear();
        for (UtcMs from = whole.from; from < whole.to;) {
            const UtcMs to = std::min(grid.advance(from, std::max<std::int64_t>(1, barsAtOnce / ratio)), whole.to);
            const auto rows = m_reader->candles(finer.id, {from, to});
            if (!rows)
                return fail(rows.error());
            const auto answered = answeredIn(*m_reader, finer.id, {from, to});
            if (!answered)
                return fail(answered.error());
            std::ranges::move(rolledUp(*rows, finerGrid, grid, *answered), std::back_inserter(work.rollUps));
            from = to;
        }
        work.context.rollUps = work.rollUps;
        return {};
    }

    // --- findings ---

    template <class Row>
    Result<void> storeFindings(Work& work, SeriesValidator<Row>& validator, bool isEnd)
    {
        FindingSync sync;
        sync.series = work.record.id;
        sync.at = m_host.clock.now();
        const UtcMs end = work.reachesEnd ? UtcMs::max() : work.range.to;
        for (std::size_t i = 0; i < validator.rules(); ++i) {
            const Rule& rule = *validator.rule(i).rule;
            RuleResult& result = work.results[i];
            result.bars = validator.flagged(i);
            for (RuleFinding& found : validator.take(i)) {
                ++result.findings;
                result.verdict = found.severity == toText(Severity::Error)
                    ? RuleVerdict::Fail
                    : std::max(result.verdict, RuleVerdict::Warn);
                sync.found.push_back({0, work.record.id, found.rule, found.severity, found.range,
                    std::move(found.details), sync.at, "open"});
            }
            const UtcMs to = isEnd ? end : std::min(validator.settled(i), end);
            const bool isClock = rule.checkSeries != nullptr; // says something only at the end of the series
            const bool isKnown = !isClock || (isEnd && work.reachesEnd);
            if (isKnown && work.synced[i] < to)
                sync.windows.push_back({rule.info.id, {std::exchange(work.synced[i], to), to}});
        }
        if (m_request.isPreview)
            return {};
        std::ranges::stable_sort(sync.found, {}, [](const Finding& one) { return one.range.from; });
        const bool isChange = !sync.found.empty();
        auto done = m_host.writer->call([&](StoreWriter& store) { return store.syncFindings(sync); });
        if (!done)
            return fail(std::move(done.error()));
        m_outcome.stored += *done;
        if (m_host.changed && (isChange || done->fixed > 0))
            m_host.changed(work.record, work.range);
        return {};
    }

    const ValidationHost& m_host;
    const ValidationRequest& m_request;
    const std::stop_token m_stop;
    const std::function<void(const ValidationProgress&)>& m_report;
    std::unique_ptr<StoreReader> m_reader;
    std::vector<SeriesRecord> m_all;
    std::map<std::string, std::vector<Instrument>> m_instruments;
    ValidationProgress m_progress;
    ValidationOutcome m_outcome;
};

} // namespace

std::string_view toText(RuleVerdict verdict)
{
    switch (verdict) {
    case RuleVerdict::Pass:
        return "pass";
    case RuleVerdict::Warn:
        return "warn";
    case RuleVerdict::Fail:
        return "fail";
    }
    return "fail";
}

Result<ValidationOutcome> validateStore(const ValidationHost& host, const ValidationRequest& request,
    std::stop_token stop, const std::function<void(const ValidationProgress&)>& progress)
{
    return StoreValidation(host, request, std::move(stop), progress).run();
}

ValidationRun::ValidationRun(Work work)
    : m_thread([this, work = std::move(work)](const std::stop_token& stop) {
        auto outcome = work(stop, [this](const ValidationProgress& now) {
            const std::lock_guard lock(m_mutex);
            m_progress = now;
        });
        {
            const std::lock_guard lock(m_mutex);
            m_outcome.emplace(std::move(outcome));
        }
        m_isDone = true;
        m_isDone.notify_all();
    })
{
}

ValidationProgress ValidationRun::progress() const
{
    const std::lock_guard lock(m_mutex);
    return m_progress;
}

std::optional<Result<ValidationOutcome>> ValidationRun::outcome() const
{
    const std::lock_guard lock(m_mutex);
    return m_outcome;
}

Result<ValidationOutcome> ValidationRun::wait()
{
    m_isDone.wait(false);
    return *outcome();
}

} // namespace mnemo
