#include "ui/coverage/celllook.h"

#include <QCoreApplication>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/widgets/statetext.h"

namespace mnemo {

namespace {

struct Marks {
    Q_DECLARE_TR_FUNCTIONS(Coverage)
};

/// Ten even steps of cividis (Nunez, Anderton, Renslow 2018, doi 10.1371/journal.pone.0199239), as in the viridis
/// package.
constexpr std::array<QRgb, 10> cividisSteps {0xff00204d, 0xff00336f, 0xff39486b, 0xff575c6d, 0xff707173, 0xff8a8779,
    0xffa69d75, 0xffc4b56c, 0xffe4cf5b, 0xffffea46};

/// Whether pixel (x, y) of the image is ink. Lengths are in pixels; @p u is the width of a line.
bool isInk(CellMark mark, int x, int y, const QRect& cell, int u)
{
    const auto part = [u](int value, int period) { return ((value / u) % period + period) % period; };
    switch (mark) {
    case CellMark::None:
    case CellMark::Outside:
        return false;
    case CellMark::Unlisted: // blank, between two lines
        return y < cell.top() + u || y > cell.bottom() - u;
    case CellMark::Empty:
        return part(x, 4) == 1 && part(y, 4) == 1;
    case CellMark::Outage:
        return part(x + y, 6) < 2;
    case CellMark::Failed: {
        const int side = std::min(cell.width(), cell.height()) - 4 * u;
        if (side < 5 * u) // too narrow for a cross
            return (part(x, 6) < 3) != (part(y, 6) < 3);
        const int dx = std::abs(2 * x - cell.left() - cell.right());
        const int dy = std::abs(2 * y - cell.top() - cell.bottom());
        return dx <= side && dy <= side && std::abs(dx - dy) <= 2 * u;
    }
    case CellMark::Delisted:
        return std::abs(2 * y - cell.top() - cell.bottom()) <= u;
    case CellMark::BeyondRetention:
        return part(x + y, 6) == 0 || part(x - y + 600'000 * u, 6) == 0;
    case CellMark::Unknown:
        return part(y, 4) == 1;
    }
    return false;
}

std::uint8_t percentOf(const CoverageCell& cell)
{
    const auto complete = cell.counts.completeness();
    if (!complete)
        return CellLook::noFill;
    return cell.counts.missing() == 0 ? 100 : static_cast<std::uint8_t>(std::min(99.0, *complete * 100));
}

std::optional<GapClass> mostOf(const CoverageCell& cell, std::initializer_list<GapClass> classes)
{
    std::optional<GapClass> most;
    for (const GapClass one : classes) {
        if (cell.counts.of(one) > 0 && (!most || cell.counts.of(one) > cell.counts.of(*most)))
            most = one;
    }
    return most;
}

} // namespace

CellMark markOf(GapClass gapClass)
{
    switch (gapClass) {
    case GapClass::Empty:
        return CellMark::Empty;
    case GapClass::Outage:
        return CellMark::Outage;
    case GapClass::Failed:
        return CellMark::Failed;
    case GapClass::Unlisted:
        return CellMark::Unlisted;
    case GapClass::Delisted:
        return CellMark::Delisted;
    case GapClass::BeyondRetention:
        return CellMark::BeyondRetention;
    case GapClass::Unknown:
        return CellMark::Unknown;
    }
    return CellMark::None;
}

QString textOf(CellMark mark)
{
    switch (mark) {
    case CellMark::None:
        return Marks::tr("complete");
    case CellMark::Empty:
        return Marks::tr("nothing there, says the source"); // of any kind
    case CellMark::Outage:
        return textOf(GapClass::Outage);
    case CellMark::Failed:
        return textOf(GapClass::Failed);
    case CellMark::Unlisted:
        return textOf(GapClass::Unlisted);
    case CellMark::Delisted:
        return textOf(GapClass::Delisted);
    case CellMark::BeyondRetention:
        return textOf(GapClass::BeyondRetention);
    case CellMark::Unknown:
        return textOf(GapClass::Unknown);
    case CellMark::Outside:
        return Marks::tr("outside of what is known");
    }
    return {};
}

CellLook lookOf(const CoverageCell& cell)
{
    CellLook look;
    const auto bars = cell.counts.bars();
    if (bars == 0 || bars == cell.counts.outside)
        return look;
    look.fill = percentOf(cell);
    look.isUnverified = cell.counts.unverified > 0;
    look.hasFindings = cell.findings > 0;
    look.mark = CellMark::None;
    if (const auto defect = mostOf(cell, {GapClass::Failed, GapClass::Unknown, GapClass::Outage})) {
        look.mark = markOf(*defect);
        return look;
    }
    const auto harmless =
        mostOf(cell, {GapClass::Empty, GapClass::BeyondRetention, GapClass::Unlisted, GapClass::Delisted});
    if (harmless && (2 * cell.counts.of(*harmless) >= bars - cell.counts.outside || look.fill == CellLook::noFill))
        look.mark = markOf(*harmless);
    return look;
}

CellLook lookOf(std::optional<GapClass> gapClass)
{
    CellLook look;
    look.mark = gapClass ? markOf(*gapClass) : CellMark::None;
    if (!gapClass)
        look.fill = 100;
    else if (*gapClass == GapClass::Unknown || *gapClass == GapClass::Failed)
        look.fill = 0;
    return look;
}

QColor cividis(double share)
{
    const double at = std::clamp(share, 0.0, 1.0) * static_cast<double>(cividisSteps.size() - 1);
    const auto low = std::min(static_cast<std::size_t>(at), cividisSteps.size() - 2);
    const double part = at - static_cast<double>(low);
    const auto mixed = [part](int one, int other) {
        return static_cast<int>(std::lround(one * (1 - part) + other * part));
    };
    const QColor lower = QColor::fromRgb(cividisSteps[low]);
    const QColor upper = QColor::fromRgb(cividisSteps[low + 1]);
    return QColor(
        mixed(lower.red(), upper.red()), mixed(lower.green(), upper.green()), mixed(lower.blue(), upper.blue()));
}

CellPainter::CellPainter(const Theme& theme, qreal ratio)
    : m_background(theme.background.rgb())
    , m_soft(theme.gapBack.rgb())
    , m_softInk(theme.mutedText.rgb())
    , m_unit(std::max(1, static_cast<int>(std::lround(ratio))))
{
    for (std::size_t percent = 0; percent <= 100; ++percent) {
        // What is not whole stays a visible step below it.
        const double share = percent == 100 ? 1.0 : 0.92 * static_cast<double>(percent) / 100;
        const QColor fill = cividis(share);
        m_fills[percent] = fill.rgb();
        m_inks[percent] = contrast(fill, Qt::white) >= contrast(fill, Qt::black) ? qRgb(255, 255, 255) : qRgb(0, 0, 0);
    }
}

QRgb CellPainter::fillOf(CellLook look) const
{
    if (look.mark == CellMark::Outside)
        return m_background;
    if (look.fill != CellLook::noFill)
        return m_fills[look.fill];
    return look.mark == CellMark::Unlisted || look.mark == CellMark::Delisted ? m_background : m_soft;
}

QRgb CellPainter::inkOf(CellLook look) const
{
    return look.fill == CellLook::noFill ? m_softInk : m_inks[look.fill];
}

void CellPainter::paint(QImage& image, const QRect& cell, CellLook look) const
{
    const QRect shown = cell.intersected(image.rect());
    const QRgb fill = fillOf(look);
    const QRgb ink = inkOf(look);
    const bool isPlain = look.mark == CellMark::None || look.mark == CellMark::Outside;
    const int corner = std::min(cell.width(), 6 * m_unit);
    const bool hasOutline = look.isUnverified && cell.width() > 4 * m_unit;
    for (int y = shown.top(); y <= shown.bottom(); ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        std::fill(line + shown.left(), line + shown.right() + 1, fill);
        if (!isPlain) {
            for (int x = shown.left(); x <= shown.right(); ++x) {
                if (isInk(look.mark, x, y, cell, m_unit))
                    line[x] = ink;
            }
        }
        if (hasOutline || look.hasFindings || look.hasNote || look.isUnverified) {
            const bool isEnd = y < cell.top() + m_unit || y > cell.bottom() - m_unit;
            for (int x = shown.left(); x <= shown.right(); ++x) {
                const bool isSide = hasOutline && (x < cell.left() + m_unit || x > cell.right() - m_unit);
                const bool isCorner = (look.hasFindings && (cell.right() - x) + (y - cell.top()) < corner)
                    || (look.hasNote && (x - cell.left()) + (cell.bottom() - y) < corner);
                if (isCorner || isSide || (look.isUnverified && isEnd))
                    line[x] = ink;
            }
        }
    }
}

void paintCell(QPainter& painter, const QRect& cell, CellLook look, const Theme& theme)
{
    const qreal ratio = painter.device()->devicePixelRatioF();
    QImage image((QSizeF(cell.size()) * ratio).toSize(), QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    CellPainter(theme, ratio).paint(image, image.rect(), look);
    painter.drawImage(cell, image);
}

} // namespace mnemo
