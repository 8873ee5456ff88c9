#pragma once

#include <QByteArray>
#include <QDate>
#include <QString>
#include <QTimeZone>
#include <optional>

#include "core/base/clock.h"
#include "core/market/timerange.h"

namespace mnemo {

class DisplayZone;

/// The clock on the wall by which a chart's axis and labels are read. Times stay UTC; only text and day boundaries
/// follow the zone, summer time included. A value; cheap for UTC, about a microsecond a question else.
class ChartZone {
public:
    ChartZone(); ///< UTC
    static ChartZone local();
    /// "UTC", "local" or an IANA name; nothing where this machine does not know it.
    static std::optional<ChartZone> fromId(const QByteArray& id);

    static ChartZone of(const DisplayZone& zone); ///< as chosen for the whole program

    QByteArray id() const { return m_id; }
    bool isUtc() const { return m_isUtc; }
    QString shortName() const; ///< for a corner: "UTC", "Local", "New York"
    QString nameAt(UtcMs time) const; ///< "UTC", "CEST, UTC+02:00"
    milliseconds offsetAt(UtcMs time) const; ///< of the wall clock to UTC

    /// What the wall clock shows, written as if it were UTC; and the first moment of a day.
    UtcMs wall(UtcMs time) const { return time + offsetAt(time); }
    UtcMs startOf(std::chrono::sys_days day) const;
    bool isDayStart(UtcMs time) const;

    QString timeText(UtcMs time) const; ///< 2024-01-31 10:20, with seconds where they are not zero
    QString rangeText(TimeRange range) const;
    /// What timeText() writes, a date alone, or an ISO time with a zone of its own.
    std::optional<UtcMs> parse(const QString& text) const;
    bool operator==(const ChartZone& other) const { return m_id == other.m_id; }

private:
    ChartZone(QByteArray id, const QTimeZone& zone);

    QByteArray m_id;
    QTimeZone m_zone;
    bool m_isUtc = true;
};

} // namespace mnemo
