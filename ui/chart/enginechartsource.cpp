#include "ui/chart/enginechartsource.h"

#include <filesystem>

#include "core/engine/rolledreading.h"
#include "core/ingest/candlefile/candlewriter.h"
#include "ui/chart/differencereader.h"

namespace mnemo {

namespace {

FindGaps gapsOf(Engine& engine)
{
    return [&engine](const SeriesRecord& series, TimeRange range) { return engine.gaps(series, range); };
}

/// What gaps and findings of a chart's series are about.
Result<SeriesRecord> storedFor(const Result<StoreReader*>& reader, const SeriesRecord& series)
{
    return reader ? storedOf(**reader, series) : fail(reader.error());
}

/// Hands a result that is ready to the UI thread.
template <class T>
EngineBridge::Deliver deliver(const ChartSource::Answer<T>& answer, Result<T> result)
{
    return [answer, result = std::make_shared<Result<T>>(std::move(result))] { answer(std::move(*result)); };
}

Result<std::int64_t> writeCsv(
    StoreReader& reader, const SeriesRecord& series, TimeRange range, const QString& file, const std::stop_token& stop)
{
    auto writer = CandleWriter::toFile(std::filesystem::path(file.toStdString()), CandleFormat::Csv);
    if (!writer)
        return fail(writer.error());
    std::int64_t rows = 0;
    Result<void> written;
    const auto read = eachBar(reader, series, range, false, [&](const Candle& candle) {
        if ((candle.flags & Quarantined) != 0) // as the chart shows them
            return !stop.stop_requested();
        written = (*writer)->write(candle);
        ++rows;
        return written.has_value() && !stop.stop_requested();
    });
    if (!read)
        return fail(read.error());
    if (!written)
        return fail(written.error());
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, "the window was closed while writing");
    if (auto finished = (*writer)->finish(); !finished)
        return fail(finished.error());
    return rows;
}

CompareRequest requestOf(const ComparedPair& pair, TimeRange range)
{
    CompareRequest request;
    request.series = {pair.first.key, pair.second.key};
    request.timeframe = comparedFrame(pair);
    request.from = range.from;
    request.to = range.to;
    request.allowsUnlike = true; // somebody put them over each other: what is usual between them is the basis
    return request;
}

FindDifferences differencesOf(Engine& engine, const ComparedPair& pair, const std::stop_token& stop)
{
    return [&engine, pair, stop](TimeRange range) { return engine.differences(requestOf(pair, range), stop); };
}

} // namespace

EngineChartSource::EngineChartSource(EngineBridge& bridge)
    : m_bridge(bridge)
{
}

void EngineChartSource::readTile(QObject* context, const TileCache::Request& request, Answer<ChartTile> answer)
{
    m_bridge.run(EngineBridge::Channel::Chart, context,
        [&engine = m_bridge.engine(), request, answer = std::move(answer)](
            const Result<StoreReader*>& reader, const std::stop_token&) {
            return deliver<ChartTile>(answer,
                reader ? mnemo::readTile(**reader, gapsOf(engine), request.series, request.level, request.range)
                       : Result<ChartTile>(fail(reader.error())));
        });
}

// Searches and exports may take a second: they do not stand in the way of tiles.
void EngineChartSource::findGap(
    QObject* context, const SeriesRecord& series, TimeRange extent, GapQuery query, Answer<std::optional<Gap>> answer)
{
    m_bridge.run(EngineBridge::Channel::Lists, context,
        [&engine = m_bridge.engine(), series, extent, query, answer = std::move(answer)](
            const Result<StoreReader*>& reader, const std::stop_token&) {
            const auto stored = storedFor(reader, series);
            return deliver<std::optional<Gap>>(answer, stored ? searchGap(gapsOf(engine), *stored, extent, query) : fail(stored.error()));
        });
}

