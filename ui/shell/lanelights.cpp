#include "ui/shell/lanelights.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <cmath>
#include <vector>

#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr std::size_t mostLights = 4;

QString lightText(const QString& glyph, const QColor& colour, const QString& text)
{
    return u"<span style='color:%1'>%2</span> %3"_s.arg(colour.name(), glyph, text.toHtmlEscaped());
}

bool needsAttention(const LaneSnapshot& lane)
{
    return lane.breaker != BreakerState::Closed || !clockWarningOf(lane).isEmpty();
}

} // namespace

LaneLights::LaneLights(QWidget* parent)
    : QWidget(parent)
    , m_layout(new QHBoxLayout(this))
    , m_rest(new QLabel)
{
    m_rest->setTextFormat(Qt::RichText);
    m_rest->hide();
    m_layout->addWidget(m_rest);
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
        m_layout->insertWidget(m_layout->count() - 1, label);
    }
    show(*label, lane);
    count();
}

void LaneLights::count()
{
    const bool isCounted = m_lanes.size() > mostLights;
    std::map<QString, std::vector<const LaneSnapshot*>> rest; // by state
    QStringList lines;
    for (const auto& [id, lane] : m_lanes) {
        const bool isShown = !isCounted || needsAttention(lane);
        m_labels.at(id)->setVisible(isShown);
        if (isShown)
            continue;
        rest[textOf(lane)].push_back(&lane);
        lines << tr("%1: %2").arg(toQString(id), textOf(lane));
    }
    QStringList shown, spoken;
    for (const auto& [state, lanes] : rest) {
        spoken << tr("%1 %2", "number of exchanges, state").arg(lanes.size()).arg(state);
        shown << lightText(glyphOf(*lanes.front()), colourOf(*lanes.front(), Theme::of(palette())), spoken.back());
    }
    const QString text = tr("exchanges: %1").arg(shown.join(u"&nbsp; "_s));
    m_rest->setVisible(!shown.isEmpty());
    if (m_rest->text() == text && m_rest->toolTip() == lines.join(u'\n'))
        return;
    m_rest->setText(text);
    m_rest->setAccessibleName(tr("exchanges: %1").arg(spoken.join(u", "_s)));
    m_rest->setToolTip(lines.join(u'\n'));
}

void LaneLights::show(QLabel& label, const LaneSnapshot& lane) const
{
    QString state = textOf(lane);
    if (const QString warning = clockWarningOf(lane); !warning.isEmpty())
        state += u" \u26A0 "_s + warning;
    const QString text
        = lightText(glyphOf(lane), colourOf(lane, Theme::of(palette())), toQString(lane.id) + u' ' + state);
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
    count();
}

} // namespace mnemo
