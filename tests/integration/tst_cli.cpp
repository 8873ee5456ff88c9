// The command line as scripts see it: usage, exit statuses, the catalogue commands, completion.

#include <QTemporaryFile>

#include "support/programs.h"

class TestCli : public QObject {
    Q_OBJECT

private slots:
    void help_data();
    void help();
    void usageErrors_data();
    void usageErrors();
    void globalOptionsStandAnywhere();
    void catalogueLists();
    void catalogueListTellsOfStreams();
    void catalogueListIsComplete();
    void requestIsOneFetch();
    void requestTakesTheMarketFromTheSymbol();
    void requestOfMarkets();
    void requestPost();
    void decodeCandles();
    void decodeKeepsTheRunningBarAndSorts();
    void decodeMarkets();
    void decodeErrors_data();
    void decodeErrors();
    void catalogueTouchesNoStore();
    void checkFindsLineAndColumn();
    void oneBadFileLeavesTheOthers();
    void badSetIsUsage();
    void emptyStoreReads();
    void framesThatAreNotStored();
    void outputThatCannotBeWritten();
    void completionIsValid_data();
    void completionIsValid();
    void completionCompletes();
};

namespace {

QStringList words(const char* line)
{
    return QString::fromLatin1(line).split(u' ', Qt::SkipEmptyParts);
}

} // namespace

void TestCli::help_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("expected");
    QTest::newRow("program") << "--help" << "incremental";
    QTest::newRow("version") << "--version" << "0.1.0";
    QTest::newRow("backfill") << "backfill --help" << "--strict";
    QTest::newRow("catalogue request") << "catalogue request --help" << "--exchange-symbol";
    QTest::newRow("global in a command") << "series --help" << "--timeframe";
}

void TestCli::help()
{
    QFETCH(QString, command);
    QFETCH(QString, expected);
    const Outcome outcome = Cli().run(command.split(u' '));
    QCOMPARE(outcome.status, 0);
    QVERIFY2(outcome.out.contains(expected.toLatin1()), outcome.out.constData());
    QCOMPARE(outcome.err, QByteArray());
}

void TestCli::usageErrors_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("sentence"); // part of it
    const QString some = QStringLiteral("backfill --exchange binance --symbol BTC/USDT --timeframe 1h ");
    QTest::newRow("nothing") << "" << "subcommand is required";
    QTest::newRow("unknown command") << "bakcfill" << "did you mean backfill?";
    QTest::newRow("unknown option") << "series --exchagne binance" << "did you mean --exchange?";
    QTest::newRow("unknown command below") << "catalogue lsit" << "did you mean list?";
    QTest::newRow("later commands are not there yet") << "serve" << "Not understood: serve";
    QTest::newRow("missing symbol") << "backfill --exchange binance --timeframe 1h --last 1d" << "--symbol is required";
    QTest::newRow("unknown exchange") << "backfill --exchange binanec --symbol BTC/USDT --timeframe 1h --last 1d" << "binance";
    QTest::newRow("unknown timeframe") << "backfill --exchange binance --symbol BTC/USDT --timeframe 7m --last 1d" << "\"7m\" is no timeframe";
    QTest::newRow("timeframe that the venue lacks") << "backfill --exchange kraken --symbol BTC/USD --timeframe 3m --last 1d" << "3m";
    QTest::newRow("market that the venue lacks") << "backfill --exchange kraken --symbol BTC/USD:BTC --timeframe 1h --last 1d" << "inverse";
    QTest::newRow("no symbol") << "backfill --exchange binance --symbol BTCUSDT --timeframe 1h --last 1d" << "\"BTCUSDT\" is no unified symbol";
    QTest::newRow("unknown market") << some + QStringLiteral("--last 1d --market swap") << "spot, linear and inverse";
    QTest::newRow("unknown kind") << some + QStringLiteral("--last 1d --kind tickers") << "\"tickers\" is no kind";
    QTest::newRow("trades are no series") << some + QStringLiteral("--last 1d --kind trades") << "ask for candles";
    QTest::newRow("market of another symbol") << some + QStringLiteral("--last 1d --market linear") << "BTC/USDT";
    QTest::newRow("unknown source") << some + QStringLiteral("--last 1d --source coinalize") << "there is no source 'coinalize'";
    QTest::newRow("a source without it") << some + QStringLiteral("--last 1d --source coinalyze") << "coinalyze has no spot candles";
    QTest::newRow("no range") << some << "The range is missing";
    QTest::newRow("reversed range") << some + QStringLiteral("--from 2024-02-01 --to 2024-01-01") << "reversed";
    QTest::newRow("empty range") << some + QStringLiteral("--from 2024-01-01 --to 2024-01-01") << "reversed or empty";
    QTest::newRow("future") << some + QStringLiteral("--from 2099-01-01") << "lies in the future";
    QTest::newRow("no time") << some + QStringLiteral("--from yesterday") << "\"yesterday\" is no time";
    QTest::newRow("no such date") << some + QStringLiteral("--from 2023-02-29") << "is no time";
    QTest::newRow("negative time") << some + QStringLiteral("--from=-5") << "is no time";
    QTest::newRow("no length") << some + QStringLiteral("--last soon") << "\"soon\" is no length of time";
    QTest::newRow("length and range") << some + QStringLiteral("--last 1d --from 2024-01-01") << "--last";
    QTest::newRow("limit 0") << "catalogue request binance --symbol BTC/USDT --timeframe 1h --limit 0" << "--limit \"0\" is not possible";
    QTest::newRow("limit text") << "catalogue request binance --symbol BTC/USDT --timeframe 1h --limit many" << "--limit \"many\"";
    QTest::newRow("request without timeframe") << "catalogue request binance --symbol BTC/USDT" << "--timeframe is missing";
    QTest::newRow("request of unknown venue") << "catalogue request nowhere --symbol BTC/USDT --timeframe 1h" << "nowhere";
    QTest::newRow("filter") << "series --market swap" << "spot, linear and inverse";
    QTest::newRow("filter symbol") << "gaps --symbol BTCUSDT" << "is no unified symbol";
    QTest::newRow("format") << "candles --format xml" << "--format";
    QTest::newRow("parquet") << "export --format parquet --out x.parquet" << "without Parquet";
    QTest::newRow("import of nothing") << "import nothing.csv --exchange binance --symbol BTC/USDT --timeframe 1m" << "there is no such file";
    QTest::newRow("rebuild of a part") << "rebuild --last 1d" << "whole series";
    QTest::newRow("environment") << "series --env production" << "dev, staging and prod";
    QTest::newRow("configuration folder") << "series --config-dir /nowhere/at/all" << "is no folder";
}

