#include "ui/widgets/messagepage.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <utility>

#include "ui/widgets/headline.h"

namespace mnemo {

namespace {

constexpr int textWidth = 620; ///< px

} // namespace

MessagePage::MessagePage(int lines, QWidget* parent)
    : QWidget(parent)
    , m_glyph(new QLabel)
    , m_title(headline({}))
    , m_text(new QLabel)
    , m_button(new QPushButton)
{
    QFont huge = m_glyph->font();
    huge.setPointSizeF(huge.pointSizeF() * 3);
    m_glyph->setFont(huge);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_text->setWordWrap(true);
    m_text->setFixedWidth(textWidth);
    m_text->setMinimumHeight(lines * fontMetrics().lineSpacing());
    m_button->setAccessibleName(tr("What to do about it"));
    auto* layout = new QVBoxLayout(this);
    layout->addStretch(2);
    for (QLabel* label : {m_glyph, m_title, m_text}) {
        label->setAlignment(Qt::AlignCenter);
        layout->addWidget(label, 0, Qt::AlignHCenter);
    }
    layout->addSpacing(8);
    layout->addWidget(m_button, 0, Qt::AlignHCenter);
    layout->addStretch(3);
    m_glyph->hide();
    m_button->hide();
    connect(m_button, &QPushButton::clicked, this, [this] {
        if (const auto press = m_press) // which may offer something else
            press();
    });
}

void MessagePage::say(const QString& title, const QString& text)
{
    m_title->setText(title);
    m_text->setText(text);
    m_text->setVisible(!text.isEmpty());
}

void MessagePage::setGlyph(const QString& glyph, const QColor& colour)
{
    QPalette colours = palette();
    if (colour.isValid())
        colours.setColor(QPalette::WindowText, colour);
    m_glyph->setPalette(colours);
    m_glyph->setText(glyph);
    m_glyph->setVisible(!glyph.isEmpty());
}

void MessagePage::offer(const QString& button, std::function<void()> press)
{
    m_button->setText(button);
    m_button->setVisible(!button.isEmpty());
    m_press = std::move(press);
}

QString MessagePage::title() const
{
    return m_title->text();
}

QString MessagePage::text() const
{
    return m_text->text();
}

} // namespace mnemo