void EngineChartSource::readMetrics(
    QObject* context, const MetricRequest& request, Answer<std::vector<MetricLine>> answer)
{
    m_bridge.run(EngineBridge::Channel::Chart, context,
        [&engine = m_bridge.engine(), request, answer = std::move(answer)](
            const Result<StoreReader*>& reader, const std::stop_token& stop) {
            using Lines = Result<std::vector<MetricLine>>;
            Lines lines = reader ? mnemo::readMetrics(**reader, request, stop) : Lines(fail(reader.error()));
            if (lines) {
                for (MetricLine& line : *lines) {
                    if (const auto clock = retentionClock(engine, line.series))
                        line.retention = *clock;
                }
            }
            return deliver<std::vector<MetricLine>>(answer, std::move(lines));
        });
}

CompareLimits EngineChartSource::limits(const ComparedPair& pair) const
{
    return limitsFor(m_bridge.engine().settings()->settings.compare, pair.first.key, pair.second.key);
}

void EngineChartSource::readDifferences(
    QObject* context, const ComparedPair& pair, const TileCache::Request& request, Answer<ChartTile> answer)
{
    m_bridge.run(EngineBridge::Channel::Lists, context,
        [&engine = m_bridge.engine(), pair, request, answer = std::move(answer)](
            const Result<StoreReader*>& reader, const std::stop_token& stop) {
            return deliver<ChartTile>(answer,
                reader ? readDifferenceTile(**reader, differencesOf(engine, pair, stop), pair, request)
                       : Result<ChartTile>(fail(reader.error())));
        });
}

void EngineChartSource::examine(
    QObject* context, const ComparedPair& pair, TimeRange range, Answer<PairReport> answer)
{
    m_bridge.run(EngineBridge::Channel::Lists, context,
        [&engine = m_bridge.engine(), pair, range, answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token& stop) {
            const auto report = engine.compare(requestOf(pair, range), stop);
            return deliver<PairReport>(answer,
                report && !report->pairs.empty() ? Result<PairReport>(report->pairs.front())
                    : report                     ? Result<PairReport>(PairReport {})
                                                 : fail(report.error()));
        });
}

void EngineChartSource::findBreach(QObject* context, const ComparedPair& pair, TimeRange extent, UtcMs from,
    bool isLater, Answer<std::optional<BarDifference>> answer)
{
    m_bridge.run(EngineBridge::Channel::Lists, context,
        [&engine = m_bridge.engine(), pair, extent, from, isLater, answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token& stop) {
            return deliver<std::optional<BarDifference>>(
                answer, searchBreach(differencesOf(engine, pair, stop), pair, extent, from, isLater));
        });
}

void EngineChartSource::exportDifferences(QObject* context, const ComparedPair& pair, TimeRange range,
    const QString& file, Answer<std::int64_t> answer)
{
    m_bridge.run(EngineBridge::Channel::Commands, context,
        [&engine = m_bridge.engine(), pair, range, file, answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token& stop) {
            return deliver<std::int64_t>(
                answer, writeDifferences(differencesOf(engine, pair, stop), pair, range, file));
        });
}

void EngineChartSource::findFindings(
    QObject* context, const SeriesRecord& series, FindingQuery query, Answer<std::vector<Finding>> answer)
{
    m_bridge.run(EngineBridge::Channel::Lists, context,
        [series, query, answer = std::move(answer)](const Result<StoreReader*>& reader, const std::stop_token&) {
            const auto stored = storedFor(reader, series);
            return deliver<std::vector<Finding>>(answer, stored ? searchFindings(**reader, *stored, query) : fail(stored.error()));
        });
}

void EngineChartSource::exportCsv(
    QObject* context, const SeriesRecord& series, TimeRange range, const QString& file, Answer<std::int64_t> answer)
{
    m_bridge.run(EngineBridge::Channel::Commands, context,
        [series, range, file, answer = std::move(answer)](
            const Result<StoreReader*>& reader, const std::stop_token& stop) {
            return deliver<std::int64_t>(answer,
                reader ? writeCsv(**reader, series, range, file, stop) : Result<std::int64_t>(fail(reader.error())));
        });
}

} // namespace mnemo
