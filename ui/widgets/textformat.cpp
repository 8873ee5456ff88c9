#include "ui/widgets/textformat.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <cmath>

#include "core/base/timetext.h"

namespace mnemo {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Text)
};

constexpr milliseconds day {86'400'000};

/// The locale of numbers. The system's own is looked up anew for each sign of each number, which takes longer than the
/// rest of the formatting: where nobody chose another one, the one that it names is taken.
QLocale numberLocale()
{
    static const QLocale named = [] {
        QLocale found = QLocale::c();
        for (const char* variable : {"LANG", "LC_NUMERIC", "LC_ALL"}) {
            if (const QString name = qEnvironmentVariable(variable); !name.isEmpty())
                found = QLocale(name);
        }
        found.setNumberOptions(QLocale::system().numberOptions());
        return found;
    }();
    const QLocale now;
    return now == QLocale::system() ? named : now;
}

bool isMidnight(UtcMs time)
{
    return time.time_since_epoch() % day == milliseconds {0};
}

} // namespace

QString toQString(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString timeText(UtcMs time)
{
    return toQString(formatShort(time));
}

QString dateText(UtcMs time)
{
    return toQString(formatDate(time));
}

QString rangeText(TimeRange range)
{
    const bool isDays = isMidnight(range.from) && isMidnight(range.to);
    return isDays ? Text::tr("%1 to %2").arg(dateText(range.from), dateText(range.to))
                  : Text::tr("%1 to %2").arg(timeText(range.from), timeText(range.to));
}

QString countText(std::int64_t count)
{
    return numberLocale().toString(static_cast<qlonglong>(count));
}

QString countText(double count, int decimals)
{
    return numberLocale().toString(count, 'f', decimals);
}

QString percentText(double share)
{
    double percent = share * 100;
    if (share < 1)
        percent = std::min(percent, 99.9);
    if (share > 0)
        percent = std::max(percent, 0.1);
    const bool isWhole = share >= 1 || share <= 0;
    return Text::tr("%1 %").arg(numberLocale().toString(percent, 'f', isWhole ? 0 : 1));
}

QString bytesText(std::int64_t bytes)
{
    return numberLocale().formattedDataSize(bytes, 1);
}

QString lengthText(milliseconds length)
{
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(length).count();
    if (seconds < 60)
        return Text::tr("%1 s").arg(seconds);
    if (seconds < 3600)
        return seconds % 60 == 0 ? Text::tr("%1 min").arg(seconds / 60)
                                 : Text::tr("%1 min %2 s").arg(seconds / 60).arg(seconds % 60);
    if (seconds < 86'400)
        return seconds / 60 % 60 == 0 ? Text::tr("%1 h").arg(seconds / 3600)
                                      : Text::tr("%1 h %2 min").arg(seconds / 3600).arg(seconds / 60 % 60);
    return seconds / 3600 % 24 == 0 ? Text::tr("%1 d").arg(seconds / 86'400)
                                    : Text::tr("%1 d %2 h").arg(seconds / 86'400).arg(seconds / 3600 % 24);
}

QString priceText(double price, int decimals)
{
    return numberLocale().toString(price, 'f', decimals);
}

QString volumeText(double volume)
{
    struct Step {
        double from;
        const char* format;
    };
    static constexpr Step steps[] = {{1e9, QT_TRANSLATE_NOOP("Text", "%1 G")}, {1e6, QT_TRANSLATE_NOOP("Text", "%1 M")},
        {1e3, QT_TRANSLATE_NOOP("Text", "%1 k")}};
    const QLocale locale = numberLocale();
    for (const Step& step : steps) {
        if (volume >= step.from)
            return Text::tr(step.format).arg(locale.toString(volume / step.from, 'f', 2));
    }
    const int decimals = volume == 0 ? 0 : volume < 0.01 ? 8 : volume < 1 ? 5 : 2;
    return locale.toString(volume, 'f', decimals);
}

int decimalsFor(double step)
{
    if (!(step > 0))
        return 2;
    return std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 14);
}

int decimalsOfPrice(double price)
{
    const double size = std::abs(price);
    if (!(size > 0))
        return 2;
    return std::clamp(4 - static_cast<int>(std::floor(std::log10(size))), 0, 14);
}

} // namespace mnemo
