#include "core/live/streamstore.h"

#include <utility>

#include "core/base/sha256.h"
#include "core/ingest/pagedecoding.h"
#include "core/net/url.h"

namespace mnemo {

Result<bool> StreamStore::store(
    const StreamOrigin& origin, const Candle& bar, std::string_view text, Done done, std::stop_token stop)
{
    auto commit = streamCommit(origin.series.id, origin.series.grid(), bar, m_clock.now());
    if (!commit)
        return fail(std::move(commit.error()));
    commit->descriptionVersion = origin.descriptionVersion;
    if (auto archived = archive(origin, *commit, text); !archived)
        return fail(std::move(archived.error()));
    PageCommit summary;
    summary.series = commit->series;
    summary.range = commit->range;
    summary.coverage = commit->coverage;
    return m_writer.commit(
        std::move(*commit),
        [summary = std::move(summary), done = std::move(done)](const Result<CommitOutcome::Page>& outcome,
            std::span<const Finding> findings) { done(summary, outcome, findings); },
        std::move(stop));
}

Result<void> StreamStore::archive(const StreamOrigin& origin, PageCommit& commit, std::string_view text)
{
    if (m_archive == nullptr)
        return {};
    const SeriesRecord& series = origin.series;
    auto& writer = m_writers[series.key.source];
    if (!writer) {
        auto opened = m_archive->openWriter(series.key.source, series.key.kind);
        if (!opened)
            return fail(std::move(opened.error()));
        writer = std::move(*opened);
    }
    Manifest manifest;
    manifest.series = series.key;
    manifest.exchangeSymbol = series.exchangeSymbol;
    manifest.contractSize = series.contractSize;
    manifest.anchor = series.anchor;
    manifest.range = commit.range;
    manifest.method = "";
    manifest.url = redactedUrl(origin.url);
    manifest.sha256 = sha256Hex(text);
    manifest.fetchedAt = commit.fetchedAt;
    manifest.descriptionVersion = origin.descriptionVersion;
    manifest.route = commit.route;
    auto key = writer->append(manifest, text);
    if (!key)
        return fail(std::move(key.error()));
    commit.archiveKey = std::move(*key);
    commit.sha256 = std::move(manifest.sha256);
    return {};
}

} // namespace mnemo
