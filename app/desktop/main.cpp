#include <QApplication>
#include <QDir>
#include <QMessageBox>
#include <QProcess>
#include <QSettings>
#include <QTranslator>
#include <algorithm>
#include <array>
#include <future>
#include <iostream>
#include <memory>
#include <thread>

#include "app/desktop/demomarket.h"
#include "app/desktop/options.h"
#include "app/desktop/quitonsignal.h"
#include "app/desktop/watchedapplication.h"
#include "core/base/log.h"
#include "core/base/memory.h"
#include "core/engine/pipelines.h"
#include "core/live/qt/qtsocketloop.h"
#include "ui/bridge/enginebridge.h"
#include "ui/log/logmodel.h"
#include "ui/shell/mainwindow.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/textformat.h"
#include "ui/widgets/showwindow.h"
#include "ui/widgets/windowsettings.h"
#include "ui/widgets/windowstyle.h"

using namespace Qt::StringLiterals;
using namespace mnemo;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Desktop)
};

int exitStatus(ErrorCode code)
{
    return code == ErrorCode::Config || code == ErrorCode::NotFound || code == ErrorCode::InvalidArgument ? 2 : 3;
}

int refuse(const Error& error)
{
    std::cerr << "mnemo-quant: " << error.detail << '\n';
    QMessageBox::critical(nullptr, Text::tr("mnemo-quant"), errorTextWithDetail(error));
    return exitStatus(error.code);
}

struct Opened {
    std::unique_ptr<Engine> engine;
    std::unique_ptr<Pipelines> pipelines; ///< null where they cannot be read; goes before the engine
    std::string collector; ///< not empty where another process collects: who
};

/// What is due runs while the window is open; beside a collecting process the store shows what that one does.
std::unique_ptr<Pipelines> openPipelines(Engine& engine)
{
    auto pipelines = Pipelines::open(engine);
    if (pipelines)
        return std::move(*pipelines);
    log::error("app", "no pipeline runs: " + pipelines.error().detail);
    return nullptr;
}

/// The store is shared: where another process collects already, this window reads what it stores.
Result<Opened> openEngine(const EngineOptions& options)
{
    EngineOptions collecting = options;
    collecting.sockets = std::make_shared<QtSocketLoop>();
    auto engine = Engine::open(collecting);
    if (engine) {
        auto pipelines = openPipelines(**engine);
        return Opened {std::move(*engine), std::move(pipelines), {}};
    }
    if (engine.error().code != ErrorCode::StorageLocked)
        return fail(engine.error());
    EngineOptions reading = options;
    reading.mode = OpenMode::ReadOnly;
    auto reader = Engine::open(reading);
    if (!reader)
        return fail(reader.error());
    auto pipelines = openPipelines(**reader);
    return Opened {std::move(*reader), std::move(pipelines), engine.error().detail};
}

EngineOptions engineOptions(const DesktopOptions& options, const ConfigSources& sources)
{
    EngineOptions wanted;
    wanted.config = sources;
    wanted.dataDir = options.dataDir.empty() ? userDataDir() : options.dataDir;
    wanted.watchSettings = true;
    wanted.watchesAlerts = true;
    wanted.opensAtOnce = true;
    wanted.keepsQueue = true;
    return wanted;
}

/// Reading a hundred descriptions and connecting to the display take about as long: they go side by side.
std::future<Result<Opened>> openEarly(int argc, char** argv)
{
    const auto options = peekOptions(argc, argv);
    if (!options || options->isDemo)
        return {};
    const auto sources = sourcesOf(*options);
    if (!sources)
        return {};
    return std::async(std::launch::async, [wanted = engineOptions(*options, *sources)] { return openEngine(wanted); });
}

void startLog(const LoggingSettings& settings, const std::filesystem::path& dataDir, bool isReadOnly)
{
    log::Options wanted;
    wanted.level = log::levelFromText(settings.level).value_or(log::Level::Info);
    if (!isReadOnly)
        wanted.file = log::defaultFile(dataDir); // rotation needs one process for a file
    wanted.fileMiB = settings.fileMiB;
    wanted.files = settings.files;
    wanted.memoryLines = LogModel::mostLines;
    log::start(wanted);
}

