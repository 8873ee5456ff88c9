#include "tests/support/klineexchange.h"

#include <cstdio>
#include <stdexcept>

#include <QWebSocket>
#include <QWebSocketServer>

#include "places.h"

namespace mnemo::test {

struct KlineExchange::Private {
    QWebSocketServer server {QStringLiteral("exchange"), QWebSocketServer::NonSecureMode};
    QWebSocket* socket = nullptr;
    qsizetype asked = 0;

    std::shared_ptr<const Venue> venue() const
    {
        Node node = readYamlFile(MNEMO_SOURCE_DIR "/config/exchanges/binance.yaml").value();
        node.set("ws_url", Node::fromText("ws://127.0.0.1:" + std::to_string(server.serverPort())));
        Problems problems;
        return Catalogue::load({{"binance", node}}, problems).venue("binance").value();
    }
};

KlineExchange::KlineExchange(int topics, int roundsOfBar)
    : m_topics(topics)
    , m_roundsOfBar(roundsOfBar)
    , d(std::make_unique<Private>())
{
    if (!d->server.listen(QHostAddress::LocalHost))
        throw std::runtime_error("no port of 127.0.0.1 is free");
    QObject::connect(&d->server, &QWebSocketServer::newConnection, &d->server, [this] {
        QWebSocket* socket = d->server.nextPendingConnection();
        QObject::connect(socket, &QWebSocket::textMessageReceived, &d->server, [this, socket](const QString& text) {
            d->asked += text.count(QLatin1String("@kline_"));
            d->socket = socket;
        });
    });
}

KlineExchange::~KlineExchange() = default;

std::vector<LiveSeries> KlineExchange::series(Writer& writer) const
{
    std::vector<LiveSeries> all;
    const auto venue = d->venue();
    const auto protocol = venue->streams(MarketType::Spot);
    for (int i = 0; i < m_topics; ++i) {
        SeriesRecord wanted;
        wanted.key = {"binance", "binance", MarketType::Spot, "C" + std::to_string(i) + "/USDT", Kind::Candles, *Timeframe::fromName("1m")};
        const auto instrument = venue->instrument(MarketType::Spot, wanted.key.symbol).value();
        wanted.exchangeSymbol = instrument.id;
        const auto record = writer.call([&](StoreWriter& store) { return store.ensureSeries(wanted); }).value();
        all.push_back({record, venue, protocol, protocol->topic(instrument, wanted.key.timeframe).value()});
    }
    return all;
}

bool KlineExchange::isAskedForAll() const
{
    return d->asked == m_topics;
}

void KlineExchange::sendRound()
{
    const int bar = m_round++ / m_roundsOfBar;
    const bool isClosed = m_round % m_roundsOfBar == 0;
    const auto open = static_cast<long long>(toMs(begin) + bar * 60'000LL);
    for (int i = 0; i < m_topics; ++i) {
        char text[512];
        const int size = std::snprintf(text, sizeof text,
            R"({"e":"kline","E":%lld,"s":"C%dUSDT","k":{"t":%lld,"T":%lld,"s":"C%dUSDT","i":"1m","f":158411535,"L":158411550,"o":"100.01913200","c":"%d.01913500","h":"900.01913700","l":"1.01913200","v":"%d.00000000","n":%d,"x":%s,"q":"9.09728060","V":"3.30200000","Q":"0.06318500","B":"0"}})",
            open + 1, i, open, open + 59'999, i, 100 + m_round % 700, m_round, m_round, isClosed ? "true" : "false");
        d->socket->sendTextMessage(QString::fromLatin1(text, size));
    }
    sent += m_topics;
    closed += isClosed ? m_topics : 0;
}

} // namespace mnemo::test
