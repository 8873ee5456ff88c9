// Who tells of other exchanges: whose series it is asked for, what it calls them, what its numbers mean, and its key.

#include "cataloguefixture.h"
#include "core/ingest/keycheck.h"
#include "core/ingest/marketlist.h"
#include "core/ingest/pagedecoding.h"

using namespace mnemo;

namespace {

constexpr std::int64_t hour = 3'600'000;

/// As the documents of the provider have them; the last five are of no use to us.
const std::string exchangeList = R"([{"name":"Binance","code":"A"},{"name":"Gate.io","code":"Y"},{"name":"Vertex","code":"V"}])";
const std::string marketList = R"([
{"symbol":"BTCUSDT_PERP.A","exchange":"A","symbol_on_exchange":"BTCUSDT","base_asset":"BTC","quote_asset":"USDT","is_perpetual":true,"margined":"STABLE","expire_at":null,"oi_lq_vol_denominated_in":"BASE_ASSET"},
{"symbol":"BTCUSD_PERP.A","exchange":"A","symbol_on_exchange":"BTCUSD_PERP","base_asset":"BTC","quote_asset":"USD","is_perpetual":true,"margined":"COIN","expire_at":null,"oi_lq_vol_denominated_in":"QUOTE_ASSET"},
{"symbol":"ETHUSDT_PERP.A","exchange":"A","symbol_on_exchange":"ETHUSDT","base_asset":"ETH","quote_asset":"USDT","is_perpetual":true,"margined":"STABLE","expire_at":null,"oi_lq_vol_denominated_in":"QUOTE_ASSET"},
{"symbol":"XRPUSD_PERP.A","exchange":"A","symbol_on_exchange":"XRPUSD_PERP","base_asset":"XRP","quote_asset":"USD","is_perpetual":true,"margined":"COIN","expire_at":null,"oi_lq_vol_denominated_in":"BASE_ASSET"},
{"symbol":"BTCUSDT_PERP.Y","exchange":"Y","symbol_on_exchange":"BTC_USDT","base_asset":"BTC","quote_asset":"USDT","is_perpetual":true,"margined":"STABLE","expire_at":null,"oi_lq_vol_denominated_in":"CONTRACTS"},
{"symbol":"BTCUSDT_PERP.V","exchange":"V","symbol_on_exchange":"BTC","base_asset":"BTC","quote_asset":"USDT","is_perpetual":true,"margined":"STABLE","expire_at":null,"oi_lq_vol_denominated_in":"BASE_ASSET"},
{"symbol":"BTCUSDT_260327.A","exchange":"A","symbol_on_exchange":"BTCUSDT_260327","base_asset":"BTC","quote_asset":"USDT","is_perpetual":false,"margined":"STABLE","expire_at":1774598400,"oi_lq_vol_denominated_in":"BASE_ASSET"},
{"symbol":"BTCUSD_260626.A","exchange":"A","symbol_on_exchange":"BTCUSD_260626","base_asset":"BTC","quote_asset":"USD","is_perpetual":false,"margined":"COIN","expire_at":1782460800000,"oi_lq_vol_denominated_in":"QUOTE_ASSET"},
{"symbol":"ETHUSDT_SOON.A","exchange":"A","symbol_on_exchange":"ETHUSDT_SOON","base_asset":"ETH","quote_asset":"USDT","is_perpetual":false,"margined":"STABLE","expire_at":null,"oi_lq_vol_denominated_in":"BASE_ASSET"},
{"symbol":"BTCEUR_PERP.Q","exchange":"Q","symbol_on_exchange":"BTCEUR","base_asset":"BTC","quote_asset":"EUR","is_perpetual":true,"margined":"STABLE","expire_at":null,"oi_lq_vol_denominated_in":"BASE_ASSET"},
{"symbol":"BTCUSDT_PERP.B","exchange":"A","symbol_on_exchange":"BTCUSDT","base_asset":"BTC","quote_asset":"USDT","is_perpetual":true,"margined":"PORTFOLIO","expire_at":null,"oi_lq_vol_denominated_in":"BASE_ASSET"}
])";

