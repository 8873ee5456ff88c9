#include "ui/shell/firststartpage.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/widgets/glyphicon.h"
#include "ui/widgets/theme.h"

namespace mnemo {

namespace {

QLabel* paragraph(const QString& text)
{
    auto* label = new QLabel(text);
    label->setWordWrap(true);
    label->setAlignment(Qt::AlignHCenter);
    return label;
}

QPushButton* bigButton(const QString& text, const QString& explanation)
{
    auto* button = new QPushButton(text);
    button->setMinimumHeight(40);
    button->setMinimumWidth(230);
    button->setToolTip(explanation);
    button->setAccessibleDescription(explanation);
    return button;
}

} // namespace

FirstStartPage::FirstStartPage(bool isReadOnly, bool isDemo, QWidget* parent)
    : QWidget(parent)
{
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    auto* column = new QWidget;
    column->setFixedWidth(520);
    auto* layout = new QVBoxLayout(column);
    layout->setSpacing(14);
    auto* icon = new QLabel;
    icon->setPixmap(applicationIcon().pixmap(QSize(64, 64), devicePixelRatioF()));
    icon->setFixedSize(64, 64);
    layout->addWidget(icon, 0, Qt::AlignHCenter);
    auto* title = paragraph(isReadOnly ? tr("Nothing is stored yet") : tr("Begin with a first series"));
    QFont large = title->font();
    large.setPointSizeF(large.pointSizeF() * 1.7);
    title->setFont(large);
    layout->addWidget(title);
    if (isReadOnly) {
        layout->addWidget(
            paragraph(tr("Another window collects into this store. What it stores appears here by itself.")));
    } else {
        layout->addWidget(
            paragraph(tr("A backfill asks an exchange for the history of one symbol and keeps every candle on this "
                         "computer, together with "
                         "what is known about the missing ones. It needs a network connection, but no account.")));
        auto* begin = bigButton(tr("Start a first backfill\u2026"), tr("Choose exchange, symbol, timeframe and range"));
        begin->setDefault(true);
        connect(begin, &QPushButton::clicked, this, &FirstStartPage::backfillRequested);
        layout->addWidget(begin, 0, Qt::AlignHCenter);
        if (!isDemo) {
            auto* demo = bigButton(tr("Look at the demo"),
                tr("Opens a second window with a made-up market; nothing in your store changes"));
            connect(demo, &QPushButton::clicked, this, &FirstStartPage::demoRequested);
            layout->addWidget(demo, 0, Qt::AlignHCenter);
            auto* note = paragraph(tr(
                "The demo runs on a made-up market of this computer: no network, and nothing in your store changes."));
            note->setForegroundRole(QPalette::PlaceholderText);
            layout->addWidget(note);
        }
    }
    auto* outer = new QVBoxLayout(this);
    outer->addStretch(2);
    auto* row = new QHBoxLayout; // stretches, not an alignment: wrapped text then gets the height that it needs
    row->addStretch();
    row->addWidget(column);
    row->addStretch();
    outer->addLayout(row);
    outer->addStretch(3);
}

void FirstStartPage::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        update();
}

// A faint skyline of candles at the foot, so that the page says what it will hold.
void FirstStartPage::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme theme = Theme::of(palette());
    painter.fillRect(rect(), palette().color(QPalette::Base));
    painter.setOpacity(theme.isDark ? 0.35 : 0.28);
    constexpr int step = 22;
    unsigned walk = 7;
    const int foot = height() / 7;
    int level = height() - foot / 2;
    for (int x = 10; x < width(); x += step) {
        walk = walk * 1103515245U + 12345U;
        const int move = static_cast<int>((walk >> 16) % 29) - 13;
        const int wick = 3 + static_cast<int>((walk >> 8) % 9);
        const QRect body(x, std::min(level, level - move), 11, std::max(2, std::abs(move)));
        const bool isUp = move >= 0;
        painter.setPen(QPen(isUp ? theme.up : theme.down, 1));
        painter.drawLine(x + 5, body.top() - wick, x + 5, body.top());
        painter.drawLine(x + 5, body.bottom() + 1, x + 5, body.bottom() + wick);
        painter.setBrush(isUp ? QBrush(Qt::NoBrush) : QBrush(theme.down));
        painter.drawRect(body);
        level = qBound(height() - foot, level - move, height() - 25);
    }
}

} // namespace mnemo