void TestCli::usageErrors()
{
    QFETCH(QString, command);
    QFETCH(QString, sentence);
    Cli cli;
    const Outcome outcome = cli.run(command.split(u' ', Qt::SkipEmptyParts));
    QCOMPARE(outcome.out, QByteArray());
    QVERIFY2(outcome.err.contains(sentence.toUtf8()), outcome.err.constData());
    QVERIFY2(outcome.err.startsWith("mnemo-quant-cli: "), outcome.err.constData());
    QCOMPARE(outcome.err.count('\n'), 1); // one sentence, not a page
    QCOMPARE(outcome.status, 2);
}

void TestCli::globalOptionsStandAnywhere()
{
    Cli cli;
    cli.setDataDir(cli.path(QStringLiteral("first")));
    const QString other = cli.path(QStringLiteral("other"));
    const Outcome outcome = cli.run({QStringLiteral("db"), QStringLiteral("migrate"), QStringLiteral("--json"), QStringLiteral("--set"),
        QStringLiteral("database.cache_mib=32"), QStringLiteral("--log-level"), QStringLiteral("error")});
    QCOMPARE(outcome.err, QByteArray());
    QCOMPARE(outcome.status, 0);
    QVERIFY(outcome.json().object()[u"location"].toString().startsWith(cli.path(QStringLiteral("first"))));
    // --set must not swallow the command that follows it
    QProcess process;
    process.start(programPath("mnemo-quant-cli"), {QStringLiteral("--set"), QStringLiteral("database.cache_mib=32"), QStringLiteral("db"),
        QStringLiteral("--data-dir"), other, QStringLiteral("migrate")});
    QCOMPARE(Cli::finish(process).status, 0);
    QVERIFY(QFile::exists(other + QStringLiteral("/mnemo.db")));
}

