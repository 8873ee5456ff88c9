// The engine asks again: on demand with proof, by itself when absence was seen once; and takes a person's word for an outage.

#include <QTest>

#include "core/engine/engine.h"
#include "support/programs.h"
#include "places.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

constexpr UtcMs t0 = std::chrono::sys_days {std::chrono::year {2024} / 1 / 1};
constexpr TimeRange hole {t0 + 700min, t0 + 720min};

/// Runs like the computer's, some days off.
class ShiftedClock final : public Clock {
public:
    UtcMs now() const override { return m_start + std::chrono::duration_cast<milliseconds>(steady() - m_begun) + m_ahead.load(); }
    SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
    void advance(milliseconds by) { m_ahead = m_ahead.load() + by; }

private:
    const UtcMs m_start = t0 + 3 * 24h + 10min;
    const SteadyTime m_begun = std::chrono::steady_clock::now();
    std::atomic<milliseconds> m_ahead {milliseconds {0}};
};

QByteArray market(bool isWhole)
{
    QByteArray csv = "open_time,open,high,low,close,volume\n";
    for (UtcMs time = t0; time < t0 + 3 * 24h; time += 1min) {
        if (isWhole || !hole.contains(time))
            csv += QByteArray::number(toMs(time)) + ",10,12,9,11,5\n";
    }
    return csv;
}

template<class T>
T must(Result<T> result)
{
    if (!result)
        qFatal("%s", result.error().detail.c_str());
    if constexpr (!std::is_void_v<T>)
        return std::move(*result);
}

} // namespace

