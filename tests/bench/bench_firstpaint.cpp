// Milliseconds from main() to the first paint: the real window over a store of eleven million candles, against a bare
// window with menus, a tool bar, two docks with tables and a chart of 300 candles as Qt makes it; and against the same
// with 300 painted bars and empty tables instead, which is no program but the least there can be. Processes of their own,
// in turns. Beside the clock's figures stand those of the UI thread's processor time, which other programs disturb less.
//
// Then the same window with nothing to do: its processor time over half a minute, all threads.
//
//   bench_firstpaint [FOLDER]        the store of bench_chart, made in FOLDER and kept there, or made anew and removed
#include <QApplication>
#include <QChartView>
#include <QDockWidget>
#include <QElapsedTimer>
#include <QMainWindow>
#include <QMenuBar>
#include <QPainter>
#include <QProcess>
#include <QSettings>
#include <QStandardItemModel>
#include <QStyleFactory>
#include <QTableView>
#include <QTemporaryDir>
#include <QTimer>
#include <QToolBar>
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <future>
#include <map>

#include "core/engine/engine.h"
#include "tests/bench/chartstore.h"
#include "tests/bench/qtchart.h"
#include "ui/bridge/enginebridge.h"
#include "ui/chart/chartview.h"
#include "ui/shell/mainwindow.h"
#include "ui/widgets/windowstyle.h"
#include "places.h"

using namespace Qt::StringLiterals;
using namespace mnemo;
using namespace mnemo::bench;