/// Another one, by its description alone: other words, another header, no list of exchanges, one unit for all.
const std::string gauge = R"(
name: Gauge
host: https://gauge.example
needs_key: { header: X-Key }
provider: { one: alpha, two: bravo }
open_interest:
  path: "/oi/{symbol}"
  params: { a: "{start}", b: "{end}" }
  frames: { 1d: day }
  range: { style: window, start: { unit: ms }, end: { unit: ms } }
  limit: { max: 100 }
  rows: { kind: arrays }
  fields: { time: [0, ms], value: 1 }
linear: {}
markets: { rows: list, exchange: venue, id: id, base: b, quote: q, settle: q, market: { value: linear }, calls: [{ path: /list }] }
)";

std::shared_ptr<const Venue> provider(const std::string& over = {})
{
    return over.empty() ? shipped().venue("coinalyze").value() : shipped({{"coinalyze", over}}).venue("coinalyze").value();
}

std::vector<Instrument> listed(const Venue& venue)
{
    return venue.decodeMarkets(answers({exchangeList, marketList})).value();
}

SeriesKey keyOf(const char* exchange, MarketType market, const char* symbol)
{
    return {"coinalyze", exchange, market, symbol, Kind::OpenInterest, Timeframe::fromName("1h").value()};
}

FetchArgs argsOf(const Venue& venue, const char* exchange, MarketType market, const char* symbol, const char* frame = "1h")
{
    FetchArgs args;
    args.kind = Kind::OpenInterest;
    args.timeframe = Timeframe::fromName(frame).value();
    args.now = at("2025-01-01");
    args.instrument = chooseInstrument(venue, listed(venue), keyOf(exchange, market, symbol)).value_or(Instrument {});
    return args;
}

class Secrets final : public SecretSource {
public:
    std::optional<std::string> secret(std::string_view name) const override
    {
        return name == "coinalyze.api_key" && !key.empty() ? std::optional(key) : std::nullopt;
    }
    std::string place(std::string_view name) const override { return "the drawer of " + std::string(name); }
    std::string key;
};

