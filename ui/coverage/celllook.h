#pragma once

#include <QImage>
#include <QRect>
#include <array>
#include <cstdint>

#include "core/quality/coveragematrix.h"
#include "ui/widgets/theme.h"

class QPainter;

namespace mnemo {

/// What a cell tells beside how complete it is: the class of the bars that are not there.
enum class CellMark : std::uint8_t {
    None,
    Empty,
    Outage,
    Failed,
    Unlisted,
    Delisted,
    BeyondRetention,
    Unknown,
    Outside
};
inline constexpr std::size_t cellMarkCount = 9;
CellMark markOf(GapClass gapClass);
QString textOf(CellMark mark); ///< "never asked", "outage"; "complete" for None, "outside" for Outside

/// How a cell looks: three bytes, so that a picture of a million cells fits the cache of a laptop.
struct CellLook {
    static constexpr std::uint8_t noFill = 255;
    std::uint8_t fill =
        noFill; ///< completeness in percent, 100 only where nothing is missing; noFill where no bar could be
    CellMark mark = CellMark::Outside;
    bool isUnverified : 1 = false; ///< the source has said only once that nothing was traded
    bool hasFindings : 1 = false;
    bool hasNote : 1 = false; ///< somebody has written one about it
    bool operator==(const CellLook&) const = default;
};

/// A single missing bar shows, however many without trades are beside it: of Failed, Unknown and Outage the one with
/// most bars is the mark. The classes that are no defect mark a cell only where they are half of it or more.
CellLook lookOf(const CoverageCell& cell);
CellLook lookOf(std::optional<GapClass> gapClass); ///< of one bar; nothing: it is stored

/// The cividis scale: its lightness grows evenly, also for who sees no red or green.
/// @param share 0 to 1
QColor cividis(double share);

/// Paints cells into an image by pixel. Patterns are aligned with the image, so that neighbours of one class join.
/// A value; cheap to copy.
class CellPainter {
public:
    /// @param ratio device pixels of a line that is one wide; lines of patterns are as wide
    CellPainter(const Theme& theme, qreal ratio);
    /// @param cell in pixels of the image; what is outside of the image is left out
    /// @param image Format_RGB32 or Format_ARGB32_Premultiplied
    void paint(QImage& image, const QRect& cell, CellLook look) const;
    QRgb background() const { return m_background; }
    QRgb fillOf(CellLook look) const;
    QRgb inkOf(CellLook look) const;

private:
    std::array<QRgb, 101> m_fills {};
    std::array<QRgb, 101> m_inks {};
    QRgb m_background, m_soft, m_softInk;
    int m_unit;
};

/// One cell through a painter, for legends.
void paintCell(QPainter& painter, const QRect& cell, CellLook look, const Theme& theme);

} // namespace mnemo
