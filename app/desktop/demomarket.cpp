#include "app/desktop/demomarket.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <array>
#include <string_view>

#include <csignal>
#include <sys/prctl.h>

#include "core/base/log.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int startTime = 5'000; // ms
constexpr std::array<std::string_view, 2> venues {"binance", "bybit"};

struct Backfill {
    std::string_view exchange, symbol, timeframe;
    int days;
};
constexpr Backfill backfills[] = {{"binance", "BTC/USDT", "1m", 270}, {"binance", "ETH/USDT", "5m", 365},
    {"bybit", "BTC/USDT:USDT", "5m", 365}, {"bybit", "ETH/USDT", "1h", 730}};

} // namespace

Result<std::unique_ptr<DemoMarket>> DemoMarket::start()
{
    const QString program = QCoreApplication::applicationDirPath() + u"/mnemo-exchange-sim"_s;
    if (!QFileInfo(program).isExecutable())
        return fail(ErrorCode::NotFound,
            "The demo needs the program mnemo-exchange-sim beside this one, and there is none at "
                + program.toStdString() + "; build or install it.");
    std::unique_ptr<DemoMarket> market(new DemoMarket);
    if (!market->m_folder.isValid())
        return fail(ErrorCode::StorageFailed,
            "no folder could be made for the demo: " + market->m_folder.errorString().toStdString());
    if (auto run = market->run(program); !run)
        return fail(run.error());
    return market;
}

Result<void> DemoMarket::run(const QString& program)
{
    m_simulator.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    // Also when this process is killed.
    m_simulator.setChildProcessModifier([] { prctl(PR_SET_PDEATHSIG, SIGTERM); });
    const QString ids = QString::fromUtf8(venues[0].data()) + u',' + QString::fromUtf8(venues[1].data());
    m_simulator.start(
        program, {u"--synthetic"_s, u"7"_s, u"--exchange"_s, ids, u"--port"_s, u"0"_s}, QIODevice::ReadOnly);
    if (!m_simulator.waitForStarted(startTime))
        return fail(
            ErrorCode::Internal, "mnemo-exchange-sim could not be started: " + m_simulator.errorString().toStdString());
    while (!m_simulator.canReadLine()) {
        if (!m_simulator.waitForReadyRead(startTime))
            return fail(ErrorCode::Timeout,
                "mnemo-exchange-sim did not say where it listens: " + m_simulator.errorString().toStdString());
    }
    const QList<QByteArray> words = m_simulator.readLine().trimmed().split(' ');
    if (words.size() < 3 || !words[2].startsWith("http://"))
        return fail(ErrorCode::BadAnswer,
            "mnemo-exchange-sim said \"" + words.join(' ').toStdString() + "\" instead of its address");
    m_origin = words[2].toStdString();
    return {};
}

DemoMarket::~DemoMarket()
{
    m_simulator.terminate();
    if (!m_simulator.waitForFinished(500)) {
        m_simulator.kill();
        m_simulator.waitForFinished(500);
    }
}

std::filesystem::path DemoMarket::folder() const
{
    return m_folder.path().toStdString();
}

std::vector<std::string> DemoMarket::sets() const
{
    std::vector<std::string> sets;
    for (const std::string_view venue : venues)
        sets.push_back("exchanges." + std::string(venue) + ".base_url=" + m_origin + "/" + std::string(venue));
    return sets;
}

void DemoMarket::begin(Engine& engine)
{
    const UtcMs now = SystemClock().now();
    for (const Backfill& backfill : backfills) {
        BackfillRequest request;
        request.exchange = backfill.exchange;
        request.symbol = backfill.symbol;
        request.timeframe = Timeframe::fromName(backfill.timeframe).value_or(Timeframe {});
        request.range = {now - std::chrono::days {backfill.days}, now};
        if (const auto job = engine.backfill(request); !job)
            log::warning(
                "demo", job.error().detail, {{"exchange", backfill.exchange}, {"code", toText(job.error().code)}});
    }
}

} // namespace mnemo