void TestCli::catalogueLists()
{
    const Outcome outcome = Cli().run(words("catalogue list --json"));
    QCOMPARE(outcome.status, 0);
    QStringList ids;
    for (const QJsonValue& venue : outcome.json().array())
        ids << venue[u"id"].toString();
    for (const char* id : {"binance", "bitfinex", "bybit", "coinbaseexchange", "deribit", "hyperliquid", "kraken", "okx", "upbit"})
        QVERIFY2(ids.contains(QString::fromLatin1(id)), id);
    const QJsonObject binance = outcome.json().array()[ids.indexOf(QStringLiteral("binance"))].toObject();
    QCOMPARE(binance[u"markets"].toObject().keys(), QStringList({QStringLiteral("inverse"), QStringLiteral("linear"), QStringLiteral("spot")}));
    QVERIFY(binance[u"markets"][u"spot"][u"candles"].toArray().contains(QStringLiteral("1m")));
    QCOMPARE(binance[u"needsKey"].toBool(true), false);
    QCOMPARE(outcome.json().array()[ids.indexOf(QStringLiteral("luno"))][u"needsKey"].toBool(), true);
    const QByteArray table = Cli().run(words("catalogue list")).out;
    QVERIFY(table.startsWith("exchange "));
    const auto has = [&table](const char* line) {
        const QByteArrayList lines = table.split('\n');
        return std::ranges::any_of(lines, [&](const QByteArray& each) { return each.simplified().startsWith(line); });
    };
    QVERIFY(has("binance spot candles pages 1,000 all 1m 3m"));
    QVERIFY(has("binance linear open_interest and now pages 500 last 30 days 5m"));
    QVERIFY(has("bitget linear open_interest now 1 from now on 1m"));
    QVERIFY(has("kraken spot candles latest 720 last 720 bars 1m"));
    QVERIFY(has("bitflyer spot candles of trades cursor 500 last 31 days 1m"));
    QVERIFY(has("bitbank spot candles day 24 to 1,440 all 1m"));
    QVERIFY(has("luno spot candles pages 1,000 all yes 1m"));
    QVERIFY(has("coinalyze linear open_interest latest 1,500 last 1,500 bars yes 1m"));
    QVERIFY(has("coinalyze linear open_interest pages 1,500 all yes 1d"));
    QVERIFY(has("binance spot candles stream from now on 1m 3m"));
    QVERIFY(has("coinbase spot candles of trades stream from now on 1m"));
    QVERIFY(!has("upbit spot candles stream"));
}

void TestCli::catalogueListTellsOfStreams()
{
    const QByteArray out = Cli().run(words("catalogue list --json")).out;
    QVERIFY(QRegularExpression(QStringLiteral("\"marketListCalls\": *\\d+,\\s*\"streams\"")).match(QString::fromUtf8(out)).hasMatch()); // what was there before stays before
    QHash<QString, QJsonArray> streams;
    for (const QJsonValue& venue : QJsonDocument::fromJson(out).array())
        streams[venue[u"id"].toString()] = venue[u"streams"].toArray();
    const auto frames = [](const QJsonArray& list) {
        QStringList names;
        for (const QJsonValue& each : list)
            for (const QJsonValue& frame : each[u"timeframes"].toArray())
                names << each[u"market"].toString() + u' ' + frame.toString();
        return names;
    };
    QVERIFY(frames(streams[QStringLiteral("binance")]).contains(QStringLiteral("inverse 1M")));
    QCOMPARE(streams[QStringLiteral("binance")][0].toObject()[u"toldClosed"].toBool(), true);
    QCOMPARE(streams[QStringLiteral("bitget")][0].toObject()[u"toldClosed"].toBool(true), false);
    QCOMPARE(streams[QStringLiteral("coinbase")][0].toObject()[u"fromTrades"].toBool(), true);
    QVERIFY(streams[QStringLiteral("upbit")].isEmpty() && streams[QStringLiteral("coinalyze")].isEmpty());
    const QJsonDocument local = Cli().run(words("catalogue list --json --set exchanges.binance.base_url=http://127.0.0.1:1")).json();
    for (const QJsonValue& venue : local.array())
        QVERIFY(venue[u"id"] != QStringLiteral("binance") || venue[u"streams"].toArray().isEmpty()); // taken away with its address
}

