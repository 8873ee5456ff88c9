#include "app/simulator/defects.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>

#include "app/simulator/noise.h"
#include "app/simulator/venue.h"
#include "app/simulator/venues.h"
#include "core/base/timetext.h"

namespace mnemo::sim {

namespace {

struct KindTraits {
    std::string_view name;
    std::int64_t shortest = 1, longest = 1; ///< bars
};
constexpr std::array<KindTraits, defectKinds> traits {{
    {"hole", 1, 5},
    {"long_hole", 15, 45},
    {"duplicate"},
    {"revision"},
    {"off_grid"},
    {"shifted", 30, 60},
    {"jump"},
    {"tenfold_price"},
    {"wrong_close"},
    {"wrong_open"},
    {"high_too_low"},
    {"low_too_high"},
    {"spike"},
    {"zero_price"},
    {"negative_volume"},
    {"no_volume"},
    {"no_trades"},
    {"volume_spike"},
    {"other_unit", 10, 45},
    {"flat", 20, 45},
    {"truncated"},
    {"finer_than_tick"},
}};
constexpr std::int64_t roomBetween = 5; // bars before and after each defect that stay right
constexpr std::int64_t beyondPage = 256; // bars read beside a page: for those that go, and where a flat stretch began

const KindTraits& traitsOf(DefectKind kind)
{
    return traits[static_cast<std::size_t>(kind)];
}

/// Between @p least and @p most, evenly.
double between(std::uint64_t noise, double least, double most)
{
    return least + (most - least) * unit(noise);
}

Fixed scaled(Fixed value, double factor)
{
    return Fixed::fromDouble(value.toDouble() * factor, value.scale);
}

void scalePrices(Bar& bar, double factor)
{
    for (Fixed* price : {&bar.open, &bar.high, &bar.low, &bar.close})
        *price = scaled(*price, factor);
}

void scaleVolumes(Bar& bar, double factor)
{
    for (Fixed* volume : {&bar.volume, &bar.takerVolume, &bar.quoteVolume, &bar.takerQuoteVolume})
        *volume = scaled(*volume, factor);
}

/// High and low hold @p price.
void stretch(Bar& bar, Fixed price)
{
    bar.high = less(bar.high, price) ? price : bar.high;
    bar.low = less(price, bar.low) ? price : bar.low;
}

/// The prices of @p from at the time of @p to, as a stamp at close shows them.
void copyValues(Bar& to, const Bar& from)
{
    const std::int64_t openMs = to.openMs;
    const std::int64_t lastMs = to.lastMs;
    to = from;
    to.openMs = openMs;
    to.lastMs = lastMs;
}

void truncate(Bar& bar, std::uint64_t noise)
{
    const double share = between(noise, 0.2, 0.7);
    bar.lastMs = bar.openMs + static_cast<std::int64_t>(static_cast<double>(bar.lastMs - bar.openMs) * share);
    scaleVolumes(bar, share);
    bar.trades = static_cast<std::int64_t>(static_cast<double>(bar.trades) * share);
    bar.close =
        Fixed::fromDouble(bar.open.toDouble() + (bar.close.toDouble() - bar.open.toDouble()) * share, bar.close.scale);
}

} // namespace

std::string_view toText(DefectKind kind)
{
    return traitsOf(kind).name;
}

Result<DefectSpec> parseDefectSpec(std::string_view text)
{
    DefectSpec spec;
    const auto wrong = [](std::string_view value, std::string_view wanted) {
        return fail(
            ErrorCode::InvalidArgument, "--defects: '" + std::string(value) + "' is not " + std::string(wanted));
    };
    bool isFirst = true;
    while (isFirst || !text.empty()) {
        const auto comma = text.find(',');
        const std::string_view item = text.substr(0, comma);
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
        if (isFirst) {
            const auto count = parseInteger(item);
            if (!count || *count < 1 || *count > 1'000'000)
                return wrong(item, "a number from 1 to 1000000");
            spec.count = static_cast<std::uint64_t>(*count);
            isFirst = false;
            continue;
        }
        const auto equals = item.find('=');
        const std::string_view key = item.substr(0, equals);
        const std::string_view value = equals == std::string_view::npos ? std::string_view {} : item.substr(equals + 1);
        if (key == "exchange" && findVenue(value)) {
            spec.exchange = value;
        } else if (key == "symbol" && parseSymbol(value)) {
            spec.symbol = parseSymbol(value);
        } else if (key == "timeframe" && Timeframe::fromName(value)) {
            spec.frame = *Timeframe::fromName(value);
        } else if ((key == "from" || key == "to") && parseTime(value)) {
            (key == "from" ? spec.from : spec.to) = parseTime(value);
        } else {
            return wrong(item, "exchange=, symbol=, timeframe=, from= or to= with what it names");
        }
    }
    return spec;
}

Result<std::vector<Defect>> planDefects(std::uint64_t count, const Grid& grid, TimeRange range, std::uint64_t seed)
{
    const TimeRange bars = grid.aligned(range);
    const std::int64_t slot = bars.isEmpty() ? 0 : grid.count(bars) / static_cast<std::int64_t>(count);
    std::int64_t longest = 0;
    for (const KindTraits& kind : traits)
        longest = std::max(longest, kind.longest);
    if (slot < longest + 2 * roomBetween)
        return fail(ErrorCode::InvalidArgument,
            "--defects: " + std::to_string(count) + " need at least "
                + std::to_string(static_cast<std::int64_t>(count) * (longest + 2 * roomBetween))
                + " bars, and the range has " + std::to_string(bars.isEmpty() ? 0 : grid.count(bars)));
    std::vector<Defect> defects;
    for (std::uint64_t i = 0; i < count; ++i) {
        Defect defect;
        defect.kind = static_cast<DefectKind>(i % defectKinds);
        defect.noise = mix(seed, i);
        const KindTraits& kind = traitsOf(defect.kind);
        defect.bars = kind.shortest
            + static_cast<std::int64_t>(
                mix(defect.noise, 1) % static_cast<std::uint64_t>(kind.longest - kind.shortest + 1));
        const std::int64_t room = slot - 2 * roomBetween - defect.bars;
        const auto offset =
            roomBetween + static_cast<std::int64_t>(mix(defect.noise, 2) % static_cast<std::uint64_t>(room + 1));
        defect.fromMs = toMs(grid.advance(bars.from, static_cast<std::int64_t>(i) * slot + offset));
        defects.push_back(defect);
    }
    return defects;
}

DefectiveSource::DefectiveSource(
    std::unique_ptr<BarSource> inner, const Grid& grid, std::vector<Defect> defects, const Market& market)
    : m_inner(std::move(inner))
    , m_grid(grid)
    , m_defects(std::move(defects))
    , m_contractSize(market.contractSize.toDouble())
    , m_isInverse(market.type == MarketType::Inverse)
{
}

std::vector<Bar> DefectiveSource::read(const Grid& grid, TimeRange range, std::size_t limit, Side side) const
{
    if (grid != m_grid || limit == 0 || range.isEmpty())
        return m_inner->read(grid, range, limit, side);
    // a page of a venue that lacks bars is as full as any: read on for those that go
    const TimeRange around {grid.advance(grid.ceil(range.from), -beyondPage), range.to};
    const auto enough = limit + 2 * static_cast<std::size_t>(beyondPage);
    std::vector<Bar> bars = m_inner->read(grid, around, enough, side);
    const std::int64_t from = toMs(range.from);
    if (bars.empty())
        return bars;
    const auto endOf = [this](
                           const Defect& defect) { return toMs(m_grid.advance(fromMs(defect.fromMs), defect.bars)); };
    const std::int64_t last = bars.back().openMs;
    for (auto defect =
             std::ranges::partition_point(m_defects, [&](const Defect& d) { return endOf(d) <= bars.front().openMs; });
         defect != m_defects.end() && defect->fromMs <= last; ++defect)
        spoil(bars, *defect);
    std::erase_if(bars, [&](const Bar& bar) { return bar.openMs < from || bar.openMs >= toMs(range.to); });
    if (bars.size() > limit && side == Side::Oldest)
        bars.resize(limit);
    else if (bars.size() > limit)
        bars.erase(bars.begin(), bars.end() - static_cast<std::ptrdiff_t>(limit));
    revise(bars);
    return bars;
}

/// What is served for the first time; not what was read beside the page.
void DefectiveSource::revise(std::vector<Bar>& bars) const
{
    for (const Defect& defect : m_defects) {
        if (defect.kind != DefectKind::Revision || bars.empty() || defect.fromMs < bars.front().openMs)
            continue;
        const auto bar = std::ranges::lower_bound(bars, defect.fromMs, {}, &Bar::openMs);
        if (bar == bars.end())
            break;
        if (bar->openMs == defect.fromMs && isFirstTime(defect))
            spoilOne(*bar, defect, mix(defect.noise, 3));
    }
}

bool DefectiveSource::isFirstTime(const Defect& defect) const
{
    const std::lock_guard lock(m_mutex);
    return m_served.insert(defect.fromMs).second;
}

void DefectiveSource::spoil(std::vector<Bar>& bars, const Defect& defect) const
{
    const std::int64_t end = toMs(m_grid.advance(fromMs(defect.fromMs), defect.bars));
    const auto begin = std::ranges::lower_bound(bars, defect.fromMs, {}, &Bar::openMs);
    const auto after = std::ranges::lower_bound(bars, end, {}, &Bar::openMs);
    if (begin == after)
        return;
    switch (defect.kind) {
    case DefectKind::Hole:
    case DefectKind::LongHole:
        bars.erase(begin, after);
        return;
    case DefectKind::Duplicate: {
        Bar other = *begin;
        if (defect.noise % 3 != 0) {
            other.close = scaled(other.close, 1.0007);
            stretch(other, other.close);
            scaleVolumes(other, 0.8);
        }
        bars.insert(begin, other);
        return;
    }
    case DefectKind::Shifted:
        for (auto bar = after; bar != begin;) {
            --bar;
            if (bar != bars.begin())
                copyValues(*bar, *std::prev(bar));
        }
        return;
    case DefectKind::Flat:
        for (auto bar = begin; bar != after; ++bar) {
            const Fixed price = bar == bars.begin() ? begin->open : std::prev(begin)->close;
            bar->open = bar->high = bar->low = bar->close = price;
        }
        return;
    case DefectKind::Revision: // revise()
        return;
    default:
        for (auto bar = begin; bar != after; ++bar)
            spoilOne(*bar, defect, mix(defect.noise, 3));
        return;
    }
}

/// Kinds that take each bar by itself.
void DefectiveSource::spoilOne(Bar& bar, const Defect& defect, std::uint64_t noise) const
{
    const double sign = noise % 2 == 0 ? 1 : -1;
    const std::uint64_t size = mix(noise);
    switch (defect.kind) {
    case DefectKind::Revision:
        bar.close = bar.low;
        scaleVolumes(bar, 0.8);
        break;
    case DefectKind::OffGrid:
        bar.openMs += 1000 * (1 + static_cast<std::int64_t>(size % 40));
        break;
    case DefectKind::Jump:
        scalePrices(bar, 1 + sign * between(size, 0.02, 0.1));
        break;
    case DefectKind::TenfoldPrice:
        scalePrices(bar, sign > 0 ? 10 : 0.1);
        break;
    case DefectKind::WrongClose:
        bar.close = scaled(bar.close, 1 + sign * between(size, 0.01, 0.03));
        stretch(bar, bar.close);
        break;
    case DefectKind::WrongOpen:
        bar.open = scaled(bar.open, 1 + sign * between(size, 0.01, 0.03));
        stretch(bar, bar.open);
        break;
    case DefectKind::HighTooLow:
        bar.high = scaled(less(bar.open, bar.close) ? bar.close : bar.open, 1 - between(size, 0.0005, 0.01));
        bar.low = less(bar.high, bar.low) ? bar.high : bar.low;
        break;
    case DefectKind::LowTooHigh:
        bar.low = scaled(less(bar.open, bar.close) ? bar.open : bar.close, 1 + between(size, 0.0005, 0.01));
        bar.high = less(bar.high, bar.low) ? bar.low : bar.high;
        break;
    case DefectKind::Spike:
        (sign > 0 ? bar.high : bar.low) = scaled(sign > 0 ? bar.high : bar.low, 1 + sign * between(size, 0.03, 0.08));
        break;
    case DefectKind::ZeroPrice:
        bar.low.mantissa = 0;
        (sign > 0 ? bar.close : bar.open).mantissa = 0;
        break;
    case DefectKind::NegativeVolume:
        bar.volume.mantissa = -bar.volume.mantissa;
        break;
    case DefectKind::NoVolume:
        scaleVolumes(bar, 0);
        bar.trades = 0;
        if (bar.close == bar.open)
            bar.close = bar.high = scaled(bar.high, 1.0003);
        break;
    case DefectKind::NoTrades:
        bar.trades = 0;
        break;
    case DefectKind::VolumeSpike:
        scaleVolumes(bar, between(size, 100, 400));
        break;
    case DefectKind::OtherUnit: {
        const double price = bar.close.toDouble();
        const double factor = m_isInverse || m_contractSize == 1 ? price : 1 / m_contractSize;
        bar.volume = scaled(bar.volume, factor);
        bar.takerVolume = scaled(bar.takerVolume, factor);
        break;
    }
    case DefectKind::Truncated:
        truncate(bar, size);
        break;
    case DefectKind::FinerThanTick:
        for (Fixed* price : {&bar.open, &bar.close})
            *price = {price->mantissa * 1000 + 1 + static_cast<std::int64_t>(size % 998), price->scale + 3};
        stretch(bar, bar.open);
        stretch(bar, bar.close);
        break;
    case DefectKind::Hole:
    case DefectKind::LongHole:
    case DefectKind::Duplicate:
    case DefectKind::Shifted:
    case DefectKind::Flat:
        break;
    }
}

namespace {

class DefectLog {
public:
    /// Nothing is written where @p path is empty.
    explicit DefectLog(const std::string& path)
    {
        if (!path.empty())
            m_out.emplace(path, std::ios::trunc);
    }
    bool isOn() const { return m_out.has_value(); }
    void begin(const Market& market, const Grid& grid)
    {
        m_series = R"("exchange":")" + market.exchange + R"(","market":")" + std::string(mnemo::toText(market.type))
            + R"(","symbol":")" + market.symbol.text() + R"(","timeframe":")" + std::string(grid.timeframe().name())
            + '"';
        m_grid = grid;
    }
    void add(std::string_view kind, std::int64_t fromMs, std::int64_t bars)
    {
        *m_out << R"({"kind":")" << kind << "\"," << m_series << R"(,"from":)" << fromMs << R"(,"to":)"
               << toMs(m_grid.advance(UtcMs {milliseconds {fromMs}}, bars)) << R"(,"bars":)" << bars << "}\n";
    }
    bool finish()
    {
        return !m_out || m_out->flush().good();
    }

private:
    std::optional<std::ofstream> m_out;
    std::string m_series; ///< as JSON
    Grid m_grid {Timeframe {}};
};

