#include "ui/chart/qualitynote.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>
#include <utility>

#include "core/quality/compare.h"
#include "core/quality/rules/rules.h"
#include "ui/chart/chartlevel.h"
#include "ui/widgets/findingtext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Chart)
};

/// The name as the program itself holds it: notes are copied with every frame and must not carry text along.
std::string_view known(std::string_view id)
{
    if (const Rule* one = findRule(id))
        return one->info.id;
    for (const char* other : {rule::crossClose, rule::crossOhl, rule::crossBasis, rule::crossMissing, rule::crossShift,
             rule::crossUnit, rule::crossVolume, rule::crossInterest, rule::crossInterestUnit, "by_hand"}) {
        if (id == other)
            return other;
    }
    return {};
}

QPainterPath polygon(std::initializer_list<QPointF> points, bool isClosed)
{
    QPainterPath path;
    path.addPolygon(QPolygonF(QList<QPointF>(points)));
    if (isClosed)
        path.closeSubpath();
    return path;
}

QPainterPath crossPath()
{
    QPainterPath path = polygon({{-0.36, -0.36}, {0.36, 0.36}}, false);
    path.addPath(polygon({{-0.36, 0.36}, {0.36, -0.36}}, false));
    return path;
}

QPainterPath barredCircle()
{
    QPainterPath path;
    path.addEllipse(QPointF(0, 0), 0.38, 0.38);
    path.addPath(polygon({{-0.27, 0.27}, {0.27, -0.27}}, false));
    return path;
}

QPainterPath arrows()
{
    QPainterPath path = polygon({{-0.42, -0.16}, {0.4, -0.16}, {0.2, -0.38}}, false);
    path.addPath(polygon({{0.42, 0.16}, {-0.4, 0.16}, {-0.2, 0.38}}, false));
    return path;
}

QPainterPath infoPath()
{
    QPainterPath path = polygon({{0, -0.1}, {0, 0.42}}, false);
    path.addPath(polygon({{0, -0.42}, {0, -0.3}}, false));
    return path;
}

} // namespace

std::optional<NoteKind> kindOf(const Finding& finding)
{
    switch (stateOf(finding)) {
    case FindingState::Fixed:
        return std::nullopt;
    case FindingState::Acknowledged:
        return NoteKind::Accepted;
    case FindingState::Quarantined:
        return NoteKind::Quarantined;
    case FindingState::Replaced:
        return NoteKind::Replaced;
    case FindingState::Open:
        break;
    }
    if (finding.rule == "revision")
        return NoteKind::Revision;
    switch (severityOf(finding)) {
    case Severity::Info:
        return NoteKind::Info;
    case Severity::Warn:
        return NoteKind::Warn;
    case Severity::Error:
        return NoteKind::Error;
    }
    return NoteKind::Warn;
}

NoteCollector::NoteCollector(const ChartLevel& level, const Grid& grid, TimeRange range)
    : m_level(level)
    , m_grid(grid)
    , m_range(range)
{
}

void NoteCollector::add(const Finding& finding)
{
    const auto kind = kindOf(finding);
    if (!kind)
        return;
    QualityNote note;
    note.from = std::max(m_grid.floor(finding.range.from), m_range.from);
    note.to = std::min(std::max(finding.range.to, m_grid.next(note.from)), m_range.to); // about a moment: its bar
    note.kind = *kind;
    note.isContinued = finding.range.from < m_range.from;
    note.findings = note.isContinued ? 0 : 1;
    note.rule = known(finding.rule);
    if (note.from < note.to)
        add(note);
}

void NoteCollector::add(UtcMs time, NoteKind kind)
{
    const UtcMs end = m_level.source == ChartLevel::Source::Rows ? m_grid.next(time) : time + m_level.length;
    add({time, end, {}, kind, false, 0, {}});
}

void NoteCollector::add(QualityNote note)
{
    const UtcMs bar = startOf(m_level, m_grid, note.from);
    note.step = m_level.length;
    const auto [at, isNew] = m_notes.emplace(bar, note);
    if (isNew)
        return;
    QualityNote& held = at->second;
    held.findings += note.findings;
    held.from = std::min(held.from, note.from);
    held.to = std::max(held.to, note.to);
    held.isContinued = held.isContinued && note.isContinued;
    if (note.kind > held.kind || (note.kind == held.kind && held.rule.empty())) {
        held.kind = note.kind;
        held.rule = note.rule;
    }
}

std::vector<QualityNote> NoteCollector::take()
{
    std::vector<QualityNote> notes;
    notes.reserve(m_notes.size());
    for (const auto& [bar, note] : std::exchange(m_notes, {}))
        notes.push_back(note);
    return notes;
}

QString glyphOf(NoteKind kind)
{
    switch (kind) {
    case NoteKind::Accepted:
        return glyphOf(FindingState::Acknowledged);
    case NoteKind::Info:
        return glyphOf(Severity::Info);
    case NoteKind::Revision:
        return u"\u25C7"_s;
    case NoteKind::Replaced:
        return glyphOf(FindingState::Replaced);
    case NoteKind::Quarantined:
        return glyphOf(FindingState::Quarantined);
    case NoteKind::Warn:
        return glyphOf(Severity::Warn);
    case NoteKind::Error:
        return glyphOf(Severity::Error);
    }
    return {};
}

QString textOf(NoteKind kind)
{
    switch (kind) {
    case NoteKind::Accepted:
        return textOf(FindingState::Acknowledged);
    case NoteKind::Info:
        return textOf(Severity::Info);
    case NoteKind::Revision:
        return Text::tr("Revised by its source");
    case NoteKind::Replaced:
        return textOf(FindingState::Replaced);
    case NoteKind::Quarantined:
        return textOf(FindingState::Quarantined);
    case NoteKind::Warn:
        return textOf(Severity::Warn);
    case NoteKind::Error:
        return textOf(Severity::Error);
    }
    return {};
}

QString textOf(NoteKind kind, std::string_view rule, int findings)
{
    QString text = textOf(kind);
    if (!rule.empty() && kind != NoteKind::Revision)
        text = Text::tr("%1: %2").arg(text, ruleTitle(rule));
    if (findings > 2)
        return Text::tr("%1 and %2 more findings").arg(text, countText(findings - 1));
    return findings > 1 ? Text::tr("%1 and 1 more finding").arg(text) : text;
}

QColor colourOf(NoteKind kind, const Theme& theme)
{
    switch (kind) {
    case NoteKind::Accepted:
    case NoteKind::Info:
        return theme.neutral;
    case NoteKind::Revision:
        return theme.running;
    case NoteKind::Replaced:
        return theme.good;
    case NoteKind::Quarantined:
        return theme.paused;
    case NoteKind::Warn:
        return theme.warning;
    case NoteKind::Error:
        return theme.bad;
    }
    return theme.neutral;
}

const QPainterPath& shapeOf(NoteKind kind)
{
    static const std::array<QPainterPath, noteKinds> shapes {
        polygon({{-0.38, 0}, {-0.1, 0.32}, {0.4, -0.34}}, false), // a tick
        infoPath(),
        polygon({{0, -0.45}, {0.45, 0}, {0, 0.45}, {-0.45, 0}}, true), // a diamond
        arrows(),
        barredCircle(),
        polygon({{0, -0.44}, {0.48, 0.42}, {-0.48, 0.42}}, true), // a triangle
        crossPath(),
    };
    return shapes.at(static_cast<std::size_t>(kind));
}

bool isFilled(NoteKind kind)
{
    return kind == NoteKind::Warn;
}

} // namespace mnemo