/// For programs: each venue says of each kind how it is asked for and how far back that goes.
void TestCli::catalogueListIsComplete()
{
    const Outcome outcome = Cli().run(words("catalogue list --json"));
    QCOMPARE(outcome.json().array().size(), 106); // the last one tells of others
    int series = 0, snapshots = 0, histories = 0;
    for (const QJsonValue& venue : outcome.json().array()) {
        for (const char* key : {"id", "name", "tellsOf", "version", "lane", "budgets", "markets", "note", "needsKey", "series", "marketListCalls", "streams"})
            QVERIFY2(venue.toObject().contains(QLatin1String(key)), key);
        QVERIFY2(!venue[u"series"].toArray().isEmpty() || venue[u"note"].isString(), qPrintable(venue[u"id"].toString()));
        for (const QJsonValue& each : venue[u"series"].toArray()) {
            ++series;
            snapshots += each[u"snapshot"].toBool() ? 1 : 0;
            histories += each[u"kind"] == QStringLiteral("open_interest") && each[u"history"].toBool() ? 1 : 0;
            QStringList frames;
            for (const QJsonValue& way : each[u"ways"].toArray()) {
                QVERIFY(way[u"pageRows"].toInt() > 0);
                QVERIFY((QStringList {QStringLiteral("pages"), QStringLiteral("cursor"), QStringLiteral("day"), QStringLiteral("year"), QStringLiteral("latest"), QStringLiteral("now")}).contains(way[u"paging"].toString()));
                QVERIFY(!way[u"reach"].toString().isEmpty());
                for (const QJsonValue& frame : way[u"timeframes"].toArray())
                    frames << frame.toString();
            }
            const QJsonValue listed = venue[u"markets"][each[u"market"].toString()][each[u"kind"].toString()];
            QCOMPARE(frames.size(), listed.toArray().size());
        }
    }
    qInfo("%d series of markets and kinds; open interest as of now for %d, of the past for %d", series, snapshots, histories);
    QVERIFY(series > 200 && snapshots >= 60 && histories >= 25);
}

void TestCli::requestIsOneFetch()
{
    const Outcome outcome = Cli().run(words("catalogue request binance --market spot --symbol BTC/USDT --timeframe 1m --since 1735689600000 --limit 5"));
    QCOMPARE(outcome.status, 0);
    QCOMPARE(outcome.err, QByteArray());
    const QJsonArray requests = outcome.json().array();
    QCOMPARE(requests.size(), 1);
    QCOMPARE(requests[0].toObject().keys(),
        QStringList({QStringLiteral("body"), QStringLiteral("headers"), QStringLiteral("method"), QStringLiteral("url")}));
    QCOMPARE(requests[0][u"method"].toString(), QStringLiteral("GET"));
    QVERIFY(requests[0][u"body"].isNull());
    const QString url = requests[0][u"url"].toString();
    QVERIFY2(url.startsWith(QStringLiteral("https://api.binance.com/api/v3/klines?")), qPrintable(url));
    for (const char* part : {"symbol=BTCUSDT", "interval=1m", "startTime=1735689600000", "limit=5"})
        QVERIFY2(url.contains(QString::fromLatin1(part)), qPrintable(url));
    QVERIFY2(!url.contains(QStringLiteral("endTime")), qPrintable(url));
}

void TestCli::requestTakesTheMarketFromTheSymbol()
{
    Cli cli;
    const auto urlOf = [&cli](const char* symbol) {
        const Outcome outcome = cli.run({QStringLiteral("catalogue"), QStringLiteral("request"), QStringLiteral("binance"), QStringLiteral("--symbol"),
            QString::fromLatin1(symbol), QStringLiteral("--timeframe"), QStringLiteral("1h")});
        return outcome.json().array()[0][u"url"].toString();
    };
    QVERIFY(urlOf("BTC/USDT").startsWith(QStringLiteral("https://api.binance.com/")));
    QVERIFY(urlOf("BTC/USDT:USDT").startsWith(QStringLiteral("https://fapi.binance.com/")));
    QVERIFY(urlOf("BTC/USD:BTC").startsWith(QStringLiteral("https://dapi.binance.com/")));
}

void TestCli::requestOfMarkets()
{
    const Outcome outcome = Cli().run(words("catalogue request binance --kind markets"));
    QCOMPARE(outcome.status, 0);
    QCOMPARE(outcome.json().array().size(), 3);
}

void TestCli::requestPost()
{
    const Outcome outcome = Cli().run(words("catalogue request hyperliquid --symbol BTC/USDC:USDC --timeframe 1h --since 1735600000000 --now 1735689600000"));
    QCOMPARE(outcome.status, 0);
    const QJsonValue request = outcome.json().array()[0];
    QCOMPARE(request[u"method"].toString(), QStringLiteral("POST"));
    const QJsonObject body = QJsonDocument::fromJson(request[u"body"].toString().toUtf8()).object();
    QCOMPARE(body[u"req"][u"coin"].toString(), QStringLiteral("BTC"));
}