/// What the market lacks without us.
void logNatural(DefectLog& log, const BarSource& source, const Grid& grid, TimeRange range)
{
    UtcMs next = grid.ceil(range.from);
    while (next < range.to) {
        const auto bars = source.read(grid, {next, range.to}, 5000, Side::Oldest);
        if (bars.empty())
            break;
        for (const Bar& bar : bars) {
            if (bar.openMs > toMs(next))
                log.add("natural", toMs(next), grid.count({next, fromMs(bar.openMs)}));
            next = grid.next(fromMs(bar.openMs));
        }
    }
}

Result<void> spoilMarket(MarketStore& store, const DefectSpec& spec, std::uint64_t seed, UtcMs now, DefectLog& log)
{
    const std::string exchange = spec.exchange.empty() ? store.exchanges().front() : spec.exchange;
    Market* market = spec.symbol ? store.find(exchange, *spec.symbol) : store.firstMarket(exchange);
    if (!market)
        return fail(ErrorCode::NotFound,
            "--defects: " + exchange + " has no market " + (spec.symbol ? spec.symbol->text() : std::string())
                + " here");
    const Grid grid(spec.frame);
    const UtcMs to = spec.to.value_or(grid.floor(now));
    const TimeRange range {
        std::max(spec.from.value_or(to - std::chrono::hours {24 * 60}), market->source->first().value_or(UtcMs {})),
        to};
    auto defects = planDefects(spec.count, grid, range, seed);
    if (!defects)
        return fail(std::move(defects.error()));
    if (log.isOn()) {
        log.begin(*market, grid);
        for (const Defect& defect : *defects)
            log.add(toText(defect.kind), defect.fromMs, defect.bars);
        logNatural(log, *market->source, grid, range);
    }
    auto inner = std::move(market->source);
    market->source = std::make_unique<DefectiveSource>(std::move(inner), grid, *std::move(defects), *market);
    return {};
}

} // namespace

Result<void> addDefects(MarketStore& store, std::span<const DefectSpec> specs, std::uint64_t seed, UtcMs now,
    const std::string& log)
{
    DefectLog out(log);
    for (const DefectSpec& spec : specs) {
        if (auto done = spoilMarket(store, spec, seed, now, out); !done)
            return done;
    }
    if (!out.finish())
        return fail(ErrorCode::StorageFailed, "--defects-log: cannot write " + log);
    return {};
}

} // namespace mnemo::sim
