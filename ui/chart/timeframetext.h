#pragma once

#include <QString>
#include <optional>

#include "core/market/timeframe.h"

namespace mnemo {

/// A timeframe as people type it on a chart: "5" and "240" are minutes, "1h", "2H", "D", "1w", "M"; a leading comma is
/// what opened the prompt. A lone small m is a minute, a capital M a month. Nothing where no such frame exists.
std::optional<Timeframe> timeframeFromTyped(const QString& text);

} // namespace mnemo
