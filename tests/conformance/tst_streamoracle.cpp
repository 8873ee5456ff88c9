// What CCXT's watchOHLCV sends and reads, as the oracle recorded it (corpus-ws), beside our descriptions of streams.

#include <QDir>
#include <QTest>

#include <fstream>
#include <regex>
#include <set>

#include <nlohmann/json.hpp>

#include "core/exchange/catalogue.h"
#include "core/exchange/stream.h"
#include "tests/unit/cataloguefixture.h"
#include "places.h"

using namespace mnemo;

namespace {

using Json = nlohmann::json;

QString corpusFolder()
{
    for (const QString& shared : {qEnvironmentVariable("MNEMO_SHARED"), QStringLiteral(MNEMO_SOURCE_DIR "/../shared"),
             QStringLiteral(MNEMO_SOURCE_DIR "/../../shared")})
        if (!shared.isEmpty() && QDir(shared + QStringLiteral("/oracle/corpus-ws")).exists())
            return shared + QStringLiteral("/oracle/corpus-ws");
    return {};
}

Json corpusOf(const std::string& exchange)
{
    std::ifstream file((corpusFolder() + QLatin1Char('/') + QString::fromStdString(exchange) + QStringLiteral(".json")).toStdString());
    return file ? Json::parse(file, nullptr, false) : Json();
}

/// Without what is of the client's own choice.
Json comparable(Json message)
{
    if (message.is_object())
        for (const char* key : {"id", "req_id", "nonce", "time", "response", "reqType"})
            message.erase(key);
    return message;
}

/// Without the client's own number of a connection at the end, and what a handshake and a slash add.
std::string comparableUrl(std::string url)
{
    url = std::regex_replace(url, std::regex("/[0-9]+$"), "");
    url = url.substr(0, url.find('?'));
    while (url.ends_with('/'))
        url.pop_back();
    return url;
}

} // namespace

class TestStreamOracle : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (corpusFolder().isEmpty())
            QSKIP("no oracle/corpus-ws in $MNEMO_SHARED or ../shared");
    }
    void subscriptions_data();
    void subscriptions();
};

void TestStreamOracle::subscriptions_data()
{
    QTest::addColumn<QString>("exchange");
    QTest::addColumn<int>("number");
    if (corpusFolder().isEmpty())
        return;
    for (const auto& venue : shipped().venues()) {
        bool streams = false;
        for (const MarketType market : {MarketType::Spot, MarketType::Linear, MarketType::Inverse})
            streams |= venue->streams(market) != nullptr;
        const Json corpus = streams ? corpusOf(venue->id()) : Json();
        if (!corpus.is_object())
            continue;
        int number = 0;
        for (const Json& each : corpus["cases"])
            QTest::addRow("%s %s %s", venue->id().c_str(), each["marketType"].get<std::string>().c_str(),
                each["timeframe"].get<std::string>().c_str())
                << QString::fromStdString(venue->id()) << number++;
    }
}

void TestStreamOracle::subscriptions()
{
    QFETCH(QString, exchange);
    QFETCH(int, number);
    const std::string id = exchange.toStdString();
    const Json corpus = corpusOf(id);
    const Json& test = corpus["cases"][static_cast<std::size_t>(number)];
    const std::string market = test["marketType"].get<std::string>();
    const auto venue = *shipped().venue(id);
    const auto protocol = venue->streams(marketTypeFromText(market).value());
    QVERIFY(protocol);
    const auto instrument = venue->instrument(
        marketTypeFromText(market).value(), test["symbol"].get<std::string>(), test["marketId"].get<std::string>());
    QVERIFY(instrument);
    const auto topic = protocol->topic(*instrument, Timeframe::fromName(test["timeframe"].get<std::string>()).value());
    QVERIFY2(topic, topic ? "" : topic.error().detail.c_str());
    const std::vector<const StreamTopic*> topics {&*topic};
    const auto said = protocol->subscribe(topics, 1, at("2025-01-01"));
    QCOMPARE(said.size(), std::size_t {1});
    QCOMPARE(QByteArray::fromStdString(comparable(Json::parse(said.front())).dump()),
        QByteArray::fromStdString(comparable(test["subscribe"].front()).dump()));
    const auto address = protocol->address(
        R"({"data":{"token":"TOKEN","instanceServers":[{"endpoint":"wss://ws-api-spot.kucoin.com/"}]}})");
    QVERIFY(address);
    QCOMPARE(QByteArray::fromStdString(comparableUrl(address->url)),
        QByteArray::fromStdString(comparableUrl(test["connects"].front().get<std::string>())));
}

QTEST_APPLESS_MAIN(TestStreamOracle)
#include "tst_streamoracle.moc"
