#include "core/engine/provenance.h"

#include <algorithm>
#include <array>

#include "core/exchange/venuefiles.h"
#include "core/ingest/venuefiles/packedfile.h"

namespace mnemo {

namespace {

constexpr std::size_t mostBars = 1'000;
constexpr std::int64_t mostUnpackedBytes = 256 << 20;

Result<std::optional<SeriesRecord>> seriesOf(StoreReader& reader, SeriesId id)
{
    auto all = reader.series();
    if (!all)
        return fail(std::move(all.error()));
    const auto found = std::ranges::find(*all, id, &SeriesRecord::id);
    return found == all->end() ? std::nullopt : std::optional(std::move(*found));
}

} // namespace

Result<RawAnswer> rawAnswerOf(StoreReader& reader, Archive* archive, const PageRecord& page, UtcMs open)
{
    if (page.archiveKey.empty())
        return fail(ErrorCode::NotFound,
            page.route == "import" ? "these rows were imported from a file, which is not archived"
                                   : "the answer was not archived: bronze.keep was off");
    if (!archive)
        return fail(ErrorCode::NotFound, "the archive is off: set bronze.keep to read what it holds");
    auto answer = archive->read(page.archiveKey);
    if (!answer)
        return fail(std::move(answer.error()));
    RawAnswer out {page, std::move(answer->manifest), std::move(answer->body), {}};
    if (page.route == "archive") { // one of the venue's files: people read what is in it
        if (auto text = unpackedCsv(out.body, fileName(out.manifest.url), mostUnpackedBytes))
            out.body = std::move(*text);
    }
    Candle bar;
    bar.openTime = open;
    const auto read = reader.eachCandle(page.series, {open, open + milliseconds {1}}, false, [&](const Candle& stored) {
        bar = stored;
        return false;
    });
    if (!read)
        return fail(read.error());
    out.place = findRawPlace(out.body, bar);
    return out;
}

Result<Provenance> provenanceOf(StoreReader& reader, Archive* archive, FindingId finding)
{
    const std::array ids {finding};
    auto found = reader.findingsById(ids);
    if (!found)
        return fail(std::move(found.error()));
    if (found->empty())
        return fail(ErrorCode::NotFound, "there is no finding " + std::to_string(finding));
    Provenance out;
    out.finding = std::move(found->front());
    auto series = seriesOf(reader, out.finding.series);
    if (!series)
        return fail(std::move(series.error()));
    if (*series)
        out.series = std::move(**series);
    const auto read = reader.eachCandle(out.finding.series, out.finding.range, false, [&](const Candle& bar) {
        out.bars.push_back(bar);
        return out.bars.size() < mostBars;
    });
    if (!read)
        return fail(read.error());
    const UtcMs open = out.finding.range.from;
    auto pages = reader.pages(out.finding.series, {open, open + milliseconds {1}});
    if (!pages)
        return fail(std::move(pages.error()));
    out.pages = std::move(*pages);
    auto decisions = reader.decisions(finding);
    if (!decisions)
        return fail(std::move(decisions.error()));
    out.decisions = std::move(*decisions);
    if (out.pages.empty()) {
        out.problem = "no page is known that these rows came with";
        return out;
    }
    const auto archived =
        std::ranges::find_if(out.pages, [](const PageRecord& page) { return !page.archiveKey.empty(); });
    auto answer = rawAnswerOf(reader, archive, archived == out.pages.end() ? out.pages.front() : *archived, open);
    if (answer)
        out.answer = std::move(*answer);
    else
        out.problem = answer.error().detail;
    return out;
}

} // namespace mnemo
