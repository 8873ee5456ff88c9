#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/simulator/bar.h"

namespace mnemo::sim {

/// What a made-up market looks like.
struct SyntheticSpec {
    std::uint64_t seed = 1;
    std::string exchange;
    std::string base;
    std::string market;          ///< "spot", "linear", "inverse": markets of one base differ by a few basis points
    double level = 100;          ///< price around which it wanders
    int priceScale = 2, volumeScale = 3;
    double tradesPerMinute = 60; ///< below about 3 there are minutes without a trade
    double volumePerMinute = 10; ///< base units
    UtcMs listed {};             ///< whole hours
    bool showsEmptyBars = true;  ///< a minute without trades is a flat bar of volume 0, else no bar
};

/// A random walk that can be asked for any time: prices of one base follow the same path at all exchanges, every bar
/// opens where the last one closed, and coarse bars are exact sums of minutes. Once in 64 days the
/// exchange is silent for an hour. Bars are made when asked for; a few days are kept. Thread-safe.
class SyntheticSource final : public BarSource {
public:
    explicit SyntheticSource(SyntheticSpec spec);
    ~SyntheticSource() override;

    std::vector<Bar> read(const Grid& grid, TimeRange range, std::size_t limit, Side side) const override;
    std::optional<Bar> running(const Grid& grid, UtcMs open, UtcMs now) const override;
    std::optional<UtcMs> first() const override { return m_spec.listed; }
    std::optional<UtcMs> last(const Grid& grid, UtcMs now) const override;

    UtcMs outageOf(UtcMs time) const; ///< start of the silent hour of the block of 64 days around @p time

private:
    struct Day;
    using Bars = std::vector<Bar>;

    std::shared_ptr<const Day> day(std::int64_t number) const;
    std::shared_ptr<const Bars> hours(std::int64_t day) const;
    void appendMinutes(std::int64_t from, std::int64_t to, std::size_t limit, Bars& out) const;
    void appendHours(std::int64_t from, std::int64_t to, Bars& out) const;
    bool appendMinute(const Day& day, std::int64_t minute, Bars& out) const;
    void ascending(const Grid& grid, TimeRange range, std::size_t limit, Bars& out) const;
    double logLevel(std::int64_t day) const;
    double tradesAt(std::int64_t minute) const;

    const SyntheticSpec m_spec;
    const std::uint64_t m_pathSeed, m_marketSeed, m_venueSeed;
    mutable std::mutex m_mutex; ///< guards the two caches
    mutable std::map<std::int64_t, std::shared_ptr<const Day>> m_days;
    mutable std::map<std::int64_t, std::shared_ptr<const Bars>> m_hours;
};

} // namespace mnemo::sim
