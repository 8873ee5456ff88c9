#include "ui/shell/lanelights.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <cmath>

#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

LaneLights::LaneLights(QWidget* parent)
    : QWidget(parent)
    , m_layout(new QHBoxLayout(this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(14);
    setAccessibleName(tr("Exchanges"));
}

void LaneLights::apply(const LaneSnapshot& lane)
{
    m_lanes[lane.id] = lane;
    QLabel*& label = m_labels[lane.id];
    if (!label) {
        label = new QLabel;
        label->setTextFormat(Qt::RichText);
        m_layout->addWidget(label);
    }
    show(*label, lane);
}

void LaneLights::show(QLabel& label, const LaneSnapshot& lane) const
{
    QString state = textOf(lane);
    if (const QString warning = clockWarningOf(lane); !warning.isEmpty())
        state += u" \u26A0 "_s + warning;
    const QString text = u"<span style='color:%1'>%2</span> %3 %4"_s.arg(colourOf(lane, Theme::of(palette())).name(),
        glyphOf(lane), toQString(lane.id).toHtmlEscaped(), state.toHtmlEscaped());
    if (label.text() == text)
        return;
    label.setText(text);
    label.setAccessibleName(tr("%1: %2").arg(toQString(lane.id), state));
    QStringList lines {tr("%1: %2 under way, %3 queued").arg(toQString(lane.id)).arg(lane.inFlight).arg(lane.queued)};
    for (const BudgetState& budget : lane.budgets)
        lines << tr("%1: %2 of %3 used in %4")
                     .arg(toQString(budget.name), countText(std::llround(budget.used)),
                         countText(std::llround(budget.capacity)), lengthText(budget.window));
    if (!lane.lastError.empty())
        lines << tr("Last problem: %1").arg(toQString(lane.lastError));
    label.setToolTip(lines.join(u'\n'));
}

void LaneLights::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() != QEvent::PaletteChange)
        return;
    for (const auto& [id, label] : m_labels)
        show(*label, m_lanes.at(id));
}

} // namespace mnemo
