#include "app/desktop/demomarket.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <algorithm>
#include <set>

#include <csignal>
#include <sys/prctl.h>

#include "core/base/log.h"
#include "core/config/mapreader.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int startTime = 5'000; // ms
constexpr auto planFile = ":/demo.yaml"_L1;

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
    if (auto plan = market->readPlan(); !plan)
        return fail(plan.error());
    if (auto run = market->run(program); !run)
        return fail(run.error());
    return market;
}

Result<void> DemoMarket::readPlan()
{
    QFile file(planFile);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorCode::Internal, "the demo's plan is not part of this program");
    const auto tree = parseYaml(file.readAll().toStdString(), "demo.yaml");
    if (!tree)
        return fail(tree.error());
    Problems problems;
    MapReader plan(&*tree, {}, problems);
    const auto read = [&problems](const Node& node, const char* path, Stretch& stretch, int* count) {
        MapReader reader(&node, path, problems);
        std::string timeframe, kind = "candles";
        reader.read("source", stretch.source);
        reader.read("exchange", stretch.exchange);
        reader.read("symbol", stretch.symbol);
        reader.read("timeframe", timeframe);
        reader.read("kind", kind);
        reader.read("days", stretch.days, 1, 3650);
        reader.read("until", stretch.until, 0, 3650);
        if (count)
            reader.read("count", *count, 1, 1000);
        reader.finish();
        if (const auto frame = Timeframe::fromName(timeframe))
            stretch.timeframe = *frame;
        else
            reader.problem("timeframe", "'" + timeframe + "' is no timeframe");
        if (const auto known = kindFromText(kind))
            stretch.kind = *known;
        else
            reader.problem("kind", "'" + kind + "' is no kind of series");
    };
    for (const Node& each : plan.readList("backfills", "a list of maps"))
        read(each, "backfills", m_backfills.emplace_back(), nullptr);
    for (const Node& each : plan.readList("defects", "a list of maps")) {
        Defects& defects = m_defects.emplace_back();
        read(each, "defects", defects.stretch, &defects.count);
    }
    plan.read("settings", m_settings);
    plan.finish();
    if (!problems.empty())
        return fail(ErrorCode::Config, problems.front().text());
    return {};
}

std::vector<std::string> DemoMarket::sites() const
{
    std::set<std::string> ids;
    for (const Stretch& backfill : m_backfills) {
        ids.insert(backfill.exchange);
        if (!backfill.source.empty())
            ids.insert(backfill.source);
    }
    return {ids.begin(), ids.end()};
}

Result<void> DemoMarket::run(const QString& program)
{
    m_simulator.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    // Also when this process is killed.
    m_simulator.setChildProcessModifier([] { prctl(PR_SET_PDEATHSIG, SIGTERM); });
    QStringList ids;
    for (const std::string& id : sites())
        ids << QString::fromStdString(id);
    QStringList arguments {u"--synthetic"_s, u"7"_s, u"--exchange"_s, ids.join(u','), u"--port"_s, u"0"_s};
    const UtcMs now = SystemClock().now();
    for (const Defects& defects : m_defects) {
        const TimeRange range = rangeOf(defects.stretch, now);
        arguments << u"--defects"_s
                  << u"%1,exchange=%2,symbol=%3,timeframe=%4,from=%5,to=%6"_s.arg(defects.count)
                         .arg(QString::fromStdString(defects.stretch.exchange),
                             QString::fromStdString(defects.stretch.symbol),
                             QString::fromUtf8(std::string(defects.stretch.timeframe.name()).c_str()))
                         .arg(toMs(range.from))
                         .arg(toMs(range.to));
    }
    m_simulator.start(program, arguments, QIODevice::ReadOnly);
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
    std::vector<std::string> sets = m_settings;
    for (const std::string& id : sites()) {
        sets.push_back("exchanges." + id + ".base_url=" + m_origin + "/" + id);
        sets.push_back("exchanges." + id + ".ws_url=ws" + m_origin.substr(m_origin.find("://")) + "/" + id);
    }
    return sets;
}

TimeRange DemoMarket::rangeOf(const Stretch& stretch, UtcMs now)
{
    return {now - std::chrono::days {stretch.days}, now - std::chrono::days {stretch.until}};
}

std::jthread DemoMarket::begin(Engine& engine) const
{
    const UtcMs now = SystemClock().now();
    std::vector<JobId> spoilt;
    for (const Stretch& backfill : m_backfills) {
        BackfillRequest request;
        request.source = backfill.source;
        request.exchange = backfill.exchange;
        request.symbol = backfill.symbol;
        request.kind = backfill.kind;
        request.timeframe = backfill.timeframe;
        request.range = rangeOf(backfill, now);
        const auto job = engine.backfill(request);
        if (!job)
            log::warning(
                "demo", job.error().detail, {{"exchange", backfill.exchange}, {"code", toText(job.error().code)}});
        else if (std::ranges::any_of(m_defects, [&](const Defects& defects) {
                     return defects.stretch.exchange == backfill.exchange && defects.stretch.symbol == backfill.symbol
                         && defects.stretch.timeframe == backfill.timeframe;
                 }))
            spoilt.push_back(*job);
    }
    return std::jthread([&engine, spoilt](const std::stop_token& stop) {
        for (const JobId id : spoilt) {
            if (!engine.wait(id, stop))
                return;
            if (const auto job = engine.job(id)) {
                RepairRequest again;
                again.series = job->series;
                again.ranges = {{job->range.from + job->range.length() / 2, job->range.to}};
                if (const auto asked = engine.repair(again); !asked)
                    log::warning("demo", asked.error().detail, {{"series", job->series.text()}});
            }
        }
    });
}

} // namespace mnemo
