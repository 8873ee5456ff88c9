// Exchanges that know their markets by number: a symbol is enough, the number comes from the market list.

#include <QUrl>
#include <QUrlQuery>

#include "support/programs.h"
#include "tests/support/loopbackserver.h"

using mnemo::test::LoopbackServer;
using mnemo::test::ReceivedRequest;
using mnemo::test::Reply;

namespace {

constexpr qint64 hour = 3'600'000;
constexpr qint64 begin = 1'704'067'200'000; // 2024-01-01

/// One venue: which market list it has, and how it says bars.
struct Numbered {
    QByteArray symbol, number;
    std::map<std::string, QByteArray> lists; ///< by path
    std::string candles; ///< the path
    std::function<std::pair<qint64, qint64>(const QUrlQuery&, const QJsonObject& body)> range; ///< of opens, inclusive
    std::function<QByteArray(const QUrlQuery&, const QJsonObject& body)> asked; ///< which market
    std::function<QByteArray(qint64 open)> row; ///< open 1, high 4, low 0.5, close 2, volume 8
    QByteArray before, after; ///< the rows
};

qint64 milliseconds(const QUrlQuery& query, const char* name)
{
    return query.queryItemValue(QString::fromLatin1(name)).toLongLong();
}

qint64 dateOf(const QUrlQuery& query, const char* name)
{
    auto at = QDateTime::fromString(
        query.queryItemValue(QString::fromLatin1(name), QUrl::FullyDecoded), QStringLiteral("yyyy-MM-dd HH:mm:ss"));
    at.setTimeSpec(Qt::UTC);
    return at.toMSecsSinceEpoch();
}

QByteArray integer(qint64 value)
{
    return QByteArray::number(value);
}

/// Answers in the venues' own shapes.
std::map<QByteArray, Numbered> venues()
{
    const auto parameter = [](const char* name) {
        return [name](const QUrlQuery& query, const QJsonObject&) { return query.queryItemValue(QString::fromLatin1(name)).toUtf8(); };
    };
    std::map<QByteArray, Numbered> all;
    all["lighter"] = {"ETH/USDC:USDC", "7",
        {{"/api/v1/orderBookDetails",
            R"({"code":200,"order_book_details":[{"symbol":"BTC","market_id":1,"market_type":"perp","status":"active","quote_multiplier":1},
                {"symbol":"ETH","market_id":7,"market_type":"perp","status":"active","quote_multiplier":1}],
                "spot_order_book_details":[{"symbol":"ETH/USDC","market_id":2048,"market_type":"spot","status":"active","quote_multiplier":1}]})"}},
        "/api/v1/candles",
        [](const QUrlQuery& query, const QJsonObject&) {
            return std::pair(milliseconds(query, "start_timestamp"), milliseconds(query, "end_timestamp"));
        },
        parameter("market_id"),
        [](qint64 open) { return "{\"t\":" + integer(open) + ",\"o\":1,\"h\":4,\"l\":0.5,\"c\":2,\"v\":8,\"V\":16}"; },
        R"({"code":200,"r":"1h","c":[)", "]}"};
    all["nado"] = {"ETH/USDT0:USDT0", "4",
        {{"/v1/symbols",
            R"([{"type":"perp","product_id":2,"symbol":"BTC-PERP","trading_status":"live"},{"type":"perp","product_id":4,"symbol":"ETH-PERP","trading_status":"live"},
                {"type":"spot","product_id":3,"symbol":"WETH","trading_status":"live"}])"}},
        "/v1",
        [](const QUrlQuery&, const QJsonObject& body) {
            const QJsonObject asked = body[u"candlesticks"].toObject();
            const qint64 last = static_cast<qint64>(asked[u"max_time"].toVariant().toLongLong()) * 1000;
            return std::pair(last - last % hour - (asked[u"limit"].toInt() - 1) * hour, last);
        },
        [](const QUrlQuery&, const QJsonObject& body) { return integer(body[u"candlesticks"].toObject()[u"product_id"].toInt(-1)); },
        [](qint64 open) {
            return "{\"timestamp\":\"" + integer(open / 1000)
                + R"(","open_x18":"1000000000000000000","high_x18":"4000000000000000000","low_x18":"500000000000000000","close_x18":"2000000000000000000","volume":"8000000000000000000"})";
        },
        R"({"candlesticks":[)", "]}"};
    all["ndax"] = {"ETH/CAD", "77",
        {{"/AP/GetInstruments",
            R"([{"OMSId":1,"InstrumentId":75,"Product1Symbol":"BTC","Product2Symbol":"CAD","SessionStatus":"Running","IsDisable":false,"PriceIncrement":0.01},
                {"OMSId":1,"InstrumentId":77,"Product1Symbol":"ETH","Product2Symbol":"CAD","SessionStatus":"Running","IsDisable":false,"PriceIncrement":0.01}])"}},
        "/AP/GetTickerHistory",
        [](const QUrlQuery& query, const QJsonObject&) { return std::pair(dateOf(query, "FromDate"), dateOf(query, "ToDate") - 1); },
        parameter("InstrumentId"),
        [](qint64 open) { return "[" + integer(open + hour) + ",4,0.5,1,2,8,1,2,77," + integer(open) + "]"; }, "[", "]"};
    // Here the market has a number, and its currencies too, which a second answer tells; candles are asked for by codes.
    all["latoken"] = {"ETH/USDT", "ETH/USDT",
        {{"/v2/currency", R"([{"id":"c1","tag":"ETH","status":"CURRENCY_STATUS_ACTIVE"},{"id":"c2","tag":"USDT","status":"CURRENCY_STATUS_ACTIVE"}])"},
            {"/v2/pair", R"([{"id":"p9","status":"PAIR_STATUS_ACTIVE","baseCurrency":"c1","quoteCurrency":"c2","priceTick":"0.01","created":1572957210501}])"}},
        "/v2/tradingview/history",
        [](const QUrlQuery& query, const QJsonObject&) { return std::pair(milliseconds(query, "from") * 1000, milliseconds(query, "to") * 1000); },
        [](const QUrlQuery& query, const QJsonObject&) { return query.queryItemValue(QStringLiteral("symbol"), QUrl::FullyDecoded).toUtf8(); },
        {}, {}, {}};
    return all;
}

