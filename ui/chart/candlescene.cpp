#include "ui/chart/candlescene.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>
#include <utility>

#include "core/base/decimal.h"

namespace mnemo {

namespace {

// Odd, at most three quarters of the slot: neighbours stay apart and the wick has a middle.
int bodyWidth(double slot)
{
    const int width = static_cast<int>(std::min(slot * 0.75, 41.0));
    return std::max(1, width % 2 == 1 ? width : width - 1);
}

class Reducer {
public:
    Reducer(std::vector<CandleMark>& marks, const TimeScale& scale, qreal ratio)
        : m_marks(marks)
        , m_from(scale.from)
        , m_perMs(ratio / scale.msPerPixel)
        , m_columns(static_cast<int>(std::ceil(scale.width * ratio)))
    {
    }
    void add(const ChartContent::Piece& piece)
    {
        const double length = static_cast<double>(piece.length.count());
        const int width = bodyWidth(length * m_perMs);
        const int margin = width / 2;
        for (const ChartBar& bar : piece.bars) {
            const double centre = (static_cast<double>(toMs(bar.time)) + length / 2 - m_from) * m_perMs;
            if (centre < -margin - 1 || centre > m_columns + margin)
                continue;
            place(bar, static_cast<int>(std::floor(centre)), width);
        }
    }
    bool isReduced() const { return m_isReduced; } ///< a mark holds several bars

private:
    void place(const ChartBar& bar, int column, int width)
    {
        if (!m_marks.empty() && m_marks.back().x == column) {
            append(m_marks.back().bar, bar);
            ++m_marks.back().bars;
            m_isReduced = true;
        } else {
            m_marks.push_back({column, width, 1, bar});
        }
    }

