#include "core/storage/coveragerules.h"

#include <algorithm>

namespace mnemo {

namespace {

CoverageSpan clipped(CoverageSpan span, TimeRange to)
{
    span.range = to;
    return span;
}

CoverageSpan decided(const CoverageSpan& known, const CoverageSpan& said, TimeRange overlap, const IsNewCheck& isNewCheck,
    const HasRows& hasRows)
{
    CoverageSpan out = clipped(known, overlap);
    if (known.state == said.state) {
        out.checks = std::max(known.checks, said.checks);
        if (known.checkedAt + checkDistance <= said.checkedAt && isNewCheck(known, said, overlap)) {
            out.checks = std::max(known.checks + 1, said.checks);
            out.checkedAt = said.checkedAt;
        }
        return out;
    }
    const bool wasNotTraded = known.state == CoverageState::Unlisted || known.state == CoverageState::Delisted;
    if (said.state == CoverageState::BeyondRetention && known.state == CoverageState::Answered)
        return out; // what was told while it was there
    if (said.state == CoverageState::Failed || (said.state == CoverageState::Answered && wasNotTraded && !hasRows(overlap)))
        return out;
    return clipped(said, overlap);
}

std::vector<CoverageSpan> appliedOne(
    std::span<const CoverageSpan> known, const CoverageSpan& said, const IsNewCheck& isNewCheck, const HasRows& hasRows)
{
    std::vector<CoverageSpan> out;
    out.reserve(known.size() + 3);
    UtcMs next = said.range.from; // what lies before has been dealt with
    const auto fillUpTo = [&](UtcMs end) {
        if (next < end)
            out.push_back(clipped(said, {next, end}));
        next = std::max(next, end);
    };
    for (const CoverageSpan& span : known) {
        if (!span.range.overlaps(said.range)) {
            if (span.range.from >= said.range.to)
                fillUpTo(said.range.to);
            out.push_back(span);
            continue;
        }
        const TimeRange overlap = span.range.intersected(said.range);
        if (span.range.from < overlap.from)
            out.push_back(clipped(span, {span.range.from, overlap.from}));
        fillUpTo(overlap.from);
        out.push_back(decided(span, said, overlap, isNewCheck, hasRows));
        next = overlap.to;
        if (overlap.to < span.range.to)
            out.push_back(clipped(span, {overlap.to, span.range.to}));
    }
    fillUpTo(said.range.to);
    return out;
}

std::vector<CoverageSpan> mergedNeighbours(std::vector<CoverageSpan> spans)
{
    std::vector<CoverageSpan> out;
    out.reserve(spans.size());
    for (const CoverageSpan& span : spans) {
        const bool continues = !out.empty() && out.back().range.to == span.range.from
            && out.back().state == span.state && out.back().checks == span.checks;
        if (!continues) {
            out.push_back(span);
            continue;
        }
        out.back().range.to = span.range.to;
        out.back().checkedAt = std::min(out.back().checkedAt, span.checkedAt);
    }
    return out;
}

} // namespace

std::vector<CoverageSpan> appliedCoverage(
    std::span<const CoverageSpan> known, std::span<const CoverageSpan> said, const IsNewCheck& isNewCheck, const HasRows& hasRows)
{
    std::vector<CoverageSpan> spans(known.begin(), known.end());
    for (const CoverageSpan& span : said)
        spans = appliedOne(spans, span, isNewCheck, hasRows);
    return mergedNeighbours(std::move(spans));
}

} // namespace mnemo
