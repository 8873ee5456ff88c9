#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace mnemo::sim {

/// What can go wrong with an answer. Down to Html the first that hits decides; the others change the rows and may add up.
enum class Fault {
    Server,    ///< 500, 502, 503 or 504
    Reset,     ///< the connection is reset (RST)
    Limited,   ///< 429 with Retry-After: 1
    Banned,    ///< 418 with Retry-After: 2
    Truncate,  ///< the body ends early
    Corrupt,   ///< a byte of the body is wrong, so that it no longer parses
    Stall,     ///< the request is read and never answered
    Html,      ///< a page for people instead of JSON
    Short,     ///< rows missing at the far end of the page
    Duplicate, ///< some rows twice
    Revise,    ///< the newest closed rows differ the first time
    Hole,      ///< some rows in the middle missing the first time
};
constexpr std::size_t faultCount = 12;
constexpr std::size_t firstRowFault = 8;
std::string_view toText(Fault fault); ///< the word of `--fault`: "5xx", "reset", ...

/// `--fault`: probabilities per request.
struct FaultPlan {
    std::array<double, faultCount> probability {};
    std::chrono::milliseconds latency {0};
    bool operator==(const FaultPlan&) const = default;
};
/// One of "a=0.1,b=,c": views into the option's text.
struct FaultItem {
    std::string_view name;
    std::optional<std::string_view> value; ///< what stands behind "="; nothing without one
};
std::vector<FaultItem> faultItems(std::string_view text);
/// "418=" is none. @p option names what is wrong.
Result<double> probabilityOf(const FaultItem& item, std::string_view option);

/// "5xx=0.1,reset=0.05,latency=50ms"; the error says what is wrong.
Result<FaultPlan> parseFaultPlan(std::string_view text);

/// What happens to one request.
struct FaultDraw {
    std::optional<Fault> failure;      ///< one of the first eight
    std::array<bool, faultCount> rows {};
    std::uint64_t noise = 0;           ///< for choices that the fault leaves open
    bool has(Fault fault) const { return rows[static_cast<std::size_t>(fault)]; }
};

/// Draws faults: the n-th request always gets the same, for one seed and plan. Thread-safe.
class FaultDice {
public:
    FaultDice(const FaultPlan& plan, std::uint64_t seed)
        : m_plan(plan)
        , m_seed(seed)
    {
    }
    FaultDraw next() { return draw(m_count++); }
    FaultDraw draw(std::uint64_t request) const;
    const FaultPlan& plan() const { return m_plan; }

private:
    const FaultPlan m_plan;
    const std::uint64_t m_seed;
    std::atomic<std::uint64_t> m_count {0};
};

} // namespace mnemo::sim
