#include "childprocess.h"
#include "storefixture.h"

#include <fstream>

#include <sched.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>

using namespace mnemo;
namespace fs = std::filesystem;

namespace {

/// Another program with the file open.
class OtherProgram {
public:
    explicit OtherProgram(const fs::path& file)
    {
        sqlite3_open(file.c_str(), &m_db);
    }
    ~OtherProgram() { sqlite3_close(m_db); }
    OtherProgram(const OtherProgram&) = delete;
    OtherProgram& operator=(const OtherProgram&) = delete;
    bool run(const char* sql) { return sqlite3_exec(m_db, sql, nullptr, nullptr, nullptr) == SQLITE_OK; }

private:
    sqlite3* m_db = nullptr;
};

QByteArray text(const Error& error)
{
    return QByteArray::fromStdString(error.detail);
}

/// A mount of its own that goes with the process. False where the system does not let us.
bool mountSmallDisk(const fs::path& folder, const char* options)
{
    const bool isRoot = ::geteuid() == 0;
    if (::unshare(isRoot ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) != 0)
        return false;
    static_cast<void>(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr));
    return ::mount("tmpfs", folder.c_str(), "tmpfs", 0, options) == 0;
}

std::vector<PageCommit> somePages(SeriesId series, int from, int count)
{
    std::vector<PageCommit> pages;
    for (int i = from; i < from + count; ++i) {
        PageCommit page;
        page.series = series;
        page.rows = bars(at("2024-01-01") + std::chrono::minutes {i * 500}, 500);
        page.range = {page.rows.front().openTime, page.rows.back().openTime + std::chrono::minutes {1}};
        page.coverage = {{page.range, CoverageState::Answered, 1, at("2024-06-01")}};
        pages.push_back(std::move(page));
    }
    return pages;
}

SeriesRecord minuteSeries(StoreWriter& writer)
{
    SeriesRecord record;
    record.key = {"binance", "binance", MarketType::Spot, "BTC/USDT", Kind::Candles, *Timeframe::fromName("1m")};
    return must(writer.ensureSeries(record));
}

/// Commits until the disk is full, then looks at what is there, makes room and goes on.
/// @return what was wrong; empty where all was well
std::string fillTheDisk(const fs::path& folder, const std::function<void()>& makeRoom)
{
    const auto store = must(openSqliteStore(folder, {}, OpenMode::ReadWrite));
    const auto writer = must(store->openWriter());
    const auto reader = must(store->openReader());
    const SeriesId series = minuteSeries(*writer).id;
    int done = 0;
    std::optional<Error> error;
    while (done < 1000 && !error) {
        const auto committed = writer->commit(somePages(series, done * 4, 4));
        if (committed)
            ++done;
        else
            error = committed.error();
    }
    if (!error || error->code != ErrorCode::StorageFull)
        return "expected storage_full, got " + (error ? error->detail : "nothing");
    if (error->detail.find("no space left") == std::string::npos)
        return "unclear: " + error->detail;
    const auto isWhole = [&](int commits) {
        const auto coverage = must(reader->coverage(series, always));
        return must(reader->candles(series, always)).size() == static_cast<std::size_t>(commits) * 2000 && coverage.size() == 1
            && coverage[0].range.length() == std::chrono::minutes {commits * 2000}
            && must(reader->pages(series, always)).size() == static_cast<std::size_t>(commits) * 4
            && must(reader->query("PRAGMA integrity_check")).rows[0][0] == "ok";
    };
    if (!isWhole(done))
        return "half a commit was left after the disk was full";
    makeRoom();
    if (const auto committed = writer->commit(somePages(series, done * 4, 4)); !committed)
        return "the writer does not go on: " + committed.error().detail;
    return isWhole(done + 1) ? "" : "the commit after the full disk is not whole";
}

} // namespace

class TestSqliteFaults : public QObject {
    Q_OBJECT
private slots:
    void oneWriterAtATime()
    {
        StoreFixture fixture;
        const QByteArray own = QByteArray::number(::getpid());
        const auto second = fixture.store->openWriter();
        QVERIFY(!second);
        QCOMPARE(second.error().code, ErrorCode::StorageLocked);
        QVERIFY2(text(second.error()).contains("process " + own), text(second.error()).constData());
        const fs::path path = fixture.path();
        ChildProcess child([&path](int pipe) {
            const auto store = must(openSqliteStore(path, {}, OpenMode::ReadWrite)); // reading commands always work
            must(must(store->openReader())->series());
            const auto writer = store->openWriter();
            say(pipe, writer ? "has it" : std::string(toText(writer.error().code)) + " " + writer.error().detail);
            return 0;
        });
        const std::string said = child.readAll();
        child.wait();
        QVERIFY2(said.starts_with("storage_locked") && said.find("process " + own.toStdString()) != std::string::npos, said.c_str());
        fixture.writer.reset();
        QVERIFY(fixture.store->openWriter());
    }