void TestCli::decodeCandles()
{
    const QByteArray body = "[[1735689660000,\"0.0000000012\",\"1e-8\",\"0.00000000100\",\"42283.58000000\",\"0.10000000\",1735689719999,\"0.5\",3,\"1\",\"2\",\"0\"],"
                            "[1735689600000,\"1\",\"2\",\"0.5\",\"1.5\",\"100\",1735689659999,\"5\",40,\"1\",\"2\",\"0\"]]";
    const Outcome outcome = Cli().run(words("catalogue decode binance --symbol BTC/USDT --timeframe 1m"), body);
    QCOMPARE(outcome.status, 0);
    QCOMPARE(outcome.out,
        QByteArray("[[1735689600000,1,2,0.5,1.5,100],[1735689660000,0.0000000012,0.00000001,0.000000001,42283.58,0.1]]\n"));
}

void TestCli::decodeKeepsTheRunningBarAndSorts()
{
    const QByteArray row = ",\"1\",\"2\",\"0.5\",\"1.5\",\"100\",0,\"5\",40,\"1\",\"2\",\"0\"]";
    const QByteArray body = "[[1735689660000" + row + ",[1735689600000" + row + ",[1735689660000" + row + "]";
    const Outcome outcome = Cli().run(words("catalogue decode binance --symbol BTC/USDT --timeframe 1m --now 1735689661000 --since 1735689660000 --limit 1"), body);
    QCOMPARE(outcome.status, 0);
    const QJsonArray rows = outcome.json().array();
    QCOMPARE(rows.size(), 2); // every row of the body, one per time, not cut
    QCOMPARE(rows[0][0].toDouble(), 1735689600000.0);
    QCOMPARE(rows[1][0].toDouble(), 1735689660000.0);
}

void TestCli::decodeMarkets()
{
    const QByteArray spot = R"({"symbols":[{"symbol":"ETHBTC","status":"TRADING","baseAsset":"ETH","quoteAsset":"BTC","isSpotTradingAllowed":true,"permissions":["SPOT"],"permissionSets":[["SPOT"]],"filters":[]}]})";
    const QByteArray linear = R"({"symbols":[{"symbol":"BTCUSDT","pair":"BTCUSDT","contractType":"PERPETUAL","deliveryDate":4133404800000,"onboardDate":1569398400000,"status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","marginAsset":"USDT","filters":[]}]})";
    const QByteArray inverse = R"({"symbols":[{"symbol":"BTCUSD_PERP","pair":"BTCUSD","contractType":"PERPETUAL","deliveryDate":4133404800000,"onboardDate":1597042800000,"contractStatus":"TRADING","contractSize":100,"baseAsset":"BTC","quoteAsset":"USD","marginAsset":"BTC","filters":[]}]})";
    const Outcome outcome = Cli().run(words("catalogue decode binance --kind markets"), "[" + spot + "," + linear + "," + inverse + "]");
    QVERIFY2(outcome.status == 0, outcome.err + outcome.out);
    const QJsonArray markets = outcome.json().array();
    QCOMPARE(markets.size(), 3);
    QMap<QString, QJsonObject> bySymbol;
    for (const QJsonValue& market : markets)
        bySymbol[market[u"symbol"].toString()] = market.toObject();
    QCOMPARE(bySymbol.keys(), QStringList({QStringLiteral("BTC/USD:BTC"), QStringLiteral("BTC/USDT:USDT"), QStringLiteral("ETH/BTC")}));
    const QJsonObject contract = bySymbol[QStringLiteral("BTC/USD:BTC")];
    QCOMPARE(contract[u"id"].toString(), QStringLiteral("BTCUSD_PERP"));
    QCOMPARE(contract[u"market"].toString(), QStringLiteral("inverse"));
    QCOMPARE(contract[u"contractSize"].toDouble(), 100.0);
    QCOMPARE(contract[u"settle"].toString(), QStringLiteral("BTC"));
    QCOMPARE(contract[u"active"].toBool(), true);
    QVERIFY(bySymbol[QStringLiteral("ETH/BTC")][u"settle"].isNull());
    // where one body is enough, it may also come in an array, as several would
    const QByteArray kraken = R"({"error":[],"result":{"XXBTZUSD":{"altname":"XBTUSD","wsname":"XBT/USD","base":"XXBT","quote":"ZUSD","status":"online"}}})";
    for (const QByteArray& input : {kraken, "[" + kraken + "]"})
        QCOMPARE(Cli().run(words("catalogue decode kraken --kind markets"), input).json().array()[0][u"symbol"].toString(), QStringLiteral("BTC/USD"));
    // one body, or two, where there are three calls
    for (const QByteArray& input : {inverse, "[" + inverse + "," + inverse + "]"}) {
        const QJsonArray found = Cli().run(words("catalogue decode binance --kind markets"), input).json().array();
        QCOMPARE(found.size(), 1);
        QCOMPARE(found[0][u"symbol"].toString(), QStringLiteral("BTC/USD:BTC"));
    }
    // answers to calls that only others send, and lists that look alike but for how they settle
    const auto listOf = [](const char* id, const char* quote, const char* state) {
        return QByteArray("{\"code\":\"00000\",\"data\":[{\"symbol\":\"") + id + "\",\"baseCoin\":\"BTC\",\"quoteCoin\":\"" + quote + "\"," + state + "}]}";
    };
    const QByteArray perpetual = "\"symbolType\":\"perpetual\",\"symbolStatus\":\"normal\"";
    const QByteArray five = "[" + listOf("BTCUSDT", "USDT", "\"status\":\"online\"") + ",{\"code\":\"00000\",\"data\":[]}," + listOf("BTCUSDT", "USDT", perpetual) + ","
        + listOf("BTCUSD", "USD", perpetual) + ",[null]]";
    QStringList symbols;
    for (const QJsonValue& market : Cli().run(words("catalogue decode bitget --kind markets"), five).json().array())
        symbols << market[u"symbol"].toString() + (market[u"active"].toBool() ? QString() : QStringLiteral(" inactive"));
    QCOMPARE(symbols, QStringList({QStringLiteral("BTC/USDT"), QStringLiteral("BTC/USDT:USDT"), QStringLiteral("BTC/USD:BTC")}));
    QCOMPARE(Cli().run(words("catalogue decode bitget --kind markets"), "[[null],{}]").status, 1);
    // one answer that is itself an array of as many parts as there are calls
    const QByteArray pairs = R"([{"tokens":[{"name":"USDC","index":0},{"name":"PURR","index":1}],"universe":[{"name":"PURR/USDC","tokens":[1,0]}]},[{}]])";
    const QJsonArray alone = Cli().run(words("catalogue decode hyperliquid --kind markets"), pairs).json().array();
    QCOMPARE(alone.size(), 1);
    QCOMPARE(alone[0][u"symbol"].toString(), QStringLiteral("PURR/USDC"));
    QCOMPARE(Cli().run(words("catalogue decode binance --kind markets --market linear"), spot).json().array().size(), 0);
    QCOMPARE(Cli().run(words("catalogue decode binance --kind markets"), "{\"code\":-1003,\"msg\":\"Too many\"}").status, 1);
}