bool has(const std::string& text, const char* part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

class TestProviders : public QObject {
    Q_OBJECT
private slots:
    void theTellerIsFound_data();
    void theTellerIsFound();
    void marketsAreThoseOfTheirExchanges();
    void datedContractsEnd();
    void aListWithoutNamesOfExchangesIsNotRead();
    void ownersOfAFileNameMarketsThemselves();
    void instrumentsAreChosen();
    void requestsAreForSecondsAndOneSymbol();
    void numbersMeanWhatTheListSays_data();
    void numbersMeanWhatTheListSays();
    void unknownUnitsAreNotGuessed();
    void noDataHasTwoShapes_data();
    void noDataHasTwoShapes();
    void retentionIsOfIntradaySeries();
    void answersTellWhatIsTooOld();
    void aMissingKeySaysWhereItBelongs();
    void answersDoNotTellTheKey();
    void anotherProviderNeedsNoCode();
    void descriptionsOfProvidersAreChecked_data();
    void descriptionsOfProvidersAreChecked();
};

void TestProviders::theTellerIsFound_data()
{
    QTest::addColumn<QByteArray>("source");
    QTest::addColumn<QByteArray>("exchange");
    QTest::addColumn<QByteArray>("teller"); // empty: none
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("the exchange itself") << QByteArray() << QByteArray("binance") << QByteArray("binance") << QByteArray();
    QTest::newRow("the exchange by name") << QByteArray("binance") << QByteArray("binance") << QByteArray("binance") << QByteArray();
    QTest::newRow("a provider") << QByteArray("coinalyze") << QByteArray("binance") << QByteArray("coinalyze") << QByteArray();
    QTest::newRow("of an exchange that is not described") << QByteArray("coinalyze") << QByteArray("ghost") << QByteArray("coinalyze") << QByteArray();
    QTest::newRow("another exchange") << QByteArray("okx") << QByteArray("binance") << QByteArray() << QByteArray("okx tells of its own markets alone, not of binance; beside an exchange itself these can be asked: coinalyze");
    QTest::newRow("nobody") << QByteArray("coinalize") << QByteArray("binance") << QByteArray() << QByteArray("there is no source 'coinalize'; beside an exchange itself these can be asked: coinalyze");
    QTest::newRow("not of that exchange") << QByteArray("coinalyze") << QByteArray("binanse") << QByteArray() << QByteArray("coinalyze is not known to tell of 'binanse' (did you mean binance?); it is of binance bitfinex");
    QTest::newRow("a provider is no exchange") << QByteArray() << QByteArray("coinalyze") << QByteArray() << QByteArray("coinalyze is no exchange but tells of others");
}

void TestProviders::theTellerIsFound()
{
    QFETCH(QByteArray, source);
    QFETCH(QByteArray, exchange);
    QFETCH(QByteArray, teller);
    QFETCH(QByteArray, says);
    const auto found = shipped({{"coinalyze", "provider: { Ghost: ghost }"}}).teller(source.toStdString(), exchange.toStdString());
    QCOMPARE(found ? QByteArray::fromStdString((*found)->id()) : QByteArray(), teller);
    if (!found)
        QVERIFY2(has(found.error().detail, says.constData()), found.error().detail.c_str());
}

void TestProviders::marketsAreThoseOfTheirExchanges()
{
    QStringList rows;
    for (const Instrument& one : listed(*provider()))
        rows << QString::fromStdString(one.exchange + " " + std::string(toText(one.market)) + " " + one.symbol + " " + one.id + " " + one.interestUnit);
    QCOMPARE(rows.join(u'\n').toUtf8(),
        QByteArray("binance linear BTC/USDT:USDT BTCUSDT_PERP.A base\n"
                   "binance linear ETH/USDT:USDT ETHUSDT_PERP.A quote\n"
                   "gate linear BTC/USDT:USDT BTCUSDT_PERP.Y CONTRACTS\n"
                   "Vertex linear BTC/USDT:USDT BTCUSDT_PERP.V base\n" // nobody knows who that is
                   "binance linear BTC/USDT:USDT-260327 BTCUSDT_260327.A base\n" // its end in seconds
                   "binance inverse BTC/USD:BTC BTCUSD_PERP.A quote\n"
                   "binance inverse XRP/USD:XRP XRPUSD_PERP.A base\n"
                   "binance inverse BTC/USD:BTC-260626 BTCUSD_260626.A quote")); // in milliseconds
}

void TestProviders::datedContractsEnd()
{
    const auto venue = provider();
    FetchArgs args = argsOf(*venue, "binance", MarketType::Linear, "BTC/USDT:USDT-260327");
    QCOMPARE(args.instrument.id, std::string("BTCUSDT_260327.A"));
    QCOMPARE(args.instrument.delisted, std::optional(at("2026-03-27T08:00:00Z")));
    QCOMPARE(argsOf(*venue, "binance", MarketType::Inverse, "BTC/USD:BTC-260626").instrument.delisted, std::optional(at("2026-06-26T08:00:00Z")));
    const auto request = venue->pageRequest(args, {at("2024-12-31"), at("2025-01-01")});
    QVERIFY(request);
    QVERIFY2(has(request->http.url, "symbols=BTCUSDT_260327.A&"), request->http.url.c_str());
}

void TestProviders::aListWithoutNamesOfExchangesIsNotRead()
{
    const std::vector<MarketAnswer> one {{1, marketList}};
    const auto read = provider()->decodeMarkets(one);
    QVERIFY(!read);
    QVERIFY2(has(read.error().detail, "/v1/exchanges"), read.error().detail.c_str());
}

/// A file of somebody's own names an exchange that the shipped one does not, and what a market is called.
void TestProviders::ownersOfAFileNameMarketsThemselves()
{
    const auto venue = provider("{provider: {vertex!: vertex}, markets: {fixed: [{exchange: binance, symbol: BTC/USDT:USDT, id: BTCUSDT_PERP.B},"
                                " {exchange: gate, symbol: BTC/USDT:USDT, id: BTCUSDT_PERP.Y, interest_unit: base}, {exchange: okx, symbol: X/Y:Y, id: ETHUSDT_PERP.A}]}}");
    const auto all = venue->exchanges();
    QVERIFY(std::ranges::find(all, "vertex") != all.end());
    const auto list = listed(*venue);
    const auto chosen = [&](const char* exchange, const char* symbol) {
        return chooseInstrument(*venue, list, keyOf(exchange, MarketType::Linear, symbol)).value_or(Instrument {});
    };
    QCOMPARE(chosen("binance", "BTC/USDT:USDT").id, std::string("BTCUSDT_PERP.B")); // not what the list has
    QCOMPARE(chosen("gate", "BTC/USDT:USDT").interestUnit, std::string("base"));
    QCOMPARE(chosen("vertex", "BTC/USDT:USDT").id, std::string("BTCUSDT_PERP.V"));
    QCOMPARE(chosen("okx", "X/Y:Y").interestUnit, std::string("quote")); // what the list says of that id
    // The list was saved before the file was written.
    QCOMPARE(chooseInstrument(*venue, listed(*provider()), keyOf("binance", MarketType::Linear, "BTC/USDT:USDT")).value_or(Instrument {}).id,
        std::string("BTCUSDT_PERP.B"));
    // Without a list nobody knows what its numbers mean.
    QVERIFY(!chooseInstrument(*venue, {}, keyOf("okx", MarketType::Linear, "X/Y:Y")));
    QVERIFY(chooseInstrument(*venue, {}, keyOf("gate", MarketType::Linear, "BTC/USDT:USDT")));
}

void TestProviders::instrumentsAreChosen()
{
    const auto venue = provider();
    const auto list = listed(*venue);
    QVERIFY(!chooseInstrument(*venue, list, keyOf("binance", MarketType::Linear, "LUNA/USDT:USDT")));
    QVERIFY(!chooseInstrument(*venue, list, keyOf("bybit", MarketType::Linear, "BTC/USDT:USDT"))); // another's
    const auto byId = chooseInstrument(*venue, list, keyOf("binance", MarketType::Linear, "ETHEREUM/USDT:USDT"), "ETHUSDT_PERP.A");
    QVERIFY(byId && byId->interestUnit == "quote");
    QVERIFY(!chooseInstrument(*venue, list, keyOf("binance", MarketType::Linear, "BTC/USDT:USDT"), "NONE_PERP.A"));
}

void TestProviders::requestsAreForSecondsAndOneSymbol()
{
    const auto venue = provider();
    const FetchArgs args = argsOf(*venue, "binance", MarketType::Linear, "BTC/USDT:USDT");
    const TimeRange range {at("2024-12-31T00:00:00Z"), at("2024-12-31T05:00:00Z")};
    const auto request = venue->pageRequest(args, range);
    QVERIFY(request);
    QCOMPARE(request->http.url, // both ends are inside
        std::string("https://api.coinalyze.net/v1/open-interest-history?symbols=BTCUSDT_PERP.A&interval=1hour&from=1735603200&to=1735621199&convert_to_usd=false"));
    QVERIFY(request->http.headers.empty()); // the key comes on the way out
    QCOMPARE(request->charges, (std::vector<Charge> {{"calls", 1}}));
    const LaneRules lane = venue->lane();
    QCOMPARE(lane.id, std::string("coinalyze"));
    QCOMPARE(lane.budgets.size(), std::size_t {1});
    QCOMPARE(lane.budgets[0].capacity, 40.0);
    QCOMPARE(lane.budgets[0].window, milliseconds {60'000});
    FetchArgs days = argsOf(*venue, "binance", MarketType::Linear, "BTC/USDT:USDT", "1d");
    const auto oldest = venue->oldestRequest(days);
    QVERIFY(oldest);
    QCOMPARE(oldest->http.url,
        std::string("https://api.coinalyze.net/v1/open-interest-history?symbols=BTCUSDT_PERP.A&interval=daily&from=0&to=1735689600&convert_to_usd=false"));
}

void TestProviders::numbersMeanWhatTheListSays_data()
{
    QTest::addColumn<int>("market");
    QTest::addColumn<QByteArray>("symbol");
    QTest::addColumn<QByteArray>("stored"); // amount value raw_amount raw_value
    QTest::newRow("base, stable margin") << static_cast<int>(MarketType::Linear) << QByteArray("BTC/USDT:USDT") << QByteArray("80000.5 - 80000.5 -");
    QTest::newRow("quote, stable margin") << static_cast<int>(MarketType::Linear) << QByteArray("ETH/USDT:USDT") << QByteArray("- 80000.5 - 80000.5");
    QTest::newRow("base, coin margin") << static_cast<int>(MarketType::Inverse) << QByteArray("XRP/USD:XRP") << QByteArray("80000.5 - 80000.5 -");
    QTest::newRow("quote, coin margin") << static_cast<int>(MarketType::Inverse) << QByteArray("BTC/USD:BTC") << QByteArray("- 80000.5 - 80000.5");
}

void TestProviders::numbersMeanWhatTheListSays()
{
    QFETCH(int, market);
    QFETCH(QByteArray, symbol);
    QFETCH(QByteArray, stored);
    const auto venue = provider();
    const FetchArgs args = argsOf(*venue, "binance", static_cast<MarketType>(market), symbol.constData());
    const std::string body = R"([{"symbol":"OTHER","history":[{"t":1735603200,"o":1,"h":1,"l":1,"c":1}]},{"history":[{"t":1735603200,"o":80000.5,"h":3,"l":4,"c":5},)"
                             R"({"t":1735606800,"o":7e4,"h":3,"l":4,"c":5}],"symbol":")"
        + args.instrument.id + "\"}]";
    const auto rows = venue->decodeMetrics(args, body);
    QVERIFY2(rows.has_value(), rows ? "" : rows.error().detail.c_str());
    QCOMPARE(rows->size(), std::size_t {2});
    QCOMPARE((*rows)[0].time, at("2024-12-31T00:00:00Z"));
    const OpenInterest read = toOpenInterest(venue->metric(args, rows->front()));
    QByteArray text;
    for (const auto& number : {read.amount, read.value, read.rawAmount, read.rawValue})
        text += (text.isEmpty() ? "" : " ") + (number ? QByteArray::fromStdString(formatDecimal(*number)) : QByteArray("-"));
    QCOMPARE(text, stored);
}

void TestProviders::unknownUnitsAreNotGuessed()
{
    const auto venue = provider();
    const FetchArgs args = argsOf(*venue, "gate", MarketType::Linear, "BTC/USDT:USDT");
    const auto request = venue->pageRequest(args, {at("2024-12-31"), at("2025-01-01")});
    QVERIFY(!request);
    QCOMPARE(request.error().code, ErrorCode::Unsupported);
    QVERIFY2(has(request.error().detail, "BTCUSDT_PERP.Y in base or in quote currency but in 'CONTRACTS'"), request.error().detail.c_str());
    const OpenInterest read = toOpenInterest(venue->metric(args, {at("2024-12-31"), {5.0}, 0}));
    QVERIFY(!read.amount && !read.value);
    QCOMPARE(read.rawAmount, std::optional(5.0));
}

void TestProviders::noDataHasTwoShapes_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("isRead");
    QTest::newRow("the symbol is left out") << QByteArray("[]") << true;
    QTest::newRow("others are there") << QByteArray(R"([{"symbol":"OTHER","history":[{"t":1735603200,"o":1,"h":1,"l":1,"c":1}]}])") << true;
    QTest::newRow("its history is empty") << QByteArray(R"([{"symbol":"BTCUSDT_PERP.A","history":[]}])") << true;
    QTest::newRow("its history is not there") << QByteArray(R"([{"symbol":"BTCUSDT_PERP.A"}])") << true;
    QTest::newRow("an error") << QByteArray(R"({"message":"no"})") << false;
    QTest::newRow("no objects") << QByteArray("[1]") << false;
    QTest::newRow("nothing") << QByteArray() << false;
}

void TestProviders::noDataHasTwoShapes()
{
    QFETCH(QByteArray, body);
    QFETCH(bool, isRead);
    const auto venue = provider();
    const auto rows = venue->decodeMetrics(argsOf(*venue, "binance", MarketType::Linear, "BTC/USDT:USDT"), body.toStdString());
    QCOMPARE(rows.has_value(), isRead);
    if (rows)
        QVERIFY(rows->empty());
}

void TestProviders::retentionIsOfIntradaySeries()
{
    const auto venue = provider();
    for (const Timeframe frame : venue->timeframes(MarketType::Linear, Kind::OpenInterest)) {
        const auto rules = venue->pageRules(MarketType::Linear, Kind::OpenInterest, frame);
        QVERIFY(rules);
        const bool isDay = frame.name() == "1d";
        QCOMPARE(rules->retentionRows, isDay ? std::optional<int>() : std::optional(1500));
        QCOMPARE(rules->isLatestOnly(), !isDay);
        QVERIFY(!rules->isOpenEnded);
    }
    QVERIFY(venue->timeframes(MarketType::Spot, Kind::OpenInterest).empty());
    QVERIFY(venue->markets(Kind::Candles).empty());
}

/// 2,000 hours are asked for, in one request, and what it has decides: 1,600, none, or few of a young market.
void TestProviders::answersTellWhatIsTooOld()
{
    const auto venue = provider();
    const FetchArgs args = argsOf(*venue, "binance", MarketType::Linear, "BTC/USDT:USDT");
    const auto rules = venue->pageRules(MarketType::Linear, Kind::OpenInterest, args.timeframe).value();
    const TimeRange asked {args.now - std::chrono::hours {2000}, args.now};
    QCOMPARE(cutPages(IntervalSet(asked), rules), (std::vector<Page> {{asked, false}}));
    QVERIFY(venue->pageRequest(args, asked));
    const auto answerWith = [&](int rows) {
        HttpResponse response;
        response.status = 200;
        for (std::int64_t time = toMs(asked.to) - rows * hour; time < toMs(asked.to); time += hour)
            response.body += (response.body.empty() ? R"([{"symbol":"BTCUSDT_PERP.A","history":[{"t":)" : R"(,{"t":)") + std::to_string(time / 1000)
                + R"(,"o":5,"h":5,"l":5,"c":5})";
        response.body = rows == 0 ? "[]" : response.body + "]}]";
        return response;
    };
    const auto verdictOn = [&](int rows, bool isConfirmation) {
        const Page page {asked, isConfirmation};
        const auto decoded = decodePage(*venue, args, rules, page, answerWith(rows), args.now);
        return judge(page, rules, decoded.value());
    };
    PageVerdict verdict = verdictOn(1600, false);
    QCOMPARE(verdict.tooOld, IntervalSet(TimeRange {asked.from, asked.to - std::chrono::hours {1600}}));
    QCOMPARE(verdict.answered, IntervalSet(TimeRange {asked.to - std::chrono::hours {1600}, asked.to}));
    QVERIFY(verdict.follow.empty());
    verdict = verdictOn(0, false);
    QVERIFY(verdict.answered.isEmpty() && verdict.tooOld.isEmpty());
    QCOMPARE(verdict.follow, (std::vector<Page> {{asked, true}}));
    verdict = verdictOn(0, true); // said twice
    QCOMPARE(verdict.tooOld.hull().from, asked.from);
    QCOMPARE(verdict.answered.hull().to, asked.to);
    verdict = verdictOn(300, false);
    QCOMPARE(verdict.follow, (std::vector<Page> {{{asked.from, asked.to - std::chrono::hours {300}}, true}}));
}

void TestProviders::aMissingKeySaysWhereItBelongs()
{
    Secrets secrets;
    const auto venue = provider();
    const auto missing = checkKey(*venue, secrets);
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, ErrorCode::Config);
    QVERIFY2(has(missing.error().detail, "put yours into the drawer of coinalyze.api_key; there is one at https://coinalyze.net/"), missing.error().detail.c_str());
    QVERIFY(has(checkKey(*venue, EnvironmentSecrets([](const char*) -> const char* { return nullptr; })).error().detail, "the environment variable MNEMO_SECRET_COINALYZE_API_KEY"));
    QVERIFY(!keyHeader(venue->lane(), secrets));
    secrets.key = "s3cret";
    QVERIFY(checkKey(*venue, secrets));
    const auto header = keyHeader(venue->lane(), secrets);
    QVERIFY(header && header->name == "api_key" && header->value == "s3cret");
    secrets.key.clear();
    const auto own = provider("{headers: {api_key: mine}}"); // a file of one's own says it already
    QVERIFY(checkKey(*own, secrets));
    QVERIFY(own->needsKey() && !own->lane().key);
    QVERIFY(checkKey(*shipped().venue("binance").value(), secrets));
}

