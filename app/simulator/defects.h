#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/simulator/bar.h"
#include "app/simulator/marketstore.h"
#include "core/base/result.h"

namespace mnemo::sim {

/// What can be wrong with a market's data. Unlike a fault, a defect is there however often one asks, but for Revision.
enum class DefectKind {
    Hole, ///< 1 to 5 bars absent
    LongHole, ///< 15 to 45 bars absent
    Duplicate, ///< a bar twice in the answer; two of three with other values
    Revision, ///< the first answer has another close and less volume; later ones are right
    OffGrid, ///< a bar stamped some seconds late
    Shifted, ///< 30 to 60 bars stamped at close: each shows the bar before it
    Jump, ///< all four prices of a bar off by 2 to 10 %
    TenfoldPrice, ///< a digit slipped: all four prices ten times as high, or a tenth
    WrongClose, ///< the close alone off by 1 to 3 %, inside of a high or low that was stretched to hold it
    WrongOpen, ///< the open likewise
    HighTooLow, ///< high below open or close
    LowTooHigh, ///< low above open or close
    Spike, ///< a high or low 3 to 8 % away that nobody traded
    ZeroPrice, ///< a price of 0
    NegativeVolume,
    NoVolume, ///< volume 0 and no trades although the price moved
    NoTrades, ///< volume without trades
    VolumeSpike, ///< 100 to 400 times the volume
    OtherUnit, ///< 10 to 45 bars whose volume counts contracts, or quote currency where a contract is 1
    Flat, ///< 20 to 45 bars without any change
    Truncated, ///< the bar ended early: its close time, volume and prices are those of a part
    FinerThanTick, ///< prices with more decimals than the market has
};
constexpr std::size_t defectKinds = 22;
std::string_view toText(DefectKind kind); ///< "hole", "long_hole", "duplicate", ...

/// One defect of one market.
struct Defect {
    DefectKind kind = DefectKind::Hole;
    std::int64_t fromMs = 0;
    std::int64_t bars = 1;
    std::uint64_t noise = 0; ///< for choices that the kind leaves open
    bool operator==(const Defect&) const = default;
};

/// `--defects`: how many, and where.
struct DefectSpec {
    std::uint64_t count = 0;
    std::string exchange; ///< empty: the first
    std::optional<SymbolParts> symbol; ///< nothing: the exchange's first
    Timeframe frame; ///< coarser frames stay right
    std::optional<UtcMs> from, to; ///< nothing: the 60 days before now
};
/// "1000[,exchange=ID][,symbol=S][,timeframe=1m][,from=T][,to=T]"; the error says what is wrong.
Result<DefectSpec> parseDefectSpec(std::string_view text);

/// Places @p count defects of all kinds in turn, one in each of equal parts of @p range, apart from each other.
/// The same seed gives the same ones. Errors: InvalidArgument where the range has too little room.
Result<std::vector<Defect>> planDefects(std::uint64_t count, const Grid& grid, TimeRange range, std::uint64_t seed);

/// A market's bars with defects in those of one grid. Thread-safe.
class DefectiveSource final : public BarSource {
public:
    DefectiveSource(
        std::unique_ptr<BarSource> inner, const Grid& grid, std::vector<Defect> defects, const Market& market);

    std::vector<Bar> read(const Grid& grid, TimeRange range, std::size_t limit, Side side) const override;
    std::optional<Bar> running(const Grid& grid, UtcMs open, UtcMs now) const override
    {
        return m_inner->running(grid, open, now);
    }
    std::optional<UtcMs> first() const override { return m_inner->first(); }
    std::optional<UtcMs> last(const Grid& grid, UtcMs now) const override { return m_inner->last(grid, now); }

    const BarSource& inner() const { return *m_inner; }

private:
    void spoil(std::vector<Bar>& bars, const Defect& defect) const;
    void spoilOne(Bar& bar, const Defect& defect, std::uint64_t noise) const;
    void revise(std::vector<Bar>& bars) const;
    bool isFirstTime(const Defect& defect) const;

    const std::unique_ptr<BarSource> m_inner;
    const Grid m_grid;
    const std::vector<Defect> m_defects; ///< by time, disjoint
    const double m_contractSize;
    const bool m_isInverse;
    mutable std::mutex m_mutex;
    mutable std::set<std::int64_t> m_served; ///< revisions that were told once
};

/// Spoils the markets that @p specs name and writes what it did to @p log, one JSON line for each defect and for each
/// stretch that a market lacks by itself ("natural"). Errors: NotFound, InvalidArgument, StorageFailed.
Result<void> addDefects(MarketStore& store, std::span<const DefectSpec> specs, std::uint64_t seed, UtcMs now,
    const std::string& log);

} // namespace mnemo::sim
