#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include "core/config/settings.h"

using namespace mnemo;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// Keeps what the watcher reported, for the test's thread.
class Reports {
public:
    void add(const LoadedSettings& loaded, bool accepted)
    {
        const std::lock_guard lock(m_mutex);
        m_list.push_back({loaded, accepted});
        m_more.notify_all();
    }
    struct Report {
        LoadedSettings loaded;
        bool accepted = false;
    };
    /// The next one, or nothing after a second and a half.
    std::optional<Report> next()
    {
        std::unique_lock lock(m_mutex);
        if (!m_more.wait_for(lock, 1500ms, [this] { return m_taken < m_list.size(); }))
            return std::nullopt;
        return m_list[m_taken++];
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_more;
    std::vector<Report> m_list;
    std::size_t m_taken = 0;
};

class TestSettingsWatcher : public QObject {
    Q_OBJECT
private slots:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_sources = {};
        m_sources.shipped = m_dir->filePath(QStringLiteral("shipped")).toStdString();
        m_sources.user = m_dir->filePath(QStringLiteral("user")).toStdString();
        m_sources.environment = {"A=b"};
        fs::create_directories(m_sources.shipped);
        fs::create_directories(m_sources.user);
        put("global.yaml", "retry:\n  attempts: 3\n");
    }

    void changeIsNoticed()
    {
        Reports reports;
        const SettingsWatcher watcher(m_sources, loadSettings(m_sources), handler(reports), 20ms);
        put("global.yaml", "retry:\n  attempts: 44\n");
        const auto report = reports.next();
        QVERIFY(report);
        QVERIFY(report->accepted);
        QCOMPARE(report->loaded.settings.retry.attempts, 44);
        QVERIFY(report->loaded.problems.empty());
    }

    void touchBreakMend()
    {
        Reports reports;
        const SettingsWatcher watcher(m_sources, loadSettings(m_sources), handler(reports), 20ms);

        fs::last_write_time(m_sources.user / "global.yaml", fs::file_time_type::clock::now() + 5s);
        auto report = reports.next();
        QVERIFY(report && report->accepted);
        QCOMPARE(report->loaded.settings.retry.attempts, 3);

        put("global.yaml", "retry:\n  attempts: [\n");
        report = reports.next();
        QVERIFY(report && !report->accepted);
        QCOMPARE(report->loaded.settings.retry.attempts, 3); // the old ones
        QCOMPARE(report->loaded.problems.size(), std::size_t(1));
        QVERIFY(report->loaded.problems[0].text().find("global.yaml:3:1: expected a value; the bracket of line 2") != std::string::npos);

        put("global.yaml", "retry:\n  attempts: 5\n");
        report = reports.next();
        QVERIFY(report && report->accepted);
        QCOMPARE(report->loaded.settings.retry.attempts, 5);
        QVERIFY(report->loaded.problems.empty());
    }

    void aWrongPipelineRefusesNothing()
    {
        put("dags/mine.yaml", "one: {tasks: [{id: a, type: markets}]}\n");
        put("dags/other.yaml", "two: {tasks: [{id: a, type: markets}]}\n");
        Reports reports;
        const SettingsWatcher watcher(m_sources, loadSettings(m_sources), handler(reports), 20ms);
        put("dags/mine.yaml", "one: {tasks: [\n");
        const auto report = reports.next();
        QVERIFY(report && report->accepted);
        QVERIFY(!report->loaded.settings.dags.find("mine"));
        QVERIFY(report->loaded.settings.dags.at("other.two"));
        QCOMPARE(report->loaded.problems.size(), std::size_t(1));
        QCOMPARE(QString::fromStdString(report->loaded.problems[0].path), QStringLiteral("dags.mine"));
    }

    void filesComeAndGo()
    {
        Reports reports;
        const SettingsWatcher watcher(m_sources, loadSettings(m_sources), handler(reports), 20ms);
        put("exchanges/alpha.yaml", "name: Alpha\n");
        auto report = reports.next();
        QVERIFY(report && report->accepted);
        QCOMPARE(report->loaded.settings.exchanges.size(), std::size_t(1));
        fs::remove(m_sources.user / "exchanges/alpha.yaml");
        report = reports.next();
        QVERIFY(report && report->accepted);
        QVERIFY(report->loaded.settings.exchanges.empty());
    }

    void foldersComeAndGo()
    {
        fs::remove_all(m_sources.user);
        Reports reports;
        const SettingsWatcher watcher(m_sources, loadSettings(m_sources), handler(reports), 20ms);
        for (int attempts : {21, 22, 23}) {
            put("global.yaml", "retry:\n  attempts: " + std::to_string(attempts) + "\n");
            auto report = reports.next();
            QVERIFY(report && report->accepted);
            QCOMPARE(report->loaded.settings.retry.attempts, attempts);
            fs::remove_all(m_sources.user);
            report = reports.next();
            QVERIFY(report && report->accepted);
            QVERIFY(report->loaded.settings.retry.attempts != attempts);
        }
    }

