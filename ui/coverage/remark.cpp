#include "ui/coverage/remark.h"

#include <QCoreApplication>
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/engine/remarks.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct RemarkText {
    Q_DECLARE_TR_FUNCTIONS(Remark)
};

ListedOutage outageAt(const Annotation& place, const QString& source)
{
    ListedOutage outage;
    outage.exchange = place.exchange;
    outage.market = place.market;
    outage.symbols = place.symbols;
    outage.range = place.range;
    outage.reason = place.text;
    outage.source = source.toStdString();
    return outage;
}

} // namespace

QString textOf(RemarkScope scope, const CoverageSelection& selection)
{
    const SeriesKey& key = selection.series.front().key;
    std::set<std::string> symbols;
    for (const SeriesRecord& series : selection.series)
        symbols.insert(series.key.symbol);
    const auto count = static_cast<int>(symbols.size());
    switch (scope) {
    case RemarkScope::Series:
        return selection.series.size() == 1
            ? RemarkText::tr("This series alone")
            : RemarkText::tr("The %n series of the selection", nullptr, static_cast<int>(selection.series.size()));
    case RemarkScope::Symbols:
        return count == 1 ? RemarkText::tr("%1 at all timeframes").arg(toQString(key.symbol))
                          : RemarkText::tr("The %n symbols of the selection", nullptr, count);
    case RemarkScope::Exchange:
        return RemarkText::tr("All symbols of %1 %2").arg(toQString(key.exchange), textOf(key.market));
    }
    return {};
}

std::vector<Remark> remarksOf(const RemarkRequest& request)
{
    std::map<std::tuple<std::string, MarketType, std::string>, std::set<std::string>> places;
    for (const SeriesRecord& series : request.selection.series) {
        const SeriesKey& key = series.key;
        const bool isOfFrame = !request.isOutage && request.scope == RemarkScope::Series;
        places[{key.exchange, key.market, isOfFrame ? std::string(key.timeframe.name()) : std::string()}].insert(
            key.symbol);
    }
    std::vector<Remark> remarks;
    for (const auto& [where, symbols] : places) {
        const auto& [exchange, market, frame] = where;
        Annotation place;
        place.exchange = exchange;
        place.market = market;
        if (request.scope != RemarkScope::Exchange)
            place.symbols.assign(symbols.begin(), symbols.end());
        if (!frame.empty())
            place.timeframes = {frame};
        place.range = request.range;
        place.text = request.text.trimmed().toStdString();
        if (request.isOutage)
            remarks.emplace_back(outageAt(place, request.source.trimmed()));
        else
            remarks.emplace_back(std::move(place));
    }
    return remarks;
}

Annotation placeOf(const Remark& remark)
{
    if (const auto* note = std::get_if<Annotation>(&remark))
        return *note;
    return placeOf(std::get<ListedOutage>(remark));
}

QString placeText(const Annotation& place)
{
    const QString exchange =
        place.market ? u"%1 %2"_s.arg(toQString(place.exchange), textOf(*place.market)) : toQString(place.exchange);
    QString symbols = RemarkText::tr("all symbols");
    if (!place.symbols.empty()) {
        const int more = static_cast<int>(place.symbols.size()) - 1;
        symbols = toQString(place.symbols.front());
        if (more > 0)
            symbols = RemarkText::tr("%1 and %n more", nullptr, more).arg(symbols);
    }
    QString text = RemarkText::tr("%1, %2").arg(exchange, symbols);
    for (const std::string& frame : place.timeframes)
        text += u' ' + toQString(frame);
    return text;
}

QStringList whatHappens(const RemarkRequest& request, std::optional<std::int64_t> absent)
{
    QStringList said;
    for (const Remark& remark : remarksOf(request))
        said << RemarkText::tr("%1: %2 UTC").arg(placeText(placeOf(remark)), rangeText(request.range));
    if (!request.isOutage)
        said << RemarkText::tr("The note stands in your annotations.yaml and shows in tool tips and on this card. Nothing "
                          "of the data changes.");
    else if (absent)
        said << RemarkText::tr("Bars that are absent there, %1 of this series, count as an outage from then on: not as "
                          "missing, and not as no trades. Stored bars stay. It stands in your outages.yaml.")
                    .arg(countText(*absent));
    else
        said << RemarkText::tr("Bars that are absent there count as an outage from then on: not as missing, and not as no "
                          "trades. Stored bars stay. It stands in your outages.yaml.");
    said << RemarkText::tr("Ctrl+Z takes it back.");
    return said;
}

} // namespace mnemo
