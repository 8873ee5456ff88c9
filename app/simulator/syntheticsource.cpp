#include "app/simulator/syntheticsource.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "app/simulator/noise.h"

namespace mnemo::sim {

namespace {

constexpr std::int64_t minuteMs = 60'000;
constexpr std::int64_t minutesPerDay = 1440;
constexpr std::int64_t outageBlockDays = 64;
constexpr std::size_t keptDays = 16;
constexpr std::size_t keptHourDays = 5000;
constexpr double dailySigma = 0.035;
constexpr int quoteScale = 4;

std::int64_t floorDiv(std::int64_t a, std::int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

std::int64_t power10(int digits)
{
    std::int64_t value = 1;
    for (int i = 0; i < digits; ++i)
        value *= 10;
    return value;
}

/// More trades in the European and American afternoon.
double season(std::int64_t minuteOfDay)
{
    static const auto table = [] {
        std::array<double, minutesPerDay> values {};
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double hour = static_cast<double>(i) / 60;
            values[i] = 0.7 + 0.6 * std::exp(-(hour - 15) * (hour - 15) / 18);
        }
        return values;
    }();
    return table[static_cast<std::size_t>(minuteOfDay)];
}

} // namespace

/// Prices at the edges of the day's minutes, as integers of the price scale.
struct SyntheticSource::Day {
    std::int64_t number = 0;
    std::array<std::int64_t, minutesPerDay + 1> price {};
};

SyntheticSource::SyntheticSource(SyntheticSpec spec)
    : m_spec(std::move(spec))
    , m_pathSeed(mixText(m_spec.seed, m_spec.base))
    , m_marketSeed(mixText(mixText(m_pathSeed, m_spec.exchange), m_spec.market))
    , m_venueSeed(mixText(mix(m_spec.seed), m_spec.exchange))
{
}

SyntheticSource::~SyntheticSource() = default;

double SyntheticSource::logLevel(std::int64_t day) const
{
    double value = 0;
    for (std::int64_t period = 1; period <= 1024; period *= 2)
        value += 0.45 * dailySigma * std::sqrt(static_cast<double>(period)) * smooth(m_pathSeed, day, period);
    return value + 0.0004 * smooth(m_marketSeed, day, 4);
}

double SyntheticSource::tradesAt(std::int64_t minute) const
{
    const std::uint64_t hash = mix(m_marketSeed, static_cast<std::uint64_t>(minute));
    const double burst = 0.35 + 1.3 * unit(hash) * unit(hash) + (hash % 97 == 0 ? 4.0 : 0.0);
    const double expected = m_spec.tradesPerMinute * season(minute - floorDiv(minute, minutesPerDay) * minutesPerDay) * burst;
    if (expected > 12)
        return std::floor(expected);
    const double threshold = unit(mix(hash)); // few trades: the first values of Poisson's law
    double term = std::exp(-expected);
    double below = term;
    double count = 0;
    while (below < threshold && count < 40) {
        ++count;
        term *= expected / count;
        below += term;
    }
    return count;
}

std::shared_ptr<const SyntheticSource::Day> SyntheticSource::day(std::int64_t number) const
{
    {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_days.find(number); found != m_days.end())
            return found->second;
    }
    auto result = std::make_shared<Day>();
    result->number = number;
    // A bridge of small steps from this day's level to the next one's: both ends are known without the days between.
    const double from = logLevel(number);
    const double to = logLevel(number + 1);
    const double sigma = dailySigma / std::sqrt(static_cast<double>(minutesPerDay));
    std::array<double, minutesPerDay + 1> walk {};
    for (std::int64_t i = 0; i < minutesPerDay; ++i) {
        const auto minute = static_cast<std::uint64_t>(number * minutesPerDay + i);
        walk[static_cast<std::size_t>(i) + 1] = walk[static_cast<std::size_t>(i)] + sigma * normal(mix(m_pathSeed, minute));
    }
    const double scale = m_spec.level * static_cast<double>(power10(m_spec.priceScale));
    const bool thin = m_spec.tradesPerMinute < 12;
    for (std::int64_t i = 0; i <= minutesPerDay; ++i) {
        const auto index = static_cast<std::size_t>(i);
        const std::int64_t minute = number * minutesPerDay + i;
        const double share = static_cast<double>(i) / static_cast<double>(minutesPerDay);
        const double jitter = 0.00006 * normal(mix(m_marketSeed ^ 0x5EED, static_cast<std::uint64_t>(minute)));
        const double log = from + (to - from) * share + walk[index] - share * walk.back() + jitter;
        result->price[index] = std::max<std::int64_t>(1, std::llround(scale * std::exp(log)));
        if (thin && i > 0 && i < minutesPerDay && tradesAt(minute - 1) == 0)
            result->price[index] = result->price[index - 1]; // nothing traded, so the price stayed
    }
    const std::lock_guard lock(m_mutex);
    if (m_days.size() >= keptDays)
        m_days.clear();
    return m_days.emplace(number, std::move(result)).first->second;
}

