#include "ui/shell/zonedialog.h"

#include <QDialogButtonBox>
#include <QLineEdit>
#include <QListView>
#include <QShortcut>
#include <QSortFilterProxyModel>
#include <QStringListModel>
#include <QVBoxLayout>

#include "ui/widgets/displayzone.h"

using namespace Qt::StringLiterals;

namespace mnemo {

ZoneDialog::ZoneDialog(const QString& current, QWidget* parent)
    : QDialog(parent)
    , m_names(new QSortFilterProxyModel(this))
    , m_filter(new QLineEdit)
    , m_view(new QListView)
{
    setWindowTitle(tr("Time zone"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_names->setSourceModel(new QStringListModel(DisplayZone::names(), m_names));
    m_names->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_filter->setPlaceholderText(tr("Filter: a city or a region"));
    m_filter->setAccessibleName(tr("Filter of the time zones"));
    m_filter->setClearButtonEnabled(true);
    m_view->setModel(m_names);
    m_view->setUniformItemSizes(true);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setAccessibleName(tr("Time zones"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_filter);
    layout->addWidget(m_view);
    layout->addWidget(buttons);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_names->setFilterFixedString(QString(text).replace(u' ', u'_')); // New York is America/New_York
        m_view->setCurrentIndex(m_names->index(0, 0));
    });
    connect(buttons, &QDialogButtonBox::accepted, this, &ZoneDialog::choose);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_view, &QListView::doubleClicked, this, &ZoneDialog::choose);
    auto* down = new QShortcut(Qt::Key_Down, m_filter, nullptr, nullptr, Qt::WidgetShortcut);
    connect(down, &QShortcut::activated, m_view, qOverload<>(&QListView::setFocus));
    const auto row = DisplayZone::names().indexOf(current);
    m_view->setCurrentIndex(m_names->index(static_cast<int>(std::max<qsizetype>(row, 0)), 0));
    const QFontMetrics metrics(font());
    resize(metrics.horizontalAdvance(u'x') * 46, metrics.height() * 26);
}

void ZoneDialog::choose()
{
    const QString id = m_view->currentIndex().data().toString();
    if (id.isEmpty())
        return;
    accept();
    emit chosen(id);
}

} // namespace mnemo
