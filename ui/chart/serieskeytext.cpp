#include "ui/chart/serieskeytext.h"

#include "ui/widgets/textformat.h"

namespace mnemo {

QStringList textOfKey(const SeriesKey& key)
{
    return {toQString(key.source), toQString(key.exchange), toQString(toText(key.market)), toQString(key.symbol),
        toQString(toText(key.kind)), toQString(key.timeframe.name())};
}

std::optional<SeriesKey> keyFromText(const QStringList& text)
{
    if (text.size() != 6)
        return std::nullopt;
    const auto market = marketTypeFromText(text[2].toStdString());
    const auto kind = kindFromText(text[4].toStdString());
    const auto timeframe = Timeframe::fromName(text[5].toStdString());
    if (!market || !kind || !timeframe)
        return std::nullopt;
    return SeriesKey {text[0].toStdString(), text[1].toStdString(), *market, text[3].toStdString(), *kind, *timeframe};
}

} // namespace mnemo
