#include <QTest>

#include "core/market/instrument.h"
#include "core/market/serieskey.h"

using namespace mnemo;

class TestInstrument : public QObject {
    Q_OBJECT
private slots:
    void symbols_data()
    {
        QTest::addColumn<QByteArray>("symbol");
        QTest::addColumn<QByteArray>("parts"); // base|quote|settle|suffix|market; empty: refused
        const auto row = [](const char* symbol, const char* parts) { QTest::newRow(symbol) << QByteArray(symbol) << QByteArray(parts); };
        row("BTC/USDT", "BTC|USDT|||spot");
        row("BTC/USDT:USDT", "BTC|USDT|USDT||linear");
        row("BTC/USD:BTC", "BTC|USD|BTC||inverse");
        row("BTC/USD:USDC", "BTC|USD|USDC||linear");
        row("BTC/USD:BTC-220527", "BTC|USD|BTC|220527|inverse");
        row("ETH/USD:ETH-220527-4000-C", "ETH|USD|ETH|220527-4000-C|inverse");
        row("1000SATS/USDT", "1000SATS|USDT|||spot");
        row("\xe5\xb8\x81/USDT", "\xe5\xb8\x81|USDT|||spot");
        row("", "");
        row("BTC", "");
        row("BTCUSDT", "");
        row("/USDT", "");
        row("BTC/", "");
        row("/", "");
        row("BTC/USDT:", "");
        row("BTC/:USDT", "");
        row("BTC/USDT:-220527", "");
        row("BTC/USDT:USDT-", "");
        row("BTC/USDT/EUR", "");
        row("BTC/USDT:USDT:USDT", "");
        row("BTC:USDT/USDT", "");
    }
    void symbols()
    {
        QFETCH(QByteArray, symbol);
        QFETCH(QByteArray, parts);
        const auto parsed = parseSymbol(symbol.toStdString());
        QByteArray actual;
        if (parsed)
            actual = QByteArray::fromStdString(parsed->base + '|' + parsed->quote + '|' + parsed->settle + '|' + parsed->suffix + '|' + std::string(toText(parsed->market())));
        QCOMPARE(actual, parts);
        if (parsed)
            QCOMPARE(QByteArray::fromStdString(parsed->text()), symbol);
    }

    void aliases_data()
    {
        QTest::addColumn<QByteArray>("code");
        QTest::addColumn<QByteArray>("common");
        for (const auto& [code, common] : {std::pair {"XBT", "BTC"}, {"BCC", "BCH"}, {"BCHSV", "BSV"}, {"XDG", "DOGE"}, {"BTC", "BTC"}, {"xbt", "xbt"}, {"", ""}})
            QTest::newRow(code) << QByteArray(code) << QByteArray(common);
    }
    void aliases()
    {
        QFETCH(QByteArray, code);
        QFETCH(QByteArray, common);
        const std::string text = code.toStdString();
        QCOMPARE(QByteArray::fromStdString(std::string(commonCurrency(text))), common);
    }

    void words()
    {
        for (const MarketType type : {MarketType::Spot, MarketType::Linear, MarketType::Inverse})
            QVERIFY(marketTypeFromText(toText(type)) == type);
        for (const Kind kind : {Kind::Candles, Kind::OpenInterest})
            QVERIFY(kindFromText(toText(kind)) == kind);
        QVERIFY(!marketTypeFromText("Spot"));
        QVERIFY(!kindFromText("candle"));
    }

    void seriesText()
    {
        SeriesKey key {"binance", "binance", MarketType::Spot, "BTC/USDT", Kind::Candles, Timeframe {}};
        QCOMPARE(key.text(), std::string("binance spot BTC/USDT candles 1m"));
        key.source = "coinalyze";
        key.kind = Kind::OpenInterest;
        QCOMPARE(key.text(), std::string("coinalyze: binance spot BTC/USDT open_interest 1m"));
    }
};

QTEST_APPLESS_MAIN(TestInstrument)
#include "tst_instrument.moc"