    void folderIsMadeAnew()
    {
        Reports reports;
        const SettingsWatcher watcher(m_sources, loadSettings(m_sources), handler(reports), 20ms);
        for (int attempts : {21, 22, 23}) {
            fs::remove_all(m_sources.user);
            put("global.yaml", "retry:\n  attempts: " + std::to_string(attempts) + "\n");
            std::optional<Reports::Report> report;
            do
                report = reports.next();
            while (report && report->loaded.settings.retry.attempts != attempts);
            QVERIFY(report && report->accepted);
        }
    }

    void changeThatNobodyToldIsSeen()
    {
        const fs::path elsewhere = m_dir->filePath(QStringLiteral("elsewhere")).toStdString();
        fs::create_directories(elsewhere);
        std::ofstream(elsewhere / "linked.yaml") << "retry:\n  attempts: 6\n";
        fs::remove(m_sources.user / "global.yaml");
        fs::create_symlink(elsewhere / "linked.yaml", m_sources.user / "global.yaml");
        Reports reports;
        const SettingsWatcher watcher(m_sources, loadSettings(m_sources), handler(reports), 5ms);
        std::ofstream(elsewhere / "linked.yaml") << "retry:\n  attempts: 77\n";
        const auto report = reports.next();
        QVERIFY(report && report->accepted);
        QCOMPARE(report->loaded.settings.retry.attempts, 77);
    }

    void knownProblemsDoNotRefuse()
    {
        put("global.yaml", "retry:\n  attempts: none\n");
        Reports reports;
        const LoadedSettings loaded = loadSettings(m_sources);
        QCOMPARE(loaded.problems.size(), std::size_t(1));
        const SettingsWatcher watcher(m_sources, loaded, handler(reports), 20ms);
        put("global.yaml", "# one line further down\nretry:\n  attempts: none\nhttp: {connections_per_host: 2}\n");
        auto report = reports.next();
        QVERIFY(report && report->accepted);
        QCOMPARE(report->loaded.settings.http.connectionsPerHost, 2);
        // the same mistake a second time is a new one
        put("global.yaml", "retry:\n  attempts: none\nhttp: {connections_per_host: none}\n");
        report = reports.next();
        QVERIFY(report && !report->accepted);
        QCOMPARE(report->loaded.settings.http.connectionsPerHost, 2);
        QCOMPARE(report->loaded.problems.size(), std::size_t(2));
    }

    void changeBetweenLoadingAndWatching()
    {
        const LoadedSettings loaded = loadSettings(m_sources);
        put("global.yaml", "retry:\n  attempts: 17\n");
        Reports reports;
        const SettingsWatcher watcher(m_sources, loaded, handler(reports), 20ms);
        const auto report = reports.next();
        QVERIFY(report && report->accepted);
        QCOMPARE(report->loaded.settings.retry.attempts, 17);
    }

    void nothingChanged()
    {
        int calls = 0;
        {
            const SettingsWatcher watcher(m_sources, loadSettings(m_sources), [&](const LoadedSettings&, bool) { ++calls; }, 5ms);
            QTest::qWait(100);
        }
        QCOMPARE(calls, 0);
    }

    void stopsAtOnce()
    {
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 20; ++i)
            const SettingsWatcher watcher(m_sources, loadSettings(m_sources), [](const LoadedSettings&, bool) { }, 1h);
        QVERIFY2(timer.elapsed() < 60'000, qPrintable(QString::number(timer.elapsed())));
    }

    void stopsWhileFilesKeepChanging()
    {
        Reports reports;
        QElapsedTimer timer;
        {
            const SettingsWatcher watcher(m_sources, loadSettings(m_sources), handler(reports), 1ms);
            for (int i = 0; i < 50; ++i) {
                put("global.yaml", "retry:\n  attempts: " + std::to_string(10 + i) + "\n");
                QTest::qSleep(2);
            }
            timer.start();
        }
        QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed())));
    }

    void handlerThatThrowsEndsNothing()
    {
        Reports reports;
        const SettingsWatcher watcher(m_sources, loadSettings(m_sources), [&](const LoadedSettings& loaded, bool accepted) {
            reports.add(loaded, accepted);
            throw std::runtime_error("a bug");
        }, 10ms);
        put("global.yaml", "retry:\n  attempts: 9\n");
        QVERIFY(reports.next());
        put("global.yaml", "retry:\n  attempts: 10\n");
        QVERIFY(reports.next());
    }

private:
    SettingsWatcher::Changed handler(Reports& reports)
    {
        return [&reports](const LoadedSettings& loaded, bool accepted) { reports.add(loaded, accepted); };
    }

    void put(const std::string& name, const std::string& text)
    {
        const fs::path path = m_sources.user / name;
        fs::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    ConfigSources m_sources;
};

} // namespace

QTEST_APPLESS_MAIN(TestSettingsWatcher)
#include "tst_settingswatcher.moc"
