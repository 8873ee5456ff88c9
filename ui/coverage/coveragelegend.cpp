#include "ui/coverage/coveragelegend.h"

#include <QPainter>
#include <functional>
#include <vector>

#include "ui/coverage/celllook.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct LegendEntry {
    CellLook look;
    QString text;
};

std::vector<LegendEntry> entries(bool isComparing)
{
    const auto look = [](CellMark mark, std::uint8_t fill = CellLook::noFill) {
        return CellLook {fill, mark, false, false};
    };
    if (isComparing)
        return {{look(CellMark::None, 0), CoverageLegend::tr("0 %")}, {look(CellMark::None, 50), CoverageLegend::tr("50 %")},
            {look(CellMark::None, 100), CoverageLegend::tr("both agree")},
            {look(CellMark::Failed, 90), CoverageLegend::tr("bars beyond the limit")},
            {look(CellMark::Outage, 90), CoverageLegend::tr("bars at one venue alone")},
            {CellLook {}, CoverageLegend::tr("nothing to compare")}};
    std::vector<LegendEntry> all {{look(CellMark::None, 0), CoverageLegend::tr("0 %")},
        {look(CellMark::None, 50), CoverageLegend::tr("50 %")},
        {look(CellMark::None, 100), CoverageLegend::tr("complete")}};
    for (const CellMark mark : {CellMark::Unknown, CellMark::Failed})
        all.push_back({look(mark, 0), textOf(mark)});
    for (const CellMark mark :
        {CellMark::Outage, CellMark::Empty, CellMark::BeyondRetention, CellMark::Unlisted, CellMark::Delisted})
        all.push_back({look(mark), textOf(mark)});
    all.push_back({CellLook {100, CellMark::Empty, true, false}, CoverageLegend::tr("not verified")});
    all.push_back({CellLook {100, CellMark::None, false, true}, CoverageLegend::tr("open finding")});
    all.push_back({CellLook {100, CellMark::None, false, false, true}, CoverageLegend::tr("note")});
    return all;
}

/// Calls @p place for each entry with where it stands; @return the height of all.
int lay(const std::vector<LegendEntry>& shown, const QFontMetrics& metrics, int width,
    const std::function<void(const LegendEntry&, QPoint)>& place)
{
    const int line = metrics.height() + 6;
    QPoint at(6, 3);
    for (const LegendEntry& entry : shown) {
        const int wide = 26 + metrics.horizontalAdvance(entry.text) + 14;
        if (at.x() > 6 && at.x() + wide > width)
            at = {6, at.y() + line};
        place(entry, at);
        at.rx() += wide;
    }
    return at.y() + line;
}

} // namespace

CoverageLegend::CoverageLegend(QWidget* parent)
    : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(tr("Legend"));
    describe();
}

void CoverageLegend::describe()
{
    QStringList words;
    for (const LegendEntry& entry : entries(m_isComparing))
        words << entry.text;
    setAccessibleDescription(words.join(u", "_s));
}

void CoverageLegend::setComparing(bool isOn)
{
    m_isComparing = isOn;
    describe();
    updateGeometry();
    update();
}

QSize CoverageLegend::sizeHint() const
{
    return {fontMetrics().height() * 30, heightForWidth(width())};
}

int CoverageLegend::heightForWidth(int width) const
{
    return lay(entries(m_isComparing), fontMetrics(), width, [](const LegendEntry&, QPoint) {});
}

void CoverageLegend::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme theme = Theme::of(palette());
    const int high = fontMetrics().height();
    lay(entries(m_isComparing), fontMetrics(), width(), [&](const LegendEntry& entry, QPoint at) {
        const QRect cell(at, QSize(20, high));
        paintCell(painter, cell, entry.look, theme);
        painter.setPen(theme.gapLine);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(cell.adjusted(0, 0, -1, -1));
        painter.setPen(palette().color(QPalette::WindowText));
        painter.drawText(at + QPoint(26, fontMetrics().ascent()), entry.text);
    });
}

} // namespace mnemo
