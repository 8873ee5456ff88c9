#include "ui/chart/enginechartsource.h"

#include <filesystem>

#include "core/ingest/candlefile/candlewriter.h"

namespace mnemo {

namespace {

FindGaps gapsOf(Engine& engine)
{
    return [&engine](const SeriesRecord& series, TimeRange range) { return engine.gaps(series, range); };
}

/// Hands a result that is ready to the UI thread.
template <class T>
EngineBridge::Deliver deliver(const ChartSource::Answer<T>& answer, Result<T> result)
{
    return [answer, result = std::make_shared<Result<T>>(std::move(result))] { answer(std::move(*result)); };
}

Result<std::int64_t> writeCsv(
    StoreReader& reader, SeriesId series, TimeRange range, const QString& file, const std::stop_token& stop)
{
    auto writer = CandleWriter::toFile(std::filesystem::path(file.toStdString()), CandleFormat::Csv);
    if (!writer)
        return fail(writer.error());
    std::int64_t rows = 0;
    Result<void> written;
    const auto read = reader.eachCandle(series, range, false, [&](const Candle& candle) {
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
            const Result<StoreReader*>&, const std::stop_token&) {
            return deliver<std::optional<Gap>>(answer, searchGap(gapsOf(engine), series, extent, query));
        });
}

void EngineChartSource::exportCsv(
    QObject* context, const SeriesRecord& series, TimeRange range, const QString& file, Answer<std::int64_t> answer)
{
    m_bridge.run(EngineBridge::Channel::Commands, context,
        [series, range, file, answer = std::move(answer)](
            const Result<StoreReader*>& reader, const std::stop_token& stop) {
            return deliver<std::int64_t>(answer,
                reader ? writeCsv(**reader, series.id, range, file, stop) : Result<std::int64_t>(fail(reader.error())));
        });
}

} // namespace mnemo
