#include "ui/chart/gapcard.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

QString meaningOf(GapClass gapClass, Kind kind)
{
    switch (gapClass) {
    case GapClass::Empty:
        if (isMetric(kind))
            return factsOf(kind).isCount ? GapCard::tr("The source answered and told of none. This is not missing.")
                                         : GapCard::tr("The source answered without a reading: it has none. Another source may have one.");
        return GapCard::tr("The source answered: nothing was traded. This is not missing.");
    case GapClass::Outage:
        return GapCard::tr("The venue was silent, as far as its other series tell.");
    case GapClass::Failed:
        return GapCard::tr("The source was asked and the request failed.");
    case GapClass::Unlisted:
        return GapCard::tr("The instrument was not listed yet. This is not missing.");
    case GapClass::Delisted:
        return GapCard::tr("The instrument was no longer listed. This is not missing.");
    case GapClass::BeyondRetention:
        return GapCard::tr("The source no longer offers bars of that age. Another source may have them.");
    case GapClass::Unknown:
        return GapCard::tr("The source was never asked about this range.");
    }
    return {};
}

bool canBeFilled(GapClass gapClass)
{
    return gapClass != GapClass::Unlisted && gapClass != GapClass::Delisted;
}

GapCard::GapCard(QWidget* parent)
    : QFrame(parent)
    , m_title(new QLabel)
    , m_facts(new QLabel)
    , m_evidence(new QLabel)
    , m_fill(new QPushButton(tr("Fill\u2026")))
    , m_close(new QPushButton(tr("Close")))
{
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setAccessibleName(tr("Gap"));
    QFont bold = font();
    bold.setBold(true);
    m_title->setFont(bold);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_evidence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_evidence->setWordWrap(true);
    m_fill->setToolTip(tr("Opens a backfill of just this range"));
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(m_fill);
    buttons->addWidget(m_close);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 10, 12, 10);
    layout->addWidget(m_title);
    layout->addWidget(m_facts);
    layout->addWidget(m_evidence);
    layout->addLayout(buttons);
    connect(m_close, &QPushButton::clicked, this, &GapCard::leave);
    connect(m_fill, &QPushButton::clicked, this, [this] {
        const TimeRange range = m_gap.range;
        leave();
        emit fillRequested(range);
    });
    hide();
}

void GapCard::open(const Gap& gap, milliseconds barLength, const ChartZone& zone, bool canFill, qreal beside)
{
    m_gap = gap;
    m_title->setText(tr("Gap: %1").arg(textOf(gap.gapClass)));
    const auto days = gap.range.length() >= barLength ? lengthText(gap.range.length()) : lengthText(barLength);
    m_facts->setText(tr("From %1 %3\nto %2 %4\n%5 bars, %6")
                         .arg(zone.timeText(gap.range.from), zone.timeText(gap.range.to), zone.nameAt(gap.range.from),
                             zone.nameAt(gap.range.to), countText(gap.bars), days));
    const QString evidence = toQString(gap.evidence);
    m_evidence->setText(evidence.isEmpty() ? meaningOf(gap.gapClass) : meaningOf(gap.gapClass) + u'\n' + evidence);
    m_fill->setVisible(canBeFilled(gap.gapClass));
    m_fill->setEnabled(canFill);
    setAccessibleDescription(text());
    m_evidence->setFixedWidth(fontMetrics().averageCharWidth() * 44);
    layout()->activate();
    resize(layout()->totalSizeHint());
    const int free = std::max(4, parentWidget()->width() - width() - 4);
    move(std::clamp(static_cast<int>(beside) + 12, 4, free),
        std::min(56, std::max(4, parentWidget()->height() - height())));
    show();
    raise();
    (m_fill->isVisible() && canFill ? m_fill : m_close)->setFocus();
}

QString GapCard::text() const
{
    return QStringList {m_title->text(), m_facts->text(), m_evidence->text()}.join(u'\n');
}

void GapCard::leave()
{
    hide();
    parentWidget()->setFocus();
}

void GapCard::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        return leave();
    if ((event->key() == Qt::Key_F || event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        && m_fill->isEnabled() && m_fill->isVisible() && !m_close->hasFocus())
        return m_fill->click();
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && m_close->hasFocus())
        return leave();
    QFrame::keyPressEvent(event);
}

} // namespace mnemo