/// English singular and plural: the sources have "%n task(s)".
void loadTexts()
{
    auto* texts = new QTranslator(QApplication::instance());
    if (texts->load(u":/texts/mnemo-quant_en.qm"_s))
        QApplication::installTranslator(texts);
}

void openDemoWindow()
{
    if (!QProcess::startDetached(QCoreApplication::applicationFilePath(), {u"--demo"_s}))
        QMessageBox::warning(nullptr, Text::tr("mnemo-quant"), Text::tr("The demo could not be started."));
}

int runWindow(const DesktopOptions& options, const DemoMarket* demo, std::future<Result<Opened>> opening = {})
{
    auto sources = sourcesOf(options);
    if (!sources)
        return refuse(sources.error());
    const QString usersFile = toQString((sources->user / "window.ini").string());
    if (demo) { // what is marked and tuned in it is about a made-up market: nothing of the user's changes
        const auto more = demo->sets();
        sources->sets.insert(sources->sets.end(), more.begin(), more.end());
        sources->user = demo->folder() / "settings";
    }
    EngineOptions wanted = engineOptions(options, *sources);
    if (demo) {
        wanted.dataDir = demo->folder();
        wanted.keepsQueue = false;
    }
    loadFont(); // while the store opens
    auto opened = opening.valid() ? opening.get() : openEngine(wanted);
    if (!opened)
        return refuse(opened.error());
    const bool isReadOnly = !opened->collector.empty();
    startLog(opened->engine->settings()->settings.logging, wanted.dataDir, isReadOnly);
    const QString readOnlyReason = isReadOnly
        ? Text::tr("Read only: another program is collecting into this store. What it stores appears "
                   "here; backfills start in its window. (%1)").arg(toQString(opened->collector))
        : QString();

    const QString file = demo ? toQString((demo->folder() / "window.ini").string()) : usersFile;
    WindowSettings settings(file);
    if (demo) // looks as the user likes it, and changes nothing of the user's
        settings.setValue(u"theme"_s, QSettings(usersFile, QSettings::IniFormat).value(u"theme"_s, 0));
    EngineBridge bridge(*opened->engine, isReadOnly);
    MainWindow window(bridge, settings, {readOnlyReason, demo != nullptr, toQString(sources->user.string()), opened->pipelines.get()});
    QObject::connect(&window, &MainWindow::demoRequested, &openDemoWindow);
    if (demo) // its folder goes with it
        window.jobSafety()->closeWithoutAsking();
    const QuitOnSignal quitOnSignal([&window] {
        window.jobSafety()->closeWithoutAsking();
        window.close();
        QApplication::quit();
    });
    showWindow(window);
    const std::jthread demoJobs = demo ? demo->begin(*opened->engine) : std::jthread();
    return QApplication::exec();
}

void name()
{
    QCoreApplication::setApplicationName(u"mnemo-quant"_s);
    QCoreApplication::setApplicationVersion(QString::fromUtf8(MNEMO_VERSION));
}

bool hasDisplay()
{
    return std::ranges::any_of(std::array {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}, &qEnvironmentVariableIsSet);
}

} // namespace

int main(int argc, char** argv)
{
    if (!peekOptions(argc, argv)) { // help, version, or an option that there is not: told without a display
        QCoreApplication plain(argc, argv);
        name();
        readOptions(QCoreApplication::arguments());
    }
    if (!hasDisplay()) {
        std::cerr << "mnemo-quant: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set): start it from a desktop session, or use mnemo-quant-cli\n";
        return 3;
    }
    keepFreedMemory();
    auto opening = openEarly(argc, argv);
    WatchedApplication application(argc, argv);
    name();
    QApplication::setDesktopFileName(u"mnemo-quant"_s);
    QApplication::setStyle(new WindowStyle);
    loadTexts();
    const DesktopOptions options = readOptions(QApplication::arguments());
    if (!options.isDemo)
        return runWindow(options, nullptr, std::move(opening));
    const auto demo = DemoMarket::start();
    if (!demo)
        return refuse(demo.error());
    return runWindow(options, demo->get());
}
