#include "ui/chart/timeframetext.h"

#include <map>

namespace mnemo {

std::optional<Timeframe> timeframeFromTyped(const QString& text)
{
    QString typed = text.trimmed();
    while (typed.startsWith(u','))
        typed = typed.mid(1).trimmed();
    qsizetype digits = 0;
    while (digits < typed.size() && typed[digits].isDigit())
        ++digits;
    const std::int64_t count = digits > 0 ? typed.left(digits).toLongLong() : 1;
    const QString unit = typed.mid(digits).trimmed();
    if (typed.isEmpty() || count <= 0 || count > 100'000 || unit.size() > 1)
        return std::nullopt;
    if (unit == u"M")
        return count == 1 ? Timeframe::fromName("1M") : std::nullopt;
    static const std::map<QChar, std::int64_t> minutes {{u'm', 1}, {u'h', 60}, {u'd', 1'440}, {u'w', 10'080}};
    const auto found = minutes.find(unit.isEmpty() ? QChar(u'm') : unit[0].toLower());
    if (found == minutes.end())
        return std::nullopt;
    const std::chrono::minutes wanted {count * found->second};
    for (const Timeframe frame : Timeframe::all()) {
        if (!frame.isMonth() && frame.length() == wanted)
            return frame;
    }
    return std::nullopt;
}

} // namespace mnemo
