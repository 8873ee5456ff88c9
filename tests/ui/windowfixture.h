#pragma once

#include <QProcess>
#include <QSettings>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <memory>

#include "ui/jobs/jobspanel.h"
#include "ui/shell/mainwindow.h"

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
        return {
            "exchanges.binance.base_url=" + m_origin + "/binance", "exchanges.bybit.base_url=" + m_origin + "/bybit"};
    }

private:
    QProcess m_process;
    std::string m_origin;
};

inline Result<std::unique_ptr<Engine>> openEngine(const QTemporaryDir& folder, const Market& market, OpenMode mode)
{
    EngineOptions options;
    options.config.shipped = std::filesystem::path(MNEMO_SOURCE_DIR) / "config";
    options.config.sets = market.sets();
    options.dataDir = folder.path().toStdString();
    options.mode = mode;
    options.keepsQueue = true;
    options.opensAtOnce = true;
    return Engine::open(std::move(options));
}

inline BackfillRequest minutes(int days)
{
    BackfillRequest request;
    request.exchange = "binance";
    request.symbol = "BTC/USDT";
    const UtcMs now = SystemClock().now();
    request.range = {now - std::chrono::days {days}, now};
    return request;
}

/// A window on a real engine, collecting from the simulator.
struct Fixture {
    QTemporaryDir folder;
    Market market;
    std::unique_ptr<Engine> engine;
    std::unique_ptr<QSettings> settings;
    std::unique_ptr<EngineBridge> bridge;
    std::unique_ptr<MainWindow> window;

    bool open(const QStringList& simulator = {})
    {
        return market.start(simulator) && reopen();
    }
    bool reopen()
    {
        auto opened = openEngine(folder, market, OpenMode::ReadWrite);
        if (!opened) {
            qWarning("%s", opened.error().detail.c_str());
            return false;
        }
        engine = std::move(*opened);
        settings = std::make_unique<QSettings>(folder.filePath(QStringLiteral("window.ini")), QSettings::IniFormat);
        bridge = std::make_unique<EngineBridge>(*engine, false);
        window = std::make_unique<MainWindow>(*bridge, *settings, WindowOptions {});
        window->show();
        return QTest::qWaitForWindowExposed(window.get());
    }
    JobState state(int row = 0) const { return window->jobs()->jobAt(row).state; }
    QTableView* table() const { return window->findChild<JobsPanel*>()->table(); }
};

} // namespace mnemo
