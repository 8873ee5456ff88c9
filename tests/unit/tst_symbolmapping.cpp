// What a provider calls the markets of exchanges where its user has corrected that: read from the configuration, and used before its list.

#include "cataloguefixture.h"
#include "core/exchange/symbolmapping.h"
#include "core/ingest/marketlist.h"
#include "core/ingest/planner.h"

using namespace mnemo;

namespace {

std::shared_ptr<const Venue> provider(const std::string& symbols = {})
{
    return symbols.empty() ? shipped().venue("coinalyze").value() : shipped({{"coinalyze", "symbols: " + symbols}}).venue("coinalyze").value();
}

SeriesKey keyOf(const char* exchange, const char* symbol, Kind kind = Kind::OpenInterest)
{
    return {"coinalyze", exchange, parseSymbol(symbol).value().market(), symbol, kind, Timeframe::fromName("1h").value()};
}

Instrument market(const char* exchange, const char* symbol, const char* id, const char* unit = "base")
{
    const auto parts = parseSymbol(symbol).value();
    Instrument one;
    one.exchange = exchange;
    one.market = parts.market();
    one.symbol = symbol;
    one.id = id;
    one.base = parts.base;
    one.quote = parts.quote;
    one.settle = parts.settle;
    one.interestUnit = unit;
    return one;
}

std::vector<Instrument> theList()
{
    return {market("binance", "BTC/USDT:USDT", "BTCUSDT_PERP.A"), market("binance", "BTC/USD:BTC", "BTCUSD_PERP.A", "quote"),
        market("binance", "ETH/USDT:USDT", "ETHUSDT_PERP.A"), market("Vertex", "BTC/USDT:USDT", "BTCUSDT_PERP.V")};
}

std::string idOf(const Venue& venue, const char* exchange, const char* symbol)
{
    return chooseInstrument(venue, theList(), keyOf(exchange, symbol)).value_or(Instrument {}).id;
}

Result<SeriesSpec> specified(const char* symbols, const std::string& ownId = {})
{
    auto request = BackfillRequest::of(keyOf("binance", "BTC/USDT:USDT"));
    request.exchangeSymbol = ownId;
    request.range = {at("2024-12-01"), at("2024-12-02")};
    return specify(request, shipped({{"coinalyze", std::string("symbols: ") + symbols}}), at("2025-01-01"));
}

} // namespace

class TestSymbolMapping : public QObject {
    Q_OBJECT
private slots:
    void correctionsAreRead();
    void wrongCorrectionsSayWhere_data();
    void wrongCorrectionsSayWhere();
    void onlyProvidersHaveThem();
    void correctionsGoBeforeTheList();
    void unitsAreThoseOfTheId();
    void noneIsNotAskedFor();
    void storedIdsAreTheLastResort();
    void remarksTellWhatIsOdd();
    void allIsShown();
};

void TestSymbolMapping::correctionsAreRead()
{
    Problems problems;
    const auto venue = shipped({{"coinalyze", "symbols:\n  binance:\n    BTC/USDT:USDT: 123\n    ETH/USD:ETH: null\n  okx: { X/Y: { id: X.3, interest_unit: quote } }\n  bybit: null\n"}},
        &problems).venue("coinalyze");
    QVERIFY2(problems.empty(), problems.empty() ? "" : problems.front().text().c_str());
    const std::vector<SymbolCorrection> read(venue.value()->corrections().begin(), venue.value()->corrections().end());
    QCOMPARE(read, (std::vector<SymbolCorrection> {
        {"binance", MarketType::Linear, "BTC/USDT:USDT", "123", {}, "test.yaml:3:5"},
        {"binance", MarketType::Inverse, "ETH/USD:ETH", {}, {}, "test.yaml:4:5"},
        {"okx", MarketType::Spot, "X/Y", "X.3", "quote", "test.yaml:5:10"}}));
    QVERIFY(provider()->corrections().empty());
}

void TestSymbolMapping::wrongCorrectionsSayWhere_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("says");
    const auto row = [](const char* name, const char* text, const char* says) { QTest::newRow(name) << QByteArray(text) << QByteArray(says); };
    row("a word", "symbols: BTC", "test.yaml:1:10: exchanges.coinalyze.symbols: a map is expected");
    row("an exchange that it does not tell of", "symbols:\n  binanse: { BTC/USDT: X }\n",
        "test.yaml:2:3: exchanges.coinalyze.symbols.binanse: `provider` names no exchange 'binanse' (did you mean binance?)");
    row("no symbols of an exchange", "symbols:\n  binance: BTC\n", "test.yaml:2:12: exchanges.coinalyze.symbols.binance: a map is expected: {unified symbol");
    row("its own name for a market", "symbols:\n  binance:\n    BTCUSDT: X\n",
        "test.yaml:3:5: exchanges.coinalyze.symbols.binance.BTCUSDT: 'BTCUSDT' is no symbol like BTC/USDT");
    row("a list", "symbols: { binance: { BTC/USDT: [X] } }", "test.yaml:1:33: exchanges.coinalyze.symbols.binance.BTC/USDT: the provider's symbol is expected");
    row("an empty text", "symbols: { binance: { BTC/USDT: '' } }", "test.yaml:1:33: exchanges.coinalyze.symbols.binance.BTC/USDT: the provider's symbol is expected");
    row("a map without id", "symbols: { binance: { BTC/USDT: { interest_unit: base } } }", "`id` is missing: what the provider calls it");
    row("an unknown unit", "symbols: { binance: { BTC/USDT: { id: X, interest_unit: bas } } }", "test.yaml:1:57: exchanges.coinalyze.symbols.binance.BTC/USDT.interest_unit");
    row("an unknown key", "symbols: { binance: { BTC/USDT: { id: X, interest_unt: base } } }", "interest_unt: unknown key (did you mean interest_unit?)");
}

