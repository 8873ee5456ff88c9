#include "ui/shell/commandpalette.h"

#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QSettings>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/shell/palettedelegate.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int mostRecent = 20;
constexpr int rowsShown = 14;

} // namespace

CommandPalette::CommandPalette(std::vector<PaletteItem> items, QSettings& settings, QWidget* window)
    : QDialog(window, Qt::Popup)
    , m_settings(settings)
    , m_model(new PaletteModel(this))
    , m_edit(new QLineEdit)
    , m_view(new QListView)
    , m_nothing(new QLabel(tr("Nothing of that name. Fewer letters find more.")))
{
    setObjectName(u"CommandPalette"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Command palette"));
    m_edit->setPlaceholderText(tr("Type a command or a series"));
    m_edit->setAccessibleName(tr("Command or series"));
    m_edit->setClearButtonEnabled(true);
    m_edit->installEventFilter(this);
    m_view->setModel(m_model);
    m_view->setItemDelegate(new PaletteDelegate(m_view));
    m_view->setUniformItemSizes(true);
    m_view->setFocusPolicy(Qt::NoFocus);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setAccessibleName(tr("What fits"));
    m_nothing->setMargin(12);
    m_nothing->setForegroundRole(QPalette::PlaceholderText);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 8, 8, 8);
    layout->setSpacing(6);
    layout->addWidget(m_edit);
    layout->addWidget(m_view);
    layout->addWidget(m_nothing);
    m_model->setItems(std::move(items), m_settings.value(u"palette/recent"_s).toStringList());
    connect(m_edit, &QLineEdit::textChanged, this, &CommandPalette::patternChanged);
    connect(m_edit, &QLineEdit::returnPressed, this, &CommandPalette::runCurrent);
    connect(m_view, &QListView::clicked, this, &CommandPalette::runCurrent);
    patternChanged({});
    place();
    m_edit->setFocus();
}

void CommandPalette::place()
{
    const QFontMetrics metrics(font());
    const QRect window = parentWidget()->rect();
    const int width = std::min(metrics.horizontalAdvance(u'x') * 92, window.width() - 40);
    const int height = std::min(metrics.height() * (rowsShown * 17 / 10 + 3), window.height() - 80);
    resize(width, height);
    move(parentWidget()->mapToGlobal(QPoint((window.width() - width) / 2, window.height() / 12)));
}

void CommandPalette::patternChanged(const QString& pattern)
{
    m_model->setPattern(pattern);
    m_view->setCurrentIndex(m_model->index(0, 0));
    m_view->setVisible(m_model->rowCount() > 0);
    m_nothing->setVisible(m_model->rowCount() == 0);
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress) {
        switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Up: step(-1); return true;
        case Qt::Key_Down: step(1); return true;
        case Qt::Key_PageUp: step(-rowsShown); return true;
        case Qt::Key_PageDown: step(rowsShown); return true;
        default: break;
        }
    }
    return QDialog::eventFilter(watched, event);
}

// A popup has no frame of a window manager.
void CommandPalette::paintEvent(QPaintEvent* event)
{
    QDialog::paintEvent(event);
    QPainter painter(this);
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

void CommandPalette::step(int by)
{
    const int rows = m_model->rowCount();
    if (rows == 0)
        return;
    int row = m_view->currentIndex().row() + by;
    if (std::abs(by) == 1)
        row = (row + rows) % rows;
    m_view->setCurrentIndex(m_model->index(std::clamp(row, 0, rows - 1), 0));
}

void CommandPalette::runCurrent()
{
    const PaletteItem* item = m_model->itemAt(m_view->currentIndex());
    if (!item || !item->reason.isEmpty())
        return; // the line itself says why
    QStringList recent = m_settings.value(u"palette/recent"_s).toStringList();
    recent.removeAll(item->id);
    recent.prepend(item->id);
    m_settings.setValue(u"palette/recent"_s, recent.mid(0, mostRecent));
    const auto run = item->run;
    QWidget* window = parentWidget();
    close();
    QMetaObject::invokeMethod(window, run, Qt::QueuedConnection);
}

} // namespace mnemo