class TestRepair : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        for (const bool isWhole : {false, true}) {
            QFile file(m_files.filePath(isWhole ? QStringLiteral("whole.csv") : QStringLiteral("lossy.csv")));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(market(isWhole));
            file.close();
            auto& sim = isWhole ? m_whole : m_lossy;
            sim = std::make_unique<Sim>(QStringList {QStringLiteral("--data"),
                QStringLiteral("exchange=binance,market=spot,symbol=BTC/USDT,timeframe=1m,file=") + file.fileName()});
            QVERIFY(sim->isUp());
        }
    }

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_clock = std::make_shared<ShiftedClock>();
        auto engine = open(*m_lossy);
        BackfillRequest request;
        request.exchange = "binance";
        request.symbol = "BTC/USDT";
        request.timeframe = *Timeframe::fromName("1m");
        request.range = {t0, t0 + 3 * 24h};
        const auto job = must(engine->backfill(request));
        QVERIFY(engine->wait(job));
        QCOMPARE(engine->job(job)->state, JobState::Complete);
    }

    void theProofTellsBeforeAndAfter()
    {
        auto engine = open(*m_whole);
        const SeriesRecord series = seriesOf(*engine);
        // what lies beside the hole comes along, and is the same as before
        const auto job = must(engine->repair({series.key, {hole, {t0 + 800min, t0 + 801min}}, {}, true}));
        QVERIFY(engine->wait(job));
        const auto proof = engine->proof(job);
        QVERIFY(proof && proof->isFinal);
        QCOMPARE(proof->ranges.size(), std::size_t {1});
        const RepairedRange& range = proof->ranges.front();
        QVERIFY((range.range == TimeRange {hole.from, t0 + 801min}));
        QCOMPARE(range.bars, std::int64_t {101});
        QCOMPARE(range.before.rows, std::int64_t {81});
        QCOMPARE(range.before.gaps.size(), std::size_t {1});
        QVERIFY(range.before.gaps.front().range == hole);
        QCOMPARE(range.after.rows, std::int64_t {101});
        QVERIFY(range.after.gaps.empty());
        QCOMPARE(range.added, std::int64_t {20});
        QCOMPARE(range.changed, std::int64_t {0});
        QCOMPARE(proof->pages.size(), std::size_t {1});
        QCOMPARE(proof->pages.front().rows, std::int64_t {101});
        QCOMPARE(proof->requests.size(), std::size_t {1});
        QCOMPARE(engine->job(job)->state, JobState::Complete);
        QCOMPARE(engine->job(job)->total, std::int64_t {101});
        QCOMPARE(engine->job(job)->done, std::int64_t {101});
        QVERIFY(!engine->proof(job + 1));
    }

    void rangesApartStayApart()
    {
        auto engine = open(*m_whole);
        const auto job = must(engine->repair({seriesOf(*engine).key, {hole, {t0 + 800min, t0 + 801min}}, {}, false}));
        QVERIFY(engine->wait(job));
        QCOMPARE(engine->proof(job)->ranges.size(), std::size_t {2});
        QCOMPARE(engine->job(job)->requests, std::int64_t {2});
    }

    void whatCannotBeRepairedIsRefused()
    {
        auto engine = open(*m_whole);
        SeriesKey key = seriesOf(*engine).key;
        QVERIFY(engine->repair({key, {hole}, "carrier pigeon", true}).error().code == ErrorCode::Unsupported);
        QVERIFY(engine->repair({key, {}, {}, true}).error().code == ErrorCode::InvalidArgument);
        key.symbol = "ETH/USDT";
        QVERIFY(engine->repair({key, {hole}, {}, true}).error().code == ErrorCode::NotFound);
    }

    /// Seen once, asked again a day later; twice is enough.
    void absenceSeenOnceIsVerified()
    {
        auto engine = open(*m_lossy);
        QCOMPARE(checks(*engine), 1);
        runIncremental(*engine); // too early
        QCOMPARE(checks(*engine), 1);
        m_clock->advance(25h);
        runIncremental(*engine);
        QCOMPARE(checks(*engine), 2);
        m_clock->advance(25h);
        runIncremental(*engine);
        QCOMPARE(checks(*engine), 2);
        // others were not asked about
        const auto reader = must(engine->store().openReader());
        QCOMPARE(must(reader->coverage(seriesOf(*engine).id, {t0, t0 + 1min})).front().checks, 1);
    }

    void aHoleThatHealedBecomesRows()
    {
        m_clock->advance(25h);
        auto engine = open(*m_whole);
        runIncremental(*engine);
        QVERIFY(must(engine->gaps(seriesOf(*engine), {t0, t0 + 3 * 24h})).empty());
    }

    void anOldHoleIsLeft()
    {
        m_clock->advance(40 * 24h);
        auto engine = open(*m_whole);
        runIncremental(*engine);
        QCOMPARE(must(engine->gaps(seriesOf(*engine), {t0, t0 + 3 * 24h})).size(), std::size_t {1});
    }

    void aMarkedOutageIsOneAtOnce()
    {
        const QByteArray mine = "# my own list\nolder: # keep me\n    {exchange: binance, from: 2020-01-01, to: 2020-01-02, reason: a, source: b}";
        QDir().mkpath(m_folder->filePath(QStringLiteral("config")));
        QFile file(m_folder->filePath(QStringLiteral("config/outages.yaml")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(mine);
        file.close();
        auto engine = open(*m_lossy);
        must(engine->coverage().load());
        QCOMPARE(engine->coverage().snapshot()->summary().total.noTrade(), std::int64_t {20});
        ListedOutage outage;
        outage.exchange = "binance";
        outage.market = MarketType::Spot;
        outage.symbols = {"BTC/USDT"};
        outage.range = {hole.from, hole.from + 15min};
        outage.reason = "it said: \"${maintenance}\"";
        outage.source = "its status page";
        QCOMPARE(must(engine->markOutage(outage)), std::string("binance-2024-01-01-1140"));
        QCOMPARE(must(engine->markOutage(outage)), std::string("binance-2024-01-01-1140-2"));
        const auto gaps = must(engine->gaps(seriesOf(*engine), {t0, t0 + 3 * 24h}));
        must(engine->coverage().refresh());
        const auto now = must(engine->gaps(seriesOf(*engine), {t0, t0 + 3 * 24h}));
        QVERIFY(gaps == now); // without waiting for the index
        QCOMPARE(now.size(), std::size_t {2});
        QVERIFY(now.front().gapClass == GapClass::Outage && now.back().gapClass == GapClass::Empty);
        QCOMPARE(engine->coverage().snapshot()->summary().total.of(GapClass::Outage), std::int64_t {15});
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        QVERIFY2(text.startsWith(mine + "\n"), text.constData());
        const auto& listed = engine->settings()->settings.outages;
        const auto found = std::ranges::find(listed, "binance-2024-01-01-1140", &ListedOutage::id);
        QVERIFY(found != listed.end());
        QCOMPARE(found->reason, outage.reason);
        outage.exchange = "nowhere";
        QVERIFY(engine->markOutage(outage).error().code == ErrorCode::NotFound);
    }

    void anAnnotationIsEvidence()
    {
        auto engine = open(*m_lossy);
        Annotation note;
        note.exchange = "binance";
        note.range = hole;
        note.text = "our line was down";
        must(engine->annotate(note));
        const SeriesRecord series = seriesOf(*engine);
        const auto gaps = must(engine->gaps(series, {t0, t0 + 3 * 24h}));
        const auto evidence = must(engine->evidence(series, gaps));
        QCOMPARE(evidence.front().annotations.size(), std::size_t {1});
        QVERIFY(evidence.front().text.find("our line was down") != std::string::npos);
    }

    void whatAPersonSaidIsTakenBackAndLogged()
    {
        auto engine = open(*m_lossy);
        must(engine->coverage().load());
        const SeriesRecord series = seriesOf(*engine);
        const TimeRange whole {t0, t0 + 3 * 24h};
        ListedOutage outage;
        outage.exchange = "binance";
        outage.range = hole;
        outage.reason = "maintenance";
        outage.source = "its status page";
        const std::string id = must(engine->markOutage(outage));
        QVERIFY(must(engine->gaps(series, whole)).front().gapClass == GapClass::Outage);
        must(engine->unmarkOutage(id));
        QVERIFY(must(engine->gaps(series, whole)).front().gapClass == GapClass::Empty);
        QVERIFY(engine->unmarkOutage(id).error().code == ErrorCode::NotFound);
        QVERIFY(engine->unmarkOutage("binance-2018-01-04").error().code == ErrorCode::NotFound); // shipped ones stay
        Annotation note;
        note.exchange = "binance";
        note.symbols = {"BTC/USDT"};
        note.timeframes = {"1m"};
        note.range = hole;
        note.text = "our line was down";
        const std::string noteId = must(engine->annotate(note));
        must(engine->removeAnnotation(noteId));
        QVERIFY(engine->settings()->settings.annotations.empty());

        QStringList logged;
        for (const ActionRecord& action : must(engine->actions(series.key, whole, 10))) {
            QVERIFY(!action.who.empty() && action.at > t0 && action.what.range.overlaps(whole));
            logged << QString::fromStdString(action.action);
        }
        QCOMPARE(logged.first(4),
            QStringList({QStringLiteral("remove_note"), QStringLiteral("annotate"), QStringLiteral("unmark_outage"),
                QStringLiteral("mark_outage")}));
        QCOMPARE(must(engine->actions(series.key, {t0 + 2 * 24h, t0 + 3 * 24h}, 10)).size(),
            must(engine->actions(series.key, whole, 10)).size() - 4); // elsewhere in time
        SeriesKey other = series.key;
        other.timeframe = *Timeframe::fromName("5m");
        const auto ofOther = must(engine->actions(other, whole, 10)); // the note was about 1m alone
        QCOMPARE(ofOther.size(), std::size_t {2});
        QVERIFY(ofOther.front().action == "unmark_outage");
    }

    void theLogSurvivesBadLines()
    {
        auto engine = open(*m_lossy);
        const SeriesKey key = seriesOf(*engine).key;
        const auto before = must(engine->actions(key, {t0, t0 + 3 * 24h}, 100)).size();
        QFile file(m_folder->filePath(QStringLiteral("data/actions.jsonl")));
        QVERIFY(file.open(QIODevice::Append));
        file.write("{\"at\": \nnot JSON\n[]\n{\"at\":1,\"who\":2}\n");
        file.close();
        QCOMPARE(must(engine->actions(key, {t0, t0 + 3 * 24h}, 100)).size(), before);
        RepairRequest again;
        again.series = key;
        again.ranges = {hole};
        QVERIFY(engine->wait(must(engine->repair(again))));
        const auto now = must(engine->actions(key, hole, 100));
        QVERIFY(!now.empty() && now.front().action == "verify" && now.front().ranges == 1);
    }

    void aFileThatCannotBeAddedToStays()
    {
        QDir().mkpath(m_folder->filePath(QStringLiteral("config")));
        QFile file(m_folder->filePath(QStringLiteral("config/outages.yaml")));
        auto engine = open(*m_lossy);
        ListedOutage outage;
        outage.exchange = "binance";
        outage.range = hole;
        outage.reason = "r";
        outage.source = "s";
        for (const QByteArray& text : {QByteArray("{a: {exchange: binance}}"), QByteArray("- list"), QByteArray("a: [")}) {
            QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
            file.write(text);
            file.close();
            const auto refused = engine->markOutage(outage);
            QVERIFY(!refused && refused.error().code == ErrorCode::Config);
            QVERIFY(file.open(QIODevice::ReadOnly));
            QCOMPARE(file.readAll(), text);
            file.close();
        }
    }

private:
    std::unique_ptr<Engine> open(const Sim& sim)
    {
        EngineOptions options;
        options.config.shipped = MNEMO_SOURCE_DIR "/config";
        options.config.user = m_folder->filePath(QStringLiteral("config")).toStdString();
        options.config.sets = {"exchanges.binance.base_url=" + sim.url().toStdString() + "/binance",
            "assets.universe=[{exchanges: [binance], symbols: [BTC/USDT], timeframes: [1m]}]"};
        options.config.environment = {"HOME=/nonexistent"};
        options.dataDir = m_folder->filePath(QStringLiteral("data")).toStdString();
        options.clock = m_clock;
        return must(Engine::open(std::move(options)));
    }
    static SeriesRecord seriesOf(Engine& engine)
    {
        return must(must(engine.store().openReader())->series()).front();
    }
    static int checks(Engine& engine)
    {
        const auto reader = must(engine.store().openReader());
        int fewest = 99;
        for (const CoverageSpan& span : must(reader->coverage(seriesOf(engine).id, hole)))
            fewest = std::min(fewest, span.checks);
        return fewest;
    }
    static void runIncremental(Engine& engine)
    {
        for (const JobId job : must(engine.incremental()))
            QVERIFY(engine.wait(job));
    }

    QTemporaryDir m_files;
    std::unique_ptr<Sim> m_lossy, m_whole;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<ShiftedClock> m_clock;
};

QTEST_GUILESS_MAIN(TestRepair)
#include "tst_repair.moc"