void TestSymbolMapping::wrongCorrectionsSayWhere()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, says);
    Problems problems;
    const auto catalogue = shipped({{"coinalyze", text.toStdString()}}, &problems);
    QVERIFY(!problems.empty());
    QVERIFY2(problems.front().text().find(says.toStdString()) != std::string::npos, problems.front().text().c_str());
    QVERIFY(!catalogue.venue("coinalyze")); // and nothing else is disabled
    QVERIFY(catalogue.venue("binance").has_value());
}

void TestSymbolMapping::onlyProvidersHaveThem()
{
    Problems problems;
    (void)shipped({{"bitbank", "symbols: { bitbank: { BTC/JPY: X } }"}}, &problems);
    QCOMPARE(problems.size(), std::size_t {1});
    QCOMPARE(problems.front().message, std::string("only who tells of other exchanges has it; say who with `provider`"));
}

void TestSymbolMapping::correctionsGoBeforeTheList()
{
    const auto venue = provider("{ binance: { BTC/USDT:USDT: ETHUSDT_PERP.A, NEW/USDT:USDT: BTCUSDT_PERP.A } }");
    QCOMPARE(idOf(*venue, "binance", "BTC/USDT:USDT"), std::string("ETHUSDT_PERP.A"));
    QCOMPARE(idOf(*venue, "binance", "NEW/USDT:USDT"), std::string("BTCUSDT_PERP.A")); // that the list does not have
    QCOMPARE(idOf(*venue, "binance", "BTC/USD:BTC"), std::string("BTCUSD_PERP.A"));
    const auto found = chooseInstrument(*venue, theList(), keyOf("binance", "BTC/USDT:USDT")).value();
    QCOMPARE(found.exchange + " " + found.symbol + " " + found.base, std::string("binance BTC/USDT:USDT BTC"));
    // Who asks for an id by name means that one.
    QCOMPARE(chooseInstrument(*venue, theList(), keyOf("binance", "BTC/USDT:USDT"), "BTCUSDT_PERP.A").value().id, std::string("BTCUSDT_PERP.A"));
    // What a description fixes is no correction.
    const auto both = shipped({{"coinalyze", "{markets: {fixed: [{exchange: binance, symbol: BTC/USDT:USDT, id: F}]}, symbols: {binance: {BTC/USDT:USDT: BTCUSD_PERP.A}}}"}})
                          .venue("coinalyze").value();
    QCOMPARE(idOf(*both, "binance", "BTC/USDT:USDT"), std::string("BTCUSD_PERP.A"));
}

void TestSymbolMapping::unitsAreThoseOfTheId()
{
    const auto venue = provider("{ binance: { BTC/USDT:USDT: BTCUSD_PERP.A, ETH/USDT:USDT: { id: NEW.A, interest_unit: quote } } }");
    QCOMPARE(chooseInstrument(*venue, theList(), keyOf("binance", "BTC/USDT:USDT")).value().interestUnit, std::string("quote"));
    QCOMPARE(chooseInstrument(*venue, theList(), keyOf("binance", "ETH/USDT:USDT")).value().interestUnit, std::string("quote"));
    // Without a list nobody knows what open interest is told in, unless it is said; a rate has no such unit.
    QVERIFY(!chooseInstrument(*venue, {}, keyOf("binance", "BTC/USDT:USDT")));
    QVERIFY(chooseInstrument(*venue, {}, keyOf("binance", "ETH/USDT:USDT")).has_value());
    QCOMPARE(chooseInstrument(*venue, {}, keyOf("binance", "BTC/USDT:USDT", Kind::Funding)).value().id, std::string("BTCUSD_PERP.A"));
}

void TestSymbolMapping::noneIsNotAskedFor()
{
    const char* const none = "\n  binance:\n    BTC/USDT:USDT: null\n";
    QVERIFY(!chooseInstrument(*provider(none), theList(), keyOf("binance", "BTC/USDT:USDT")));
    const auto spec = specified(none);
    QVERIFY(!spec);
    QCOMPARE(spec.error().code, ErrorCode::UnknownSymbol);
    QCOMPARE(spec.error().detail,
        std::string("coinalyze has no linear BTC/USDT:USDT of binance: test.yaml:3:5 says so (`symbols`), and nothing is asked"));
    QVERIFY(specified(none, "BTCUSDT_PERP.A").has_value());
    QVERIFY(specified("{ binance: { BTC/USDT:USDT: X } }").has_value());
}