    void readingNeedsAFile()
    {
        QTemporaryDir folder;
        const auto store = openSqliteStore(folder.path().toStdString(), {}, OpenMode::ReadOnly);
        QVERIFY(!store);
        QCOMPARE(store.error().code, ErrorCode::NotFound);
        QVERIFY(!fs::exists(folder.path().toStdString() + "/mnemo.db"));
    }

    void readOnlyStoreDoesNotWrite()
    {
        StoreFixture fixture;
        const auto store = must(openSqliteStore(fixture.path(), {}, OpenMode::ReadOnly));
        QVERIFY(store->openReader());
        QCOMPARE(store->openWriter().error().code, ErrorCode::StorageReadOnly);
    }

    void aNewerFileIsRefused()
    {
        StoreFixture fixture;
        const QByteArray newest = QByteArray::number(must(fixture.store->info()).newestVersion);
        fixture.writer.reset();
        QVERIFY(OtherProgram(fixture.path() / "mnemo.db").run("INSERT INTO schema_version VALUES(1000, 0)"));
        for (const OpenMode mode : {OpenMode::ReadOnly, OpenMode::ReadWrite}) {
            const auto store = openSqliteStore(fixture.path(), {}, mode);
            QVERIFY(!store);
            QCOMPARE(store.error().code, ErrorCode::StorageTooNew);
            QCOMPARE(text(store.error()),
                "mnemo.db was written by a newer version (schema 1000, this program knows up to " + newest + "): update mnemo-quant");
        }
    }

    void notOurFile_data()
    {
        QTest::addColumn<int>("content");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("text") << 0 << QByteArray("is not an SQLite database");
        QTest::newRow("short") << 1 << QByteArray("is not an SQLite database");
        QTest::newRow("another program's") << 2 << QByteArray("is a database of another program");
        QTest::newRow("header alone") << 3 << QByteArray("is damaged");
    }
    void notOurFile()
    {
        QFETCH(int, content);
        QFETCH(QByteArray, says);
        QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        if (content == 2) {
            QVERIFY(OtherProgram(path / "mnemo.db").run("CREATE TABLE songs(title)"));
        } else {
            std::ofstream file(path / "mnemo.db", std::ios::binary);
            file << (content == 0 ? std::string(5000, 'x') : content == 1 ? std::string("hi") : std::string("SQLite format 3\0", 16) + std::string(4080, 'x'));
        }
        const auto size = fs::file_size(path / "mnemo.db");
        for (const OpenMode mode : {OpenMode::ReadOnly, OpenMode::ReadWrite}) {
            const auto store = openSqliteStore(path, {}, mode);
            QVERIFY(!store);
            QCOMPARE(store.error().code, ErrorCode::Corrupt);
            QVERIFY2(text(store.error()).contains(says), text(store.error()).constData());
        }
        QCOMPARE(fs::file_size(path / "mnemo.db"), size); // left as it was
    }

    void damagedPagesAreCorrupt()
    {
        StoreFixture fixture;
        const SeriesId series = minuteSeries(*fixture.writer).id;
        must(fixture.writer->commit(somePages(series, 0, 60)));
        const fs::path path = fixture.path();
        fixture.reader.reset();
        fixture.writer.reset(); // the last connection copies the log back
        const auto size = static_cast<std::streamoff>(fs::file_size(path / "mnemo.db"));
        {
            std::fstream file(path / "mnemo.db", std::ios::binary | std::ios::in | std::ios::out);
            file.seekp(size / 2);
            file << std::string(static_cast<std::size_t>(size / 2), '\x5a');
        }
        const auto reader = must(must(openSqliteStore(path, {}, OpenMode::ReadOnly))->openReader());
        const auto rows = reader->candles(series, always);
        QVERIFY(!rows);
        QCOMPARE(rows.error().code, ErrorCode::Corrupt);
    }

    void emptyFileIsMadeAnew()
    {
        QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        std::ofstream(path / "mnemo.db").close();
        const auto reading = openSqliteStore(path, {}, OpenMode::ReadOnly);
        QVERIFY(!reading);
        QVERIFY2(text(reading.error()).contains("older schema"), text(reading.error()).constData());
        QVERIFY(openSqliteStore(path, {}, OpenMode::ReadWrite));
        QVERIFY(openSqliteStore(path, {}, OpenMode::ReadOnly));
    }

