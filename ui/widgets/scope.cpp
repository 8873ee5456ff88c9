#include "ui/widgets/scope.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QJsonArray>
#include <QRegularExpression>
#include <algorithm>
#include <cctype>

#include "ui/widgets/displayzone.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

using namespace std::chrono;

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(Scope)
};

constexpr int mostHours = 24 * 366 * 50;

UtcMs startOf(QDate day, const DisplayZone& zone)
{
    return fromMs(day.startOfDay(zone.zone()).toMSecsSinceEpoch());
}

/// The year, month, day or minute that is written there.
std::optional<TimeRange> unitFromText(const QString& text, const DisplayZone& zone)
{
    static const QRegularExpression form(u"^(\\d{4})(?:-(\\d\\d?)(?:-(\\d\\d?)(?:[ T](\\d\\d):(\\d\\d))?)?)?$"_s);
    const auto match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const auto part = [&](int index, int fallback) {
        return match.capturedLength(index) > 0 ? match.captured(index).toInt() : fallback;
    };
    const QDate first(part(1, 0), part(2, 1), part(3, 1));
    if (!first.isValid() || first.year() < 1970)
        return std::nullopt;
    if (match.capturedLength(4) > 0) {
        const QTime time(part(4, 0), part(5, 0));
        if (!time.isValid())
            return std::nullopt;
        const UtcMs from = fromMs(QDateTime(first, time, zone.zone()).toMSecsSinceEpoch());
        return TimeRange {from, from + minutes {1}};
    }
    const QDate after = match.capturedLength(3) > 0 ? first.addDays(1)
        : match.capturedLength(2) > 0               ? first.addMonths(1)
                                                    : first.addYears(1);
    return TimeRange {startOf(first, zone), startOf(after, zone)};
}

std::optional<hours> stretchFromText(const QString& text)
{
    static const QRegularExpression form(u"^(?:last\\s+)?(?:(\\d{1,5})\\s*)?(h|hours?|d|days?|w|weeks?|y|years?)$"_s,
        QRegularExpression::CaseInsensitiveOption);
    const auto match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const char16_t unit = match.captured(2).at(0).toLower().unicode();
    const int each = unit == u'h' ? 1 : unit == u'd' ? 24 : unit == u'w' ? 24 * 7 : 24 * 365;
    const int count = match.capturedLength(1) > 0 ? match.captured(1).toInt() : 1;
    return count > 0 && count <= mostHours / each ? std::optional(hours {count * each}) : std::nullopt;
}

QString stretchText(hours length)
{
    const auto count = length.count();
    if (count == 1)
        return Texts::tr("last hour");
    if (count % 24 != 0 || count == 24)
        return Texts::tr("last %n hours", nullptr, static_cast<int>(count));
    return Texts::tr("last %n days", nullptr, static_cast<int>(count / 24));
}

char lower(char letter)
{
    return static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
}

/// Without separators, so that "btcusdt" is found too.
std::string glued(std::string_view text)
{
    std::string letters;
    for (const char letter : text) {
        if (std::isalnum(static_cast<unsigned char>(letter)) != 0)
            letters += lower(letter);
    }
    return letters;
}

bool contains(std::string_view text, std::string_view part)
{
    return std::ranges::search(text, part, {}, lower, lower).begin() != text.end() || part.empty();
}

} // namespace

TimeRange ScopeTime::within(UtcMs now) const
{
    if (last > hours {0})
        return {now - last, now};
    return fixed.isEmpty() ? TimeRange {UtcMs::min(), UtcMs::max()} : fixed;
}

QString ScopeTime::text(const DisplayZone& zone) const
{
    if (last > hours {0})
        return stretchText(last);
    if (fixed.isEmpty())
        return {};
    const QDate day = zone.at(fixed.from).date();
    for (const QString& form : {u"yyyy"_s, u"yyyy-MM"_s, u"yyyy-MM-dd"_s}) {
        const QString unit = day.toString(form);
        if (unitFromText(unit, zone) == fixed)
            return unit;
    }
    const auto endText = [&zone](UtcMs time) {
        return startOf(zone.at(time).date(), zone) == time ? zone.dateText(time) : zone.timeText(time);
    };
    return Texts::tr("%1 to %2").arg(endText(fixed.from), endText(fixed.to));
}