void TestProviders::answersDoNotTellTheKey()
{
    const KeyHeader key {"api_key", "s3cret", "the drawer"};
    Error error {ErrorCode::Rejected, "Invalid API key s3cret, s3cret is unknown"};
    explainKey(error, 401, {}, key, "coinalyze");
    QCOMPARE(error.detail, std::string("the key that was sent was refused: correct it in the drawer (Invalid API key ***, *** is unknown)"));
    QCOMPARE(error.code, ErrorCode::Config);
    error = {ErrorCode::Rejected, "bad interval"};
    explainKey(error, 400, {}, key, "coinalyze");
    QCOMPARE(error.detail, std::string("bad interval"));
    QCOMPARE(error.code, ErrorCode::Rejected);
    HttpRequest own; // a header of one's own
    own.headers = {{"X-Api-Key", "mine4ever"}};
    error.detail = "mine4ever is no key";
    explainKey(error, 401, own, std::nullopt, "coinalyze");
    QVERIFY2(has(error.detail, "exchanges/coinalyze.yaml") && !has(error.detail, "mine4ever"), error.detail.c_str());
}

void TestProviders::anotherProviderNeedsNoCode()
{
    Problems problems;
    const Catalogue catalogue = Catalogue::load({{"gauge", yaml(gauge)}}, problems);
    QVERIFY2(problems.empty(), problems.empty() ? "" : problems.front().text().c_str());
    const auto venue = catalogue.teller("gauge", "bravo").value();
    const auto list = venue->decodeMarkets(answers({R"({"list":[{"venue":"TWO","id":"7","b":"ABC","q":"USDT"}]})"})).value();
    const SeriesKey key {"gauge", "bravo", MarketType::Linear, "ABC/USDT:USDT", Kind::OpenInterest, Timeframe::fromName("1d").value()};
    FetchArgs args;
    args.kind = Kind::OpenInterest;
    args.timeframe = key.timeframe;
    args.instrument = chooseInstrument(*venue, list, key).value();
    const auto request = venue->pageRequest(args, {at("2025-01-01"), at("2025-01-03")});
    QVERIFY(request);
    QCOMPARE(request->http.url, std::string("https://gauge.example/oi/7?a=1735689600000&b=1735862399999"));
    const OpenInterest read = toOpenInterest(venue->metric(args, {at("2025-01-01"), {std::nullopt, 9.0}, 0}));
    QCOMPARE(read.value, std::optional(9.0));
    QCOMPARE(venue->lane().key.value().secret, std::string("gauge.api_key"));
}

