#include "ui/chart/charttext.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>
#include <algorithm>
#include <cmath>
#include <map>

#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Chart)
};

QString stamp(UtcMs time, const ChartZone& zone)
{
    return Text::tr("%1 %2").arg(zone.timeText(time), zone.nameAt(time));
}

QString two(std::int64_t number)
{
    return QString::number(number).rightJustified(2, u'0');
}

QString barsText(std::int64_t count)
{
    return count == 1 ? Text::tr("1 bar") : Text::tr("%1 bars").arg(countText(count));
}

/// "Said about bars in view: Error 2, Quarantined 1."
QString notesText(const CandleScene& scene)
{
    std::map<NoteKind, int> counts;
    for (const QualityNote& note : scene.said)
        counts[note.kind] += note.isContinued ? 0 : 1;
    QStringList parts;
    for (auto kind = counts.rbegin(); kind != counts.rend(); ++kind)
        parts << Text::tr("%1 %2").arg(textOf(kind->first), countText(kind->second));
    return parts.isEmpty() ? QString() : Text::tr("Bars with findings in view: %1.").arg(parts.join(u", "_s));
}

} // namespace

QString valuesText(const ChartBar& bar, const ChartBar* previous, int decimals)
{
    const double reference = previous ? previous->close : bar.open;
    const double change = reference != 0 ? (bar.close / reference - 1) * 100 : 0;
    return Text::tr("O %1  H %2  L %3  C %4   %5   V %6")
        .arg(priceText(bar.open, decimals), priceText(bar.high, decimals), priceText(bar.low, decimals),
            priceText(bar.close, decimals), signedPercent(change), volumeText(bar.volume));
}

QString signedPercent(double percent)
{
    const QString sign = percent >= 0.005 ? u"+"_s : QString();
    return Text::tr("%1 %").arg(sign + QLocale().toString(percent, 'f', 2));
}

QString legendText(
    const CandleMark& mark, const QString& state, const ChartBar* previous, int decimals, const ChartZone& zone)
{
    return Text::tr("%1   %2   %3").arg(stamp(mark.bar.time, zone), valuesText(mark.bar, previous, decimals), state);
}

QString stateText(std::int64_t bars, bool isQuarantined, const QualityNote* note)
{
    const QString state = isQuarantined ? Text::tr("quarantined")
        : bars > 1                      ? Text::tr("%1 in one mark").arg(barsText(bars))
                                        : Text::tr("closed");
    const bool isSaid = note && !(isQuarantined && note->kind == NoteKind::Quarantined && note->rule.empty());
    return isSaid ? Text::tr("%1   %2 %3").arg(state, glyphOf(note->kind),
               textOf(note->kind, note->rule, note->findings))
                  : state;
}

QString legendText(const FormingBar& forming, const ChartBar* previous, int decimals, const ChartZone& zone, UtcMs now)
{
    if (now >= forming.closes)
        return Text::tr("%1   %2   closed, not stored yet")
            .arg(stamp(forming.bar.time, zone), valuesText(forming.bar, previous, decimals));
    return Text::tr("%1   %2   forming, closes in %3")
        .arg(stamp(forming.bar.time, zone), valuesText(forming.bar, previous, decimals),
            countdownText(forming.closes - now));
}

QString overlayLegend(const QString& title, const ChartBar& bar, double reference, int decimals)
{
    const QString text = Text::tr("%1   C %2").arg(title, priceText(bar.close, decimals));
    if (!(reference > 0))
        return text;
    return Text::tr("%1   %2 in view").arg(text, signedPercent((bar.close / reference - 1) * 100));
}

QString countdownText(milliseconds left)
{
    const auto seconds = std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::seconds>(left).count());
    if (seconds >= 86'400)
        return Text::tr("%1 d %2 h").arg(seconds / 86'400).arg(seconds / 3600 % 24);
    if (seconds >= 3600)
        return u"%1:%2:%3"_s.arg(QString::number(seconds / 3600), two(seconds / 60 % 60), two(seconds % 60));
    return u"%1:%2"_s.arg(QString::number(seconds / 60), two(seconds % 60));
}

QString measureText(const Measured& measured, milliseconds barLength, int decimals)
{
    const milliseconds length = std::chrono::abs(measured.to - measured.from);
    const double change = measured.toPrice - measured.fromPrice;
    const double percent = measured.fromPrice != 0 ? change / measured.fromPrice * 100 : 0;
    const auto bars = static_cast<std::int64_t>(
        std::llround(static_cast<double>(length.count()) / static_cast<double>(barLength.count())));
    return Text::tr("%1, %2; %3, %4")
        .arg(barsText(bars), lengthText(length), (change > 0 ? u"+"_s : QString()) + priceText(change, decimals),
            signedPercent(percent));
}

QString describeScene(const QString& title, const CandleScene& scene, const ChartZone& zone)
{
    const auto& last = scene.marks.back().bar;
    const QString range =
        Text::tr("%1, %2 %3, lowest %4, highest %5.")
            .arg(title, zone.rangeText({scene.marks.front().bar.time, last.time}), zone.nameAt(last.time),
                priceText(scene.low, scene.decimals), priceText(scene.high, scene.decimals));
    const QString newest =
        Text::tr("Last bar in view: open %1, high %2, low %3, close %4, volume %5.")
            .arg(priceText(last.open, scene.decimals), priceText(last.high, scene.decimals),
                priceText(last.low, scene.decimals), priceText(last.close, scene.decimals), volumeText(last.volume));
    std::map<GapClass, std::int64_t> bars;
    for (const GapBand& band : scene.gaps)
        bars[band.gap.gapClass] += band.gap.bars;
    QStringList holes;
    for (const auto& [gapClass, count] : bars)
        holes << Text::tr("%1: %2 bars").arg(textOf(gapClass), countText(count));
    const QString gaps = Text::tr("Gaps in view: %1.").arg(scene.gaps.size());
    return QStringList {range, newest, gaps, holes.join(u", "_s), notesText(scene)}.join(u' ').trimmed();
}

} // namespace mnemo
