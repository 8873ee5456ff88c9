#include "ui/wall/walltile.h"

#include <QCoreApplication>
#include <algorithm>

#include "ui/widgets/agotext.h"
#include "ui/widgets/textformat.h"

using namespace std::chrono_literals;

namespace mnemo {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(Wall)
};

constexpr milliseconds fresh {10s}; ///< nobody counts these

QString ageText(milliseconds age)
{
    if (age < fresh)
        return {};
    return age < 1min ? Texts::tr("%1 s ago").arg(age / 10s * 10) : agoText(age);
}

} // namespace

std::optional<double> WallTile::last() const
{
    if (running)
        return running->close;
    return line.empty() ? std::nullopt : std::optional(line.back());
}

std::optional<double> WallTile::change() const
{
    const auto now = last();
    return now && reference && *reference != 0 ? std::optional(*now / *reference - 1) : std::nullopt;
}

bool WallTile::isShort() const
{
    return reference && stored - since + record.key.timeframe.length() < wallSpan(record.key.timeframe);
}

QString WallTile::changeSpan() const
{
    if (!reference)
        return {};
    return isShort() ? lengthText(std::max(stored - since, record.key.timeframe.length())) : wallSpanText(record.key.timeframe);
}

void WallTile::setBars(std::span<const Candle> bars)
{
    line.clear();
    reference.reset();
    if (bars.empty())
        return;
    reference = bars.front().close;
    since = record.grid().next(bars.front().openTime);
    const std::size_t points = std::min(bars.size(), mostPoints);
    for (std::size_t i = 1; i <= points; ++i)
        line.push_back(bars[i * bars.size() / points - 1].close);
    stored = record.grid().next(bars.back().openTime);
    if (running && running->openTime < stored)
        running.reset();
}

bool WallTile::setAge(UtcMs now)
{
    const UtcMs newest = std::max(heard.value_or(stored), stored);
    const QString told = newest == UtcMs {} ? QString() : ageText(std::max(0ms, now - newest));
    if (told == age)
        return false;
    age = told;
    return true;
}

milliseconds wallSpan(Timeframe timeframe)
{
    return timeframe.length() <= 1h ? milliseconds {24h} : 30 * timeframe.length();
}

QString wallSpanText(Timeframe timeframe)
{
    return lengthText(wallSpan(timeframe));
}

std::vector<const StoredSeries*> finestOf(const StoredSeriesList& list)
{
    std::vector<const StoredSeries*> finest;
    for (const StoredSeries& series : list) {
        const SeriesKey& key = series.record.key;
        if (key.kind != Kind::Candles || key.source != key.exchange)
            continue;
        const auto same = std::ranges::find_if(finest, [&](const StoredSeries* other) {
            const SeriesKey& known = other->record.key;
            return known.exchange == key.exchange && known.market == key.market && known.symbol == key.symbol;
        });
        if (same == finest.end())
            finest.push_back(&series);
        else if (key.timeframe.length() < (*same)->record.key.timeframe.length())
            *same = &series;
    }
    return finest;
}

} // namespace mnemo