UtcMs SyntheticSource::outageOf(UtcMs time) const
{
    const std::int64_t block = floorDiv(toMs(time), outageBlockDays * minutesPerDay * minuteMs);
    const std::uint64_t hash = mix(m_venueSeed, static_cast<std::uint64_t>(block));
    const auto hour = static_cast<std::int64_t>(hash % (outageBlockDays * 24));
    return fromMs((block * outageBlockDays * 24 + hour) * 60 * minuteMs);
}

bool SyntheticSource::appendMinute(const Day& day, std::int64_t minute, Bars& out) const
{
    const auto index = static_cast<std::size_t>(minute - day.number * minutesPerDay);
    const std::int64_t open = day.price[index];
    const std::int64_t close = day.price[index + 1];
    double trades = tradesAt(minute);
    if (trades == 0 && open != close)
        trades = 1; // the last minute of a day leads to the next day's level
    if (trades == 0 && !m_spec.showsEmptyBars)
        return false;
    Bar& bar = out.emplace_back();
    bar.openMs = minute * minuteMs;
    bar.lastMs = bar.openMs + minuteMs - 1;
    const std::uint64_t hash = mix(m_marketSeed ^ 0xBA5E, static_cast<std::uint64_t>(minute));
    const double reach = trades == 0 ? 0 : 0.0005 * static_cast<double>(open);
    const auto high = std::max(open, close) + static_cast<std::int64_t>(reach * unit(hash) * unit(hash));
    const auto low = std::max<std::int64_t>(
        1, std::min(open, close) - static_cast<std::int64_t>(reach * unit(mix(hash)) * unit(hash << 7)));
    bar.open = {open, m_spec.priceScale};
    bar.high = {high, m_spec.priceScale};
    bar.low = {low, m_spec.priceScale};
    bar.close = {close, m_spec.priceScale};
    bar.trades = static_cast<std::int64_t>(trades);
    const double each = m_spec.volumePerMinute / m_spec.tradesPerMinute * (0.5 + unit(hash << 13));
    const auto units = static_cast<double>(power10(m_spec.volumeScale));
    const std::int64_t volume
        = trades == 0 ? 0 : std::max<std::int64_t>(1, static_cast<std::int64_t>(trades * each * units));
    const auto taker = static_cast<std::int64_t>(static_cast<double>(volume) * (0.3 + 0.4 * unit(hash << 29)));
    const double mean = static_cast<double>(open + high + low + close) / 4 / static_cast<double>(power10(m_spec.priceScale))
        / units * static_cast<double>(power10(quoteScale));
    bar.volume = {volume, m_spec.volumeScale};
    bar.takerVolume = {taker, m_spec.volumeScale};
    bar.quoteVolume = {static_cast<std::int64_t>(static_cast<double>(volume) * mean), quoteScale};
    bar.takerQuoteVolume = {static_cast<std::int64_t>(static_cast<double>(taker) * mean), quoteScale};
    return true;
}

void SyntheticSource::appendMinutes(std::int64_t from, std::int64_t to, std::size_t limit, Bars& out) const
{
    from = std::max(from, toMs(m_spec.listed) / minuteMs);
    std::int64_t silentFrom = 0;
    std::shared_ptr<const Day> today;
    for (std::int64_t minute = from; minute < to && out.size() < limit; ++minute) {
        const std::int64_t number = floorDiv(minute, minutesPerDay);
        if (!today || today->number != number) {
            today = day(number);
            silentFrom = toMs(outageOf(fromMs(minute * minuteMs))) / minuteMs;
        }
        if (minute < silentFrom || minute >= silentFrom + 60)
            appendMinute(*today, minute, out);
    }
}

