#include "ui/coverage/coveragecompare.h"

#include <algorithm>

#include "ui/widgets/errortext.h"
#include "ui/widgets/textformat.h"

namespace mnemo {

namespace {

constexpr std::int64_t barsAtOnce = 30'000; ///< some 10 MB for a moment, and a tenth of a second

std::uint64_t revisionOf(const HeatmapRow& first, const HeatmapRow& second)
{
    return first.revision + second.revision; // both only grow
}

const HeatmapRow* rowOf(const Heatmap& heatmap, SeriesId series)
{
    const auto found = std::ranges::find_if(heatmap.rows, [series](const auto& row) { return row->series.id == series; });
    return found == heatmap.rows.end() ? nullptr : found->get();
}

/// @param before what was read of the pair when it was another one, or null: it stays in view until it is read again
std::shared_ptr<const HeatmapRow> unreadRow(
    const SeriesPair& pair, std::uint64_t revision, int columns, const HeatmapRow* before)
{
    auto disagreement = before ? std::make_shared<Disagreement>(*before->disagreement) : std::make_shared<Disagreement>();
    auto row = before ? std::make_shared<HeatmapRow>(*before) : std::make_shared<HeatmapRow>();
    disagreement->other = pair.second;
    disagreement->cells.resize(static_cast<std::size_t>(columns));
    disagreement->unread = disagreement->cells.size();
    disagreement->error.reset();
    row->series = pair.first;
    row->revision = revision;
    row->looks.resize(disagreement->cells.size());
    row->disagreement = std::move(disagreement);
    return row;
}

} // namespace

CoverageCompare::CoverageCompare(Read read, QObject* parent)
    : QObject(parent)
    , m_read(std::move(read))
    , m_coverage(std::make_shared<const Heatmap>())
    , m_heatmap(m_coverage)
{
}

void CoverageCompare::setVenue(const std::string& venue)
{
    if (m_venue == venue)
        return;
    m_venue = venue;
    m_heatmap = std::make_shared<const Heatmap>();
    rebuild();
}

void CoverageCompare::setCoverage(std::shared_ptr<const Heatmap> coverage)
{
    m_coverage = std::move(coverage);
    rebuild();
}

void CoverageCompare::rebuild()
{
    if (!isOn())
        return;
    auto next = std::make_shared<Heatmap>();
    next->unit = m_coverage->unit;
    next->bounds = m_coverage->bounds;
    next->coverage = m_coverage->coverage;
    next->notes = m_coverage->notes;
    const bool isSameGrid = m_heatmap->unit == next->unit && m_heatmap->bounds == next->bounds;
    for (const SeriesPair& pair : pairsWith(*m_coverage, m_venue)) {
        const std::uint64_t revision =
            revisionOf(*rowOf(*m_coverage, pair.first.id), *rowOf(*m_coverage, pair.second.id));
        const auto same = std::ranges::find_if(m_heatmap->rows, [&](const auto& row) {
            return isSameGrid && row->series.id == pair.first.id && row->disagreement->other.id == pair.second.id;
        });
        const HeatmapRow* before = same == m_heatmap->rows.end() ? nullptr : same->get();
        next->rows.push_back(
            before && before->revision == revision ? *same : unreadRow(pair, revision, next->columns(), before));
    }
    m_heatmap = std::move(next);
    ++m_run;
    emit changed();
    readNext();
}

bool CoverageCompare::isReading() const
{
    return std::ranges::any_of(m_heatmap->rows,
        [](const auto& row) { return row->disagreement->unread > 0 && !row->disagreement->error; });
}

/// The newest columns of all pairs come before the older ones of any.
void CoverageCompare::readNext()
{
    std::size_t next = m_heatmap->rows.size(), most = 0;
    for (std::size_t i = 0; i < m_heatmap->rows.size(); ++i) {
        const Disagreement& known = *m_heatmap->rows[i]->disagreement;
        if (!known.error && known.unread > most) {
            most = known.unread;
            next = i;
        }
    }
    if (most == 0)
        return;
    const HeatmapRow& row = *m_heatmap->rows[next];
    const SeriesPair pair {row.series, row.disagreement->other};
    const TimeRange bucket = m_heatmap->bucket(static_cast<int>(most) - 1);
    const std::int64_t bars = std::max<std::int64_t>(1, bucket.length() / pair.timeframe().length());
    const std::size_t columns = static_cast<std::size_t>(std::max<std::int64_t>(1, barsAtOnce / bars));
    const std::size_t first = most > columns ? most - columns : 0;
    m_read(this, pair,
        std::vector(m_heatmap->bounds.begin() + static_cast<std::ptrdiff_t>(first),
            m_heatmap->bounds.begin() + static_cast<std::ptrdiff_t>(most) + 1),
        [this, run = m_run, next, first](const Cells& cells) {
            if (run == m_run && isOn())
                arrived(next, first, cells);
        });
}

void CoverageCompare::arrived(std::size_t at, std::size_t first, const Cells& cells)
{
    auto disagreement = std::make_shared<Disagreement>(*m_heatmap->rows[at]->disagreement);
    auto row = std::make_shared<HeatmapRow>(*m_heatmap->rows[at]);
    if (cells) {
        for (std::size_t i = 0; i < cells->size(); ++i) {
            disagreement->cells[first + i] = (*cells)[i];
            row->looks[first + i] = lookOf((*cells)[i]);
        }
        disagreement->unread = first;
        disagreement->total = {};
        for (const DisagreementCell& cell : disagreement->cells)
            disagreement->total += cell;
    } else {
        disagreement->error = cells.error();
    }
    row->disagreement = std::move(disagreement);
    auto heatmap = std::make_shared<Heatmap>(*m_heatmap);
    heatmap->rows[at] = std::move(row);
    m_heatmap = std::move(heatmap);
    emit changed();
    readNext();
}

QString CoverageCompare::sumText() const
{
    DisagreementCell total;
    std::int64_t broken = 0;
    for (const auto& row : m_heatmap->rows) {
        total += row->disagreement->total;
        broken += row->disagreement->error ? 1 : 0;
    }
    QString text = tr("%1 series, %2 agree, %3 bars beyond the limit, %4 at one venue alone")
                       .arg(countText(std::ssize(m_heatmap->rows)),
                           total.agreement() ? percentText(*total.agreement()) : QStringLiteral("\u2013"),
                           countText(total.beyond), countText(total.onlyFirst + total.onlySecond));
    if (broken > 0)
        text += tr("; \u2715 %1 series could not be read").arg(countText(broken));
    return isReading() ? tr("Comparing\u2026 %1").arg(text) : text;
}

QString CoverageCompare::textAt(const Heatmap& heatmap, int at, int column)
{
    if (at < 0 || at >= static_cast<int>(heatmap.rows.size()) || column >= heatmap.columns())
        return {};
    const HeatmapRow& row = *heatmap.rows[static_cast<std::size_t>(at)];
    const Disagreement& known = *row.disagreement;
    const SeriesPair pair {row.series, known.other};
    if (known.error)
        return describe(pair, std::nullopt, known.total) + u'\n' + errorTextWithDetail(*known.error);
    if (column < 0)
        return describe(pair, std::nullopt, known.total);
    const DisagreementCell& cell = known.cells[static_cast<std::size_t>(column)];
    const QString text = describe(pair, heatmap.bucket(column), cell);
    if (static_cast<std::size_t>(column) < known.unread && cell.bars() == 0)
        return tr("%1\nNot compared yet.").arg(text.section(u'\n', 0, 3));
    return text;
}

} // namespace mnemo
