#include <QTest>

#include "core/base/timetext.h"
#include "ui/backfill/backfillchoice.h"
#include "ui/backfill/planmodel.h"

using namespace mnemo;

namespace {

Instrument instrument(const char* exchange, MarketType market, const char* symbol, const char* id)
{
    Instrument made;
    made.exchange = exchange;
    made.market = market;
    made.symbol = symbol;
    made.id = id;
    return made;
}

SymbolBook book()
{
    SymbolBook book;
    book.add({instrument("alpha", MarketType::Spot, "BTC/USDT", "BTCUSDT"), instrument("alpha", MarketType::Linear, "BTC/USDT:USDT", "BTCUSDT"),
        instrument("alpha", MarketType::Spot, "ETH/USDT", "ETHUSDT"), instrument("alpha", MarketType::Spot, "SOL/EUR", "SOLEUR")});
    book.add({instrument("beta", MarketType::Spot, "BTC/USDT", "btc-usdt"), instrument("beta", MarketType::Inverse, "ETH/USD:ETH", "PI_ETHUSD")});
    return book;
}

std::vector<Timeframe> frames(std::initializer_list<const char*> names)
{
    std::vector<Timeframe> result;
    for (const char* name : names)
        result.push_back(*Timeframe::fromName(name));
    return result;
}

const std::vector<VenueOffer> venues {{"alpha", "Alpha", {{Kind::Candles, {{MarketType::Spot, frames({"1m", "1h"})}, {MarketType::Linear, frames({"1h"})}}}}},
    {"beta", "Beta", {{Kind::Candles, {{MarketType::Spot, frames({"1h", "1d"})}, {MarketType::Inverse, frames({"1h"})}}}}}};

const UtcMs now = *parseTime("2024-06-01 12:34");

using Names = std::vector<std::string>;

QStringList texts(const std::vector<BackfillRequest>& requests)
{
    QStringList list;
    for (const BackfillRequest& request : requests)
        list << QString::fromStdString(request.exchange + ' ' + request.symbol + ' ' + std::string(request.timeframe.name()));
    return list;
}

} // namespace

class tst_SymbolText : public QObject {
    Q_OBJECT
private slots:
    void pastedIsUnderstood_data();
    void pastedIsUnderstood();
    void unknownNamesTheNearest();
    void withoutABookSymbolsCountAsWritten();
    void patternsMatch();
    void requestsAreThePossibleCombinations();
    void problemsNameTheirField_data();
    void problemsNameTheirField();
    void presetsMeanWhatTheySay();
    void thousandsArePastedQuickly();
};

void tst_SymbolText::pastedIsUnderstood_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<Names>("found");
    QTest::newRow("unified") << QStringLiteral("BTC/USDT") << Names {"BTC/USDT"};
    QTest::newRow("own names, spot first") << QStringLiteral("BTCUSDT") << Names {"BTC/USDT"};
    QTest::newRow("contract") << QStringLiteral("btc/usdt:usdt") << Names {"BTC/USDT:USDT"};
    QTest::newRow("other separators within") << QStringLiteral("btc-usdt eth_usdt") << Names {"BTC/USDT", "ETH/USDT"};
    QTest::newRow("separators between") << QStringLiteral("[\"BTC/USDT\", 'ETH/USDT'];SOL/EUR|") << Names {"BTC/USDT", "ETH/USDT", "SOL/EUR"};
    QTest::newRow("lines and tabs") << QStringLiteral("BTC/USDT\r\nETH/USDT\tSOL/EUR\n\n") << Names {"BTC/USDT", "ETH/USDT", "SOL/EUR"};
    QTest::newRow("twice") << QStringLiteral("BTC/USDT BTCUSDT btc/usdt") << Names {"BTC/USDT"};
    QTest::newRow("own name of another exchange") << QStringLiteral("PI_ETHUSD") << Names {"ETH/USD:ETH"};
    QTest::newRow("nothing") << QStringLiteral(" , ;\n") << Names {};
}

void tst_SymbolText::pastedIsUnderstood()
{
    QFETCH(QString, text);
    QFETCH(Names, found);
    const PastedSymbols pasted = readPasted(text, book());
    QCOMPARE(pasted.found, found);
    QVERIFY(pasted.unknown.empty());
}

void tst_SymbolText::unknownNamesTheNearest()
{
    const PastedSymbols pasted = readPasted(QStringLiteral("BTC/USDC ETHUSTD zzzzqqqq"), book());
    QVERIFY(pasted.found.empty());
    QCOMPARE(pasted.unknown.size(), std::size_t {3});
    QCOMPARE(pasted.unknown[0].nearest, std::string("BTC/USDT"));
    QCOMPARE(pasted.unknown[1].written, QStringLiteral("ETHUSTD"));
    QCOMPARE(pasted.unknown[1].nearest, std::string("ETH/USDT"));
    QCOMPARE(pasted.unknown[2].nearest, std::string());
}

void tst_SymbolText::withoutABookSymbolsCountAsWritten()
{
    const PastedSymbols pasted = readPasted(QStringLiteral("abc/usd ABCUSD"), {});
    QCOMPARE(pasted.found, Names {"ABC/USD"});
    QCOMPARE(pasted.unknown.size(), std::size_t {1});
}