namespace {

constexpr int rounds = 7;
QElapsedTimer sinceMain;

class FirstPaint final : public QObject {
public:
    bool eventFilter(QObject* watched, QEvent* event) override
    {
        if (event->type() == QEvent::Paint && m_at < 0)
            QMetaObject::invokeMethod(
                watched, [this] { m_at = m_at < 0 ? sinceMain.nsecsElapsed() : m_at; }, Qt::QueuedConnection);
        return false;
    }
    bool isDone() const { return m_at >= 0; }
    double milliseconds() const { return static_cast<double>(m_at) / 1e6; }

private:
    qint64 m_at = -1;
};

class Candles final : public QWidget {
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.fillRect(rect(), Qt::white);
        for (int i = 0; i < 300; ++i) {
            const ChartBar bar = barAt(i);
            const auto y = [&](double price) { return int((35'000 - price) / 10'000 * height()); };
            painter.fillRect(QRect(i * 4, y(bar.high), 3, y(bar.low) - y(bar.high)), Qt::darkBlue);
        }
    }
};

enum class Bare { Chart, Painted };

QWidget* chartOfCandles()
{
    return new QChartView(candlestickChart(300));
}

void addTable(QMainWindow& window, Qt::DockWidgetArea area, Bare bare)
{
    auto* dock = new QDockWidget(u"Dock"_s, &window);
    auto* table = new QTableView;
    auto* model = new QStandardItemModel(20, 6, table);
    for (int row = 0; bare == Bare::Chart && row < model->rowCount(); ++row) {
        for (int column = 0; column < model->columnCount(); ++column)
            model->setItem(row, column, new QStandardItem(u"%1 USDT"_s.arg(1000 * row + column)));
    }
    table->setModel(model);
    dock->setWidget(table);
    window.addDockWidget(area, dock);
}

double threadMilliseconds()
{
    timespec used {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) * 1e3 + static_cast<double>(used.tv_nsec) / 1e6;
}

void waitAndPrint(const FirstPaint& paint)
{
    while (!paint.isDone())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    std::printf("first %.2f\ncpu %.2f\n", paint.milliseconds(), threadMilliseconds());
}

int bareWindow(Bare bare)
{
    QMainWindow window;
    for (const char* name : {"File", "View", "Chart", "Jobs", "Help"}) {
        QMenu* menu = window.menuBar()->addMenu(QString::fromLatin1(name));
        for (int i = 0; i < 8; ++i)
            menu->addAction(u"Action %1"_s.arg(i));
    }
    window.addToolBar(u"Main"_s)->addActions(window.menuBar()->actions());
    addTable(window, Qt::LeftDockWidgetArea, bare);
    addTable(window, Qt::BottomDockWidgetArea, bare);
    window.setCentralWidget(bare == Bare::Chart ? chartOfCandles() : new Candles);
    window.resize(1280, 800);
    FirstPaint paint;
    window.installEventFilter(&paint);
    window.show();
    waitAndPrint(paint);
    return 0;
}

using Opening = std::future<Result<std::unique_ptr<Engine>>>;

/// Beside QApplication's own start, as the program does.
Opening openEarly(const std::string& folder)
{
    EngineOptions options;
    options.config.shipped = std::filesystem::path(MNEMO_SOURCE_DIR) / "config";
    options.dataDir = folder;
    options.opensAtOnce = true;
    return std::async(std::launch::async, [options] { return Engine::open(options); });
}

constexpr double settled = 5, watched = 30; // s

void wait(double seconds)
{
    QEventLoop loop;
    QTimer::singleShot(static_cast<int>(seconds * 1000), &loop, &QEventLoop::quit);
    loop.exec();
}

int realWindow(const std::string& folder, Opening opening, bool isIdleWatched)
{
    loadFont();
    const double asked = static_cast<double>(sinceMain.nsecsElapsed()) / 1e6;
    auto engine = opening.get();
    if (!engine)
        giveUp(engine.error());
    std::printf("engine %.2f\n", static_cast<double>(sinceMain.nsecsElapsed()) / 1e6 - asked);
    QSettings settings(QString::fromStdString(folder + "/window.ini"), QSettings::IniFormat);
    settings.setValue(u"screen"_s, u"charts"_s); // without one Home comes first
    EngineBridge bridge(**engine, false);
    MainWindow window(bridge, settings, {});
    FirstPaint paint;
    window.installEventFilter(&paint);
    window.show();
    waitAndPrint(paint);
    while (window.chart()->scene().marks.empty())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    std::printf("candles %.2f\n", static_cast<double>(sinceMain.nsecsElapsed()) / 1e6);
    if (isIdleWatched) {
        wait(settled);
        const std::clock_t before = std::clock();
        wait(watched);
        std::printf("idle %.4f\n", 100.0 * static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC / watched);
    }
    window.close(); // the next one comes back with the chart that this one showed, as the user's does
    return 0;
}

using Figures = std::map<QByteArray, double>;

Figures child(const QStringList& arguments)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(QCoreApplication::applicationFilePath(), arguments);
    if (!process.waitForFinished(60'000) || process.exitCode() != 0)
        std::exit(1);
    Figures figures;
    for (const QByteArray& line : process.readAllStandardOutput().split('\n')) {
        if (const auto words = line.split(' '); words.size() == 2)
            figures[words[0]] = words[1].toDouble();
    }
    return figures;
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

int compareBoth(const std::string& folder)
{
    {
        const ChartStore made = makeChartStore(folder);
    }
    const std::vector<QStringList> sides {
        {u"--window"_s, QString::fromStdString(folder)}, {u"--bare"_s}, {u"--painted"_s}};
    std::vector<std::map<QByteArray, std::vector<double>>> all(sides.size());
    for (int round = -1; round < rounds; ++round) { // the first warms the caches
        for (std::size_t side = 0; side < sides.size(); ++side) {
            for (const auto& [word, value] : child(sides[side])) {
                if (round >= 0)
                    all[side][word].push_back(value);
            }
        }
    }
    auto& real = all[0];
    std::printf("%s, main() to first paint, medians of %d: the real window over 11 M candles %.1f ms, of which waiting "
                "for the engine %.1f ms; its candles are there after %.1f ms; processor time of the UI thread %.1f ms\n",
        qPrintable(QGuiApplication::platformName()), rounds, median(real["first"]), median(real["engine"]),
        median(real["candles"]), median(real["cpu"]));
    for (std::size_t side = 1; side < sides.size(); ++side) {
        std::printf("  against %s: %.1f ms, %.2fx; by processor time %.1f ms, %.2fx\n",
            side == 1 ? "a bare window with a chart" : "the same without a chart", median(all[side]["first"]),
            median(real["first"]) / median(all[side]["first"]), median(all[side]["cpu"]),
            median(real["cpu"]) / median(all[side]["cpu"]));
    }
    const Figures idle = child({u"--idle"_s, QString::fromStdString(folder)});
    std::printf("with nothing to do, over %.0f s: %.3f %% of a core\n", watched, idle.at("idle"));
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    sinceMain.start();
    Opening opening;
    const std::string_view asked = argc > 2 ? argv[1] : "";
    const bool isReal = asked == "--window" || asked == "--idle";
    if (isReal)
        opening = openEarly(argv[2]);
    QApplication application(argc, argv);
    const QStringList arguments = QApplication::arguments();
    QApplication::setStyle(isReal ? new WindowStyle : QStyleFactory::create(u"Fusion"_s));
    if (arguments.value(1) == u"--bare")
        return bareWindow(Bare::Chart);
    if (arguments.value(1) == u"--painted")
        return bareWindow(Bare::Painted);
    if (isReal)
        return realWindow(arguments.value(2).toStdString(), std::move(opening), asked == "--idle");
    const QTemporaryDir temporary;
    return compareBoth((arguments.size() > 1 ? arguments[1] : temporary.path()).toStdString());
}
