#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <fstream>
#include <random>
#include <thread>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "core/archive/archive.h"
#include "core/archive/segment.h"
#include "core/base/sha256.h"
#include "core/base/timetext.h"

using namespace mnemo;
namespace fs = std::filesystem;

namespace {

const UtcMs day1 = *parseTime("2024-03-01T10:00:00Z");

Manifest manifestOf(UtcMs fetchedAt, const std::string& source = "binance")
{
    Manifest manifest;
    manifest.series = {source, "binance", MarketType::Linear, "BTC/USDT:USDT", Kind::Candles, *Timeframe::fromName("5m")};
    manifest.exchangeSymbol = "BTCUSDT";
    manifest.contractSize = 0.001;
    manifest.range = {fromMs(1'700'000'000'000), fromMs(1'700'000'300'000)};
    manifest.url = "https://example.org/api?symbol=BTC%2FUSDT&limit=1000";
    manifest.status = 200;
    manifest.date = "Fri, 01 Mar 2024 10:00:00 GMT";
    manifest.fetchedAt = fetchedAt;
    manifest.descriptionVersion = 3;
    return manifest;
}

/// Text that compresses about as well as an answer of an exchange.
std::string bodyOf(unsigned seed, std::size_t size)
{
    std::mt19937 random(seed);
    std::string body = "[";
    while (body.size() < size)
        body += "[" + std::to_string(1'700'000'000'000 + random() % 100'000) + ",\"" + std::to_string(random()) + "\"],";
    body.resize(size);
    return body;
}

std::string contents(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void setContents(const fs::path& file, std::string_view bytes)
{
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::vector<fs::path> segmentsIn(const fs::path& folder)
{
    std::vector<fs::path> files;
    if (fs::exists(folder)) {
        for (const auto& entry : fs::recursive_directory_iterator(folder)) {
            if (entry.is_regular_file())
                files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::vector<std::string> bodies(Archive& archive, Result<void>* outcome = nullptr)
{
    std::vector<std::string> all;
    const auto replayed = archive.replay([&](const ArchivedAnswer& answer) {
        all.push_back(answer.body);
        return true;
    });
    if (outcome)
        *outcome = replayed;
    else if (!replayed)
        all.push_back("ERROR " + replayed.error().detail);
    return all;
}

} // namespace

class TestArchive : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_dir;
    fs::path m_data;
    BronzeSettings m_settings;

    std::unique_ptr<Archive> open()
    {
        auto archive = openArchive(m_data, m_settings);
        return archive ? std::move(*archive) : nullptr;
    }
    std::string append(ArchiveWriter& writer, UtcMs at, const std::string& body)
    {
        const auto key = writer.append(manifestOf(at), body);
        if (!key)
            qWarning("%s", key.error().detail.c_str());
        return key.value_or("");
    }
    /// One segment with @p count records; @return its path.
    fs::path makeSegment(int count, std::size_t size = 300)
    {
        const auto writer = open()->openWriter("binance", Kind::Candles);
        for (int i = 0; i < count; ++i)
            append(**writer, day1 + milliseconds {i}, bodyOf(static_cast<unsigned>(i), size));
        return segmentsIn(m_data).front();
    }

private slots:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_data = m_dir->path().toStdString();
        m_settings = {};
    }

    void manifestReadsBack_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("plain") << QByteArray("BTC/USDT:USDT");
        QTest::newRow("empty") << QByteArray("");
        QTest::newRow("quotes and backslash") << QByteArray("a\"b\\c");
        QTest::newRow("control characters") << QByteArray("\0\x01\n\t\x1f\x7f", 6);
        QTest::newRow("two, three, four bytes") << QByteArray("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
        QTest::newRow("last code point") << QByteArray("\xf4\x8f\xbf\xbf");
    }
    void manifestReadsBack()
    {
        QFETCH(QByteArray, text);
        Manifest manifest = manifestOf(day1);
        for (std::string* field : {&manifest.series.source, &manifest.series.exchange, &manifest.series.symbol,
                 &manifest.exchangeSymbol, &manifest.method, &manifest.url, &manifest.requestBody, &manifest.date, &manifest.route})
            *field = text.toStdString();
        manifest.sha256 = sha256Hex("x");
        manifest.contractSize = 1e-300;
        manifest.anchor = milliseconds {-28'800'000};
        const std::string json = toJson(manifest);
        QVERIFY(nlohmann::json::accept(json));
        const auto back = manifestFromJson(json);
        QVERIFY(back);
        QVERIFY(*back == manifest);
    }

    void bytesThatAreNoTextStayJson_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("lone tail") << QByteArray("a\x80z");
        QTest::newRow("cut sequence") << QByteArray("a\xe2\x82");
        QTest::newRow("overlong") << QByteArray("\xc0\xaf\xe0\x80\xaf\xf0\x80\x80\xaf");
        QTest::newRow("surrogate") << QByteArray("\xed\xa0\x80");
        QTest::newRow("beyond Unicode") << QByteArray("\xf4\x90\x80\x80\xff");
    }
    void bytesThatAreNoTextStayJson()
    {
        QFETCH(QByteArray, text);
        Manifest manifest = manifestOf(day1);
        manifest.requestBody = text.toStdString();
        manifest.sha256 = sha256Hex("");
        const auto back = manifestFromJson(toJson(manifest));
        QVERIFY(back);
        QVERIFY(back->requestBody.find("\xef\xbf\xbd") != std::string::npos);
    }

    void brokenManifestIsCorrupt_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("no JSON") << QByteArray("{");
        QTest::newRow("array") << QByteArray("[]");
        QTest::newRow("nothing in it") << QByteArray("{}");
        QTest::newRow("wrong type") << QByteArray(R"({"source":1,"exchange":"a","symbol":"b","sha256":"c","fetched_at":1})");
        QTest::newRow("unknown timeframe") << QByteArray(R"({"source":"x","exchange":"a","symbol":"b","timeframe":"7m","sha256":"c","fetched_at":1})");
    }
    void brokenManifestIsCorrupt()
    {
        QFETCH(QByteArray, json);
        const auto manifest = manifestFromJson(json.toStdString());
        QVERIFY(!manifest);
        QCOMPARE(manifest.error().code, ErrorCode::Corrupt);
    }

    void readsBackWhatWasAppended()
    {
        const auto archive = open();
        const auto writer = archive->openWriter("binance", Kind::Candles);
        QVERIFY(writer);
        QVERIFY(segmentsIn(m_data).empty()); // nothing is made before it is needed
        const std::vector<std::string> sent {bodyOf(1, 170'000), "", "x", std::string(700'000, '\0'), bodyOf(2, 5)};
        std::vector<std::string> keys;
        for (std::size_t i = 0; i < sent.size(); ++i)
            keys.push_back(append(**writer, day1 + milliseconds {i}, sent[i]));
        QCOMPARE(keys[0], std::string("bronze/v1/source=binance/kind=candles/fetched=2024-03-01/seg-0001.zst@0"));
        for (std::size_t i = 0; i < sent.size(); ++i) {
            const auto answer = archive->read(keys[i]);
            QVERIFY(answer);
            QVERIFY(answer->body == sent[i]);
            Manifest expected = manifestOf(day1 + milliseconds {i});
            expected.sha256 = sha256Hex(sent[i]);
            QVERIFY(answer->manifest == expected);
            QCOMPARE(answer->key, keys[i]);
        }
        QVERIFY(bodies(*archive) == sent);
        QCOMPARE(archive->bytes().value(), static_cast<std::int64_t>(fs::file_size(segmentsIn(m_data).front())));
    }

    void aBadKeyIsRefused_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<int>("code");
        const auto row = [](const char* name, const char* key, ErrorCode code) { QTest::newRow(name) << QByteArray(key) << int(code); };
        row("empty", "", ErrorCode::InvalidArgument);
        row("no offset", "bronze/v1/source=binance/kind=candles/fetched=2024-03-01/seg-0001.zst", ErrorCode::InvalidArgument);
        row("offset is no number", "bronze/v1/a/seg-0001.zst@1x", ErrorCode::InvalidArgument);
        row("elsewhere", "/etc/passwd@0", ErrorCode::InvalidArgument);
        row("climbs out", "bronze/v1/../../../etc/passwd@0", ErrorCode::InvalidArgument);
        row("no such segment", "bronze/v1/source=binance/kind=candles/fetched=2024-03-01/seg-0002.zst@0", ErrorCode::NotFound);
        row("within a record", "bronze/v1/source=binance/kind=candles/fetched=2024-03-01/seg-0001.zst@1", ErrorCode::Corrupt);
        row("behind the end", "bronze/v1/source=binance/kind=candles/fetched=2024-03-01/seg-0001.zst@999999", ErrorCode::NotFound);
    }
    void aBadKeyIsRefused()
    {
        QFETCH(QByteArray, key);
        QFETCH(int, code);
        makeSegment(2);
        const auto answer = open()->read(key.toStdString());
        QVERIFY(!answer);
        QCOMPARE(int(answer.error().code), code);
    }

    void oddNamesMakeSafePaths()
    {
        const auto archive = open();
        const std::string source = "a/b:c ../\xc3\xa9%";
        const auto writer = archive->openWriter(source, Kind::Candles);
        Manifest manifest = manifestOf(day1, source);
        const auto key = (*writer)->append(manifest, "body");
        QVERIFY(key);
        QCOMPARE(*key, std::string("bronze/v1/source=a%2Fb%3Ac%20..%2F%C3%A9%25/kind=candles/fetched=2024-03-01/seg-0001.zst@0"));
        QVERIFY(archive->read(*key)->manifest.series == manifest.series);
        QCOMPARE(archive->openWriter("", Kind::Candles).error().code, ErrorCode::InvalidArgument);
    }

    void anotherSourceIsRefused()
    {
        const auto archive = open();
        const auto writer = archive->openWriter("bybit", Kind::Candles);
        QCOMPARE((*writer)->append(manifestOf(day1), "body").error().code, ErrorCode::InvalidArgument);
        Manifest manifest = manifestOf(day1, "bybit");
        manifest.contractSize = std::numeric_limits<double>::quiet_NaN();
        QCOMPARE((*writer)->append(manifest, "body").error().code, ErrorCode::InvalidArgument);
        QVERIFY(segmentsIn(m_data).empty());
    }

    void startsSegmentsBySizeDayAndStart()
    {
        m_settings.segmentMiB = 1;
        const auto archive = open();
        auto writer = archive->openWriter("binance", Kind::Candles);
        for (unsigned i = 0; i < 8; ++i) // about 0.4 MiB each when compressed
            QVERIFY(!append(**writer, day1 + milliseconds {i}, bodyOf(i, 900'000)).empty());
        const auto rolled = segmentsIn(m_data);
        QVERIFY(rolled.size() >= 3);
        for (const auto& file : rolled)
            QVERIFY(fs::file_size(file) <= 1U << 20U);
        QVERIFY(append(**writer, day1 + std::chrono::hours {24}, "next day").find("fetched=2024-03-02/seg-0001.zst@0") != std::string::npos);
        writer = archive->openWriter("binance", Kind::Candles);
        QVERIFY(append(**writer, day1 + std::chrono::hours {24}, "restart").find("fetched=2024-03-02/seg-0002.zst@0") != std::string::npos);
        QCOMPARE(bodies(*archive).size(), std::size_t {10});
        QCOMPARE(bodies(*archive).back(), std::string("restart"));
    }

    void aBodyLargerThanASegmentStillFits()
    {
        m_settings.segmentMiB = 1;
        const auto writer = open()->openWriter("binance", Kind::Candles);
        const std::string large = bodyOf(7, 8'000'000);
        QVERIFY(!append(**writer, day1, large).empty());
        QVERIFY(!append(**writer, day1, "small").empty());
        QCOMPARE(segmentsIn(m_data).size(), std::size_t {2});
        QVERIFY(bodies(*open()) == (std::vector<std::string> {large, "small"}));
    }

    void replayMergesWritersByTime()
    {
        const auto archive = open();
        auto a = archive->openWriter("binance", Kind::Candles);
        auto b = archive->openWriter("binance", Kind::Candles);
        auto c = archive->openWriter("coinalyze", Kind::OpenInterest);
        for (int i = 0; i < 30; ++i) {
            const UtcMs at = day1 + milliseconds {i};
            if (i % 3 == 2) {
                Manifest manifest = manifestOf(at, "coinalyze");
                manifest.series.kind = Kind::OpenInterest;
                QVERIFY((*c)->append(manifest, std::to_string(i)));
            } else {
                QVERIFY(!append(i % 3 ? **a : **b, at, std::to_string(i)).empty());
            }
        }
        const auto all = bodies(*archive);
        QCOMPARE(all.size(), std::size_t {30});
        for (std::size_t i = 0; i < all.size(); ++i)
            QCOMPARE(all[i], std::to_string(i));

        int seen = 0;
        QVERIFY(archive->replayWhere([](const Manifest& manifest) { return manifest.series.kind == Kind::OpenInterest; },
            [&](const ArchivedAnswer& answer) { return answer.manifest.series.source == "coinalyze" && ++seen < 5; }));
        QCOMPARE(seen, 5); // stopped on request
    }

    void writersOfTwoThreadsNeverShareASegment()
    {
        const auto archive = open();
        const auto work = [&](unsigned id) {
            for (int round = 0; round < 10; ++round) {
                const auto writer = archive->openWriter("binance", Kind::Candles);
                for (unsigned i = 0; i < 20; ++i)
                    (*writer)->append(manifestOf(day1), bodyOf(id * 1000 + i, 2000)).value();
            }
        };
        {
            std::jthread first(work, 1U), second(work, 2U);
        }
        QCOMPARE(segmentsIn(m_data).size(), std::size_t {20});
        QCOMPARE(bodies(*archive).size(), std::size_t {400});
    }

    void aTornTailIsSkippedAndCut()
    {
        const fs::path file = makeSegment(3);
        const std::string whole = contents(file);
        const auto writer = open()->openWriter("binance", Kind::Candles);
        std::vector<std::size_t> ends; // of the records
        for (std::size_t at = 0; at < whole.size(); ends.push_back(at))
            at += segment::lookAt(std::string_view(whole).substr(at)).size;
        QCOMPARE(ends.size(), std::size_t {3});
        for (std::size_t size = ends[1]; size < whole.size(); ++size) {
            setContents(file, std::string_view(whole).substr(0, size));
            const auto archive = open();
            Result<void> outcome;
            QCOMPARE(bodies(*archive, &outcome).size(), std::size_t {2});
            QVERIFY2(outcome, ("cut at " + std::to_string(size) + ": " + (outcome ? "" : outcome.error().detail)).c_str());
            QVERIFY(archive->openWriter("binance", Kind::Candles));
            QCOMPARE(fs::file_size(file), ends[1]);
        }
        for (std::size_t size = 0; size < ends[0]; ++size) { // nothing whole in it
            setContents(file, std::string_view(whole).substr(0, size));
            QVERIFY(open()->openWriter("binance", Kind::Candles));
            QVERIFY(!fs::exists(file));
        }
        setContents(file, whole);
        QVERIFY(open()->openWriter("binance", Kind::Candles));
        QCOMPARE(fs::file_size(file), whole.size());
        setContents(file, whole + std::string(5000, '\0')); // a power loss: grown, never written
        QCOMPARE(bodies(*open()).size(), std::size_t {3});
        QVERIFY(open()->openWriter("binance", Kind::Candles));
        QCOMPARE(fs::file_size(file), whole.size());
    }

    void aSegmentBeingWrittenIsNotCut()
    {
        const auto archive = open();
        const auto writer = archive->openWriter("binance", Kind::Candles);
        append(**writer, day1, "one");
        const fs::path file = segmentsIn(m_data).front();
        const std::string whole = contents(file);
        std::ofstream(file, std::ios::binary | std::ios::app).write(whole.data(), 10); // as if in the middle of a write
        QVERIFY(archive->openWriter("binance", Kind::Candles));
        QCOMPARE(fs::file_size(file), whole.size() + 10);
        QCOMPARE(bodies(*archive).size(), std::size_t {1});
    }

    void everyFlippedByteIsFound()
    {
        const fs::path file = makeSegment(3, 120);
        const std::string whole = contents(file);
        const std::size_t second = segment::lookAt(whole).size;
        const std::size_t third = second + segment::lookAt(std::string_view(whole).substr(second)).size;
        const auto before = bodies(*open());
        int meaningless = 0;
        for (std::size_t at = second; at < third; ++at) {
            std::string bytes = whole;
            bytes[at] = static_cast<char>(bytes[at] ^ 0x01);
            setContents(file, bytes);
            Result<void> outcome;
            const auto after = bodies(*open(), &outcome);
            const std::string where = "byte " + std::to_string(at);
            if (outcome) { // zstd has bits that mean nothing
                QVERIFY2(after == before && at > second + 8 + segment::lookAt(std::string_view(whole).substr(second)).manifest.size(), where.c_str());
                ++meaningless;
                continue;
            }
            QCOMPARE(outcome.error().code, ErrorCode::Corrupt);
            const std::string& detail = outcome.error().detail;
            QVERIFY2(detail.starts_with(file.string() + "@"), detail.c_str());
            const std::size_t offset = std::stoul(detail.substr(file.string().size() + 1));
            QVERIFY2(second <= offset && offset < third, detail.c_str());
            QVERIFY2(after == (std::vector<std::string> {before[0], before[2]}), where.c_str()); // its neighbours are read
            QVERIFY(open()->openWriter("binance", Kind::Candles)); // damage is not a tear: nothing may be cut
            QCOMPARE(fs::file_size(file), whole.size());
        }
        QVERIFY(meaningless <= 3);
    }

    void replayGoesOnAfterDamage()
    {
        m_settings.segmentMiB = 1;
        {
            const auto writer = open()->openWriter("binance", Kind::Candles);
            for (unsigned i = 0; i < 12; ++i)
                append(**writer, day1 + milliseconds {i}, bodyOf(i, 900'000));
        }
        const auto files = segmentsIn(m_data);
        QVERIFY(files.size() >= 3);
        std::string bytes = contents(files[1]);
        bytes.replace(0, bytes.size(), bytes.size(), 'x'); // a whole segment lost
        setContents(files[1], bytes);
        Result<void> outcome;
        const auto left = bodies(*open(), &outcome);
        QVERIFY(!outcome);
        QVERIFY(outcome.error().detail.find(files[1].string() + "@0") == 0);
        QVERIFY(left.size() >= 8);
        QVERIFY(left.back() == bodyOf(11, 900'000));
    }

    void frameOfALaterVersionIsSkipped()
    {
        const fs::path file = makeSegment(2);
        const std::string whole = contents(file);
        setContents(file, std::string("\x5f\x2a\x4d\x18\x03\x00\x00\x00xyz", 11) + whole);
        QCOMPARE(bodies(*open()).size(), std::size_t {2});
    }

    void theZstdToolDecodesASegment()
    {
        const fs::path file = makeSegment(5, 3000);
        QProcess zstd;
        zstd.start(QStringLiteral("zstd"), {QStringLiteral("-d"), QStringLiteral("-c"), QString::fromStdString(file.string())});
        if (!zstd.waitForStarted())
            QSKIP("the zstd tool is not installed");
        QVERIFY(zstd.waitForFinished());
        QCOMPARE(zstd.exitCode(), 0);
        std::string expected;
        for (unsigned i = 0; i < 5; ++i)
            expected += bodyOf(i, 3000);
        QVERIFY(zstd.readAllStandardOutput().toStdString() == expected);
    }

    void aFullDiskCutsTheRecordOff()
    {
        const auto archive = open();
        const auto writer = archive->openWriter("binance", Kind::Candles);
        append(**writer, day1, "first");
        const fs::path file = segmentsIn(m_data).front();
        const auto before = fs::file_size(file);
        rlimit old {};
        QCOMPARE(getrlimit(RLIMIT_FSIZE, &old), 0);
        const auto oldHandler = std::signal(SIGXFSZ, SIG_IGN);
        rlimit small = old;
        small.rlim_cur = before + 3000; // the record begins to be written, and does not fit
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &small), 0);
        const auto failed = (*writer)->append(manifestOf(day1), bodyOf(1, 100'000));
        setrlimit(RLIMIT_FSIZE, &old);
        std::signal(SIGXFSZ, oldHandler);
        QVERIFY(!failed);
        QCOMPARE(failed.error().code, ErrorCode::StorageFull);
        QVERIFY(failed.error().detail.find(file.string()) != std::string::npos);
        QCOMPARE(fs::file_size(file), before);
        append(**writer, day1, "second"); // goes on when there is space again
        QVERIFY(bodies(*archive) == (std::vector<std::string> {"first", "second"}));
    }

    void aFolderThatCannotBeWrittenIsSaid()
    {
        if (geteuid() == 0) {
            fs::create_directories(m_data / "bronze" / "v1"); // root may write everywhere, but not into a file
            setContents(m_data / "bronze" / "v1" / "source=binance", "");
        } else {
            chmod(m_data.c_str(), 0500);
        }
        const auto writer = open()->openWriter("binance", Kind::Candles);
        const auto key = (*writer)->append(manifestOf(day1), "body");
        chmod(m_data.c_str(), 0700);
        QVERIFY(!key);
        QVERIFY(key.error().code == ErrorCode::StorageReadOnly || key.error().code == ErrorCode::StorageFailed);
        QVERIFY(key.error().detail.find("binance") != std::string::npos);
    }

    void pruneDeletesWholeSealedDays()
    {
        const auto archive = open();
        const auto held = archive->openWriter("held", Kind::Candles);
        QVERIFY((*held)->append(manifestOf(day1, "held"), "still open"));
        {
            const auto writer = archive->openWriter("binance", Kind::Candles);
            for (int day = 0; day < 5; ++day)
                append(**writer, day1 + std::chrono::hours {24 * day}, std::to_string(day));
        }
        const auto all = archive->bytes().value();
        const auto freed = archive->prune(std::chrono::hours {48}, day1 + std::chrono::hours {96}); // now: day 4; days 0, 1 go
        QVERIFY(freed);
        QVERIFY(*freed > 0);
        QCOMPARE(archive->bytes().value(), all - *freed);
        QVERIFY(bodies(*archive) == (std::vector<std::string> {"still open", "2", "3", "4"}));
        QVERIFY(!fs::exists(m_data / "bronze/v1/source=binance/kind=candles/fetched=2024-03-01"));
        QCOMPARE(archive->prune(std::chrono::hours {48}, day1 + std::chrono::hours {96}).value(), 0);
    }

    void keepIsUnderstood_data()
    {
        QTest::addColumn<QByteArray>("keep");
        QTest::addColumn<qint64>("days"); // -1: no limit, -2: refused, -3: no archive
        QTest::newRow("all") << QByteArray("all") << qint64(-1);
        QTest::newRow("days") << QByteArray("30d") << qint64(30);
        QTest::newRow("off") << QByteArray("off") << qint64(-3);
        QTest::newRow("hours") << QByteArray("30h") << qint64(-2);
        QTest::newRow("empty") << QByteArray("") << qint64(-2);
        QTest::newRow("zero") << QByteArray("0d") << qint64(-2);
    }
    void keepIsUnderstood()
    {
        QFETCH(QByteArray, keep);
        QFETCH(qint64, days);
        m_settings.keep = keep.toStdString();
        const auto archive = openArchive(m_data, m_settings);
        QCOMPARE(archive.has_value(), days != -2);
        if (!archive) {
            QCOMPARE(archive.error().code, ErrorCode::Config);
            return;
        }
        QCOMPARE(*archive == nullptr, days == -3);
        QCOMPARE(keepDuration(m_settings)->value_or(milliseconds {-1}).count(), days > 0 ? days * 86'400'000 : -1);
    }

    void anEmptyArchiveIsNoError()
    {
        QVERIFY(bodies(*open()).empty());
        QCOMPARE(open()->bytes().value(), 0);
        QCOMPARE(open()->prune(milliseconds {1}, day1).value(), 0);
    }
};

QTEST_APPLESS_MAIN(TestArchive)
#include "tst_archive.moc"