/// TradingView's form: a list for each column.
QByteArray columns(const QList<qint64>& opens)
{
    QByteArray times, text = "{\"s\":\"ok\"";
    for (const qint64 open : opens)
        times += (times.isEmpty() ? "" : ",") + integer(open / 1000);
    text += ",\"t\":[" + times + "]";
    for (const char* column : {"o:1", "h:4", "l:0.5", "c:2", "v:8"}) {
        QByteArray cells;
        for (qsizetype i = 0; i < opens.size(); ++i)
            cells += (i == 0 ? "" : ",") + QByteArray(column + 2);
        text += ",\"" + QByteArray(column, 1) + "\":[" + cells + "]";
    }
    return text + "}";
}

Reply answer(const Numbered& venue, const ReceivedRequest& request)
{
    const QUrl url(QString::fromStdString(request.target));
    const QUrlQuery query(url);
    const QJsonObject body = QJsonDocument::fromJson(QByteArray::fromStdString(request.body)).object();
    Reply reply;
    if (const auto list = venue.lists.find(url.path().toStdString()); list != venue.lists.end() && request.body.empty()) {
        reply.body = list->second.toStdString();
        return reply;
    }
    if (url.path().toStdString() != venue.candles || venue.asked(query, body) != venue.number) {
        reply.status = 404;
        return reply;
    }
    const auto [first, last] = venue.range(query, body);
    QList<qint64> opens;
    for (qint64 open = std::max(begin - 24 * hour, (first + hour - 1) / hour * hour); open <= std::min(last, begin + 48 * hour); open += hour)
        opens << open;
    QByteArray rows;
    for (const qint64 open : venue.row ? opens : QList<qint64>())
        rows += (rows.isEmpty() ? "" : ",") + venue.row(open);
    reply.body = (venue.row ? venue.before + rows + venue.after : columns(opens)).toStdString();
    return reply;
}

} // namespace

