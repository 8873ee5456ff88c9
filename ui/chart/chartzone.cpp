#include "ui/chart/chartzone.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

#include "core/base/timetext.h"
#include "ui/widgets/displayzone.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ChartZone)
};

// QDateTime's calendar and the zone tables serve these years; what lies beyond is shown as at the border.
constexpr std::int64_t earliest = -62'135'596'800'000;
constexpr std::int64_t latest = 253'402'300'799'000;

QDateTime moment(UtcMs time)
{
    return QDateTime::fromMSecsSinceEpoch(std::clamp(toMs(time), earliest, latest), Qt::UTC);
}

QString offsetText(milliseconds offset)
{
    const auto minutes = std::abs(std::chrono::duration_cast<std::chrono::minutes>(offset).count());
    return u"UTC%1%2:%3"_s.arg(QChar(offset < milliseconds {0} ? u'\u2212' : u'+'))
        .arg(minutes / 60, 2, 10, QLatin1Char('0'))
        .arg(minutes % 60, 2, 10, QLatin1Char('0'));
}

} // namespace

ChartZone::ChartZone()
    : ChartZone("UTC", QTimeZone::utc())
{
}

ChartZone::ChartZone(QByteArray id, const QTimeZone& zone)
    : m_id(std::move(id))
    , m_zone(zone)
    , m_isUtc(zone == QTimeZone::utc())
{
}

ChartZone ChartZone::local()
{
    const QTimeZone zone = QTimeZone::systemTimeZone();
    return {"local", zone.isValid() ? zone : QTimeZone::utc()};
}

std::optional<ChartZone> ChartZone::fromId(const QByteArray& id)
{
    if (id == "UTC")
        return ChartZone();
    if (id == "local")
        return local();
    if (id.isEmpty() || !QTimeZone::isTimeZoneIdAvailable(id))
        return std::nullopt;
    return ChartZone(id, QTimeZone(id));
}

ChartZone ChartZone::of(const DisplayZone& zone)
{
    return fromId(zone.id().toLatin1()).value_or(ChartZone());
}

QString ChartZone::shortName() const
{
    if (m_id == "UTC")
        return Text::tr("UTC");
    if (m_id == "local")
        return Text::tr("Local");
    return QString::fromLatin1(m_id.mid(m_id.lastIndexOf('/') + 1)).replace(u'_', u' ');
}

QString ChartZone::nameAt(UtcMs time) const
{
    if (m_isUtc)
        return Text::tr("UTC");
    const QString offset = offsetText(offsetAt(time));
    const QString name = m_zone.abbreviation(moment(time));
    // Many zones have no letters of their own: "+03" says nothing that the offset does not.
    const bool isName = !name.isEmpty() && name[0].isLetter() && !name.startsWith(u"UTC"_s);
    return isName ? Text::tr("%1, %2").arg(name, offset) : offset;
}

milliseconds ChartZone::offsetAt(UtcMs time) const
{
    if (m_isUtc)
        return milliseconds {0};
    return std::chrono::seconds {m_zone.offsetFromUtc(moment(time))};
}

UtcMs ChartZone::startOf(std::chrono::sys_days day) const
{
    if (m_isUtc)
        return day;
    const QDate date = QDate(1970, 1, 1).addDays(day.time_since_epoch().count());
    const QDateTime start = date.startOfDay(m_zone);
    // A day that a zone left out altogether begins where the next one does.
    return start.isValid() ? fromMs(start.toMSecsSinceEpoch()) : UtcMs {day} - offsetAt(day);
}

bool ChartZone::isDayStart(UtcMs time) const
{
    const UtcMs now = wall(time);
    const auto date = std::chrono::floor<std::chrono::days>(now);
    if (m_isUtc || now == UtcMs {date})
        return now == UtcMs {date};
    return std::chrono::floor<std::chrono::days>(wall(time - milliseconds {1})) != date;
}

QString ChartZone::timeText(UtcMs time) const
{
    return mnemo::timeText(wall(time));
}

QString ChartZone::rangeText(TimeRange range) const
{
    return mnemo::rangeText({wall(range.from), wall(range.to)});
}

std::optional<UtcMs> ChartZone::parse(const QString& text) const
{
    const QString typed = text.trimmed();
    const auto asUtc = parseTime(typed.toStdString());
    if (!asUtc || m_isUtc || typed.size() < 8)
        return asUtc;
    const QChar last = typed.back();
    const bool hasZone =
        last == u'Z' || (typed.size() > 11 && (typed.indexOf(u'+', 10) > 0 || typed.indexOf(u'-', 10) > 0));
    const bool isNumber = !typed.contains(u'-');
    if (hasZone || isNumber)
        return asUtc;
    const QDateTime read = QDateTime::fromMSecsSinceEpoch(toMs(*asUtc), Qt::UTC);
    const QDateTime there(read.date(), read.time(), m_zone);
    return there.isValid() ? fromMs(there.toMSecsSinceEpoch()) : *asUtc - offsetAt(*asUtc);
}

} // namespace mnemo
