#include "ui/coverage/heatmap.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <map>

#include "ui/coverage/coveragecompare.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct HeatmapText {
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

/// Marks the cells that @p notes are about.
void markNotes(HeatmapRow& row, const std::vector<UtcMs>& bounds, const std::vector<Annotation>& notes)
{
    for (const Annotation& note : notes) {
        if (!note.concerns(row.series.key))
            continue;
        const auto first = std::ranges::upper_bound(bounds, note.range.from) - bounds.begin() - 1;
        const auto last = std::ranges::lower_bound(bounds, note.range.to) - bounds.begin();
        for (auto at = std::max<std::ptrdiff_t>(first, 0); at < std::min(last, std::ssize(row.looks)); ++at)
            row.looks[static_cast<std::size_t>(at)].hasNote = true;
    }
}

std::shared_ptr<const HeatmapRow> rowOf(const CoverageSnapshot& coverage, const CoverageRow& outline,
    const std::vector<UtcMs>& bounds, const std::vector<Annotation>& notes)
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
    markNotes(*row, bounds, notes);
    return row;
}

QString freshnessOf(const HeatmapRow& row, UtcMs now)
{
    if (!row.last)
        return u"\u2013"_s;
    const UtcMs closed = row.series.grid().next(*row.last);
    const milliseconds age = now > closed ? now - closed : milliseconds {0};
    if (age < row.series.key.timeframe.length() * 2 + std::chrono::minutes {5})
        return HeatmapText::tr("fresh");
    const auto days = std::chrono::floor<std::chrono::days>(age);
    if (days.count() >= 2)
        return HeatmapText::tr("%1 d old").arg(countText(std::int64_t {days.count()}));
    return HeatmapText::tr("%1 h old").arg(countText(std::int64_t {std::chrono::floor<std::chrono::hours>(age).count()}));
}

