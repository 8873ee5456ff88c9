#include "core/market/timeframe.h"

#include <algorithm>
#include <array>

namespace mnemo {

namespace {

struct Row {
    std::string_view name;
    std::int64_t minutes;
};
constexpr std::array<Row, 15> rows {{{"1m", 1}, {"3m", 3}, {"5m", 5}, {"15m", 15}, {"30m", 30}, {"1h", 60}, {"2h", 120},
    {"4h", 240}, {"6h", 360}, {"8h", 480}, {"12h", 720}, {"1d", 1440}, {"3d", 4320}, {"1w", 10080}, {"1M", 28 * 1440}}};

} // namespace

std::span<const Timeframe> Timeframe::all()
{
    static const auto list = [] {
        std::array<Timeframe, rows.size()> frames;
        for (std::size_t i = 0; i < rows.size(); ++i)
            frames[i] = Timeframe(static_cast<std::uint8_t>(i));
        return frames;
    }();
    return list;
}

std::optional<Timeframe> Timeframe::fromName(std::string_view name)
{
    const auto found = std::ranges::find(rows, name, &Row::name);
    if (found == rows.end())
        return std::nullopt;
    return Timeframe(static_cast<std::uint8_t>(found - rows.begin()));
}

std::string_view Timeframe::name() const
{
    return rows[m_index].name;
}

milliseconds Timeframe::length() const
{
    return std::chrono::minutes {rows[m_index].minutes};
}

} // namespace mnemo
