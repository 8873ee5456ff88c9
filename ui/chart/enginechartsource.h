#pragma once

#include "ui/bridge/enginebridge.h"
#include "ui/chart/chartsource.h"

namespace mnemo {

/// What charts ask for, read by the bridge's threads. The bridge outlives it.
class EngineChartSource final : public ChartSource {
public:
    explicit EngineChartSource(EngineBridge& bridge);
    bool canBackfill() const override { return !m_bridge.isReadOnly(); }
    std::shared_ptr<void> follow(const SeriesKey& series) override { return m_bridge.engine().follow(series); }
    void readTile(QObject* context, const TileCache::Request& request, Answer<ChartTile> answer) override;
    void findGap(QObject* context, const SeriesRecord& series, TimeRange extent, GapQuery query,
        Answer<std::optional<Gap>> answer) override;
    void findFindings(QObject* context, const SeriesRecord& series, FindingQuery query,
        Answer<std::vector<Finding>> answer) override;
    void readMetrics(
        QObject* context, const MetricRequest& request, Answer<std::vector<MetricLine>> answer) override;
    CompareLimits limits(const ComparedPair& pair) const override;
    void readDifferences(QObject* context, const ComparedPair& pair, const TileCache::Request& request,
        Answer<ChartTile> answer) override;
    void examine(QObject* context, const ComparedPair& pair, TimeRange range, Answer<PairReport> answer) override;
    void findBreach(QObject* context, const ComparedPair& pair, TimeRange extent, UtcMs from, bool isLater,
        Answer<std::optional<BarDifference>> answer) override;
    void exportDifferences(QObject* context, const ComparedPair& pair, TimeRange range, const QString& file,
        Answer<std::int64_t> answer) override;
    void exportCsv(QObject* context, const SeriesRecord& series, TimeRange range, const QString& file,
        Answer<std::int64_t> answer) override;

private:
    EngineBridge& m_bridge;
};

} // namespace mnemo