void TestSymbolMapping::storedIdsAreTheLastResort()
{
    const auto stored = [](const char* exchange, const char* symbol, const char* id) {
        SeriesRecord record;
        record.key = keyOf(exchange, symbol);
        record.exchangeSymbol = id;
        return std::optional(record);
    };
    const auto chosen = [&](const Venue& venue, const std::optional<SeriesRecord>& record) {
        return chooseInstrument(venue, theList(), record->key, record).value_or(Instrument {}).id;
    };
    QCOMPARE(chosen(*provider(), stored("binance", "BTC/USDT:USDT", "ETHUSDT_PERP.A")), std::string("BTCUSDT_PERP.A")); // corrected once, and no more
    QCOMPARE(chosen(*provider(), stored("binance", "OLD/USDT:USDT", "ETHUSDT_PERP.A")), std::string("ETHUSDT_PERP.A")); // asked for by id
    QCOMPARE(chosen(*provider("{ binance: { OLD/USDT:USDT: null } }"), stored("binance", "OLD/USDT:USDT", "ETHUSDT_PERP.A")), std::string());
    QCOMPARE(BackfillRequest::again(*stored("binance", "BTC/USDT:USDT", "X")).exchangeSymbol, std::string());
    auto own = *stored("binance", "BTC/USDT:USDT", "X");
    own.key.source = own.key.exchange;
    QCOMPARE(BackfillRequest::again(own).exchangeSymbol, std::string("X"));
}

void TestSymbolMapping::remarksTellWhatIsOdd()
{
    const auto venue = provider("{ binance: { BTC/USDT:USDT: NEW.A } }");
    const SymbolCorrection& correction = *correctionOf(*venue, keyOf("binance", "BTC/USDT:USDT"));
    const auto both = correctionRemarks(*venue, correction, theList(), "BTCUSDT_PERP.A");
    QCOMPARE(both, (std::vector<std::string> {
        "the market list of coinalyze has no NEW.A: it is asked for all the same, as test.yaml:1:23 says that this is the linear BTC/USDT:USDT of binance",
        "what is stored of the linear BTC/USDT:USDT of binance was told as BTCUSDT_PERP.A and is not asked for again: `repair --verify` does that, as NEW.A"}));
    QVERIFY(correctionRemarks(*venue, correction, {}, "NEW.A").empty());
}

void TestSymbolMapping::allIsShown()
{
    const auto venue = provider("{ binance: { BTC/USDT:USDT: ETHUSDT_PERP.A, ETH/USDT:USDT: null, NEW/USDT:USDT: N.A }, okx: { SOL/USDT:USDT: BTCUSD_PERP.A } }");
    auto gone = market("bybit", "GONE/USDT:USDT", "GONEUSDT", "");
    gone.active = false;
    const std::vector<Instrument> others {market("binance", "BTC/USDT:USDT", "BTCUSDT", ""), market("binance", "BTC/USDT", "BTCUSDT", ""),
        market("okx", "SOL/USDT:USDT", "SOL-USDT-SWAP", ""), market("okx", "XRP/USDT:USDT", "XRP-USDT-SWAP", ""), gone,
        market("upbit", "BTC/USDT:USDT", "nobody", "")};
    QStringList rows;
    for (const MappedSymbol& row : symbolMapping(*venue, theList(), others)) {
        static const char* const origins[] {"listed", "fixed", "corrected", "not mapped", "unknown exchange"};
        rows << QString::fromStdString(row.exchange + " " + row.symbol + " id=" + row.id + " listed=" + row.listedId + " " + row.interestUnit + " "
            + origins[static_cast<int>(row.origin)] + (row.isIdListed ? "" : " unlisted"));
    }
    QCOMPARE(rows.join(u'\n').toUtf8(),
        QByteArray("Vertex BTC/USDT:USDT id=BTCUSDT_PERP.V listed=BTCUSDT_PERP.V base unknown exchange\n"
                   "binance BTC/USDT:USDT id=ETHUSDT_PERP.A listed=BTCUSDT_PERP.A base corrected\n"
                   "binance ETH/USDT:USDT id= listed=ETHUSDT_PERP.A  corrected\n"
                   "binance NEW/USDT:USDT id=N.A listed=  corrected unlisted\n"
                   "binance BTC/USD:BTC id=BTCUSD_PERP.A listed=BTCUSD_PERP.A quote listed\n"
                   "okx SOL/USDT:USDT id=BTCUSD_PERP.A listed= quote corrected\n"
                   "okx XRP/USDT:USDT id= listed=  not mapped")); // no spot, which it does not tell of; nothing of who is gone, or not its
    const auto alone = symbolMapping(*venue, {});
    QCOMPARE(alone.size(), std::size_t {4});
    QVERIFY(std::ranges::all_of(alone, &MappedSymbol::isIdListed)); // nobody knows
}

QTEST_APPLESS_MAIN(TestSymbolMapping)
#include "tst_symbolmapping.moc"
