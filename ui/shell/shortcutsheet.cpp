#include "ui/shell/shortcutsheet.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QShortcut>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace mnemo {

ShortcutSheet::ShortcutSheet(const std::vector<Group>& groups, QWidget* parent)
    : QDialog(parent)
    , m_filter(new QLineEdit)
    , m_tree(new QTreeWidget)
{
    setWindowTitle(tr("Keyboard shortcuts"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_filter->setPlaceholderText(tr("Filter: a word or a key"));
    m_filter->setAccessibleName(tr("Filter of the shortcuts"));
    m_filter->setClearButtonEnabled(true);
    m_tree->setHeaderLabels({tr("Action"), tr("Keys")});
    m_tree->setRootIsDecorated(false);
    m_tree->setAlternatingRowColors(true);
    m_tree->setUniformRowHeights(true);
    m_tree->setAccessibleName(tr("Actions and their keys"));
    for (const Group& group : groups) {
        auto* top = new QTreeWidgetItem(m_tree, {group.title});
        QFont bold = m_tree->font();
        bold.setBold(true);
        top->setFont(0, bold);
        top->setFlags(Qt::ItemIsEnabled);
        for (const Row& row : group.rows)
            new QTreeWidgetItem(top, {row.text, row.keys.isEmpty() ? tr("\u2013") : row.keys});
    }
    m_tree->expandAll();
    m_tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_tree->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_tree->header()->setStretchLastSection(false);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_filter, &QLineEdit::textChanged, this, &ShortcutSheet::filterBy);
    auto* down = new QShortcut(Qt::Key_Down, m_filter, nullptr, nullptr, Qt::WidgetShortcut);
    connect(down, &QShortcut::activated, m_tree, qOverload<>(&QTreeWidget::setFocus));
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_filter);
    layout->addWidget(m_tree);
    layout->addWidget(buttons);
    const QFontMetrics metrics(font());
    resize(metrics.horizontalAdvance(u'x') * 84, metrics.height() * 36);
}

void ShortcutSheet::filterBy(const QString& text)
{
    const QStringList words = text.split(u' ', Qt::SkipEmptyParts);
    for (int i = 0; i < m_tree->topLevelItemCount(); ++i) {
        QTreeWidgetItem* group = m_tree->topLevelItem(i);
        bool isAny = false;
        for (int j = 0; j < group->childCount(); ++j) {
            QTreeWidgetItem* row = group->child(j);
            const QString all = row->text(0) + u' ' + row->text(1) + u' ' + group->text(0);
            const bool fits = std::all_of(words.begin(), words.end(),
                [&all](const QString& word) { return all.contains(word, Qt::CaseInsensitive); });
            row->setHidden(!fits);
            isAny = isAny || fits;
        }
        group->setHidden(!isAny);
    }
}

} // namespace mnemo
