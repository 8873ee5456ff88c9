#include "childprocess.h"
#include "storefixture.h"

#include <random>
#include <sstream>
#include <thread>

using namespace mnemo;

namespace {

constexpr int pageRows = 120;
const char* const start = "2024-01-01";

SeriesRecord makeSeries(StoreWriter& writer, const char* symbol)
{
    SeriesRecord record;
    record.key = {"binance", "binance", MarketType::Spot, symbol, Kind::Candles, *Timeframe::fromName("1m")};
    record.exchangeSymbol = symbol;
    return must(writer.ensureSeries(record));
}

PageCommit pageNumber(SeriesId series, int number)
{
    PageCommit page;
    page.series = series;
    page.rows = bars(at(start) + std::chrono::minutes {number * pageRows}, pageRows);
    page.range = {page.rows.front().openTime, page.rows.back().openTime + std::chrono::minutes {1}};
    page.fetchedAt = at("2024-06-01");
    page.archiveKey = std::to_string(number);
    page.coverage = {{page.range, CoverageState::Answered, 1, page.fetchedAt}};
    return page;
}

/// Commits pages of two series, from @p first on, and says the number of each after its commit.
int commitForever(const std::filesystem::path& folder, int first, int pipe)
{
    const auto store = must(openSqliteStore(folder, {}, OpenMode::ReadWrite));
    const auto writer = must(store->openWriter());
    const SeriesId one = makeSeries(*writer, "BTC/USDT").id;
    const SeriesId two = makeSeries(*writer, "ETH/USDT").id;
    for (int i = first;; ++i) {
        const std::vector pages {pageNumber(one, i), pageNumber(two, i)};
        must(writer->commit(pages));
        say(pipe, std::to_string(i) + "\n");
    }
}

int lastNumber(const std::string& text, int otherwise)
{
    // the last line may be cut off
    const auto end = text.rfind('\n');
    if (end == std::string::npos)
        return otherwise;
    const auto begin = end == 0 ? std::string::npos : text.rfind('\n', end - 1);
    return std::stoi(text.substr(begin == std::string::npos ? 0 : begin + 1, end));
}

} // namespace

class TestSqliteCrash : public QObject {
    Q_OBJECT
private slots:
    void killedAtAnyMoment()
    {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        std::mt19937 random(std::random_device {}());
        int reported = -1;
        int stored = -1;
        for (int round = 0; round < 20; ++round) {
            ChildProcess child([&](int pipe) { return commitForever(path, stored + 1, pipe); });
            std::string said;
            // the first rounds die while the file is made
            if (round >= 3)
                said = child.readSome(100);
            std::this_thread::sleep_for(milliseconds {random() % 60});
            child.kill();
            said += child.readAll();
            reported = lastNumber(said, reported);

            const auto store = must(openSqliteStore(path, {}, OpenMode::ReadWrite));
            const auto writer = must(store->openWriter()); // the lock went with the process
            const auto reader = must(store->openReader());
            QCOMPARE(must(reader->query("PRAGMA integrity_check")).rows.at(0).at(0).value_or(""), std::string("ok"));
            for (const SeriesRecord& series : must(reader->series())) {
                const auto rows = must(reader->candles(series.id, always));
                QCOMPARE(rows.size() % pageRows, 0U);
                const int pages = static_cast<int>(rows.size()) / pageRows;
                stored = pages - 1;
                QVERIFY(stored >= reported);
                QVERIFY(rows.empty() || rows.back().openTime == at(start) + std::chrono::minutes {pages * pageRows - 1});
                const auto coverage = must(reader->coverage(series.id, always));
                QCOMPARE(coverage.size(), pages > 0 ? 1U : 0U);
                if (pages > 0)
                    QVERIFY(coverage[0].range == (TimeRange {at(start), at(start) + std::chrono::minutes {pages * pageRows}}));
                const auto recorded = must(reader->pages(series.id, always));
                QCOMPARE(recorded.size(), static_cast<std::size_t>(pages));
                QCOMPARE(must(reader->summary(series.id)).rows, static_cast<std::int64_t>(rows.size()));
            }
        }
        QVERIFY(reported > 0);
        const auto store = must(openSqliteStore(path, {}, OpenMode::ReadWrite));
        const auto reader = must(store->openReader());
        const auto count = [&] { return must(reader->query("SELECT count(*), sum(volume), sum(rows) FROM aggregates")).rows; };
        const auto before = count();
        must(must(store->openWriter())->rebuildAggregates({}));
        QVERIFY(count() == before);
    }
};

QTEST_APPLESS_MAIN(TestSqliteCrash)
#include "tst_sqlitecrash.moc"