void tst_SymbolText::patternsMatch()
{
    QString problem;
    const auto symbols = book().symbols();
    QCOMPARE(matching(QStringLiteral("^btc/"), symbols, problem), (Names {"BTC/USDT", "BTC/USDT:USDT"}));
    QCOMPARE(matching(QStringLiteral("EUR$|:ETH"), symbols, problem), (Names {"ETH/USD:ETH", "SOL/EUR"}));
    QVERIFY(problem.isEmpty());
    QCOMPARE(matching({}, symbols, problem), Names {}); // nothing written is not everything
    QVERIFY(matching(QStringLiteral("(BTC"), symbols, problem).empty());
    QVERIFY2(problem.contains(QStringLiteral("character")), qPrintable(problem));
}

void tst_SymbolText::requestsAreThePossibleCombinations()
{
    BackfillChoice choice;
    choice.exchanges = {"alpha", "beta"};
    choice.timeframes = frames({"1m", "1h"});
    choice.symbols = {"BTC/USDT", "ETH/USDT", "BTC/USDT:USDT"};
    choice.order = WalkOrder::NewestFirst;
    const RequestList list = requestsOf(choice, venues, book(), now);
    QVERIFY2(list.problem.isEmpty(), qPrintable(list.problem));
    const QStringList expected {QStringLiteral("alpha BTC/USDT 1m"), QStringLiteral("alpha BTC/USDT 1h"), QStringLiteral("alpha ETH/USDT 1m"),
        QStringLiteral("alpha ETH/USDT 1h"), QStringLiteral("alpha BTC/USDT:USDT 1h"), QStringLiteral("beta BTC/USDT 1h")};
    QCOMPARE(texts(list.requests), expected);
    QVERIFY(list.requests[0].order == WalkOrder::NewestFirst);
    QCOMPARE(list.leftOut.size(), 4); // alpha linear 1m; beta: ETH/USDT, BTC/USDT:USDT, spot 1m
}

void tst_SymbolText::problemsNameTheirField_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<int>("field");
    QTest::newRow("no exchange") << QStringLiteral("exchange") << int(RequestList::Field::Exchange);
    QTest::newRow("no timeframe") << QStringLiteral("timeframe") << int(RequestList::Field::Timeframe);
    QTest::newRow("no symbol") << QStringLiteral("symbol") << int(RequestList::Field::Symbol);
    QTest::newRow("reversed") << QStringLiteral("reversed") << int(RequestList::Field::Range);
    QTest::newRow("future") << QStringLiteral("future") << int(RequestList::Field::Range);
    QTest::newRow("nobody lists it") << QStringLiteral("unlisted") << int(RequestList::Field::Symbol);
}

void tst_SymbolText::problemsNameTheirField()
{
    QFETCH(QString, what);
    QFETCH(int, field);
    BackfillChoice choice;
    choice.exchanges = {"alpha"};
    choice.timeframes = frames({"1h"});
    choice.symbols = {"BTC/USDT"};
    if (what == u"exchange")
        choice.exchanges.clear();
    if (what == u"timeframe")
        choice.timeframes.clear();
    if (what == u"symbol")
        choice.symbols.clear();
    if (what == u"unlisted")
        choice.symbols = {"DOGE/USDT"};
    if (what == u"reversed" || what == u"future") {
        choice.range.preset = RangePreset::Custom;
        choice.range.custom = what == u"future" ? TimeRange {now + std::chrono::days {1}, now + std::chrono::days {2}}
                                                : TimeRange {now, now - std::chrono::days {1}};
    }
    const RequestList list = requestsOf(choice, venues, book(), now);
    QVERIFY(list.requests.empty());
    QVERIFY(!list.problem.isEmpty());
    QCOMPARE(int(list.field), field);
}

void tst_SymbolText::presetsMeanWhatTheySay()
{
    const Timeframe hour = *Timeframe::fromName("1h");
    QSet<QString> names;
    for (const RangePreset preset : rangePresets()) {
        names << textOf(preset);
        if (preset != RangePreset::Custom)
            QCOMPARE((RangeChoice {preset, 5, {}}.range(now, hour).to), now);
    }
    QCOMPARE(names.size(), static_cast<qsizetype>(rangePresets().size()));
    QCOMPARE((RangeChoice {RangePreset::LastDay, 0, {}}.range(now, hour).from), *parseTime("2024-05-31 12:34"));
    QCOMPARE((RangeChoice {RangePreset::LastDays, 10, {}}.range(now, hour).from), *parseTime("2024-05-22 12:34"));
    QCOMPARE((RangeChoice {RangePreset::LastBars, 10, {}}.range(now, hour).from), *parseTime("2024-06-01 02:00"));
    QCOMPARE((RangeChoice {RangePreset::LastBars, 10'000'000, {}}.range(now, hour).from), *parseTime("2010-01-01"));
    QVERIFY((RangeChoice {RangePreset::OnlyHoles, 0, {}}.scope() == RangeScope::Holes));
}

void tst_SymbolText::thousandsArePastedQuickly()
{
    std::vector<Instrument> many;
    QString text;
    for (int i = 0; i < 4000; ++i) {
        const std::string base = "C" + std::to_string(i);
        many.push_back(instrument("alpha", MarketType::Spot, (base + "/USDT").c_str(), (base + "USDT").c_str()));
        text += QString::fromStdString(base) + QStringLiteral("-usdt\n");
    }
    SymbolBook large;
    large.add(many);
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(readPasted(text, large).found.size(), std::size_t {4000});
    QVERIFY2(timer.elapsed() < 20'000, qPrintable(QString::number(timer.elapsed())));
}

QTEST_GUILESS_MAIN(tst_SymbolText)
#include "tst_symboltext.moc"
