#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <thread>

#include "core/storage/store.h"

namespace mnemo {

/// A store in memory for tests: series, summaries and coverage as put in; reads can be made slow.
class FakeStore final : public Store {
public:
    std::vector<SeriesRecord> records;
    std::map<SeriesId, SeriesSummary> summaries;
    std::map<SeriesId, std::vector<CoverageSpan>> spans;
    std::atomic<int> summaryReads {0};
    std::atomic<bool> isSlow {false}; ///< queries wait until interrupted
    bool isBroken = false;

    Result<std::unique_ptr<StoreReader>> openReader() override
    {
        if (isBroken)
            return fail(ErrorCode::StorageFailed, "cannot open");
        return std::make_unique<Reader>(*this);
    }
    Result<std::unique_ptr<StoreWriter>> openWriter() override { return fail(ErrorCode::StorageReadOnly, "fake"); }
    Result<StoreInfo> info() override { return StoreInfo {}; }
    Result<std::vector<Instrument>> instruments(std::string_view) override { return std::vector<Instrument> {}; }

private:
    class Reader final : public StoreReader {
    public:
        explicit Reader(FakeStore& store)
            : m_store(store)
        {
        }
        Result<std::vector<SeriesRecord>> series(const SeriesFilter&) override { return m_store.records; }
        Result<std::optional<SeriesRecord>> find(const SeriesKey&) override { return std::nullopt; }
        Result<SeriesSummary> summary(SeriesId id) override
        {
            ++m_store.summaryReads;
            return m_store.summaries[id];
        }
        Result<std::vector<CoverageSpan>> coverage(SeriesId id, TimeRange) override { return m_store.spans[id]; }
        Result<void> eachCandle(SeriesId, TimeRange, bool, const std::function<bool(const Candle&)>&) override
        {
            return {};
        }
        Result<std::vector<UtcMs>> openTimes(SeriesId, TimeRange) override { return std::vector<UtcMs> {}; }
        Result<std::vector<Aggregate>> aggregates(SeriesId, AggregateLevel, TimeRange) override
        {
            return std::vector<Aggregate> {};
        }
        Result<std::vector<PageRecord>> pages(SeriesId, TimeRange) override { return std::vector<PageRecord> {}; }
        Result<std::vector<Finding>> findings(SeriesId, TimeRange) override { return std::vector<Finding> {}; }
        Result<std::vector<FindingId>> findingIds(const FindingFilter&, FindingOrder) override { return std::vector<FindingId> {}; }
        Result<std::vector<Finding>> findingsById(std::span<const FindingId>) override { return std::vector<Finding> {}; }
        Result<std::vector<FindingCount>> findingCounts(const FindingFilter&) override { return std::vector<FindingCount> {}; }
        Result<std::vector<FindingDay>> findingDays(TimeRange, const FindingFilter&) override { return std::vector<FindingDay> {}; }
        Result<std::vector<Decision>> decisionLog(const FindingFilter&, std::size_t) override { return std::vector<Decision> {}; }
        Result<std::vector<Decision>> decisions(FindingId) override { return std::vector<Decision> {}; }
        Result<void> eachMetric(SeriesId, TimeRange, bool, const std::function<bool(const Metric&)>&) override
        {
            return {};
        }
        Result<QueryTable> query(std::string_view) override
        {
            while (m_store.isSlow && !m_isInterrupted)
                std::this_thread::sleep_for(std::chrono::milliseconds {1});
            if (m_isInterrupted)
                return fail(ErrorCode::Cancelled, "interrupted");
            return QueryTable {};
        }
        void interrupt() override { m_isInterrupted = true; }

    private:
        FakeStore& m_store;
        std::atomic<bool> m_isInterrupted {false};
    };
};

} // namespace mnemo
