#include <QDir>
#include <QTest>

#include "core/base/timetext.h"
#include "core/config/mapreader.h"
#include "core/exchange/catalogue.h"

using namespace mnemo;

namespace {

Catalogue shipped()
{
    std::map<std::string, Node> descriptions;
    const QDir folder(QStringLiteral(MNEMO_SOURCE_DIR "/config/exchanges"));
    for (const QString& name : folder.entryList({QStringLiteral("*.yaml")}, QDir::Files))
        descriptions[name.chopped(5).toStdString()] = readYamlFile(folder.filePath(name).toStdString()).value();
    Problems problems;
    return Catalogue::load(descriptions, problems);
}

UtcMs at(const char* text)
{
    return parseTime(text).value();
}

} // namespace

/// The exchanges whose candles CCXT cannot read: what we ask them, and what we make of their answers.
class TestCandlelessVenues : public QObject {
    Q_OBJECT
private slots:
    void ownCandles_data()
    {
        QTest::addColumn<QByteArray>("venue");
        QTest::addColumn<QByteArray>("symbol");
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QByteArray>("body");
        const auto row = [](const char* venue, const char* symbol, const char* url, const char* body) {
            QTest::newRow(venue) << QByteArray(venue) << QByteArray(symbol) << QByteArray(url) << QByteArray(body);
        };
        // each body: the bar of 01:00 with 10, 12, 9, 11 and a volume of 2.5
        row("coinone", "BTC/KRW", "https://api.coinone.co.kr/public/v2/chart/KRW/BTC?interval=1h&timestamp=1704077999999&size=3",
            "{\"result\":\"success\",\"error_code\":\"0\",\"is_last\":false,\"chart\":[{\"timestamp\":1704070800000,\"open\":\"10\",\"high\":\"12\","
            "\"low\":\"9\",\"close\":\"11\",\"target_volume\":\"2.5\",\"quote_volume\":\"26\"}]}");
        row("blockchaincom", "BTC/USD",
            "https://api.blockchain.com/nabu-gateway/markets/exchange/prices?symbol=BTC-USD&start=1704067200000&end=1704077999999&granularity=3600",
            "{\"symbol\":\"BTC-USD\",\"prices\":[[1704070800000,10.0,12.0,9.0,11.0,2.5]]}");
        row("latoken", "ETH/USDT", "https://api.latoken.com/v2/tradingview/history?symbol=ETH%2FUSDT&resolution=60&from=1704067200&to=1704077999",
            "{\"s\":\"ok\",\"t\":[1704070800],\"o\":[\"10\"],\"h\":[\"12\"],\"l\":[\"9\"],\"c\":[\"11\"],\"v\":[\"2.5\"]}");
        row("independentreserve", "BTC/AUD",
            "https://api.independentreserve.com/Public/"
            "GetTradeHistorySummary?primaryCurrencyCode=xbt&secondaryCurrencyCode=aud&numberOfHoursInThePastToRetrieve=240",
            "{\"HistorySummaryItems\":[{\"ClosingSecondaryCurrencyPrice\":11,\"StartTimestampUtc\":\"2024-01-01T01:00:00Z\","
            "\"HighestSecondaryCurrencyPrice\":12,\"LowestSecondaryCurrencyPrice\":9,\"NumberOfTrades\":4,\"OpeningSecondaryCurrencyPrice\":10,"
            "\"PrimaryCurrencyVolume\":2.5}]}");
    }

    void ownCandles()
    {
        QFETCH(QByteArray, venue);
        QFETCH(QByteArray, symbol);
        QFETCH(QByteArray, url);
        QFETCH(QByteArray, body);
        static const Catalogue catalogue = shipped();
        const auto found = catalogue.venue(venue.toStdString());
        QVERIFY(found);
        FetchArgs args;
        args.instrument = (*found)->instrument(MarketType::Spot, symbol.toStdString()).value();
        args.timeframe = Timeframe::fromName("1h").value();
        args.now = at("2025-01-01");
        const auto request = (*found)->pageRequest(args, {at("2024-01-01"), at("2024-01-01T03:00")});
        QVERIFY2(request, request ? "" : request.error().detail.c_str());
        QCOMPARE(QByteArray::fromStdString(request->http.url), url);
        const auto decoded = (*found)->decodeCandles(args, body.toStdString());
        QVERIFY2(decoded, decoded ? "" : decoded.error().detail.c_str());
        QCOMPARE(decoded->rows.size(), std::size_t {1});
        const Candle& bar = decoded->rows.front();
        QCOMPARE(bar.openTime, at("2024-01-01T01:00"));
        QCOMPARE((std::vector {bar.open, bar.high, bar.low, bar.close, bar.volume}), (std::vector {10.0, 12.0, 9.0, 11.0, 2.5}));
    }
};

QTEST_APPLESS_MAIN(TestCandlelessVenues)
#include "tst_candlelessvenues.moc"