void TestCli::decodeErrors_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("code");
    QTest::newRow("error of the venue") << QByteArray(R"({"code":-1121,"msg":"Invalid symbol."})") << "unknown_symbol";
    QTest::newRow("too many requests") << QByteArray(R"({"code":-1003,"msg":"Too many requests."})") << "rate_limited";
    QTest::newRow("HTML") << QByteArray("<html><body>502 Bad Gateway</body></html>") << "bad_answer";
    QTest::newRow("nothing") << QByteArray() << "bad_answer";
    QTest::newRow("truncated") << QByteArray("[[1735689600000,\"1\",\"2\",\"0.5\",\"1.5\",\"1") << "bad_answer";
    QTest::newRow("another shape") << QByteArray(R"({"rows":[1,2,3]})") << "bad_answer";
    QTest::newRow("NaN") << QByteArray("[[1735689600000,\"NaN\",\"2\",\"0.5\",\"1.5\",\"100\",0,\"5\",40,\"1\",\"2\",\"0\"]]") << "bad_answer";
    QTest::newRow("text for numbers") << QByteArray("[[1735689600000,\"one\",\"2\",\"0.5\",\"1.5\",\"100\",0,\"5\",40,\"1\",\"2\",\"0\"]]") << "bad_answer";
    QTest::newRow("row too short") << QByteArray("[[1735689600000,\"1\"]]") << "bad_answer";
}

void TestCli::decodeErrors()
{
    QFETCH(QByteArray, body);
    QFETCH(QString, code);
    const Outcome outcome = Cli().run(words("catalogue decode binance --symbol BTC/USDT --timeframe 1m"), body);
    QVERIFY2(outcome.status == 1, outcome.out + outcome.err);
    const QJsonObject error = outcome.json().object()[u"error"].toObject();
    QCOMPARE(error.keys(), QStringList({QStringLiteral("code"), QStringLiteral("message"), QStringLiteral("retryAfterMs")}));
    QCOMPARE(error[u"code"].toString(), code);
    QVERIFY(!error[u"message"].toString().isEmpty());
}