class TestCliNumbered : public QObject {
    Q_OBJECT

private slots:
    void aSymbolIsEnough_data()
    {
        QTest::addColumn<QByteArray>("id");
        for (const auto& [id, venue] : venues())
            QTest::newRow(id.constData()) << id;
    }
    void aSymbolIsEnough();
    void withoutTheListANumberIsAskedFor();
};

void TestCliNumbered::aSymbolIsEnough()
{
    QFETCH(QByteArray, id);
    const Numbered venue = venues().at(id);
    LoopbackServer server([&venue](const ReceivedRequest& request) { return answer(venue, request); });
    Cli cli;
    cli.setImpatient();
    cli.set(QStringLiteral("exchanges.%1.base_url=%2").arg(QString::fromLatin1(id), QString::fromStdString(server.url(""))));

    const Outcome listed = cli.run({QStringLiteral("markets"), QString::fromLatin1(id), QStringLiteral("--json")});
    QVERIFY2(listed.status == 0, listed.err.constData());
    QStringList symbols;
    for (const QJsonValue& market : listed.json().array())
        symbols << market[u"symbol"].toString();
    QVERIFY2(symbols.contains(QString::fromLatin1(venue.symbol)), listed.out.constData());

    const Outcome filled = cli.run({QStringLiteral("backfill"), QStringLiteral("--exchange"), QString::fromLatin1(id), QStringLiteral("--symbol"),
        QString::fromLatin1(venue.symbol), QStringLiteral("--timeframe"), QStringLiteral("1h"), QStringLiteral("--from"), QStringLiteral("2024-01-01"),
        QStringLiteral("--to"), QStringLiteral("2024-01-01T06:00"), QStringLiteral("--json")});
    QVERIFY2(filled.status == 0, (filled.err + filled.out).constData());
    QCOMPARE(filled.lastLine()[u"status"].toString(), QStringLiteral("complete"));
    const QByteArrayList rows =
        cli.run({QStringLiteral("candles"), QStringLiteral("--exchange"), QString::fromLatin1(id)}).out.trimmed().split('\n').mid(1);
    QCOMPARE(rows.size(), 6);
    for (qsizetype i = 0; i < rows.size(); ++i)
        QVERIFY2(rows[i].startsWith(integer(begin + i * hour) + ",1,4,0.5,2,8"), rows[i].constData());
}

/// `catalogue request` asks nobody, so the number has to be given, as CCXT takes it from its market.id.
void TestCliNumbered::withoutTheListANumberIsAskedFor()
{
    const Cli cli;
    for (const char* id : {"lighter", "nado", "ndax"}) {
        QStringList request {QStringLiteral("catalogue"), QStringLiteral("request"), QString::fromLatin1(id), QStringLiteral("--symbol"),
            QString::fromLatin1(venues().at(id).symbol), QStringLiteral("--timeframe"), QStringLiteral("1h")};
        const Outcome without = cli.run(request);
        QCOMPARE(without.status, 2);
        QVERIFY2(without.err.contains("--exchange-symbol"), without.err.constData());
        const Outcome with = cli.run(request << QStringLiteral("--exchange-symbol") << QStringLiteral("42"));
        QVERIFY2(with.status == 0, with.err.constData());
        QVERIFY2(with.out.contains("42"), with.out.constData());
    }
}

QTEST_GUILESS_MAIN(TestCliNumbered)
#include "tst_clinumbered.moc"
