#include "ui/coverage/enginecoveragesource.h"

#include "ui/coverage/coveragework.h"

namespace mnemo {

namespace {

/// Hands a result that is ready to the UI thread.
template <class T>
EngineBridge::Deliver deliver(const CoverageSource::Answer<T>& answer, Result<T> result)
{
    return [answer, result = std::make_shared<Result<T>>(std::move(result))] { answer(std::move(*result)); };
}

} // namespace

EngineCoverageSource::EngineCoverageSource(EngineBridge& bridge, const QString& settingsFolder)
    : m_bridge(bridge)
    , m_settingsFolder(settingsFolder.toStdString())
{
}

void EngineCoverageSource::read(
    QObject* context, BucketUnit unit, std::shared_ptr<const Heatmap> before, HeatmapAnswer answer)
{
    using Answered = Result<std::shared_ptr<const Heatmap>>;
    m_bridge.run(EngineBridge::Channel::Lists, context,
        [&engine = m_bridge.engine(), unit, before = std::move(before), answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token&) {
            if (const auto refreshed = engine.coverage().refresh(); !refreshed)
                return deliver(answer, Answered(fail(refreshed.error())));
            return deliver(answer, Answered(makeHeatmap(engine.coverage().snapshot(), unit, before.get(),
                    engine.settings()->settings.annotations)));
        });
}

void EngineCoverageSource::readReport(
    QObject* context, const SeriesRecord& series, TimeRange range, Answer<GapReport> answer)
{
    m_bridge.run(EngineBridge::Channel::Chart, context,
        [&engine = m_bridge.engine(), series, range, answer = std::move(answer)](const Result<StoreReader*>&,
            const std::stop_token&) { return deliver(answer, reportOf(engine, series, range)); });
}

void EngineCoverageSource::readGaps(
    QObject* context, const SeriesRecord& series, TimeRange range, Answer<std::vector<Gap>> answer)
{
    m_bridge.run(EngineBridge::Channel::Chart, context,
        [&engine = m_bridge.engine(), series, range, answer = std::move(answer)](const Result<StoreReader*>&,
            const std::stop_token&) { return deliver(answer, engine.gaps(series, range)); });
}

void EngineCoverageSource::readDisagreement(QObject* context, const SeriesPair& pair, std::vector<UtcMs> bounds,
    Answer<std::vector<DisagreementCell>> answer)
{
    m_bridge.run(EngineBridge::Channel::Lists, context,
        [&engine = m_bridge.engine(), pair, bounds = std::move(bounds), answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token& stop) {
            return deliver(answer, disagreementOf(engine, pair, bounds, stop));
        });
}

void EngineCoverageSource::plan(
    QObject* context, const CoverageSelection& selection, RepairKind kind, Answer<RepairPlan> answer)
{
    m_bridge.run(EngineBridge::Channel::Commands, context,
        [&engine = m_bridge.engine(), selection, kind, answer = std::move(answer)](const Result<StoreReader*>&,
            const std::stop_token& stop) { return deliver(answer, planOf(engine, selection, kind, stop)); });
}

void EngineCoverageSource::repair(
    QObject* context, RepairPlan plan, std::function<void(const RepairStart&)> answer)
{
    m_bridge.run(EngineBridge::Channel::Commands, context,
        [&engine = m_bridge.engine(), plan = std::move(plan), answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token& stop) -> EngineBridge::Deliver {
            RepairStart begun;
            for (const RepairPlan::Line& line : plan.lines) {
                if (stop.stop_requested())
                    break;
                const auto id = start(engine, line, plan.kind);
                if (!id)
                    begun.errors.push_back(id.error());
                else if (const auto job = engine.job(*id))
                    begun.jobs.push_back(*job);
            }
            return [answer, begun = std::move(begun)] { answer(begun); };
        });
}

void EngineCoverageSource::details(
    QObject* context, JobId job, std::function<void(const std::optional<JobDetails>&)> answer)
{
    m_bridge.run(EngineBridge::Channel::Commands, context,
        [&engine = m_bridge.engine(), job, answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            return [answer, details = engine.details(job)] { answer(details); };
        });
}

void EngineCoverageSource::proof(
    QObject* context, JobId job, std::function<void(const std::optional<RepairProof>&)> answer)
{
    m_bridge.run(EngineBridge::Channel::Commands, context,
        [&engine = m_bridge.engine(), job, answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            return [answer, proof = engine.proof(job)] { answer(proof); };
        });
}

bool EngineCoverageSource::isOwn(const Remark& remark) const
{
    const std::filesystem::path file = std::visit([](const auto& entry) { return entry.file; }, remark);
    return !m_settingsFolder.empty() && file.parent_path() == m_settingsFolder;
}

void EngineCoverageSource::change(QObject* context, std::vector<Remark> remarks, RemarkChange change,
    std::function<void(const RemarksChanged&)> answer)
{
    m_bridge.run(EngineBridge::Channel::Commands, context,
        [&engine = m_bridge.engine(), remarks = std::move(remarks), change, answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            RemarksChanged outcome;
            for (const Remark& remark : remarks) {
                auto done = changed(engine, remark, change);
                if (done)
                    outcome.done.push_back(std::move(*done));
                else
                    outcome.errors.push_back(std::move(done.error()));
            }
            return [answer, outcome = std::move(outcome)] { answer(outcome); };
        });
}

void EngineCoverageSource::exportCandles(
    QObject* context, const CoverageSelection& selection, const QString& path, Answer<std::int64_t> answer)
{
    m_bridge.run(EngineBridge::Channel::Chart, context,
        [selection, path = std::filesystem::path(path.toStdString()), answer = std::move(answer)](
            const Result<StoreReader*>& reader, const std::stop_token& stop) {
            return deliver(answer,
                reader ? writeAllCandles(**reader, selection, path, stop) : Result<std::int64_t>(fail(reader.error())));
        });
}

void EngineCoverageSource::exportCells(QObject* context, std::shared_ptr<const CoverageSnapshot> coverage,
    const CoverageSelection& selection, std::vector<UtcMs> bounds, const QString& file, Answer<std::int64_t> answer)
{
    m_bridge.run(EngineBridge::Channel::Commands, context,
        [coverage = std::move(coverage), selection, bounds = std::move(bounds), file, answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token& stop) {
            return deliver(answer, writeCells(*coverage, selection, bounds, file, stop));
        });
}

} // namespace mnemo
