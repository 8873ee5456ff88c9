#pragma once

#include <QProcess>
#include <QTemporaryDir>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/engine/engine.h"

namespace mnemo {

/// A made-up market on this computer: the exchange simulator as a child process, and a folder for what is collected
/// from it. Both are gone when this is.
class DemoMarket {
public:
    /// Waits until the simulator listens (a few hundredths of a second).
    /// Errors: NotFound, where the simulator is not beside this program; Timeout and Internal, where it does not start.
    static Result<std::unique_ptr<DemoMarket>> start();
    ~DemoMarket();
    DemoMarket(const DemoMarket&) = delete;
    DemoMarket& operator=(const DemoMarket&) = delete;

    std::filesystem::path folder() const;
    std::vector<std::string> sets() const; ///< settings that lead the venues to it
    /// Starts a few backfills, so that there is something to see at once. @return a thread that asks once more about the
    /// spoilt series when they are there: what the venue corrected meanwhile shows. It goes before the engine.
    std::jthread begin(Engine& engine) const;

private:
    struct Stretch {
        std::string source, exchange, symbol; ///< source empty: the exchange
        Kind kind = Kind::Candles;
        Timeframe timeframe {};
        int days = 0, until = 0; ///< from so many days before now to so many
    };
    struct Defects {
        Stretch stretch;
        int count = 0;
    };

    DemoMarket() = default;
    static TimeRange rangeOf(const Stretch& stretch, UtcMs now);
    Result<void> readPlan();
    Result<void> run(const QString& program);
    std::vector<std::string> sites() const; ///< all that the simulator has to be: exchanges and other sources

    QTemporaryDir m_folder;
    std::vector<Stretch> m_backfills;
    std::vector<Defects> m_defects;
    std::vector<std::string> m_settings;
    QProcess m_simulator;
    std::string m_origin; ///< http://127.0.0.1:PORT
};

} // namespace mnemo
