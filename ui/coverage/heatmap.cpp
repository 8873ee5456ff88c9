#include "ui/coverage/heatmap.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <map>

#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(Coverage)
};

std::vector<UtcMs> boundsOf(TimeRange range, BucketUnit unit)
{
    if (range.isEmpty())
        return {};
    switch (unit) {
    case BucketUnit::Day:
        return dayBounds(range);
    case BucketUnit::Week:
        return weekBounds(range);
    case BucketUnit::Month:
        return monthBounds(range);
    }
    return {};
}

std::shared_ptr<const HeatmapRow> rowOf(
    const CoverageSnapshot& coverage, const CoverageRow& outline, const std::vector<UtcMs>& bounds)
{
    auto row = std::make_shared<HeatmapRow>();
    row->series = outline.series;
    row->total = outline.total;
    row->findings = outline.findings;
    row->last = outline.last;
    row->revision = outline.revision;
    if (const auto full = coverage.row(outline.series.id, bounds)) {
        row->looks.reserve(full->cells.size());
        for (const CoverageCell& cell : full->cells)
            row->looks.push_back(lookOf(cell));
    }
    return row;
}

QString freshnessOf(const HeatmapRow& row, UtcMs now)
{
    if (!row.last)
        return u"\u2013"_s;
    const UtcMs closed = row.series.grid().next(*row.last);
    const milliseconds age = now > closed ? now - closed : milliseconds {0};
    if (age < row.series.key.timeframe.length() * 2 + std::chrono::minutes {5})
        return Texts::tr("fresh");
    const auto days = std::chrono::floor<std::chrono::days>(age);
    if (days.count() >= 2)
        return Texts::tr("%1 d old").arg(countText(std::int64_t {days.count()}));
    return Texts::tr("%1 h old").arg(countText(std::int64_t {std::chrono::floor<std::chrono::hours>(age).count()}));
}

