#include "app/simulator/feed.h"

#include <algorithm>
#include <set>

#include "app/simulator/interest.h"
#include "app/simulator/noise.h"

namespace mnemo::sim {

namespace {

constexpr std::size_t revisedRows = 3;
constexpr std::size_t mostHoles = 3;
constexpr std::size_t mostDuplicates = 5;

} // namespace

Feed::Feed(const Clock& clock, const FaultPlan& plan)
    : m_clock(clock)
    , m_remembers(plan.probability[static_cast<std::size_t>(Fault::Hole)] > 0
          || plan.probability[static_cast<std::size_t>(Fault::Revise)] > 0)
{
}

Result<void> Feed::record(const std::string& path)
{
    m_log.open(path, std::ios::trunc);
    if (!m_log)
        return fail(ErrorCode::StorageFailed, "--record: cannot write " + path);
    m_isRecording = true;
    return {};
}

std::vector<Bar> Feed::read(const PageQuery& query) const
{
    if (query.kind == Kind::Candles)
        return readBars(query);
    std::vector<Bar> readings;
    if (query.market->interest > 0)
        readings = readBars(query);
    if (query.kind != Kind::OpenInterest)
        return readings;
    for (Bar& bar : readings)
        bar = interestAt(*query.market, bar);
    return readings;
}

std::vector<Bar> Feed::readBars(const PageQuery& query) const
{
    const UtcMs now = m_clock.now();
    const UtcMs open = query.grid.floor(now);
    const BarSource& source = *query.market->source;
    const bool wantsRunning = query.hasRunning && query.opens.contains(open);
    const auto running = wantsRunning ? source.running(query.grid, open, now) : std::nullopt;
    const TimeRange closed {query.opens.from, std::min(query.opens.to, open)};
    if (!running || query.limit == 0)
        return source.read(query.grid, closed, query.limit, query.side);
    auto bars = source.read(query.grid, closed, query.side == Side::Newest ? query.limit - 1 : query.limit, query.side);
    if (bars.size() < query.limit)
        bars.push_back(*running);
    return bars;
}

std::vector<Bar> Feed::page(const PageQuery& query, const FaultDraw& draw)
{
    auto bars = read(query);
    if (draw.has(Fault::Revise))
        revise(query, bars, draw);
    if (draw.has(Fault::Hole))
        dig(query, bars, draw);
    if (draw.has(Fault::Short))
        shorten(query, bars, draw);
    if (m_remembers)
        remember(query, bars);
    if (draw.has(Fault::Duplicate))
        duplicate(bars, draw);
    m_rows += bars.size();
    if (m_isRecording)
        keep(query, bars);
    return bars;
}

IntervalSet Feed::seen(const PageQuery& query) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_seen.find(keyOf(query));
    return found == m_seen.end() ? IntervalSet {} : found->second;
}

void Feed::remember(const PageQuery& query, const std::vector<Bar>& bars)
{
    if (bars.empty())
        return;
    // The bar that is still open may be wrong again once it is closed.
    const UtcMs end = std::min(query.grid.next(fromMs(bars.back().openMs)), query.grid.floor(m_clock.now()));
    const std::lock_guard lock(m_mutex);
    m_seen[keyOf(query)].add({fromMs(bars.front().openMs), end});
}

/// Only the market's newest closed rows: venues correct what is fresh, not history.
void Feed::revise(const PageQuery& query, std::vector<Bar>& bars, const FaultDraw& draw)
{
    const auto newest = query.market->source->last(query.grid, m_clock.now());
    if (!newest)
        return;
    const std::int64_t from = toMs(query.grid.advance(*newest, 1 - static_cast<std::int64_t>(revisedRows)));
    const IntervalSet served = seen(query);
    bool changed = false;
    for (Bar& bar : bars) {
        if (bar.openMs < from || bar.openMs > toMs(*newest) || bar.volume.isZero() || served.contains(fromMs(bar.openMs)))
            continue;
        const double share = 0.9 - 0.2 * unit(draw.noise); // some trades were not counted yet
        bar.volume = Fixed::fromDouble(bar.volume.toDouble() * share, bar.volume.scale);
        bar.quoteVolume = Fixed::fromDouble(bar.quoteVolume.toDouble() * share, bar.quoteVolume.scale);
        bar.close = bar.low;
        changed = true;
    }
    if (changed)
        count(Fault::Revise);
}

void Feed::dig(const PageQuery& query, std::vector<Bar>& bars, const FaultDraw& draw)
{
    if (bars.size() < 3)
        return;
    std::set<std::size_t> holes;
    for (std::size_t i = 0; i < 1 + draw.noise % mostHoles; ++i)
        holes.insert(1 + mix(draw.noise, i) % (bars.size() - 2));
    const IntervalSet served = seen(query);
    std::vector<Bar> kept;
    kept.reserve(bars.size());
    for (std::size_t i = 0; i < bars.size(); ++i) {
        if (!holes.contains(i) || served.contains(fromMs(bars[i].openMs)))
            kept.push_back(bars[i]);
    }
    if (kept.size() < bars.size())
        count(Fault::Hole);
    bars = std::move(kept);
}

/// Always leaves a row: a client can only tell a short answer from the end of the data by asking on.
void Feed::shorten(const PageQuery& query, std::vector<Bar>& bars, const FaultDraw& draw)
{
    if (bars.size() < 2)
        return;
    const std::size_t kept = 1 + mix(draw.noise ^ 0x5407) % (bars.size() - 1);
    const Side lost = query.lost.value_or(query.side == Side::Oldest ? Side::Newest : Side::Oldest);
    if (lost == Side::Newest)
        bars.resize(kept);
    else
        bars.erase(bars.begin(), bars.end() - static_cast<std::ptrdiff_t>(kept));
    count(Fault::Short);
}

void Feed::duplicate(std::vector<Bar>& bars, const FaultDraw& draw)
{
    if (bars.empty())
        return;
    for (std::size_t i = 0; i < 1 + draw.noise % mostDuplicates; ++i) {
        const std::size_t at = mix(draw.noise ^ 0xD0B1, i) % bars.size();
        const Bar copy = bars[at];
        bars.insert(bars.begin() + static_cast<std::ptrdiff_t>(at), copy);
    }
    count(Fault::Duplicate);
}

void Feed::keep(const PageQuery& query, const std::vector<Bar>& bars)
{
    ServedPage page {query.market->exchange, std::string(mnemo::toText(query.market->type)), query.market->symbol.text(),
        std::string(mnemo::toText(query.kind)), std::string(query.grid.timeframe().name()), 0, 0, bars.size()};
    if (!bars.empty()) {
        page.fromMs = bars.front().openMs;
        page.toMs = toMs(query.grid.next(fromMs(bars.back().openMs)));
    }
    const std::lock_guard lock(m_mutex);
    m_log << R"({"exchange":")" << page.exchange << R"(","market":")" << page.market << R"(","symbol":")" << page.symbol
          << R"(","kind":")" << page.kind << R"(","timeframe":")" << page.timeframe << R"(","from":)" << page.fromMs << R"(,"to":)" << page.toMs
          << R"(,"rows":)" << page.rows << "}\n"
          << std::flush;
    m_served.push_back(std::move(page));
}

std::array<std::uint64_t, faultCount> Feed::spoilt() const
{
    std::array<std::uint64_t, faultCount> result {};
    for (std::size_t i = 0; i < faultCount; ++i)
        result[i] = m_spoilt[i];
    return result;
}

std::vector<ServedPage> Feed::served() const
{
    const std::lock_guard lock(m_mutex);
    return m_served;
}

} // namespace mnemo::sim
