#pragma once

#include <filesystem>
#include <stop_token>

#include "core/engine/engine.h"
#include "ui/coverage/coveragesource.h"

namespace mnemo {

// What the coverage screen has done on other threads than its own. All of it waits for the store or the disk.

/// Errors: those of the store.
Result<GapReport> reportOf(Engine& engine, const SeriesRecord& series, TimeRange range);

/// How far two stored series agree in each of @p bounds; where neither has bars, that is what the cells say. Errors: those
/// of the store; Cancelled.
Result<std::vector<DisagreementCell>> disagreementOf(
    Engine& engine, const SeriesPair& pair, const std::vector<UtcMs>& bounds, const std::stop_token& stop);

/// What a repair would ask for, as things are now. Errors: those of the store; Cancelled.
Result<RepairPlan> planOf(
    Engine& engine, const CoverageSelection& selection, RepairKind kind, const std::stop_token& stop);
/// Fill goes by what is not answered, as every backfill does; a verification asks whatever is known.
Result<JobId> start(Engine& engine, const RepairPlan::Line& line, RepairKind kind);

/// @return the entry as it stands, or stood. Errors: as Engine::annotate() and its likes.
Result<Remark> changed(Engine& engine, Remark remark, RemarkChange change);

/// As CoverageSource::exportCells(). Errors: StorageFailed, Cancelled.
Result<std::int64_t> writeCells(const CoverageSnapshot& coverage, const CoverageSelection& selection,
    const std::vector<UtcMs>& bounds, const QString& file, const std::stop_token& stop);
/// As CoverageSource::exportCandles(). Errors: those of the store and of CandleWriter; Cancelled.
Result<std::int64_t> writeAllCandles(StoreReader& reader, const CoverageSelection& selection,
    const std::filesystem::path& path, const std::stop_token& stop);

} // namespace mnemo