std::shared_ptr<const SyntheticSource::Bars> SyntheticSource::hours(std::int64_t day) const
{
    {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_hours.find(day); found != m_hours.end())
            return found->second;
    }
    Bars minutes;
    minutes.reserve(minutesPerDay);
    appendMinutes(day * minutesPerDay, (day + 1) * minutesPerDay, minutesPerDay, minutes);
    static const Grid hourly(*Timeframe::fromName("1h"));
    auto result = std::make_shared<const Bars>(rolledUp(minutes, hourly));
    const std::lock_guard lock(m_mutex);
    if (m_hours.size() >= keptHourDays)
        m_hours.clear();
    return m_hours.emplace(day, std::move(result)).first->second;
}

void SyntheticSource::appendHours(std::int64_t from, std::int64_t to, Bars& out) const
{
    constexpr std::int64_t dayMs = minutesPerDay * minuteMs;
    for (std::int64_t number = floorDiv(from, dayMs); number * dayMs < to; ++number) {
        const auto bars = hours(number);
        std::ranges::copy_if(*bars, std::back_inserter(out),
            [from, to](const Bar& bar) { return bar.openMs >= from && bar.openMs < to; });
    }
}

void SyntheticSource::ascending(const Grid& grid, TimeRange range, std::size_t limit, Bars& out) const
{
    static const Timeframe minute = *Timeframe::fromName("1m");
    static const Grid hourly(*Timeframe::fromName("1h"));
    if (grid.timeframe() == minute) {
        out.reserve(std::min(limit, static_cast<std::size_t>(std::max<std::int64_t>(range.length().count() / minuteMs, 0)) + 1));
        appendMinutes(toMs(grid.ceil(range.from)) / minuteMs, floorDiv(toMs(range.to) - 1, minuteMs) + 1, limit, out);
        return;
    }
    const bool fromHours = nests(hourly, grid);
    UtcMs open = std::max(grid.ceil(range.from), grid.floor(m_spec.listed));
    Bars parts;
    for (; open < range.to && out.size() < limit; open = grid.next(open)) {
        parts.clear();
        const UtcMs close = grid.next(open);
        if (fromHours)
            appendHours(toMs(open), toMs(close), parts);
        else
            appendMinutes(toMs(open) / minuteMs, toMs(close) / minuteMs, minutesPerDay, parts);
        if (!parts.empty())
            out.push_back(merged(parts.data(), parts.data() + parts.size(), grid));
    }
}

std::vector<Bar> SyntheticSource::read(const Grid& grid, TimeRange range, std::size_t limit, Side side) const
{
    Bars result;
    range.from = std::max(range.from, grid.floor(m_spec.listed));
    if (range.isEmpty() || limit == 0)
        return result;
    if (side == Side::Oldest) {
        ascending(grid, range, limit, result);
        return result;
    }
    UtcMs to = grid.ceil(range.to);
    while (to > range.from && result.size() < limit) { // absent bars: look further back until there are enough
        const UtcMs from = std::max(range.from, grid.advance(to, -static_cast<std::int64_t>(limit - result.size())));
        Bars older;
        ascending(grid, {from, to}, limit, older);
        older.insert(older.end(), result.begin(), result.end());
        result = std::move(older);
        to = grid.floor(from);
    }
    return result;
}

std::optional<Bar> SyntheticSource::running(const Grid& grid, UtcMs open, UtcMs now) const
{
    static const Grid minutely(*Timeframe::fromName("1m"));
    Bars parts;
    appendMinutes(toMs(open) / minuteMs, toMs(now) / minuteMs + 1, static_cast<std::size_t>(31 * minutesPerDay), parts);
    if (parts.empty())
        return std::nullopt;
    if (parts.back().lastMs >= toMs(now))
        parts.back() = partial(parts.back(), now, minutely);
    return merged(parts.data(), parts.data() + parts.size(), grid);
}

std::optional<UtcMs> SyntheticSource::last(const Grid& grid, UtcMs now) const
{
    const Bars newest = read(grid, {m_spec.listed, grid.floor(now)}, 1, Side::Newest);
    return newest.empty() ? std::nullopt : std::optional {fromMs(newest.front().openMs)};
}

} // namespace mnemo::sim
