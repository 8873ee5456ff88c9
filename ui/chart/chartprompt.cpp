#include "ui/chart/chartprompt.h"

#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>
#include <algorithm>

namespace mnemo {

namespace {

constexpr int mostShown = 200; ///< offers; more are found by typing more
constexpr int shownRows = 8;

} // namespace

ChartPrompt::ChartPrompt(QWidget* parent)
    : QFrame(parent)
    , m_title(new QLabel)
    , m_edit(new QLineEdit)
    , m_list(new QListWidget)
    , m_hint(new QLabel)
{
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    m_hint->setWordWrap(true);
    m_title->setBuddy(m_edit);
    m_list->setAccessibleName(tr("Matches"));
    m_list->setFocusPolicy(Qt::NoFocus); // the arrows of the line move in it
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 6, 8, 6);
    layout->setSpacing(4);
    for (QWidget* part : std::initializer_list<QWidget*> {m_title, m_edit, m_list, m_hint})
        layout->addWidget(part);
    connect(m_edit, &QLineEdit::textChanged, this, &ChartPrompt::ask);
    connect(m_list, &QListWidget::itemClicked, this, &ChartPrompt::choose);
    m_edit->installEventFilter(this);
    parent->installEventFilter(this);
    hide();
}

void ChartPrompt::open(const QString& title, const QString& text, Answer answer)
{
    m_answer = std::move(answer);
    m_title->setText(title);
    m_edit->setAccessibleName(title);
    m_edit->setText(text);
    ask();
    show();
    raise();
    m_edit->setFocus();
    m_edit->setCursorPosition(static_cast<int>(text.size()));
}

QString ChartPrompt::text() const
{
    return m_edit->text();
}

QString ChartPrompt::hint() const
{
    return m_hint->text();
}

QStringList ChartPrompt::offers() const
{
    QStringList texts;
    for (const auto& offer : m_reply.offers)
        texts << offer.text;
    return texts;
}

void ChartPrompt::ask()
{
    if (!m_answer)
        return;
    m_reply = m_answer(m_edit->text());
    m_list->clear();
    for (int i = 0; i < std::min(mostShown, static_cast<int>(m_reply.offers.size())); ++i)
        m_list->addItem(m_reply.offers[static_cast<std::size_t>(i)].text);
    m_list->setCurrentRow(0);
    m_list->setVisible(m_list->count() > 0);
    m_list->setFixedHeight(std::max(1, m_list->sizeHintForRow(0)) * std::min(shownRows, m_list->count()) + 6);
    m_hint->setText(m_reply.hint);
    m_hint->setVisible(!m_reply.hint.isEmpty());
    m_edit->setAccessibleDescription(m_reply.hint);
    place();
}

void ChartPrompt::place()
{
    const QWidget* above = parentWidget();
    const int width = std::min(above->width() - 16, fontMetrics().averageCharWidth() * 52);
    m_hint->setMaximumWidth(width - 20);
    layout()->activate();
    resize(width, std::min(layout()->totalSizeHint().height(), std::max(above->height() - 16, 60)));
    move((above->width() - width) / 2, std::min(48, std::max(4, above->height() / 8)));
}

void ChartPrompt::choose()
{
    const int row = std::max(0, m_list->currentRow());
    if (row >= static_cast<int>(m_reply.offers.size()))
        return; // the hint says why
    const auto chosen = m_reply.offers[static_cast<std::size_t>(row)].choose;
    leave();
    chosen();
}

void ChartPrompt::leave()
{
    hide();
    m_answer = nullptr;
    parentWidget()->setFocus();
}

bool ChartPrompt::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == parentWidget()) {
        if (event->type() == QEvent::Resize && isVisible())
            place();
        if (event->type() == QEvent::MouseButtonPress && isVisible())
            leave();
        return false;
    }
    if (event->type() != QEvent::KeyPress)
        return QFrame::eventFilter(watched, event);
    switch (static_cast<QKeyEvent*>(event)->key()) {
    case Qt::Key_Escape:
        leave();
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        choose();
        return true;
    case Qt::Key_Up:
        m_list->setCurrentRow(std::max(0, m_list->currentRow() - 1));
        return true;
    case Qt::Key_Down:
        m_list->setCurrentRow(std::min(m_list->count() - 1, m_list->currentRow() + 1));
        return true;
    case Qt::Key_Tab:
    case Qt::Key_Backtab:
        return true; // stays in the prompt until it is answered
    default:
        return QFrame::eventFilter(watched, event);
    }
}

} // namespace mnemo
