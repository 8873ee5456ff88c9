#include "ui/backfill/backfillchoice.h"

#include <QCoreApplication>
#include <algorithm>

#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct Choice {
    Q_DECLARE_TR_FUNCTIONS(Choice)
};

using Field = RequestList::Field;

RequestList refusal(Field field, const QString& problem)
{
    RequestList list;
    list.problem = problem;
    list.field = field;
    return list;
}

bool offers(const VenueOffer::Frames& all, MarketType market, Timeframe frame)
{
    const auto frames = all.find(market);
    return frames != all.end() && std::find(frames->second.begin(), frames->second.end(), frame) != frames->second.end();
}

/// Requests of one symbol at one venue; what it does not offer is told once for each reason.
void addRequests(RequestList& list, const BackfillChoice& choice, const VenueOffer& venue, const std::string& symbol, UtcMs now)
{
    const auto parts = parseSymbol(symbol);
    if (!parts) {
        list.leftOut << Choice::tr("%1 is no symbol: write BASE/QUOTE, for example BTC/USDT.").arg(toQString(symbol));
        return;
    }
    const MarketType market = parts->market();
    const bool areCandles = choice.kind == Kind::Candles;
    const QString what = textOf(choice.kind);
    const VenueOffer::Frames offered = venue.of(choice.kind);
    if (!offered.contains(market)) {
        list.leftOut << (areCandles
                ? Choice::tr("%1 has no market of the kind %2.").arg(toQString(venue.name), textOf(market))
                : Choice::tr("%1 tells no %2 of the past for %3.").arg(toQString(venue.name), what, textOf(market)));
        return;
    }
    for (const Timeframe frame : choice.timeframes) {
        if (!offers(offered, market, frame)) {
            list.leftOut << (areCandles ? Choice::tr("%1 has no bars of %2 for %3.")
                                              .arg(toQString(venue.name), toQString(frame.name()), textOf(market))
                                        : Choice::tr("%1 has no %2 each %3 for %4.")
                                              .arg(toQString(venue.name), what, toQString(frame.name()), textOf(market)));
            continue;
        }
        BackfillRequest request;
        request.exchange = venue.id;
        request.symbol = symbol;
        request.timeframe = frame;
        request.market = market;
        request.kind = choice.kind;
        request.source = choice.source;
        request.range = choice.range.range(now, frame);
        request.scope = choice.range.scope();
        request.order = choice.order;
        list.requests.push_back(std::move(request));
    }
}

} // namespace

RequestList requestsOf(const BackfillChoice& choice, const std::vector<VenueOffer>& venues, const SymbolBook& book, UtcMs now)
{
    if (venues.empty())
        return refusal(Field::Exchange, Choice::tr("No exchange can be used: the descriptions in the configuration have errors."));
    if (choice.exchanges.empty())
        return refusal(Field::Exchange, Choice::tr("Choose at least one exchange."));
    if (choice.timeframes.empty())
        return refusal(Field::Timeframe, Choice::tr("Choose at least one timeframe."));
    if (choice.symbols.empty())
        return refusal(Field::Symbol, Choice::tr("Choose at least one symbol."));
    if (const QString problem = problemOf(choice.range, now); !problem.isEmpty())
        return refusal(Field::Range, problem);
    RequestList list;
    for (const std::string& id : choice.exchanges) {
        const auto venue = std::find_if(venues.begin(), venues.end(), [&](const VenueOffer& offer) { return offer.id == id; });
        if (venue == venues.end())
            continue;
        for (const std::string& symbol : choice.symbols) {
            if (book.knows(id) && !book.isListed(id, symbol))
                list.leftOut << Choice::tr("%1 does not list %2.").arg(toQString(venue->name), toQString(symbol));
            else
                addRequests(list, choice, *venue, symbol, now);
        }
    }
    list.leftOut.removeDuplicates();
    if (list.requests.empty())
        list = refusal(Field::Symbol, list.leftOut.value(0, Choice::tr("No exchange has what is chosen.")));
    return list;
}

} // namespace mnemo