std::optional<ScopeTime> ScopeTime::fromText(const QString& text, const DisplayZone& zone)
{
    const QString typed = text.simplified();
    if (typed.isEmpty())
        return ScopeTime {};
    if (const auto stretch = stretchFromText(typed))
        return ScopeTime {*stretch, {}};
    if (const auto unit = unitFromText(typed, zone))
        return ScopeTime {hours {0}, *unit};
    static const QRegularExpression between(u"\\s+to\\s+|\\s*\\.\\.\\s*|\\s+[-\u2013]\\s+|\\s*\u2013\\s*"_s);
    const QStringList ends = typed.split(between);
    if (ends.size() != 2)
        return std::nullopt;
    const auto first = unitFromText(ends[0].trimmed(), zone), last = unitFromText(ends[1].trimmed(), zone);
    if (!first || !last || last->from <= first->from)
        return std::nullopt;
    return ScopeTime {hours {0}, {first->from, last->from}};
}

bool Scope::acceptsInstrument(std::string_view venue, MarketType type, std::string_view symbol) const
{
    if ((!exchange.empty() && exchange != venue) || (market && *market != type))
        return false;
    if (symbols.isEmpty())
        return true;
    const std::string letters = glued(symbol);
    return std::ranges::any_of(symbols, [&](const QString& part) {
        const std::string wanted = part.toStdString();
        return contains(symbol, wanted) || contains(letters, wanted);
    });
}

bool Scope::accepts(const SeriesKey& key) const
{
    return acceptsInstrument(key.exchange, key.market, key.symbol) && (!timeframe || *timeframe == key.timeframe);
}

QString Scope::text(const DisplayZone& zone) const
{
    QStringList parts;
    if (!exchange.empty())
        parts << toQString(exchange);
    if (market)
        parts << textOf(*market);
    if (!symbols.isEmpty())
        parts << symbols.join(u' ');
    if (timeframe)
        parts << toQString(timeframe->name());
    if (!time.isAny())
        parts << time.text(zone);
    return parts.join(u", "_s);
}

QJsonObject Scope::state() const
{
    QJsonObject state;
    if (!exchange.empty())
        state[u"exchange"_s] = toQString(exchange);
    if (market)
        state[u"market"_s] = toQString(toText(*market));
    if (!symbols.isEmpty())
        state[u"symbols"_s] = QJsonArray::fromStringList(symbols);
    if (timeframe)
        state[u"timeframe"_s] = toQString(timeframe->name());
    if (time.last > hours {0})
        state[u"lastHours"_s] = static_cast<int>(time.last.count());
    else if (!time.fixed.isEmpty())
        state[u"range"_s] = QJsonArray {qint64 {toMs(time.fixed.from)}, qint64 {toMs(time.fixed.to)}};
    return state;
}

Scope Scope::fromState(const QJsonObject& state)
{
    Scope scope;
    scope.exchange = state[u"exchange"_s].toString().toStdString();
    scope.market = marketTypeFromText(state[u"market"_s].toString().toStdString());
    for (const QJsonValue& symbol : state[u"symbols"_s].toArray()) {
        if (const QString part = symbol.toString().trimmed(); !part.isEmpty())
            scope.symbols << part;
    }
    scope.timeframe = Timeframe::fromName(state[u"timeframe"_s].toString().toStdString());
    scope.time.last = hours {std::clamp(state[u"lastHours"_s].toInt(), 0, mostHours)};
    const QJsonArray ends = state[u"range"_s].toArray();
    if (ends.size() == 2 && ends[0].toInteger() < ends[1].toInteger() && scope.time.last == hours {0})
        scope.time.fixed = {fromMs(ends[0].toInteger()), fromMs(ends[1].toInteger())};
    return scope;
}

} // namespace mnemo
