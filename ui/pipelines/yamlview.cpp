#include "ui/pipelines/yamlview.h"

#include <QFontDatabase>
#include <QLabel>
#include <QPlainTextEdit>
#include <QTextBlock>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/pipelines/pipelinetext.h"
#include "ui/widgets/textformat.h"
#include "ui/widgets/theme.h"

using namespace Qt::StringLiterals;

namespace mnemo {

YamlView::YamlView(QWidget* parent)
    : QWidget(parent)
    , m_note(new QLabel)
    , m_text(new QPlainTextEdit)
{
    m_note->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);
    m_note->setMargin(4);
    m_text->setReadOnly(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_text->setAccessibleName(tr("File of the pipeline"));
    m_text->setTabChangesFocus(true);
    m_text->setFrameShape(QFrame::NoFrame);
    setFocusProxy(m_text);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_note);
    layout->addWidget(m_text, 1);
    connect(m_text, &QPlainTextEdit::cursorPositionChanged, this, [this] {
        mark();
        if (!m_isMoving)
            emit lineChosen(line());
    });
}

void YamlView::clear()
{
    show({}, {}, {});
}

void YamlView::show(const QString& file, const QString& text, const Problems& problems)
{
    m_problems = problems;
    QStringList notes {file};
    for (const Problem& problem : problems)
        notes << tr("\u26A0 %1:%2 %3").arg(problem.mark.line).arg(problem.mark.column).arg(problemText(problem));
    m_note->setText(notes.join(u'\n'));
    if (file != m_file || text != m_text->toPlainText()) {
        const int before = file == m_file ? line() : 1;
        m_isMoving = true;
        m_text->setPlainText(text);
        m_isMoving = false;
        m_file = file;
        goTo(before);
    }
    mark();
}

void YamlView::goTo(int line)
{
    const QTextBlock block = m_text->document()->findBlockByNumber(line - 1);
    if (!block.isValid())
        return;
    m_isMoving = true;
    m_text->setTextCursor(QTextCursor(block));
    m_text->centerCursor();
    m_isMoving = false;
}

int YamlView::line() const
{
    return m_text->textCursor().blockNumber() + 1;
}

QString YamlView::text() const
{
    return m_text->toPlainText();
}

QString YamlView::note() const
{
    return m_note->text();
}

void YamlView::mark()
{
    QList<QTextEdit::ExtraSelection> marks;
    QTextEdit::ExtraSelection current;
    current.cursor = m_text->textCursor();
    current.cursor.clearSelection();
    current.format.setBackground(palette().color(QPalette::AlternateBase).darker(palette().color(QPalette::Base).lightness() > 127 ? 104 : 70));
    current.format.setProperty(QTextFormat::FullWidthSelection, true);
    marks << current;
    for (const Problem& problem : m_problems) {
        const QTextBlock block = m_text->document()->findBlockByNumber(problem.mark.line - 1);
        if (!block.isValid())
            continue;
        QTextEdit::ExtraSelection wrong;
        wrong.cursor = QTextCursor(block);
        wrong.cursor.movePosition(QTextCursor::Right, QTextCursor::MoveAnchor, std::clamp(problem.mark.column - 1, 0, block.length() - 1));
        wrong.cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
        wrong.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        wrong.format.setUnderlineColor(Theme::of(palette()).bad);
        wrong.format.setToolTip(problemText(problem));
        marks << wrong;
    }
    m_text->setExtraSelections(marks);
}

} // namespace mnemo