bool hasAll(const QString& text, const QStringList& words)
{
    return std::ranges::all_of(
        words, [&text](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

void addClass(QStringList& parts, const CoverageCell& cell, GapClass gapClass, Kind kind)
{
    if (const auto bars = cell.counts.of(gapClass); bars > 0)
        parts << HeatmapText::tr("%1: %2").arg(textOf(gapClass, kind), countText(std::int64_t {bars}));
}

} // namespace

QString textOf(BucketUnit unit)
{
    switch (unit) {
    case BucketUnit::Day:
        return HeatmapText::tr("days");
    case BucketUnit::Week:
        return HeatmapText::tr("weeks");
    case BucketUnit::Month:
        return HeatmapText::tr("months");
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

std::shared_ptr<const Heatmap> makeHeatmap(std::shared_ptr<const CoverageSnapshot> coverage, BucketUnit unit,
    const Heatmap* before, const std::vector<Annotation>& notes)
{
    auto heatmap = std::make_shared<Heatmap>();
    const bool areNotesSame = before && *before->notes == notes;
    heatmap->notes = areNotesSame ? before->notes : std::make_shared<const Heatmap::Notes>(notes);
    heatmap->unit = unit;
    heatmap->bounds = boundsOf(coverage->summary().known, unit);
    std::map<SeriesId, std::shared_ptr<const HeatmapRow>> kept;
    if (areNotesSame && before->unit == unit && before->bounds == heatmap->bounds) {
        for (const auto& row : before->rows)
            kept[row->series.id] = row;
    }
    for (const CoverageRow& outline : coverage->rows()) {
        const auto old = kept.find(outline.series.id);
        const bool isSame = old != kept.end() && old->second->revision == outline.revision;
        heatmap->rows.push_back(isSame ? old->second : rowOf(*coverage, outline, heatmap->bounds, notes));
    }
    heatmap->coverage = std::move(coverage);
    return heatmap;
}

std::vector<HeatmapLine> linesOf(const Heatmap& heatmap, const QString& filter, UtcMs now, const Scope& scope)
{
    const QStringList words = filter.split(u' ', Qt::SkipEmptyParts);
    std::map<QString, std::vector<int>> groups;
    for (std::size_t i = 0; i < heatmap.rows.size(); ++i) {
        const SeriesKey& key = heatmap.rows[i]->series.key;
        if (!scope.accepts(key) || !hasAll(titleOf(key), words))
            continue;
        QString group = HeatmapText::tr("%1, %2").arg(toQString(key.exchange), textOf(key.market));
        if (const auto& compared = heatmap.rows[i]->disagreement)
            group = HeatmapText::tr("%1 against %2").arg(group, toQString(compared->other.key.exchange));
        if (key.source != key.exchange)
            group = HeatmapText::tr("%1, by %2").arg(group, toQString(key.source));
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
            if (key.kind != Kind::Candles)
                text += u"  "_s + textOf(key.kind);
            if (row.disagreement) {
                const DisagreementCell& total = row.disagreement->total;
                const auto agree = total.agreement();
                lines.push_back({at, text, agree ? percentText(*agree) : u"\u2013"_s,
                    total.beyond > 0 ? HeatmapText::tr("%1 beyond").arg(countText(total.beyond)) : QString()});
                continue;
            }
            const auto complete = row.total.completeness();
            lines.push_back({at, text, complete ? percentText(*complete) : u"\u2013"_s, freshnessOf(row, now)});
        }
    }
    return lines;
}

bool hasNote(const std::vector<Annotation>& notes, const SeriesKey& series, TimeRange range)
{
    return std::ranges::any_of(
        notes, [&](const Annotation& note) { return note.range.overlaps(range) && note.concerns(series); });
}

QStringList noteLines(const std::vector<Annotation>& notes, const SeriesKey& series, TimeRange range)
{
    QStringList lines;
    for (const Annotation& note : notes) {
        if (note.range.overlaps(range) && note.concerns(series))
            lines << HeatmapText::tr("Note: %1").arg(toQString(note.text));
    }
    return lines;
}

QString describe(const SeriesRecord& series, TimeRange bucket, const CoverageCell& cell, std::optional<TimeRange> rows,
    const std::vector<Annotation>& notes)
{
    const auto& counts = cell.counts;
    QStringList lines;
    lines << titleOf(series.key) << HeatmapText::tr("%1 UTC").arg(rangeText(bucket));
    const QStringList remarks = noteLines(notes, series.key, bucket);
    if (counts.bars() == 0 || counts.bars() == counts.outside) {
        lines << HeatmapText::tr("Nobody has asked the source about this time.") << remarks;
        return lines.join(u'\n');
    }
    const auto count = [](auto bars) { return countText(static_cast<std::int64_t>(bars)); };
    if (const auto complete = counts.completeness())
        lines << HeatmapText::tr("%1 complete: %2 of %3 expected bars are stored, %4 missing")
                     .arg(percentText(*complete), count(counts.present), count(counts.expected()),
                         count(counts.missing()));
    else
        lines << HeatmapText::tr("No bar could exist here; nothing is missing.");
    QStringList parts;
    for (const GapClass one : {GapClass::Failed, GapClass::Unknown, GapClass::Outage, GapClass::Empty,
             GapClass::BeyondRetention, GapClass::Unlisted, GapClass::Delisted})
        addClass(parts, cell, one, series.key.kind);
    if (counts.outside > 0)
        parts << HeatmapText::tr("outside: %1").arg(count(counts.outside));
    if (!parts.isEmpty())
        lines << HeatmapText::tr("Absent bars \u2013 %1").arg(parts.join(u", "_s));
    if (counts.unverified > 0)
        lines << HeatmapText::tr("Said once only, not verified: %1").arg(count(counts.unverified));
    if (counts.flagged > 0)
        lines << HeatmapText::tr("Quarantined: %1").arg(count(counts.flagged));
    if (cell.findings > 0)
        lines << HeatmapText::tr("Open findings: %1").arg(count(cell.findings));
    if (rows)
        lines << HeatmapText::tr("Stored: %1 UTC").arg(rangeText(*rows));
    return (lines << remarks).join(u'\n');
}

QString describeRow(const Heatmap& heatmap, int row, UtcMs now)
{
    if (row < 0 || row >= static_cast<int>(heatmap.rows.size()))
        return {};
    const HeatmapRow& shown = *heatmap.rows[static_cast<std::size_t>(row)];
    if (shown.disagreement)
        return CoverageCompare::textAt(heatmap, row, -1);
    const CoverageCounts& total = shown.total;
    QStringList lines {titleOf(shown.series.key)};
    if (const auto complete = total.completeness())
        lines << HeatmapText::tr("%1 complete: %2 bars are stored, %3 are missing (never asked: %4, failed: %5)")
                     .arg(percentText(*complete), countText(total.present), countText(total.missing()),
                         countText(total.of(GapClass::Unknown)), countText(total.of(GapClass::Failed)));
    else
        lines << HeatmapText::tr("No bar could exist so far.");
    QStringList others;
    for (const GapClass one : {GapClass::Outage, GapClass::Empty, GapClass::BeyondRetention, GapClass::Unlisted,
             GapClass::Delisted}) {
        if (total.of(one) > 0)
            others << HeatmapText::tr("%1: %2").arg(textOf(one, shown.series.key.kind), countText(total.of(one)));
    }
    if (!others.isEmpty())
        lines << HeatmapText::tr("Not counted as missing \u2013 %1").arg(others.join(u", "_s));
    if (shown.last)
        lines << HeatmapText::tr("Newest bar: %1 UTC (%2)").arg(timeText(*shown.last), freshnessOf(shown, now));
    if (shown.findings > 0)
        lines << HeatmapText::tr("Open findings: %1").arg(countText(shown.findings));
    return lines.join(u'\n');
}

QString describeCell(const Heatmap& heatmap, int row, int column)
{
    if (row < 0 || column < 0 || column >= heatmap.columns() || row >= static_cast<int>(heatmap.rows.size()))
        return {};
    if (heatmap.rows[static_cast<std::size_t>(row)]->disagreement)
        return CoverageCompare::textAt(heatmap, row, column);
    const SeriesRecord& series = heatmap.rows[static_cast<std::size_t>(row)]->series;
    const TimeRange bucket = heatmap.bucket(column);
    const auto found = heatmap.coverage->row(series.id, {bucket.from, bucket.to});
    if (!found || found->cells.empty())
        return {};
    std::optional<TimeRange> rows;
    if (found->first && found->last)
        rows = TimeRange {*found->first, *found->last};
    return describe(series, bucket, found->cells.front(), rows, *heatmap.notes);
}

} // namespace mnemo
