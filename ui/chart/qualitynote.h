#pragma once

#include <QColor>
#include <QPainterPath>
#include <QString>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "core/market/grid.h"
#include "core/storage/findings.h"
#include "ui/widgets/theme.h"

namespace mnemo {

struct ChartLevel;

/// What the rules say about a bar, as a tile and a lane keep it. Those that ask for more attention come later.
enum class NoteKind : std::uint8_t { Accepted, Info, Revision, Replaced, Quarantined, Warn, Error };
constexpr std::size_t noteKinds = 7;

/// Nothing for what was fixed.
std::optional<NoteKind> kindOf(const Finding& finding);

struct QualityNote {
    UtcMs from {}, to {}; ///< its bars; cut to the tile
    milliseconds step {0}; ///< length of the bar that stands at its beginning, at the tile's level
    NoteKind kind = NoteKind::Info; ///< the most urgent
    bool isContinued = false; ///< began before the tile
    int findings = 0; ///< that begin in this bar; 0: only the rows' own marks tell
    std::string_view rule {}; ///< of the most urgent, lives for ever; empty where no rule has that name (any more)
    bool operator==(const QualityNote&) const = default;
};

/// Puts together what is said about each bar of a tile, whatever is stored: one note a bar of the tile's level.
class NoteCollector {
public:
    /// @p level outlives it.
    NoteCollector(const ChartLevel& level, const Grid& grid, TimeRange range);
    void add(const Finding& finding);
    void add(UtcMs time, NoteKind kind); ///< the row itself, or an aggregate of it, says so
    std::vector<QualityNote> take(); ///< ascending

private:
    void add(QualityNote note);
    const ChartLevel& m_level;
    Grid m_grid;
    TimeRange m_range;
    std::map<UtcMs, QualityNote> m_notes;
};

// As shape, word and colour: never by colour alone.
QString glyphOf(NoteKind kind);
QString textOf(NoteKind kind);
QColor colourOf(NoteKind kind, const Theme& theme);
/// The shape in the lane, within a square of side 1 whose centre is the origin; filled, or stroked where it is open.
const QPainterPath& shapeOf(NoteKind kind);
bool isFilled(NoteKind kind);
/// "Error: Price jump", "Warning: Price jump and 2 more findings", "Quarantined".
QString textOf(NoteKind kind, std::string_view rule, int findings);

} // namespace mnemo
