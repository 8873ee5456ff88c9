#pragma once

#include <QObject>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/engine/events.h"
#include "core/engine/repair.h"
#include "ui/coverage/gapreport.h"
#include "ui/coverage/heatmap.h"
#include "ui/coverage/remark.h"
#include "ui/coverage/repairplan.h"

namespace mnemo {

/// What became of a repair of one or many series: a job for each.
struct RepairStart {
    std::vector<JobSnapshot> jobs; ///< as they were at the start
    std::vector<Error> errors; ///< of series that could not be started
};

enum class RemarkChange { Add, Remove };
/// What became of it.
struct RemarksChanged {
    std::vector<Remark> done; ///< with their ids
    std::vector<Error> errors; ///< of those that are not done
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
    /// @param before the newest one, may be null: what has not changed is taken from it
    virtual void read(
        QObject* context, BucketUnit unit, std::shared_ptr<const Heatmap> before, HeatmapAnswer answer) = 0;
    virtual void readReport(
        QObject* context, const SeriesRecord& series, TimeRange range, Answer<GapReport> answer) = 0;
    /// All gaps of a day or so, ascending.
    virtual void readGaps(
        QObject* context, const SeriesRecord& series, TimeRange range, Answer<std::vector<Gap>> answer) = 0;
    /// How far two venues agree in each of @p bounds.
    virtual void readDisagreement(QObject* context, const SeriesPair& pair, std::vector<UtcMs> bounds,
        Answer<std::vector<DisagreementCell>> answer) = 0;
    virtual void plan(
        QObject* context, const CoverageSelection& selection, RepairKind kind, Answer<RepairPlan> answer) = 0;
    virtual void repair(QObject* context, RepairPlan plan, std::function<void(const RepairStart&)> answer) = 0;
    virtual void details(QObject* context, JobId job, std::function<void(const std::optional<JobDetails>&)> answer) = 0;
    /// Of a verification that is over: what was there before and after. Nothing for other jobs.
    virtual void proof(QObject* context, JobId job, std::function<void(const std::optional<RepairProof>&)> answer) = 0;
    /// Whether an entry stands in the user's own file, and can be taken out again.
    virtual bool isOwn(const Remark& remark) const = 0;
    /// Puts entries into the user's files, or takes them out again.
    virtual void change(QObject* context, std::vector<Remark> remarks, RemarkChange change,
        std::function<void(const RemarksChanged&)> answer) = 0;
    /// What is counted in each of @p bounds, as CSV; answers how many lines. Replaces the file when all are written.
    virtual void exportCells(QObject* context, std::shared_ptr<const CoverageSnapshot> coverage,
        const CoverageSelection& selection, std::vector<UtcMs> bounds, const QString& file,
        Answer<std::int64_t> answer) = 0;
    /// The stored bars of the selection, as CSV; answers how many. @param path a file where one series is chosen, else a
    /// folder, in which each series gets its file.
    virtual void exportCandles(
        QObject* context, const CoverageSelection& selection, const QString& path, Answer<std::int64_t> answer) = 0;
};

} // namespace mnemo
