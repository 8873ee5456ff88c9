#include "ui/coverage/coveragework.h"

#include <QSaveFile>
#include <algorithm>
#include <type_traits>

#include "core/ingest/candlefile/candlewriter.h"
#include "ui/chart/gapcard.h"
#include "ui/widgets/textformat.h"

namespace mnemo {

namespace {

constexpr std::size_t mostExplained = 20; ///< gaps of one report
constexpr std::size_t mostActions = 12; ///< likewise

/// Those of @p all that concern the series and touch the range.
template <class Entry>
std::vector<Entry> touching(const std::vector<Entry>& all, const SeriesKey& series, TimeRange range)
{
    std::vector<Entry> found;
    std::ranges::copy_if(all, std::back_inserter(found),
        [&](const Entry& entry) { return entry.concerns(series) && entry.range.overlaps(range); });
    return found;
}

/// What a person has added, and what was asked for.
Result<void> addRemarks(Engine& engine, GapReport& report)
{
    const auto settings = engine.settings();
    report.notes = touching(settings->settings.annotations, report.series.key, report.range);
    report.outages = touching(settings->settings.outages, report.series.key, report.range);
    auto actions = engine.actions(report.series.key, report.range, mostActions);
    if (!actions)
        return fail(std::move(actions.error()));
    report.actions = std::move(*actions);
    return {};
}

/// What of @p range may be asked for: bars that have closed.
TimeRange closedPart(const SeriesRecord& series, TimeRange range)
{
    return {range.from, std::min(range.to, series.grid().floor(SystemClock().now()))};
}

} // namespace

Result<GapReport> reportOf(Engine& engine, const SeriesRecord& series, TimeRange range)
{
    GapReport report;
    report.series = series;
    report.range = range;
    if (auto added = addRemarks(engine, report); !added)
        return fail(std::move(added.error()));
    const Grid grid = series.grid();
    const TimeRange closed = closedPart(series, range); // what has not closed yet is not absent
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

namespace {

BackfillRequest requestFor(const SeriesRecord& series, TimeRange range)
{
    auto request = BackfillRequest::again(series);
    request.range = range;
    return request;
}

/// The stretches of one series that a repair would ask about; empty where there are none.
Result<IntervalSet> stretchesOf(Engine& engine, const SeriesRecord& series, TimeRange range, RepairKind kind)
{
    if (range.isEmpty())
        return IntervalSet();
    if (kind == RepairKind::VerifyAll)
        return IntervalSet(range);
    const auto gaps = engine.gaps(series, range);
    if (!gaps)
        return fail(gaps.error());
    IntervalSet stretches;
    for (const Gap& gap : *gaps) {
        const bool isMissing = gap.gapClass == GapClass::Unknown || gap.gapClass == GapClass::Failed;
        if (isMissing || (kind == RepairKind::VerifyAbsent && canBeFilled(gap.gapClass)))
            stretches.add(gap.range);
    }
    return stretches;
}

} // namespace

Result<std::vector<DisagreementCell>> disagreementOf(
    Engine& engine, const SeriesPair& pair, const std::vector<UtcMs>& bounds, const std::stop_token& stop)
{
    CompareRequest request;
    request.series = {pair.first.key, pair.second.key};
    request.timeframe = pair.timeframe();
    request.from = bounds.front();
    request.to = bounds.back();
    const auto bars = engine.differences(request, stop);
    if (!bars && bars.error().code != ErrorCode::NotFound)
        return fail(bars.error());
    return cellsOf(bars ? *bars : std::vector<BarDifference> {}, bounds);
}

Result<RepairPlan> planOf(
    Engine& engine, const CoverageSelection& selection, RepairKind kind, const std::stop_token& stop)
{
    RepairPlan plan;
    plan.kind = kind;
    auto session = engine.planSession();
    if (!session)
        return fail(std::move(session.error()));
    const UtcMs now = SystemClock().now();
    for (const SeriesRecord& series : selection.series) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "the window was closed while planning");
        auto stretches = stretchesOf(engine, series, closedPart(series, selection.range), kind);
        if (!stretches)
            return fail(std::move(stretches.error()));
        if (stretches->isEmpty())
            continue;
        RepairPlan::Line line {series, {stretches->ranges().begin(), stretches->ranges().end()}, 0, 0};
        for (const TimeRange& stretch : line.stretches)
            line.bars += series.grid().count(stretch);
        const auto spec = (*session)->specify(requestFor(series, stretches->hull()), now);
        if (!spec) {
            plan.errors.push_back(spec.error());
            continue;
        }
        line.requests = requestsFor(joinedByPage(*stretches, spec->rules), spec->rules);
        plan.lines.push_back(std::move(line));
    }
    return plan;
}