void TestProviders::descriptionsOfProvidersAreChecked_data()
{
    QTest::addColumn<QByteArray>("over");
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("whose market is not said") << QByteArray("markets: { exchange: null }") << QByteArray("`exchange` is missing: whose market it is");
    QTest::newRow("no provider") << QByteArray("provider: null") << QByteArray("only who tells of other exchanges has it");
    QTest::newRow("no exchanges") << QByteArray("provider: { one: null, two: null }") << QByteArray("a map of its names of exchanges to our ids is expected");
    QTest::newRow("no header") << QByteArray("needs_key: { header: null }") << QByteArray("`header` is missing: which one carries the key");
    QTest::newRow("units that no list tells") << QByteArray("open_interest: { amount_unit: listed, fields: { amount: 2 } }") << QByteArray("`amount_unit: listed` needs `interest_unit` of a market list");
    QTest::newRow("a fixed market of nobody") << QByteArray("markets: { fixed: [{ symbol: 'A/B:B', id: x }] }") << QByteArray("`exchange` is missing: whose market it is");
    QTest::newRow("a choice that leads nowhere") << QByteArray("open_interest: { rows: { path: 'id={symbol}' } }") << QByteArray("after `name=word` the key of the rows is expected");
}

void TestProviders::descriptionsOfProvidersAreChecked()
{
    QFETCH(QByteArray, over);
    QFETCH(QByteArray, says);
    Problems problems;
    (void)Catalogue::load({{"gauge", description::overlaid(yaml(gauge), yaml(over.toStdString()))}}, problems);
    QVERIFY(std::ranges::any_of(problems, [&](const Problem& problem) { return has(problem.message, says.constData()); }));
}

QTEST_APPLESS_MAIN(TestProviders)
#include "tst_providers.moc"
