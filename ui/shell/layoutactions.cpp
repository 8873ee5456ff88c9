#include "ui/shell/layoutactions.h"

#include <QAction>
#include <QActionGroup>
#include <QInputDialog>
#include <QMenu>

#include "ui/shell/actionlist.h"

using namespace Qt::StringLiterals;

namespace mnemo {

LayoutActions::LayoutActions(NamedLayouts& layouts, Window window, QMenu& menu, QWidget* dialogParent)
    : QObject(&menu)
    , m_layouts(layouts)
    , m_window(std::move(window))
    , m_menu(menu)
    , m_dialogParent(dialogParent)
    , m_group(new QActionGroup(this))
{
    connect(menu.addAction(tr("&Save layout as\u2026")), &QAction::triggered, this, [this] {
        ask(tr("Save layout"), tr("Name of this arrangement:"), m_current,
            [this](const QString& name) { saveAs(name); });
    });
    menu.addSeparator();
    m_end = menu.addSeparator();
    m_overwrite = menu.addAction(tr("&Overwrite layout"));
    connect(m_overwrite, &QAction::triggered, this, &LayoutActions::overwrite);
    m_rename = menu.addAction(tr("&Rename layout\u2026"));
    connect(m_rename, &QAction::triggered, this, [this] {
        ask(tr("Rename layout"), tr("New name of \"%1\":").arg(m_current), m_current,
            [this](const QString& name) { rename(name); });
    });
    m_remove = menu.addAction(tr("&Delete layout"));
    connect(m_remove, &QAction::triggered, this, &LayoutActions::remove);
    menu.addSeparator();
    connect(menu.addAction(tr("Reset to the &default layout")), &QAction::triggered, this, [this] {
        m_current.clear();
        m_window.reset();
        rebuild();
    });
    connect(m_group, &QActionGroup::triggered, this, [this](const QAction* action) { switchTo(action->data().toString()); });
    rebuild();
}

void LayoutActions::rebuild()
{
    qDeleteAll(m_group->actions());
    for (const QString& name : m_layouts.names()) {
        auto* action = new QAction(QString(name).replace(u'&', u"&&"_s), m_group);
        action->setData(name);
        action->setCheckable(true);
        action->setChecked(name == m_current);
        m_menu.insertAction(m_end, action);
    }
    for (QAction* action : {m_overwrite, m_rename, m_remove}) {
        action->setEnabled(!m_current.isEmpty());
        setReason(*action, tr("Switch to a named layout first"));
    }
}

// Not modal: nothing of the program waits for it.
void LayoutActions::ask(const QString& title, const QString& label, const QString& text,
    const std::function<void(const QString&)>& then)
{
    auto* dialog = new QInputDialog(m_dialogParent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    dialog->setLabelText(label);
    dialog->setTextValue(text);
    connect(dialog, &QInputDialog::textValueSelected, this, then);
    dialog->open();
}

void LayoutActions::saveAs(const QString& name)
{
    if (!m_layouts.save(name, m_window.state())) {
        emit told(tr("The layout was not saved: it needs a name, and there may be %1 of them.").arg(NamedLayouts::most));
        return;
    }
    m_current = name.simplified();
    rebuild();
    emit told(tr("Layout \"%1\" saved.").arg(m_current));
}

void LayoutActions::overwrite()
{
    saveAs(m_current);
}

void LayoutActions::switchTo(const QString& name)
{
    const auto state = m_layouts.state(name);
    if (!state || !m_window.apply(*state)) {
        m_window.reset();
        emit told(
            tr("The layout \"%1\" cannot be read, so this is the default one. Delete it, or overwrite it.").arg(name));
    }
    m_current = name;
    rebuild();
}

void LayoutActions::rename(const QString& to)
{
    if (!m_layouts.rename(m_current, to)) {
        emit told(tr("Not renamed: another layout has that name, or it is empty."));
        return;
    }
    m_current = to.simplified();
    rebuild();
}

void LayoutActions::remove()
{
    m_layouts.remove(m_current);
    emit told(tr("Layout \"%1\" deleted.").arg(m_current));
    m_current.clear();
    rebuild();
}

} // namespace mnemo
