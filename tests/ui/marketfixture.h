#pragma once

#include <QProcess>
#include <QTemporaryDir>
#include <memory>
#include <string>
#include <vector>

#include "core/engine/engine.h"
#include "places.h"

namespace mnemo {

/// The simulator as a child, serving a made-up binance.
class Market {
public:
    bool start(const QStringList& more = {})
    {
        QStringList arguments {QStringLiteral("--synthetic"), QStringLiteral("7"), QStringLiteral("--exchange"),
            QStringLiteral("binance,bybit"), QStringLiteral("--port"), QStringLiteral("0"),
            QStringLiteral("--die-with-parent")};
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QStringLiteral(MNEMO_BIN_DIR "/mnemo-exchange-sim"), arguments + more, QIODevice::ReadOnly);
        while (!m_process.canReadLine()) {
            if (!m_process.waitForReadyRead(10'000))
                return false;
        }
        const auto words = m_process.readLine().split(' ');
        m_origin = words.value(2).toStdString();
        return m_origin.starts_with("http://");
    }
    ~Market()
    {
        m_process.kill();
        m_process.waitForFinished(2000);
    }
    std::vector<std::string> sets() const
    {
        return {"exchanges.binance.base_url=" + m_origin + "/binance", "exchanges.bybit.base_url=" + m_origin + "/bybit",
            "exchanges.coinalyze.base_url=" + m_origin + "/coinalyze"}; // where `more` has it
    }

private:
    QProcess m_process;
    std::string m_origin;
};

inline UtcMs today()
{
    return std::chrono::floor<std::chrono::days>(SystemClock().now());
}

/// Bars of the simulator's binance, between two midnights.
inline BackfillRequest fiveMinutes(int fromDaysAgo, int toDaysAgo)
{
    BackfillRequest request;
    request.exchange = "binance";
    request.symbol = "BTC/USDT";
    request.timeframe = *Timeframe::fromName("5m");
    request.range = {today() - std::chrono::days {fromDaysAgo}, today() - std::chrono::days {toDaysAgo}};
    return request;
}

inline Result<std::unique_ptr<Engine>> openEngine(const QTemporaryDir& folder, const Market& market, OpenMode mode)
{
    EngineOptions options;
    options.config.shipped = std::filesystem::path(MNEMO_SOURCE_DIR) / "config";
    options.config.user = folder.filePath(QStringLiteral("settings")).toStdString();
    options.config.sets = market.sets();
    options.dataDir = folder.path().toStdString();
    options.mode = mode;
    options.keepsQueue = true;
    options.opensAtOnce = true;
    return Engine::open(std::move(options));
}

} // namespace mnemo
