#include "ui/widgets/displayzone.h"

#include <QDateTime>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace mnemo {

DisplayZone::DisplayZone(QObject* parent)
    : QObject(parent)
    , m_zone(QTimeZone::utc())
    , m_id(u"UTC"_s)
{
}

bool DisplayZone::setId(const QString& id)
{
    QTimeZone zone = QTimeZone::utc();
    bool isKnown = true;
    if (id == u"local")
        zone = QTimeZone::systemTimeZone();
    else if (id != u"UTC")
        isKnown = !id.isEmpty() && (zone = QTimeZone(id.toUtf8())).isValid();
    const QString taken = isKnown ? id : u"UTC"_s;
    if (taken == m_id)
        return isKnown;
    m_id = taken;
    m_zone = isKnown ? zone : QTimeZone::utc();
    emit changed();
    return isKnown;
}

QString DisplayZone::label(UtcMs at) const
{
    if (m_id == u"UTC")
        return m_id;
    const QString name = m_zone.abbreviation(QDateTime::fromMSecsSinceEpoch(toMs(at), m_zone));
    // Zones without letters of their own are called "+0530" in the IANA list.
    return name.startsWith(u'+') || name.startsWith(u'-') ? u"UTC"_s + name : name;
}

QString DisplayZone::timeText(UtcMs time) const
{
    const QDateTime local = at(time);
    return local.toString(local.time().second() == 0 ? u"yyyy-MM-dd HH:mm"_s : u"yyyy-MM-dd HH:mm:ss"_s);
}

QString DisplayZone::dateText(UtcMs time) const
{
    return at(time).toString(u"yyyy-MM-dd"_s);
}

const QStringList& DisplayZone::names()
{
    static const QStringList list = [] {
        QStringList names;
        for (const QByteArray& id : QTimeZone::availableTimeZoneIds()) {
            if (id.contains('/') && !id.startsWith("Etc/") && !id.startsWith("SystemV/") && !id.startsWith("posix"))
                names << QString::fromLatin1(id);
        }
        std::sort(names.begin(), names.end());
        return names;
    }();
    return list;
}

} // namespace mnemo
