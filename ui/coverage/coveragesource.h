#pragma once

#include <QObject>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/engine/events.h"
#include "ui/coverage/gapreport.h"
#include "ui/coverage/heatmap.h"

namespace mnemo {

/// Fill: what is missing alone. Verify: ranges again, whatever is known about them.
enum class RepairKind { Fill, Verify };

/// What became of a repair of one or many series: a job for each.
struct RepairStart {
    std::vector<JobSnapshot> jobs; ///< as they were at the start
    std::vector<Error> errors; ///< of series that could not be started
};

/// Where the coverage screen gets what it shows. UI thread only; every call returns at once, and the answer comes later
/// on the UI thread, or never where @p context is gone by then.
class CoverageSource {
public:
    template <class T>
    using Answer = std::function<void(Result<T>)>;
    using HeatmapAnswer = Answer<std::shared_ptr<const Heatmap>>;

    virtual ~CoverageSource() = default;
    virtual bool canRepair() const = 0; ///< false where this window only reads
    virtual bool canVerify() const = 0; ///< ask again about what was answered
    /// @param before the newest one, may be null: what has not changed is taken from it
    virtual void read(
        QObject* context, BucketUnit unit, std::shared_ptr<const Heatmap> before, HeatmapAnswer answer) = 0;
    virtual void readReport(
        QObject* context, const SeriesRecord& series, TimeRange range, Answer<GapReport> answer) = 0;
    /// All gaps of a day or so, ascending.
    virtual void readGaps(
        QObject* context, const SeriesRecord& series, TimeRange range, Answer<std::vector<Gap>> answer) = 0;
    /// @param ranges within the selection, of each of its series
    virtual void repair(QObject* context, const CoverageSelection& selection, std::vector<TimeRange> ranges,
        RepairKind kind, std::function<void(const RepairStart&)> answer) = 0;
    virtual void details(QObject* context, JobId job, std::function<void(const std::optional<JobDetails>&)> answer) = 0;
    /// What is counted in each of @p bounds, as CSV; answers how many lines. Replaces the file when all are written.
    virtual void exportCsv(QObject* context, std::shared_ptr<const CoverageSnapshot> coverage,
        const CoverageSelection& selection, std::vector<UtcMs> bounds, const QString& file,
        Answer<std::int64_t> answer) = 0;
};

} // namespace mnemo