void TestCli::catalogueTouchesNoStore()
{
    Cli cli;
    QCOMPARE(cli.run(words("catalogue request binance --symbol BTC/USDT --timeframe 1m")).status, 0);
    QCOMPARE(cli.run(words("catalogue list")).status, 0);
    QVERIFY(!QFile::exists(cli.dataDir()));
}

void TestCli::checkFindsLineAndColumn()
{
    Cli cli;
    QCOMPARE(cli.run(words("catalogue check")).status, 0);
    const QString file = cli.writeFile(QStringLiteral("newvenue.yaml"), "name: New\nlike: binance\nsport: {}\n");
    const Outcome outcome = cli.run({QStringLiteral("catalogue"), QStringLiteral("check"), file});
    QCOMPARE(outcome.status, 2);
    QVERIFY2(outcome.err.contains("newvenue.yaml:3:1: "), outcome.err.constData());
    QVERIFY2(outcome.err.contains("spot"), outcome.err.constData()); // the nearest key
    const QString broken = cli.writeFile(QStringLiteral("broken.yaml"), "name: New\nspot: [1, 2\n");
    const Outcome unreadable = cli.run({QStringLiteral("catalogue"), QStringLiteral("check"), broken});
    QCOMPARE(unreadable.status, 2);
    QVERIFY2(unreadable.err.contains("broken.yaml:"), unreadable.err.constData());
    QCOMPARE(cli.run({QStringLiteral("catalogue"), QStringLiteral("check"), cli.path(QStringLiteral("missing.yaml"))}).status, 2);
}

void TestCli::oneBadFileLeavesTheOthers()
{
    Cli cli;
    cli.writeFile(QStringLiteral("config/exchanges/kraken.yaml"), "spot: [1, 2\n");
    cli.writeFile(QStringLiteral("config/global.yaml"), "http:\n  total_timeout: soon\n");
    const Outcome outcome = cli.run(words("catalogue request binance --symbol BTC/USDT --timeframe 1m"));
    QCOMPARE(outcome.status, 0);
    QCOMPARE(outcome.json().array().size(), 1);
    QVERIFY2(outcome.err.contains("kraken.yaml:"), outcome.err.constData());
    QVERIFY2(outcome.err.contains("global.yaml:2:"), outcome.err.constData());
    QCOMPARE(cli.run(words("catalogue check")).status, 2);
}

void TestCli::badSetIsUsage()
{
    for (const char* assignment : {"http.total_timeuot=3s", "http.total_timeout=soon", "nonsense"}) {
        const Outcome outcome = Cli().run({QStringLiteral("catalogue"), QStringLiteral("list"), QStringLiteral("--set"), QString::fromLatin1(assignment)});
        QCOMPARE(outcome.out, QByteArray());
        QCOMPARE(outcome.status, 2);
        QVERIFY2(outcome.err.contains("--set"), outcome.err.constData());
    }
}

void TestCli::emptyStoreReads()
{
    Cli cli;
    for (const char* command : {"series --json", "gaps --json"}) {
        const Outcome outcome = cli.run(words(command));
        QCOMPARE(outcome.status, 0);
        QCOMPARE(outcome.out, QByteArray("[]\n"));
        QVERIFY2(outcome.err.contains("There is no data"), outcome.err.constData());
    }
    QTemporaryFile plain;
    QVERIFY(plain.open());
    Cli misled;
    misled.setDataDir(plain.fileName());
    const Outcome noFolder = misled.run(words("series"));
    QCOMPARE(noFolder.status, 3);
    QVERIFY2(noFolder.err.contains("is a file"), noFolder.err.constData());
    const Outcome candles = cli.run(words("candles --exchange binance"));
    QCOMPARE(candles.status, 1);
    QCOMPARE(candles.out, QByteArray("open_time,open,high,low,close,volume,quote_volume,trades\n"));
    QCOMPARE(cli.run({QStringLiteral("query"), QStringLiteral("SELECT 1")}).status, 3);
    QVERIFY(!QFile::exists(cli.dataDir())); // reading makes nothing
}