    std::vector<CandleMark>& m_marks;
    bool m_isReduced = false;
    double m_from, m_perMs;
    int m_columns;
};

int decimalsOf(double price)
{
    const std::string text = formatDecimal(price);
    const auto point = text.find('.');
    return point == std::string::npos ? 0 : static_cast<int>(text.size() - point - 1);
}

// What the venue quotes shows in any few dozen prices.
int sampledDecimals(const std::vector<CandleMark>& marks)
{
    constexpr std::size_t samples = 12;
    int decimals = 0;
    const std::size_t step = std::max<std::size_t>(1, marks.size() / samples);
    for (std::size_t i = 0; i < marks.size(); i += step)
        decimals = std::max({decimals, decimalsOf(marks[i].bar.close), decimalsOf(marks[i].bar.high)});
    return std::min(decimals, 12);
}

/// How much a class asks for attention: what may be there and is not comes before what cannot be had.
int urgency(GapClass gapClass)
{
    switch (gapClass) {
    case GapClass::Failed:
        return 4;
    case GapClass::Unknown:
        return 3;
    case GapClass::Outage:
        return 2;
    case GapClass::BeyondRetention:
        return 1;
    case GapClass::Empty:
    case GapClass::Unlisted:
    case GapClass::Delisted:
        return 0;
    }
    return 0;
}

void addQuality(std::vector<QualityMark>& marks, int from, int to, const Gap& gap)
{
    if (!marks.empty()) {
        QualityMark& last = marks.back();
        const int end = last.x + last.width;
        if (from < end || (from == end && last.gapClass == gap.gapClass)) {
            if (last.gapClass == gap.gapClass) {
                last.width = std::max(end, to) - last.x;
                return;
            }
            if (urgency(gap.gapClass) > urgency(last.gapClass)) {
                last.width = from - last.x;
                if (last.width <= 0)
                    marks.pop_back();
            } else {
                from = end;
            }
        }
    }
    if (to > from)
        marks.push_back({from, to - from, gap.gapClass, gap.range.from});
}

void addGap(CandleScene& scene, const Gap& gap, const TimeScale& scale, TimeRange within)
{
    const TimeRange shown = gap.range.intersected(within);
    const qreal from = std::max(0.0, scale.toX(shown.from));
    const qreal to = std::min(scale.width, scale.toX(shown.to));
    if (shown.isEmpty() || to <= 0 || from >= scale.width)
        return;
    if (to - from >= 1 / scene.ratio)
        scene.gaps.push_back({from, to, gap});
    const auto left = static_cast<int>(from * scene.ratio);
    const auto right = static_cast<int>(std::ceil(to * scene.ratio));
    addQuality(scene.quality, left, std::max(right, left + 2), gap);
}

void addNote(CandleScene& scene, const QualityNote& note, const TimeScale& scale)
{
    const qreal from = scale.toX(note.from) * scene.ratio, to = scale.toX(note.to) * scene.ratio;
    const qreal width = scale.width * scene.ratio;
    if (to <= 0 || from >= width)
        return;
    // Under its first bar; at the edge where that is out of view.
    const qreal bar = static_cast<double>(note.step.count()) / scale.msPerPixel * scene.ratio;
    const qreal centre = std::clamp(from + std::min(bar, to - from) / 2, 0.0, width - 1);
    NoteMark mark {static_cast<int>(centre), static_cast<int>(std::max(0.0, from)),
        static_cast<int>(std::ceil(std::min(width, to))), note.kind, note.findings, note.rule, {note.from, note.to}};
    auto& marks = scene.notes;
    if (note.isContinued) { // by the next tile, so look for where it began
        const auto begun = std::find_if(marks.rbegin(), marks.rend(),
            [&](const NoteMark& held) { return held.rule == note.rule && held.range.to >= note.from; });
        if (begun != marks.rend()) {
            begun->range.to = std::max(begun->range.to, note.to);
            begun->to = std::max(begun->to, mark.to);
            begun->findings += mark.findings;
            return;
        }
    }
    if (marks.empty() || mark.x - marks.back().x >= CandleScene::noteRoom * scene.ratio)
        return marks.push_back(mark);
    NoteMark& held = marks.back();
    mark.findings += held.findings;
    mark.from = std::min(mark.from, held.from);
    mark.to = std::max(mark.to, held.to);
    if (mark.kind <= held.kind)
        std::tie(mark.x, mark.kind, mark.rule, mark.range) = std::tie(held.x, held.kind, held.rule, held.range);
    held = mark;
}

void measure(CandleScene& scene)
{
    if (scene.marks.empty())
        return;
    scene.low = scene.marks.front().bar.low;
    scene.high = scene.marks.front().bar.high;
    for (const CandleMark& mark : scene.marks) {
        scene.low = std::min(scene.low, mark.bar.low);
        scene.high = std::max(scene.high, mark.bar.high);
        scene.maxVolume = std::max(scene.maxVolume, mark.bar.volume);
    }
    scene.decimals = sampledDecimals(scene.marks);
}

} // namespace

ChartContent::Piece::Piece(
    milliseconds each, std::span<const ChartBar> shown, std::shared_ptr<const void> held)
    : length(each)
    , bars(shown)
    , owner(std::move(held))
{
}

ChartContent::Piece::Piece(milliseconds each, std::vector<ChartBar> own)
    : length(each)
{
    const auto held = std::make_shared<const std::vector<ChartBar>>(std::move(own));
    bars = *held;
    owner = held;
}

CandleScene prepareScene(ChartContent content, const TimeScale& scale, TimeRange within, qreal ratio)
{
    CandleScene scene;
    scene.ratio = ratio;
    scene.marks.reserve(static_cast<std::size_t>(std::max(0.0, scale.width * ratio)) + 2);
    Reducer reducer(scene.marks, scale, ratio), apart(scene.quarantined, scale, ratio);
    for (const ChartContent::Piece& piece : content.pieces)
        reducer.add(piece);
    for (const ChartContent::Piece& piece : content.quarantined)
        apart.add(piece);
    scene.isReduced = reducer.isReduced();
    measure(scene);
    for (const Gap& gap : content.gaps)
        addGap(scene, gap, scale, within);
    scene.said = std::move(content.notes);
    for (const QualityNote& note : scene.said)
        addNote(scene, note, scale);
    for (const TimeRange& range : content.loading) {
        const qreal from = std::max(0.0, scale.toX(range.from));
        const qreal to = std::min(scale.width, scale.toX(range.to));
        if (to > from)
            scene.loading.emplace_back(from, to);
    }
    return scene;
}

namespace {

using Marks = std::vector<CandleMark>;

Marks::const_iterator firstFrom(const Marks& marks, int column)
{
    return std::lower_bound(
        marks.begin(), marks.end(), column, [](const CandleMark& mark, int at) { return mark.x < at; });
}

/// The nearer of two; the first where they are as near as each other. Null counts as far away.
const CandleMark* nearer(const CandleMark* a, const CandleMark* b, int column)
{
    if (!a || !b)
        return a ? a : b;
    return std::abs(b->x - column) < std::abs(a->x - column) ? b : a;
}

} // namespace

const CandleMark* CandleScene::markAt(qreal x, qreal reach) const
{
    const int column = static_cast<int>(std::floor(x * ratio));
    const CandleMark* best = nullptr;
    const auto consider = [&](const CandleMark& mark) {
        if (std::abs(mark.x - column) <= std::max(reach * ratio, mark.width / 2.0))
            best = nearer(best, &mark, column);
    };
    for (const Marks* among : {&marks, &quarantined}) {
        const auto after = firstFrom(*among, column);
        if (after != among->end())
            consider(*after);
        if (after != among->begin())
            consider(*std::prev(after));
    }
    return best;
}

bool CandleScene::isQuarantined(const CandleMark& mark) const
{
    return !quarantined.empty() && &mark >= quarantined.data() && &mark < quarantined.data() + quarantined.size();
}

const CandleMark* CandleScene::previous(const CandleMark& mark) const
{
    const auto at = firstFrom(marks, mark.x);
    return at == marks.begin() ? nullptr : &*std::prev(at);
}

const CandleMark* CandleScene::markBeside(const CandleMark& mark, int steps) const
{
    const CandleMark* at = &mark;
    for (int left = std::abs(steps); at && left > 0; --left) {
        const CandleMark* next = nullptr;
        for (const Marks* among : {&marks, &quarantined}) {
            const auto found = firstFrom(*among, steps > 0 ? at->x + 1 : at->x);
            if (steps > 0 && found != among->end())
                next = nearer(next, &*found, at->x);
            else if (steps < 0 && found != among->begin())
                next = nearer(next, &*std::prev(found), at->x);
        }
        at = next;
    }
    return at;
}

const NoteMark* CandleScene::noteAt(qreal x) const
{
    const qreal column = x * ratio;
    const NoteMark* best = nullptr;
    for (const NoteMark& mark : notes) {
        const bool isOn = std::abs(mark.x - column) <= noteRoom * ratio / 2;
        if (isOn && (!best || std::abs(mark.x - column) < std::abs(best->x - column)))
            best = &mark;
    }
    if (best)
        return best;
    const auto over = std::find_if(
        notes.begin(), notes.end(), [&](const NoteMark& mark) { return mark.from <= column && column < mark.to; });
    return over == notes.end() ? nullptr : &*over;
}

const QualityNote* CandleScene::noteOver(TimeRange bars) const
{
    const QualityNote* found = nullptr;
    for (const QualityNote& note : said) {
        if (note.from < bars.to && note.to > bars.from && (!found || note.kind > found->kind))
            found = &note;
    }
    return found;
}

const GapBand* CandleScene::gapAt(qreal x) const
{
    const auto found =
        std::find_if(gaps.begin(), gaps.end(), [x](const GapBand& band) { return band.from <= x && x < band.to; });
    return found == gaps.end() ? nullptr : &*found;
}

const QualityMark* CandleScene::qualityAt(qreal x) const
{
    const int column = static_cast<int>(std::floor(x * ratio));
    const auto found = std::find_if(quality.begin(), quality.end(),
        [column](const QualityMark& mark) { return mark.x <= column && column < mark.x + mark.width; });
    return found == quality.end() ? nullptr : &*found;
}

} // namespace mnemo
