#include "ui/coverage/enginecoveragesource.h"

#include <QSaveFile>
#include <algorithm>

#include "ui/widgets/textformat.h"

namespace mnemo {

namespace {

/// Hands a result that is ready to the UI thread.
template <class T>
EngineBridge::Deliver deliver(const CoverageSource::Answer<T>& answer, Result<T> result)
{
    return [answer, result = std::make_shared<Result<T>>(std::move(result))] { answer(std::move(*result)); };
}

constexpr std::size_t mostExplained = 20; ///< gaps of one report

Result<GapReport> reportOf(Engine& engine, const SeriesRecord& series, TimeRange range)
{
    GapReport report;
    report.series = series;
    report.range = range;
    const Grid grid = series.grid();
    // What has not closed yet is not absent.
    const TimeRange closed {range.from, std::min(range.to, grid.floor(SystemClock().now()))};
    report.bars = closed.isEmpty() ? 0 : grid.count(closed);
    if (report.bars == 0)
        return report;
    auto gaps = engine.gaps(series, closed);
    if (!gaps)
        return fail(gaps.error());
    report.gaps = std::move(*gaps);
    sortByWeight(report.gaps);
    const auto explained = std::span(report.gaps).first(std::min(report.gaps.size(), mostExplained));
    auto evidence = engine.evidence(series, explained);
    if (!evidence)
        return fail(evidence.error());
    report.evidence = std::move(*evidence);
    return report;
}

BackfillRequest requestFor(const SeriesRecord& series, TimeRange range)
{
    BackfillRequest request;
    request.exchange = series.key.exchange;
    request.source = series.key.source;
    request.market = series.key.market;
    request.symbol = series.key.symbol;
    request.kind = series.key.kind;
    request.timeframe = series.key.timeframe;
    request.exchangeSymbol = series.exchangeSymbol;
    request.range = range;
    return request;
}

/// One line of the export.
QByteArray lineOf(const CoverageRow& row, TimeRange bucket, const CoverageCell& cell)
{
    const SeriesKey& key = row.series.key;
    const auto number = [](auto count) { return QByteArray::number(qlonglong {count}); };
    QByteArrayList fields;
    for (const std::string_view text : {std::string_view(key.exchange), std::string_view(key.source),
             toText(key.market), std::string_view(key.symbol), toText(key.kind), key.timeframe.name()})
        fields << QByteArray(text.data(), static_cast<qsizetype>(text.size()));
    fields << number(toMs(bucket.from)) << number(toMs(bucket.to)) << number(cell.counts.expected())
           << number(cell.counts.present) << number(cell.counts.missing());
    for (const std::int32_t absent : cell.counts.absent)
        fields << number(absent);
    fields << number(cell.counts.unverified) << number(cell.counts.flagged) << number(cell.findings);
    return fields.join(',') + '\n';
}

Result<std::int64_t> writeCells(const CoverageSnapshot& coverage, const CoverageSelection& selection,
    const std::vector<UtcMs>& bounds, const QString& file, const std::stop_token& stop)
{
    QSaveFile out(file);
    if (!out.open(QIODevice::WriteOnly))
        return fail(
            ErrorCode::StorageFailed, "cannot write " + file.toStdString() + ": " + out.errorString().toStdString());
    out.write("exchange,source,market,symbol,kind,timeframe,from,to,expected,present,missing");
    for (std::size_t i = 0; i < gapClassCount; ++i) {
        const auto name = toText(static_cast<GapClass>(i));
        out.write("," + QByteArray(name.data(), static_cast<qsizetype>(name.size())));
    }
    out.write(",unverified,quarantined,findings\n");
    std::int64_t lines = 0;
    for (const SeriesRecord& series : selection.series) {
        const auto row = coverage.row(series.id, bounds);
        for (std::size_t i = 0; row && i < row->cells.size(); ++i, ++lines)
            out.write(lineOf(*row, {bounds[i], bounds[i + 1]}, row->cells[i]));
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "the window was closed while writing");
    }
    if (!out.commit())
        return fail(
            ErrorCode::StorageFailed, "cannot write " + file.toStdString() + ": " + out.errorString().toStdString());
    return lines;
}

} // namespace

EngineCoverageSource::EngineCoverageSource(EngineBridge& bridge)
    : m_bridge(bridge)
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
            return deliver(answer, Answered(makeHeatmap(engine.coverage().snapshot(), unit, before.get())));
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

void EngineCoverageSource::repair(QObject* context, const CoverageSelection& selection, std::vector<TimeRange> ranges,
    RepairKind, std::function<void(const RepairStart&)> answer)
{
    m_bridge.run(EngineBridge::Channel::Commands, context,
        [&engine = m_bridge.engine(), selection, ranges = std::move(ranges), answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token& stop) -> EngineBridge::Deliver {
            RepairStart start;
            for (const SeriesRecord& series : selection.series) {
                for (const TimeRange range : ranges) {
                    if (stop.stop_requested())
                        break;
                    const auto id = engine.backfill(requestFor(series, range));
                    if (!id)
                        start.errors.push_back(id.error());
                    else if (const auto job = engine.job(*id))
                        start.jobs.push_back(*job);
                }
            }
            return [answer, start = std::move(start)] { answer(start); };
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

void EngineCoverageSource::exportCsv(QObject* context, std::shared_ptr<const CoverageSnapshot> coverage,
    const CoverageSelection& selection, std::vector<UtcMs> bounds, const QString& file, Answer<std::int64_t> answer)
{
    m_bridge.run(EngineBridge::Channel::Commands, context,
        [coverage = std::move(coverage), selection, bounds = std::move(bounds), file, answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token& stop) {
            return deliver(answer, writeCells(*coverage, selection, bounds, file, stop));
        });
}

} // namespace mnemo
