#pragma once

#include <filesystem>

#include "ui/bridge/enginebridge.h"
#include "ui/coverage/coveragesource.h"

namespace mnemo {

/// What the coverage screen asks for, answered by the bridge's threads. The bridge outlives it.
class EngineCoverageSource final : public CoverageSource {
public:
    /// @param settingsFolder of the user: remarks are kept there; may be empty
    EngineCoverageSource(EngineBridge& bridge, const QString& settingsFolder);
    bool canRepair() const override { return !m_bridge.isReadOnly(); }
    void read(QObject* context, BucketUnit unit, std::shared_ptr<const Heatmap> before, HeatmapAnswer answer) override;
    void readReport(QObject* context, const SeriesRecord& series, TimeRange range, Answer<GapReport> answer) override;
    void readGaps(
        QObject* context, const SeriesRecord& series, TimeRange range, Answer<std::vector<Gap>> answer) override;
    void readDisagreement(QObject* context, const SeriesPair& pair, std::vector<UtcMs> bounds,
        Answer<std::vector<DisagreementCell>> answer) override;
    void plan(
        QObject* context, const CoverageSelection& selection, RepairKind kind, Answer<RepairPlan> answer) override;
    void repair(QObject* context, RepairPlan plan, std::function<void(const RepairStart&)> answer) override;
    void details(QObject* context, JobId job, std::function<void(const std::optional<JobDetails>&)> answer) override;
    void proof(QObject* context, JobId job, std::function<void(const std::optional<RepairProof>&)> answer) override;
    bool isOwn(const Remark& remark) const override;
    void change(QObject* context, std::vector<Remark> remarks, RemarkChange change,
        std::function<void(const RemarksChanged&)> answer) override;
    void exportCells(QObject* context, std::shared_ptr<const CoverageSnapshot> coverage,
        const CoverageSelection& selection, std::vector<UtcMs> bounds, const QString& file,
        Answer<std::int64_t> answer) override;
    void exportCandles(QObject* context, const CoverageSelection& selection, const QString& path,
        Answer<std::int64_t> answer) override;

private:
    EngineBridge& m_bridge;
    const std::filesystem::path m_settingsFolder;
};

} // namespace mnemo
