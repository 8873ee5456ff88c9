#include "core/ingest/answerarchive.h"

#include "core/base/sha256.h"
#include "core/net/url.h"

namespace mnemo {

Result<Archived> archiveAnswer(Manifest manifest, const SeriesRecord& series, int descriptionVersion,
    const Question& question, const HttpResponse& response, UtcMs fetchedAt, LaneServices& services)
{
    auto writer = services.archiveWriter(series.key.source, series.key.kind);
    if (!writer)
        return fail(std::move(writer.error()));
    if (!*writer)
        return Archived {};
    manifest.series = series.key;
    manifest.exchangeSymbol = series.exchangeSymbol;
    manifest.contractSize = series.contractSize;
    manifest.unit = series.unit;
    manifest.anchor = series.anchor;
    manifest.method = question.method;
    manifest.url = redactedUrl(question.url);
    manifest.requestBody = question.body;
    manifest.status = response.status;
    manifest.date = response.header("date");
    if (manifest.sha256.empty())
        manifest.sha256 = sha256Hex(response.body);
    manifest.fetchedAt = fetchedAt;
    manifest.descriptionVersion = descriptionVersion;
    auto key = (*writer)->append(manifest, response.body);
    if (!key)
        return fail(std::move(key.error()));
    return Archived {std::move(*key), std::move(manifest.sha256)};
}

} // namespace mnemo