/// Fill goes by what is not answered, as every backfill does; a verification asks whatever is known.
Result<JobId> start(Engine& engine, const RepairPlan::Line& line, RepairKind kind)
{
    if (kind == RepairKind::Fill)
        return engine.backfill(requestFor(line.series, {line.stretches.front().from, line.stretches.back().to}));
    RepairRequest request;
    request.series = line.series.key;
    request.ranges = line.stretches;
    return engine.repair(request);
}

/// @return the entry as it stands now
Result<Remark> changed(Engine& engine, Remark remark, RemarkChange change)
{
    if (change == RemarkChange::Add) {
        const auto id = std::visit(
            [&engine](const auto& entry) -> Result<std::string> {
                if constexpr (std::is_same_v<std::decay_t<decltype(entry)>, Annotation>)
                    return engine.annotate(entry);
                else
                    return engine.markOutage(entry);
            },
            remark);
        if (!id)
            return fail(id.error());
        std::visit([&id](auto& entry) { entry.id = *id; }, remark);
        return remark;
    }
    const auto* note = std::get_if<Annotation>(&remark);
    const auto gone =
        note ? engine.removeAnnotation(note->id) : engine.unmarkOutage(std::get<ListedOutage>(remark).id);
    return gone ? Result<Remark>(std::move(remark)) : fail(gone.error());
}

namespace {

/// A file's name for a series: exchange, market, symbol with - for / and timeframe.
std::filesystem::path fileNameOf(const SeriesKey& key)
{
    std::string name = key.source == key.exchange ? key.exchange : key.exchange + " by " + key.source;
    name += ' ' + std::string(toText(key.market)) + ' ' + key.symbol + ' ' + std::string(key.timeframe.name());
    std::ranges::replace_if(name, [](char c) { return c == '/' || c == ':' || c == '\\'; }, '-');
    return name + ".csv";
}

Result<std::int64_t> writeCandles(StoreReader& reader, const SeriesRecord& series, TimeRange range,
    const std::filesystem::path& file, const std::stop_token& stop)
{
    auto out = CandleWriter::toFile(file, CandleFormat::Csv);
    if (!out)
        return fail(std::move(out.error()));
    std::int64_t rows = 0;
    Result<void> written;
    auto read = reader.eachCandle(series.id, range, false, [&](const Candle& candle) {
        written = (*out)->write(candle);
        ++rows;
        return written && !stop.stop_requested();
    });
    if (!read)
        return fail(std::move(read.error()));
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, "the window was closed while writing");
    if (written)
        written = (*out)->finish();
    return written ? Result<std::int64_t>(rows) : fail(written.error());
}

} // namespace

Result<std::int64_t> writeAllCandles(StoreReader& reader, const CoverageSelection& selection,
    const std::filesystem::path& path, const std::stop_token& stop)
{
    std::int64_t rows = 0;
    const bool isOne = selection.series.size() == 1;
    for (const SeriesRecord& series : selection.series) {
        if (series.key.kind != Kind::Candles)
            continue;
        auto written =
            writeCandles(reader, series, selection.range, isOne ? path : path / fileNameOf(series.key), stop);
        if (!written)
            return written;
        rows += *written;
    }
    return rows;
}

namespace {

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
    const auto most = cell.counts.dominant();
    const std::string_view word = most ? toText(*most) : std::string_view {};
    fields << QByteArray(word.data(), static_cast<qsizetype>(word.size())) << number(cell.counts.unverified)
           << number(cell.counts.flagged) << number(cell.findings);
    return fields.join(',') + '\n';
}

} // namespace

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
    out.write(",class,unverified,quarantined,findings\n"); // class: of most absent bars
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

} // namespace mnemo
