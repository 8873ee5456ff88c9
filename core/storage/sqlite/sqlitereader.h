#pragma once

#include <memory>

#include "core/storage/sqlite/connection.h"
#include "core/storage/sqlite/alertstorage.h"
#include "core/storage/sqlite/runstorage.h"
#include "core/storage/store.h"

namespace mnemo {

class SqliteReader final : public StoreReader {
public:
    explicit SqliteReader(std::unique_ptr<Connection> connection);

    Result<std::vector<SeriesRecord>> series(const SeriesFilter& filter) override;
    Result<std::optional<SeriesRecord>> find(const SeriesKey& key) override;
    Result<SeriesSummary> summary(SeriesId series) override;
    Result<std::vector<CoverageSpan>> coverage(SeriesId series, TimeRange within) override;
    Result<void> eachCandle(
        SeriesId series, TimeRange within, bool clean, const std::function<bool(const Candle&)>& each) override;
    Result<std::vector<UtcMs>> openTimes(SeriesId series, TimeRange within) override;
    Result<std::vector<Aggregate>> aggregates(SeriesId series, AggregateLevel level, TimeRange within) override;
    Result<std::vector<BucketCount>> bucketCounts(SeriesId series, AggregateLevel level, TimeRange within) override;
    Result<SeriesEnds> ends(SeriesId series) override;
    Result<std::vector<PageRecord>> pages(SeriesId series, TimeRange within) override;
    Result<std::vector<Finding>> findings(SeriesId series, TimeRange within) override;
    Result<std::vector<FindingId>> findingIds(const FindingFilter& filter, FindingOrder order) override;
    Result<std::vector<Finding>> findingsById(std::span<const FindingId> ids) override;
    Result<std::vector<FindingCount>> findingCounts(const FindingFilter& filter) override;
    Result<std::vector<FindingDay>> findingDays(TimeRange raised, const FindingFilter& filter) override;
    Result<std::vector<Decision>> decisions(FindingId finding) override;
    Result<std::vector<Decision>> decisionLog(const FindingFilter& filter, std::size_t most) override;
    Result<void> eachMetric(
        SeriesId series, TimeRange within, bool clean, const std::function<bool(const Metric&)>& each) override;
    Result<std::vector<PipelineRecord>> pipelines() override { return readPipelines(*m_connection); }
    Result<std::vector<RunRecord>> runs(const RunFilter& filter) override { return readRuns(*m_connection, filter); }
    Result<std::vector<TaskRecord>> tasks(RunId run) override { return readTasks(*m_connection, run); }
    Result<RunId> newestRun() override { return mnemo::newestRun(*m_connection); }
    Result<std::vector<Alert>> alerts(const AlertFilter& filter) override { return readAlerts(*m_connection, filter); }
    Result<std::vector<AlertEvent>> alertEvents(const AlertFilter& filter) override { return readAlertEvents(*m_connection, filter); }
    Result<std::vector<AlertDelivery>> alertDeliveries(std::int64_t limit) override { return readAlertDeliveries(*m_connection, limit); }
    Result<std::vector<Silence>> silences() override { return readSilences(*m_connection); }
    Result<QueryTable> query(std::string_view sql) override;
    void interrupt() override;

    /// As the venue's list was last saved; by market and symbol.
    Result<std::vector<Instrument>> instruments(std::string_view source);
    Connection& connection() { return *m_connection; }

private:
    Result<SeriesSummary> metricSummary(SeriesId series);

    std::unique_ptr<Connection> m_connection;
};

} // namespace mnemo
