#pragma once

#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <string>
#include <vector>

#include "core/base/timetext.h"
#include "core/storage/sqlite/sqlitestore.h"

namespace mnemo {

/// A result that must be there; the test's failure shows why it is not.
template<class T>
T must(Result<T> result)
{
    if (!result)
        qFatal("%s", result.error().detail.c_str());
    if constexpr (!std::is_void_v<T>)
        return std::move(*result);
}

inline UtcMs at(const char* text)
{
    return *parseTime(text);
}

inline const TimeRange always {UtcMs::min(), UtcMs::max()};

/// Bars of @p frame from @p start; values depend on the bar's number and on @p salt.
inline std::vector<Candle> bars(UtcMs start, int count, const char* frame = "1m", double salt = 0)
{
    const Grid grid(*Timeframe::fromName(frame));
    std::vector<Candle> rows;
    for (int i = 0; i < count; ++i) {
        const UtcMs open = grid.advance(start, i);
        const double price = 100.0 + static_cast<double>((toMs(open) / 60'000) % 97) * 0.37 + salt;
        rows.push_back({open, price, price + 1.5, price - 1.25, price + 0.125, 10.1 + 0.3 * i, 1000.5 + i, 7 + i, 0});
    }
    return rows;
}

/// A store in a folder of its own, with its writer and a reader.
class StoreFixture {
public:
    StoreFixture()
        : store(must(openSqliteStore(path(), {}, OpenMode::ReadWrite)))
        , writer(must(store->openWriter()))
        , reader(must(store->openReader()))
    {
    }
    std::filesystem::path path() const { return folder.path().toStdString(); }

    SeriesRecord series(const char* frame = "1m", const char* symbol = "BTC/USDT")
    {
        SeriesRecord record;
        record.key = {"binance", "binance", MarketType::Spot, symbol, Kind::Candles, *Timeframe::fromName(frame)};
        record.exchangeSymbol = "BTCUSDT";
        record.anchor = Grid::defaultAnchor(record.key.timeframe);
        return must(writer->ensureSeries(record));
    }

    /// A page that answers about exactly its rows.
    static PageCommit page(const SeriesRecord& series, std::vector<Candle> rows, UtcMs fetchedAt)
    {
        PageCommit page;
        page.series = series.id;
        page.fetchedAt = fetchedAt;
        page.status = 200;
        page.archiveKey = "seg-0001.zst@17";
        page.sha256 = "ab12";
        page.descriptionVersion = 3;
        if (!rows.empty()) {
            page.range = {rows.front().openTime, series.grid().next(rows.back().openTime)};
            page.coverage = {{page.range, CoverageState::Answered, 1, fetchedAt}};
        }
        page.rows = std::move(rows);
        return page;
    }

    CommitOutcome commit(const SeriesRecord& series, std::vector<Candle> rows, UtcMs fetchedAt)
    {
        const PageCommit one = page(series, std::move(rows), fetchedAt);
        return must(writer->commit({&one, 1}));
    }

    QTemporaryDir folder;
    std::unique_ptr<Store> store;
    std::unique_ptr<StoreWriter> writer;
    std::unique_ptr<StoreReader> reader;
};

} // namespace mnemo
