#include "ui/chart/chartoffers.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>

#include "ui/chart/rolledstored.h"
#include "ui/chart/timeframetext.h"
#include "ui/widgets/displayzone.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ChartPrompt)
};

bool hasEveryWord(const QString& title, const QStringList& words)
{
    return std::all_of(
        words.begin(), words.end(), [&](const QString& word) { return title.contains(word, Qt::CaseInsensitive); });
}

bool isSameInstrument(const SeriesKey& a, const SeriesKey& b)
{
    return a.source == b.source && a.exchange == b.exchange && a.market == b.market && a.symbol == b.symbol
        && a.kind == b.kind;
}

QString storedFrames(const StoredSeriesList& list, const SeriesKey& shown)
{
    QStringList frames;
    for (const StoredSeries& series : list) {
        if (isSameInstrument(series.record.key, shown))
            frames << toQString(series.record.key.timeframe.name());
    }
    return frames.join(u", "_s);
}

} // namespace

PromptReply offerSeries(const StoredSeriesList& list, const QString& text,
    const std::function<void(const SeriesKey&)>& choose, const std::optional<SeriesKey>& except)
{
    const QStringList words = text.split(u' ', Qt::SkipEmptyParts);
    PromptReply reply;
    std::size_t first = 0;
    for (const StoredSeries& series : list) {
        const SeriesKey& key = series.record.key;
        const QString title = titleOf(key);
        if (key.kind != Kind::Candles || key == except || !hasEveryWord(title, words))
            continue;
        PromptReply::Offer offer {title, [choose, key] { choose(key); }};
        const bool isFirst = !words.isEmpty() && toQString(key.symbol).startsWith(words.front(), Qt::CaseInsensitive);
        if (isFirst)
            reply.offers.insert(reply.offers.begin() + static_cast<std::ptrdiff_t>(first++), std::move(offer));
        else
            reply.offers.push_back(std::move(offer));
    }
    if (list.empty())
        reply.hint = Text::tr("Nothing is stored yet. A backfill (Ctrl+N) brings the first series.");
    else if (reply.offers.empty())
        reply.hint = Text::tr("No stored series has these letters. A backfill (Ctrl+N) brings new ones.");
    return reply;
}

PromptReply offerTimeframe(const StoredSeriesList& list, const SeriesKey& shown, const QString& text,
    const std::function<void(const SeriesKey&)>& choose, const std::function<void(const SeriesKey&)>& backfill)
{
    PromptReply reply;
    const auto frame = timeframeFromTyped(text);
    if (!frame) {
        reply.hint =
            Text::tr("Type minutes or a unit: 5, 60, 1h, 4h, D, W, M. Stored: %1.").arg(storedFrames(list, shown));
        return reply;
    }
    SeriesKey wanted = shown;
    wanted.timeframe = *frame;
    const QString name = toQString(frame->name());
    const bool isStored =
        std::any_of(list.begin(), list.end(), [&](const StoredSeries& series) { return series.record.key == wanted; });
    if (isStored) {
        reply.offers.push_back({Text::tr("Show %1").arg(name), [choose, wanted] { choose(wanted); }});
        return reply;
    }
    if (const auto rolled = rolledOf(list, wanted)) {
        const QString finer = toQString(rolled->madeOf.timeframe.name());
        reply.offers.push_back({Text::tr("Show %1, made of the bars of %2").arg(name, finer), [choose, wanted] { choose(wanted); }});
    }
    reply.offers.push_back({Text::tr("Backfill %1\u2026").arg(name), [backfill, wanted] { backfill(wanted); }});
    reply.hint = Text::tr("%1 is not stored. Stored: %2.").arg(name, storedFrames(list, shown));
    return reply;
}

PromptReply offerDate(
    const ChartZone& zone, TimeRange extent, const QString& text, const std::function<void(UtcMs)>& choose)
{
    PromptReply reply;
    const auto time = zone.parse(text);
    if (!time) {
        reply.hint = Text::tr("Type a date, with a time if you like: 2024-03-10 or 2024-03-10 14:30 (%1).")
                         .arg(zone.shortName());
        return reply;
    }
    const QString when = Text::tr("%1 %2").arg(zone.timeText(*time), zone.nameAt(*time));
    reply.offers.push_back({Text::tr("Go to %1").arg(when), [choose, time] { choose(*time); }});
    if (!extent.contains(*time))
        reply.hint = Text::tr("Stored are %1 (%2).").arg(zone.rangeText(extent), zone.shortName());
    return reply;
}

PromptReply offerZones(const QString& text, const std::function<void(const ChartZone&)>& choose)
{
    const QStringList words = QString(text).replace(u'_', u' ').split(u' ', Qt::SkipEmptyParts);
    PromptReply reply;
    const auto add = [&](const QString& title, const QByteArray& id) {
        if (!hasEveryWord(title, words))
            return;
        reply.offers.push_back({title, [choose, id] {
                                    if (const auto zone = ChartZone::fromId(id))
                                        choose(*zone);
                                }});
    };
    add(Text::tr("UTC"), "UTC");
    add(Text::tr("Local: %1").arg(QString::fromLatin1(QTimeZone::systemTimeZoneId())), "local");
    for (const QString& name : DisplayZone::names())
        add(QString(name).replace(u'_', u' '), name.toLatin1());
    if (reply.offers.empty())
        reply.hint = Text::tr("No such zone is known here. Type a city or a continent: Berlin, New York, Asia.");
    return reply;
}

} // namespace mnemo
