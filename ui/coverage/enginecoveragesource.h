#pragma once

#include "ui/bridge/enginebridge.h"
#include "ui/coverage/coveragesource.h"

namespace mnemo {

/// What the coverage screen asks for, answered by the bridge's threads. The bridge outlives it.
class EngineCoverageSource final : public CoverageSource {
public:
    explicit EngineCoverageSource(EngineBridge& bridge);
    bool canRepair() const override { return !m_bridge.isReadOnly(); }
    bool canVerify() const override { return false; }
    void read(QObject* context, BucketUnit unit, std::shared_ptr<const Heatmap> before, HeatmapAnswer answer) override;
    void readReport(QObject* context, const SeriesRecord& series, TimeRange range, Answer<GapReport> answer) override;
    void readGaps(
        QObject* context, const SeriesRecord& series, TimeRange range, Answer<std::vector<Gap>> answer) override;
    void repair(QObject* context, const CoverageSelection& selection, std::vector<TimeRange> ranges, RepairKind kind,
        std::function<void(const RepairStart&)> answer) override;
    void details(QObject* context, JobId job, std::function<void(const std::optional<JobDetails>&)> answer) override;
    void exportCsv(QObject* context, std::shared_ptr<const CoverageSnapshot> coverage,
        const CoverageSelection& selection, std::vector<UtcMs> bounds, const QString& file,
        Answer<std::int64_t> answer) override;

private:
    EngineBridge& m_bridge;
};

} // namespace mnemo
