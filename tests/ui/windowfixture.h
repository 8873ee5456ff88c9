#pragma once

#include <QSettings>
#include <QTableView>
#include <QTest>
#include <memory>

#include "core/engine/pipelines.h"
#include "tests/ui/marketfixture.h"
#include "ui/jobs/jobspanel.h"
#include "ui/shell/mainwindow.h"

namespace mnemo {

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
    bool hasPipelines = false; ///< set before open(): they run
    std::unique_ptr<Engine> engine;
    std::unique_ptr<Pipelines> pipelines;
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
        if (auto running = hasPipelines ? Pipelines::open(*engine) : Result<std::unique_ptr<Pipelines>>(nullptr))
            pipelines = std::move(*running);
        settings = std::make_unique<QSettings>(folder.filePath(QStringLiteral("window.ini")), QSettings::IniFormat);
        bridge = std::make_unique<EngineBridge>(*engine, false);
        WindowOptions options;
        options.settingsFolder = folder.filePath(QStringLiteral("settings"));
        options.pipelines = pipelines.get();
        window = std::make_unique<MainWindow>(*bridge, *settings, options);
        window->show();
        return QTest::qWaitForWindowExposed(window.get());
    }
    JobState state(int row = 0) const { return window->jobs()->jobAt(row).state; }
    QTableView* table() const { return window->findChild<JobsPanel*>()->table(); }
};

} // namespace mnemo