/// A frame that is not stored is made of a finer one while it is read, and says so; the bar that is not whole is left out.
void TestCli::framesThatAreNotStored()
{
    Cli cli;
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("minutes.csv")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("open_time,open,high,low,close,volume\n");
    for (int i = 0; i < 11; ++i)
        file.write(QByteArray::number(1'709'251'200'000 + 60'000 * qint64 {i}) + ',' + QByteArray::number(100 + i) + ',' + QByteArray::number(101 + i) + ",99,"
            + QByteArray::number(100 + i) + ",0.1\n");
    file.close();
    QCOMPARE(cli.run({QStringLiteral("import"), file.fileName(), QStringLiteral("--exchange"), QStringLiteral("binance"), QStringLiteral("--symbol"),
                         QStringLiteral("BTC/USDT"), QStringLiteral("--timeframe"), QStringLiteral("1m")}).status, 0);
    const Outcome csv = cli.run(words("candles --exchange binance --symbol BTC/USDT --timeframe 5m"));
    QCOMPARE(csv.status, 0);
    QCOMPARE(csv.out, QByteArray("open_time,open,high,low,close,volume,quote_volume,trades\n"
                                 "1709251200000,100,105,99,104,0.5,,\n1709251500000,105,110,99,109,0.5,,\n"));
    QVERIFY2(csv.err.contains("is not stored: its bars are made of those of 1m"), csv.err.constData());
    const auto json = QJsonDocument::fromJson(cli.run(words("export --exchange binance --symbol BTC/USDT --timeframe 5m --format json --out -")).out).array();
    QCOMPARE(json.size(), 2);
    QCOMPARE(json[0].toObject()[u"made_of"].toString(), QStringLiteral("1m"));
    QCOMPARE(cli.run(words("candles --exchange binance --symbol BTC/USDT --timeframe 1m --format json")).out.count("made_of"), 0);
    const Outcome none = cli.run(words("candles --exchange binance --symbol ETH/USDT --timeframe 5m"));
    QCOMPARE(none.status, 1);
    QVERIFY2(none.err.contains("No stored series matches"), none.err.constData());
}

void TestCli::outputThatCannotBeWritten()
{
    Cli cli;
    const Outcome full = cli.shell(QStringLiteral("$CLI catalogue list --json > /dev/full"));
    QCOMPARE(full.status, 3);
    QVERIFY2(full.err.contains("standard output"), full.err.constData());
    const Outcome gone = cli.shell(QStringLiteral("set -o pipefail; $CLI completion bash | true"));
    QCOMPARE(gone.err, QByteArray());
    QCOMPARE(gone.status, 0);
}

void TestCli::completionIsValid_data()
{
    QTest::addColumn<QString>("shell");
    QTest::newRow("bash") << "bash";
    QTest::newRow("zsh") << "zsh";
    QTest::newRow("fish") << "fish";
}

void TestCli::completionIsValid()
{
    QFETCH(QString, shell);
    Cli cli;
    const Outcome outcome = cli.run({QStringLiteral("completion"), shell});
    QCOMPARE(outcome.status, 0);
    QVERIFY(outcome.out.contains("incremental"));
    if (QStandardPaths::findExecutable(shell).isEmpty())
        QSKIP(qPrintable(shell + QStringLiteral(" is not installed")));
    const Outcome parsed = cli.shell(QStringLiteral("$CLI completion %1 | %1 -n").arg(shell));
    QCOMPARE(parsed.err, QByteArray());
    QCOMPARE(parsed.status, 0);
}

void TestCli::completionCompletes()
{
    Cli cli;
    const auto complete = [&cli](const QString& line) {
        const QString script = QStringLiteral("source <($CLI completion bash); COMP_WORDS=(%1); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
                                              "_mnemo_quant_cli; echo \"${COMPREPLY[@]}\"");
        return QString::fromUtf8(cli.shell(script.arg(line)).out).trimmed();
    };
    QCOMPARE(complete(QStringLiteral("mnemo-quant-cli back")), QStringLiteral("backfill"));
    QCOMPARE(complete(QStringLiteral("mnemo-quant-cli catalogue re")), QStringLiteral("request"));
    QCOMPARE(complete(QStringLiteral("mnemo-quant-cli backfill --str")), QStringLiteral("--strict"));
    QCOMPARE(complete(QStringLiteral("mnemo-quant-cli backfill --data")), QStringLiteral("--data-dir"));
    QCOMPARE(complete(QStringLiteral("mnemo-quant-cli series --market in")), QStringLiteral("inverse"));
    QCOMPARE(complete(QStringLiteral("mnemo-quant-cli series --timeframe 1M")), QStringLiteral("1M"));
}

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