    void strangeFolderNames()
    {
        QTemporaryDir folder;
        const fs::path path = fs::path(folder.path().toStdString()) / "a?b#c%20d" / "Bücher";
        must(openSqliteStore(path, {}, OpenMode::ReadWrite));
        QVERIFY(fs::exists(path / "mnemo.db"));
    }

    void theFolderIsAFile()
    {
        QTemporaryDir folder;
        const fs::path path = fs::path(folder.path().toStdString()) / "file";
        std::ofstream(path).close();
        const auto store = openSqliteStore(path / "data", {}, OpenMode::ReadWrite);
        QVERIFY(!store);
        QCOMPARE(store.error().code, ErrorCode::StorageReadOnly);
    }

    void lockedByAnotherProgram()
    {
        StoreFixture fixture;
        const SeriesId series = minuteSeries(*fixture.writer).id;
        OtherProgram other(fixture.path() / "mnemo.db");
        QVERIFY(other.run("BEGIN IMMEDIATE"));
        const auto pages = somePages(series, 0, 1);
        const auto refused = fixture.writer->commit(pages);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::StorageLocked);
        QVERIFY(must(fixture.reader->candles(series, always)).empty());
        QVERIFY(other.run("ROLLBACK"));
        QVERIFY(fixture.writer->commit(pages));
    }

    void fullDisk()
    {
        QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        ChildProcess child([&path](int pipe) {
            if (!mountSmallDisk(path, "size=3m")) {
                say(pipe, "no mount");
                return 0;
            }
            std::ofstream(path / "ballast") << std::string(1 << 20, 'x');
            say(pipe, fillTheDisk(path, [&path] { fs::remove(path / "ballast"); }));
            return 0;
        });
        const std::string said = child.readAll();
        child.wait();
        if (said == "no mount")
            QSKIP("this system does not allow a small disk to be mounted");
        QCOMPARE(QByteArray::fromStdString(said), QByteArray());
    }

    /// What a quota or `ulimit -f` does; needs no rights.
    void fileSizeLimit()
    {
        QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        ChildProcess child([&path](int pipe) {
            ::signal(SIGXFSZ, SIG_IGN);
            rlimit limit {};
            ::getrlimit(RLIMIT_FSIZE, &limit);
            limit.rlim_cur = 2 << 20;
            ::setrlimit(RLIMIT_FSIZE, &limit);
            say(pipe, fillTheDisk(path, [&limit] {
                limit.rlim_cur = limit.rlim_max;
                ::setrlimit(RLIMIT_FSIZE, &limit);
            }));
            return 0;
        });
        const std::string said = child.readAll();
        child.wait();
        QCOMPARE(QByteArray::fromStdString(said), QByteArray());
    }

    void readOnlyFolder_data()
    {
        QTest::addColumn<bool>("hasLog");
        QTest::newRow("closed properly") << false;
        QTest::newRow("with the log of a crash") << true;
    }
    void readOnlyFolder()
    {
        QFETCH(bool, hasLog);
        QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        ChildProcess child([&path, hasLog](int pipe) {
            if (!mountSmallDisk(path, "size=20m")) {
                say(pipe, "no mount");
                return 0;
            }
            ChildProcess writing([&path, hasLog](int) {
                const auto store = must(openSqliteStore(path, {}, OpenMode::ReadWrite));
                auto writer = must(store->openWriter());
                const SeriesId series = minuteSeries(*writer).id;
                must(writer->commit(somePages(series, 0, 2)));
                if (hasLog) {
                    fs::remove(path / "mnemo.db-shm"); // not kept by a copy or a backup
                    ::_exit(0);
                }
                writer.reset();
                return 0;
            });
            writing.wait();
            if (::mount("tmpfs", path.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "size=20m") != 0) {
                say(pipe, "no mount");
                return 0;
            }
            const auto writable = openSqliteStore(path, {}, OpenMode::ReadWrite);
            say(pipe, writable ? "opened for writing;" : std::string(toText(writable.error().code)) + ";");
            const auto store = openSqliteStore(path, {}, OpenMode::ReadOnly);
            if (!store) {
                say(pipe, store.error().detail);
                return 0;
            }
            const auto rows = must(must((*store)->openReader())->candles(1, always));
            say(pipe, std::to_string(rows.size()) + " rows");
            return 0;
        });
        const std::string said = child.readAll();
        child.wait();
        if (said == "no mount")
            QSKIP("this system does not allow a small disk to be mounted");
        if (hasLog)
            QVERIFY2(said.starts_with("storage_read_only;") && said.find("copy both") != std::string::npos, said.c_str());
        else
            QCOMPARE(QByteArray::fromStdString(said), QByteArray("storage_read_only;1000 rows"));
    }
};

QTEST_APPLESS_MAIN(TestSqliteFaults)
#include "tst_sqlitefaults.moc"
