#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/result.h"

namespace mnemo::sim {

/// What can go wrong with a message of a stream; one at a time.
enum class StreamFault {
    Drop,    ///< the connection is reset
    Close,   ///< the server closes it, with code 1001
    Stall,   ///< nothing comes any more, answers to pings neither
    Lost,    ///< it is not sent
    Twice,   ///< it is sent twice
    Late,    ///< it comes behind the next
    Garbage, ///< half of it
};
constexpr std::size_t streamFaultCount = 7;

/// `--stream-fault`: probabilities per message.
struct StreamFaultPlan {
    std::array<double, streamFaultCount> probability {};
    bool operator==(const StreamFaultPlan&) const = default;
};
/// "drop=0.01,late=0.1"; the error says what is wrong.
Result<StreamFaultPlan> parseStreamFaultPlan(std::string_view text);

/// The n-th message of the program always gets the same, for one seed and plan. Thread-safe.
class StreamFaultDice {
public:
    StreamFaultDice(const StreamFaultPlan& plan, std::uint64_t seed)
        : m_plan(plan)
        , m_seed(seed)
    {
    }
    std::optional<StreamFault> next();

private:
    const StreamFaultPlan m_plan;
    const std::uint64_t m_seed;
    std::atomic<std::uint64_t> m_count {0};
};

} // namespace mnemo::sim
