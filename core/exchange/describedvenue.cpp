#include "core/exchange/describedvenue.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/exchange/describedstream.h"
#include "core/exchange/requestbuilder.h"

namespace mnemo::description {

namespace {

/// Error bodies are short; longer ones are judged only once their rows could not be read.
constexpr std::size_t longestErrorBody = 4096;

/// Nobody asks less often than once a day how much is open.
constexpr milliseconds longestReading = std::chrono::days {1};

template <class List, class ToText>
std::string joined(const List& list, ToText toText)
{
    std::string text;
    for (const auto& item : list)
        text += (text.empty() ? "" : " ") + std::string(toText(item));
    return text;
}

bool isEmpty(const DecodedTrades& decoded)
{
    return decoded.rows.empty();
}

bool isEmpty(const DecodedCandles& decoded)
{
    return decoded.rows.empty();
}

bool isEmpty(const std::vector<Metric>& rows)
{
    return rows.empty();
}

} // namespace

std::vector<std::string> DescribedVenue::exchanges() const
{
    if (!m_description.isProvider)
        return {id()};
    std::set<std::string> ids;
    for (const auto& [name, exchange] : m_description.provided)
        ids.insert(exchange);
    return {ids.begin(), ids.end()};
}

std::vector<MarketType> DescribedVenue::markets(Kind kind) const
{
    std::vector<MarketType> found;
    for (const auto& [key, block] : m_description.blocks) // by market
        if ((key.second == kind || (kind == Kind::Candles && block.isTrades)) && (found.empty() || found.back() != key.first))
            found.push_back(key.first);
    if (kind == Kind::OpenInterest)
        for (const auto& [market, snapshot] : m_description.snapshots)
            if (findBlock(market, kind) == nullptr)
                found.insert(std::lower_bound(found.begin(), found.end(), market), market);
    return found;
}

bool DescribedVenue::hasHistory(MarketType market, Kind kind) const
{
    return findBlock(market, kind) != nullptr || (kind == Kind::Candles && findBlock(market, Kind::Trades) != nullptr);
}

const Snapshot* DescribedVenue::snapshotFor(const FetchArgs& args) const
{
    const auto found = m_description.snapshots.find(args.instrument.market);
    const bool isWanted =
        args.kind == Kind::OpenInterest && (args.isSnapshot || !hasHistory(args.instrument.market, args.kind));
    return found == m_description.snapshots.end() || !isWanted ? nullptr : &found->second;
}

const Block* DescribedVenue::findBlock(MarketType market, Kind kind) const
{
    const auto found = m_description.blocks.find({market, kind});
    return found == m_description.blocks.end() ? nullptr : &found->second;
}

std::vector<Timeframe> DescribedVenue::timeframes(MarketType market, Kind kind) const
{
    std::set<Timeframe> found;
    for (const Block* block : {findBlock(market, kind), kind == Kind::Candles ? findBlock(market, Kind::Trades) : nullptr})
        if (block != nullptr)
            for (const auto& [frame, word] : block->frames)
                found.insert(frame);
    if (kind == Kind::OpenInterest && hasSnapshot(market) && !hasHistory(market, kind))
        for (const Timeframe frame : Timeframe::all())
            if (frame.length() <= longestReading)
                found.insert(frame);
    return {found.begin(), found.end()};
}

Result<const Block*> DescribedVenue::block(MarketType market, Kind kind, Timeframe frame) const
{
    const Block* const own = findBlock(market, kind);
    const Block* const trades = kind == Kind::Candles ? findBlock(market, Kind::Trades) : nullptr;
    if (own == nullptr && trades == nullptr) {
        const auto others = markets(kind);
        return fail(ErrorCode::Unsupported,
            id() + " has no " + std::string(toText(market)) + " " + std::string(toText(kind))
                + (others.empty() ? std::string()
                                  : "; it has " + joined(others, [](MarketType type) { return toText(type); })));
    }
    for (const Block* each : {own, trades})
        if (each != nullptr && each->frames.contains(frame))
            return each;
    return fail(ErrorCode::Unsupported,
            id() + " " + std::string(toText(market)) + " has no timeframe " + std::string(frame.name()) + "; it has "
                + joined(timeframes(market, kind), [](Timeframe each) { return each.name(); }));
}

Result<const Block*> DescribedVenue::block(const FetchArgs& args) const
{
    return block(args.instrument.market, args.kind, args.timeframe);
}

Result<PageRules> DescribedVenue::pageRules(MarketType market, Kind kind, Timeframe frame) const
{
    if (kind == Kind::Trades)
        return fail(ErrorCode::Unsupported, "trades are not kept as a series; ask for candles, which are made of them");
    PageRules rules;
    if (kind == Kind::OpenInterest && hasSnapshot(market) && !hasHistory(market, kind)) {
        if (frame.length() > longestReading)
            return fail(ErrorCode::Unsupported,
                id() + " tells open interest as it is now alone: readings of " + std::string(frame.name())
                    + " are too rare; take 1d or shorter");
        rules.grid = Grid(frame);
        rules.walk = Walk::Recent;
        rules.maxRows = 1;
        rules.retentionRows = 1;
        rules.isBackward = true;
        rules.isSnapshot = true;
        rules.isOpenEnded = true;
        return rules;
    }
    const auto found = block(market, kind, frame);
    if (!found)
        return fail(found.error());
    const Block& block = **found;
    rules.grid = gridOf(block, frame);
    rules.walk = block.walk;
    rules.isBackward = block.keepsNewest;
    rules.maxRows = block.isTrades ? block.maxRows : pageRows(block, frame);
    rules.bucket = bucketOf(block, frame);
    rules.retentionRows = retentionRows(block, frame);
    const auto age = block.retentionAges.find(frame);
    rules.retentionAge = age == block.retentionAges.end() ? block.retentionAge : age->second;
    rules.canAskOldest = !block.oldest.empty();
    rules.isOpenEnded = !statesBothEnds(block);
    rules.includesOpenCandle = block.includesOpenCandle;
    rules.delay = block.delay;
    rules.longestPause = block.longestPause;
    rules.fullAnswer = block.longestPause.count() > 0 ? block.fullAnswer : 0;
    rules.isAbsenceTold = block.isAbsenceTold;
    rules.isFromTrades = block.isTrades;
    if (block.isTrades) {
        rules.instant = granularity(block.rows.timeUnit);
        rules.longestRange = block.maxSpan;
        rules.hasCountingIds = block.hasCountingIds;
    }
    return rules;
}

Result<Instrument> DescribedVenue::instrument(
    MarketType market, std::string_view symbol, std::string_view exchangeSymbol) const
{
    const auto all = markets(Kind::Candles);
    const bool isKnown = std::ranges::find(all, market) != all.end()
        || std::ranges::any_of(allKinds(), [&](const KindFacts& facts) { return isMetric(facts.kind) && !timeframes(market, facts.kind).empty(); });
    if (!isKnown)
        return fail(ErrorCode::Unsupported,
            id() + " has no " + std::string(toText(market)) + " market; it has "
                + joined(all, [](MarketType type) { return toText(type); }));
    const auto parts = parseSymbol(symbol);
    if (!parts)
        return fail(ErrorCode::InvalidArgument,
            "'" + std::string(symbol) + "' is no symbol like BTC/USDT, BTC/USDT:USDT or BTC/USD:BTC");
    if ((market == MarketType::Spot) != parts->settle.empty())
        return fail(ErrorCode::InvalidArgument,
            "'" + std::string(symbol) + "' is no " + std::string(toText(market)) + " symbol: "
                + (market == MarketType::Spot ? "spot symbols have no colon"
                                              : "the settlement currency follows a colon, as in BTC/USDT:USDT"));
    Instrument instrument;
    for (const Instrument& fixed : m_description.fixedMarkets)
        if (!m_description.isProvider && fixed.market == market && fixed.symbol == symbol)
            instrument = fixed;
    instrument.exchange = id();
    instrument.market = market;
    instrument.symbol = std::string(symbol);
    instrument.base = parts->base;
    instrument.quote = parts->quote;
    instrument.settle = parts->settle;
    if (!exchangeSymbol.empty())
        instrument.id = std::string(exchangeSymbol);
    else if (instrument.id.empty() && parts->suffix.empty())
        instrument.id = idByTemplate(m_description, instrument);
    return instrument;
}

Result<std::vector<VenueRequest>> DescribedVenue::request(const FetchArgs& args) const
{
    if (const Snapshot* snapshot = snapshotFor(args)) {
        if (args.since || args.until || args.limit)
            return fail(ErrorCode::Unsupported,
                id() + " " + std::string(toText(args.instrument.market))
                    + (args.isSnapshot ? ": a snapshot of open interest is of now; leave since, until and limit out"
                                       : " tells open interest as it is now, and nothing of the past; leave since, "
                                         "until and limit out"));
        auto request = buildSnapshot(m_description, *snapshot, args);
        if (!request)
            return fail(request.error());
        return std::vector<VenueRequest> {std::move(*request)};
    }
    if (args.isSnapshot)
        return fail(noSnapshot(args.instrument.market));
    const auto found = block(args);
    if (!found)
        return fail(found.error());
    auto request = buildAsked(m_description, **found, args);
    if (!request)
        return fail(request.error());
    return std::vector<VenueRequest>{std::move(*request)};
}

Error DescribedVenue::noSnapshot(MarketType market) const
{
    std::vector<MarketType> others;
    for (const auto& [each, snapshot] : m_description.snapshots)
        others.push_back(each);
    return {ErrorCode::Unsupported,
        id() + " " + std::string(toText(market)) + " does not tell open interest as it is now"
            + (others.empty() ? std::string()
                              : "; it does for " + joined(others, [](MarketType type) { return toText(type); }))};
}

Result<VenueRequest> DescribedVenue::pageRequest(const FetchArgs& args, TimeRange range, std::string_view cursor) const
{
    if (const Snapshot* snapshot = snapshotFor(args))
        return buildSnapshot(m_description, *snapshot, args);
    const auto found = block(args);
    if (!found)
        return fail(found.error());
    if ((*found)->isTrades)
        return buildTrades(m_description, **found, args, range, cursor);
    if (auto unknown = unknownUnit(**found, args))
        return tl::unexpected<Error>(std::move(*unknown));
    return buildPage(m_description, **found, args, gridOf(**found, args.timeframe), range, cursor);
}

Result<VenueRequest> DescribedVenue::oldestRequest(const FetchArgs& args) const
{
    const auto found = block(args);
    if (!found)
        return fail(found.error());
    return buildOldest(m_description, **found, args);
}

std::string DescribedVenue::requestName(const FetchArgs& args) const
{
    const auto nameOf = [](const RequestForm& form) { return form.method + " " + form.pathText; };
    if (const Snapshot* snapshot = snapshotFor(args))
        return nameOf(snapshot->request);
    const auto found = block(args);
    if (!found || (*found)->asked.empty())
        return "a request";
    return nameOf((*found)->asked.front());
}

std::optional<Error> DescribedVenue::errorOf(int status, std::string_view body, const FetchArgs& args) const
{
    const bool isSuccess = status >= 200 && status < 300;
    if (isSuccess && body.size() > longestErrorBody)
        return std::nullopt;
    return judgeBody(m_description, status, body, requestName(args)).error;
}

template <class Decoded, class Read>
Result<Decoded> DescribedVenue::decode(const FetchArgs& args, std::string_view body, Read read) const
{
    const auto found = block(args);
    if (!found)
        return fail(found.error());
    const Block& block = **found;
    const AnswerContext context{m_description, args.instrument, gridOf(block, args.timeframe), requestName(args)};
    Result<Decoded> decoded = read(block.rows, context, body);
    if (!decoded && block.pageRows) {
        Result<Decoded> other = read(*block.pageRows, context, body);
        if (other)
            decoded = std::move(other);
    }
    if (decoded && !isEmpty(*decoded))
        return decoded;
    const BodyVerdict verdict = judgeBody(m_description, 200, body, context.request);
    if (verdict.isNoData)
        return Decoded{};
    if (verdict.error)
        return fail(*verdict.error);
    return decoded;
}

Result<DecodedCandles> DescribedVenue::decodeCandles(const FetchArgs& args, std::string_view body) const
{
    const auto found = block(args);
    if (!found || !(*found)->isTrades)
        return decode<DecodedCandles>(args, body, readCandles);
    const auto trades = decodeTrades(args, body);
    if (!trades)
        return fail(trades.error());
    return DecodedCandles{foldTrades(trades->rows, gridOf(**found, args.timeframe)), {}, {}, {}, {}};
}

Result<DecodedTrades> DescribedVenue::decodeTrades(const FetchArgs& args, std::string_view body) const
{
    FetchArgs trades = args;
    trades.kind = Kind::Trades;
    return decode<DecodedTrades>(trades, body, readTrades);
}

Result<std::vector<Metric>> DescribedVenue::decodeMetrics(const FetchArgs& args, std::string_view body) const
{
    if (const Snapshot* snapshot = snapshotFor(args)) {
        auto reading = readingOf(*snapshot, args, body);
        return reading ? Result<std::vector<Metric>>({*reading}) : fail(reading.error());
    }
    if (args.isSnapshot)
        return fail(noSnapshot(args.instrument.market));
    return decode<std::vector<Metric>>(args, body, readMetrics);
}

std::optional<Error> DescribedVenue::unknownUnit(const Block& block, const FetchArgs& args) const
{
    const std::string& unit = args.instrument.interestUnit;
    if (!factsOf(args.kind).hasUnit || block.interest.amount != AmountUnit::Listed || unit == "base" || unit == "quote")
        return std::nullopt;
    return Error {ErrorCode::Unsupported,
        id() + " does not say whether it tells the " + std::string(toText(args.kind)) + " of " + args.instrument.id + " in base or in quote currency"
            + (unit.empty() ? std::string() : " but in '" + unit + "'")
            + "; `symbols` in exchanges/" + id() + ".yaml can: {EXCHANGE: {SYMBOL: {id, interest_unit}}}"};
}

namespace {

/// One number is told, and the market list has said what of.
OpenInterest listedInterest(const Instrument& instrument, const Metric& stated)
{
    OpenInterest read {stated.time, {}, {}, {}, {}};
    const std::optional<double> amount = stated.numbers[0];
    (instrument.interestUnit == "quote" ? read.rawValue : read.rawAmount) = amount;
    if (instrument.interestUnit == "quote")
        read.value = amount;
    else if (instrument.interestUnit == "base")
        read.amount = amount;
    return read;
}

/// Columns come in pairs of long and short: in base units, then in USD.
Metric liquidationsOf(const InterestUnits& units, const Instrument& instrument, const Metric& stated)
{
    Metric read = stated;
    const bool isInverse = instrument.market == MarketType::Inverse;
    const bool isContracts = units.amount == AmountUnit::Contracts;
    const bool isMoney = (units.amount == AmountUnit::Listed && instrument.interestUnit == "quote") || (isContracts && isInverse);
    for (std::size_t side = 0; side < 2; ++side) {
        std::optional<double>& base = read.numbers[side];
        if (base && isContracts)
            *base *= instrument.contractSize;
        if (base && isMoney)
            read.numbers[side + 2] = std::exchange(base, std::nullopt);
    }
    return read;
}

} // namespace

Metric DescribedVenue::metric(const FetchArgs& args, const Metric& stated) const
{
    if (args.kind == Kind::OpenInterest)
        return toMetric(openInterest(args, stated));
    const Block* const block = findBlock(args.instrument.market, args.kind);
    if (args.kind == Kind::Liquidations)
        return liquidationsOf(block == nullptr ? InterestUnits {} : block->interest, args.instrument, stated);
    return stated;
}

OpenInterest DescribedVenue::openInterest(const FetchArgs& args, const Metric& stated) const
{
    const OpenInterest row = toOpenInterest(stated);
    const Snapshot* const snapshot = snapshotFor(args);
    const Block* const history = findBlock(args.instrument.market, Kind::OpenInterest);
    const InterestUnits units = snapshot != nullptr ? snapshot->units
        : history != nullptr                        ? history->interest
                                                    : InterestUnits {};
    OpenInterest read = units.amount == AmountUnit::Listed ? listedInterest(args.instrument, stated)
                                                           : OpenInterest {row.time, row.amount, row.value, row.amount, row.value};
    const bool isInverse = args.instrument.market == MarketType::Inverse;
    if (units.isValueInBase) {
        read.amount = row.value;
        read.value.reset();
    }
    if (units.amount == AmountUnit::Contracts && row.amount) { // of an inverse contract: its size is in quote currency
        const double size = *row.amount * args.instrument.contractSize;
        if (isInverse && !units.isValueInBase)
            read.amount.reset();
        if (isInverse ? !read.value.has_value() : true)
            (isInverse ? read.value : read.amount) = size;
    }
    if (units.isTwoSided)
        for (auto* number : {&read.amount, &read.value})
            if (*number)
                **number /= 2;
    return read;
}

Result<Metric> DescribedVenue::readingOf(
    const Snapshot& snapshot, const FetchArgs& args, std::string_view body) const
{
    const AnswerContext context {m_description, args.instrument, Grid(args.timeframe), requestName(args)};
    auto reading = readSnapshotAnswer(snapshot, context, body, args.now);
    if (reading)
        return reading;
    const BodyVerdict verdict = judgeBody(m_description, 200, body, context.request);
    return fail(verdict.error ? *verdict.error : reading.error());
}

void DescribedVenue::toBaseVolume(std::span<Candle> rows, const Instrument& instrument) const
{
    if (const Block* const found = findBlock(instrument.market, Kind::Candles))
        description::toBaseVolume(rows, instrument, found->volumeUnit);
}

std::shared_ptr<const StreamProtocol> DescribedVenue::streams(MarketType market) const
{
    if (!m_description.streams.contains(market))
        return nullptr;
    return std::make_shared<DescribedStream>(m_shared, market);
}

std::optional<VenueFiles> DescribedVenue::files(const Instrument& instrument, Kind kind, Timeframe frame) const
{
    const auto found = m_description.files.find({instrument.market, kind});
    return found == m_description.files.end() ? std::nullopt : filesOf(m_description, found->second, instrument, frame);
}

std::vector<VenueRequest> DescribedVenue::marketRequests(UtcMs now) const
{
    std::vector<VenueRequest> requests;
    for (const MarketCall& call : m_description.marketCalls)
        requests.push_back(buildCall(call.request, now));
    return requests;
}

std::optional<VenueRequest> DescribedVenue::nextMarketRequest(const MarketAnswer& answer, UtcMs now) const
{
    const MarketCall& call = m_description.marketCalls.at(answer.call);
    const std::string cursor = marketCursor(call, answer.body);
    return cursor.empty() ? std::nullopt : std::optional(buildCall(call.request, now, cursor));
}

Result<std::vector<Instrument>> DescribedVenue::decodeMarkets(std::span<const MarketAnswer> answers) const
{
    return readMarkets(m_description, answers);
}

} // namespace mnemo::description