bool hasAll(const QString& text, const QStringList& words)
{
    return std::ranges::all_of(
        words, [&text](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

void addClass(QStringList& parts, const CoverageCell& cell, GapClass gapClass)
{
    if (const auto bars = cell.counts.of(gapClass); bars > 0)
        parts << Texts::tr("%1: %2").arg(textOf(gapClass), countText(std::int64_t {bars}));
}

} // namespace

QString textOf(BucketUnit unit)
{
    switch (unit) {
    case BucketUnit::Day:
        return Texts::tr("days");
    case BucketUnit::Week:
        return Texts::tr("weeks");
    case BucketUnit::Month:
        return Texts::tr("months");
    }
    return {};
}

int Heatmap::columnOf(UtcMs time) const
{
    if (columns() == 0)
        return -1;
    const auto after = std::ranges::upper_bound(bounds, time);
    return std::clamp(static_cast<int>(after - bounds.begin()) - 1, 0, columns() - 1);
}

std::size_t Heatmap::bytes() const
{
    std::size_t sum = sizeof(Heatmap) + bounds.capacity() * sizeof(UtcMs);
    for (const auto& row : rows)
        sum += sizeof(HeatmapRow) + sizeof(row) + row->looks.capacity() * sizeof(CellLook);
    return sum;
}

std::shared_ptr<const Heatmap> makeHeatmap(
    std::shared_ptr<const CoverageSnapshot> coverage, BucketUnit unit, const Heatmap* before)
{
    auto heatmap = std::make_shared<Heatmap>();
    heatmap->unit = unit;
    heatmap->bounds = boundsOf(coverage->summary().known, unit);
    std::map<SeriesId, std::shared_ptr<const HeatmapRow>> kept;
    if (before && before->unit == unit && before->bounds == heatmap->bounds) {
        for (const auto& row : before->rows)
            kept[row->series.id] = row;
    }
    for (const CoverageRow& outline : coverage->rows()) {
        const auto old = kept.find(outline.series.id);
        const bool isSame = old != kept.end() && old->second->revision == outline.revision;
        heatmap->rows.push_back(isSame ? old->second : rowOf(*coverage, outline, heatmap->bounds));
    }
    heatmap->coverage = std::move(coverage);
    return heatmap;
}

std::vector<HeatmapLine> linesOf(const Heatmap& heatmap, const QString& filter, UtcMs now)
{
    const QStringList words = filter.split(u' ', Qt::SkipEmptyParts);
    std::map<QString, std::vector<int>> groups;
    for (std::size_t i = 0; i < heatmap.rows.size(); ++i) {
        const SeriesKey& key = heatmap.rows[i]->series.key;
        QString text = titleOf(key);
        if (key.source != key.exchange)
            text += u' ' + toQString(key.source);
        if (!hasAll(text, words))
            continue;
        QString group = Texts::tr("%1, %2").arg(toQString(key.exchange), textOf(key.market));
        if (key.source != key.exchange)
            group = Texts::tr("%1, by %2").arg(group, toQString(key.source));
        groups[group].push_back(static_cast<int>(i));
    }
    std::vector<HeatmapLine> lines;
    for (auto& [group, rows] : groups) {
        lines.push_back({-1, group, {}, {}});
        std::ranges::stable_sort(rows, [&heatmap](int a, int b) {
            const SeriesKey& one = heatmap.rows[static_cast<std::size_t>(a)]->series.key;
            const SeriesKey& other = heatmap.rows[static_cast<std::size_t>(b)]->series.key;
            return std::pair(one.symbol, one.timeframe) < std::pair(other.symbol, other.timeframe);
        });
        for (const int at : rows) {
            const HeatmapRow& row = *heatmap.rows[static_cast<std::size_t>(at)];
            const SeriesKey& key = row.series.key;
            QString text = u"%1  %2"_s.arg(toQString(key.symbol), toQString(key.timeframe.name()));
            if (key.kind == Kind::OpenInterest)
                text = Texts::tr("%1  open interest").arg(text);
            const auto complete = row.total.completeness();
            lines.push_back({at, text, complete ? percentText(*complete) : u"\u2013"_s, freshnessOf(row, now)});
        }
    }
    return lines;
}

QString describe(const SeriesRecord& series, TimeRange bucket, const CoverageCell& cell, std::optional<TimeRange> rows)
{
    const auto& counts = cell.counts;
    QStringList lines;
    lines << titleOf(series.key) << Texts::tr("%1 UTC").arg(rangeText(bucket));
    if (counts.bars() == 0 || counts.bars() == counts.outside) {
        lines << Texts::tr("Nobody has asked the source about this time.");
        return lines.join(u'\n');
    }
    const auto count = [](auto bars) { return countText(static_cast<std::int64_t>(bars)); };
    if (const auto complete = counts.completeness())
        lines << Texts::tr("%1 complete: %2 of %3 expected bars are stored, %4 missing")
                     .arg(percentText(*complete), count(counts.present), count(counts.expected()),
                         count(counts.missing()));
    else
        lines << Texts::tr("No bar could exist here; nothing is missing.");
    QStringList parts;
    for (const GapClass one : {GapClass::Failed, GapClass::Unknown, GapClass::Outage, GapClass::Empty,
             GapClass::BeyondRetention, GapClass::Unlisted, GapClass::Delisted})
        addClass(parts, cell, one);
    if (counts.outside > 0)
        parts << Texts::tr("outside: %1").arg(count(counts.outside));
    if (!parts.isEmpty())
        lines << Texts::tr("Absent bars \u2013 %1").arg(parts.join(u", "_s));
    if (counts.unverified > 0)
        lines << Texts::tr("Said once only, not verified: %1").arg(count(counts.unverified));
    if (counts.flagged > 0)
        lines << Texts::tr("Quarantined: %1").arg(count(counts.flagged));
    if (cell.findings > 0)
        lines << Texts::tr("Open findings: %1").arg(count(cell.findings));
    if (rows)
        lines << Texts::tr("Stored: %1 UTC").arg(rangeText(*rows));
    return lines.join(u'\n');
}

QString describeCell(const Heatmap& heatmap, int row, int column)
{
    if (row < 0 || column < 0 || column >= heatmap.columns() || row >= static_cast<int>(heatmap.rows.size()))
        return {};
    const SeriesRecord& series = heatmap.rows[static_cast<std::size_t>(row)]->series;
    const TimeRange bucket = heatmap.bucket(column);
    const auto found = heatmap.coverage->row(series.id, {bucket.from, bucket.to});
    if (!found || found->cells.empty())
        return {};
    std::optional<TimeRange> rows;
    if (found->first && found->last)
        rows = TimeRange {*found->first, *found->last};
    return describe(series, bucket, found->cells.front(), rows);
}

} // namespace mnemo
