#pragma once

#include <QJsonObject>
#include <QString>
#include <QStringList>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/market/serieskey.h"
#include "core/market/timerange.h"

namespace mnemo {

class DisplayZone;

/// Which times are looked at: a stretch up to now, two fixed ends, or any. A value.
struct ScopeTime {
    std::chrono::hours last {0}; ///< not zero: so long, up to now
    TimeRange fixed;             ///< else these; empty: any time

    bool isAny() const { return *this == ScopeTime {}; }
    TimeRange within(UtcMs now) const; ///< all of time where any is meant
    /// "last 7 days", "2024", "2024-03", "2024-03-01 to 2024-03-08"; empty for any.
    QString text(const DisplayZone& zone) const;
    /// What text() writes, or shorter: "7d", "24h", "3w", "1y". Empty means any; nothing where it is no time.
    static std::optional<ScopeTime> fromText(const QString& text, const DisplayZone& zone);
    bool operator==(const ScopeTime&) const = default;
};

/// What somebody looks at just now, on all screens. What is empty means any. A value.
struct Scope {
    std::string exchange;
    std::optional<MarketType> market;
    QStringList symbols; ///< parts of names, of which one has to fit: "btc", "ETH/USDT", "solusdt"
    std::optional<Timeframe> timeframe;
    ScopeTime time;

    bool isAny() const { return *this == Scope {}; }
    bool accepts(const SeriesKey& key) const; ///< whatever the time
    bool acceptsInstrument(std::string_view venue, MarketType type, std::string_view symbol) const;
    QString text(const DisplayZone& zone) const; ///< "an exchange, Spot, BTC, 1h, last 7 days"; empty for any

    QJsonObject state() const;
    static Scope fromState(const QJsonObject& state); ///< what makes no sense means any
    bool operator==(const Scope&) const = default;
};

} // namespace mnemo
