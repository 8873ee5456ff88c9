#include "ui/widgets/scopebutton.h"

#include "ui/widgets/glyphicon.h"

namespace mnemo {

ScopeButton::ScopeButton(DisplayScope& scope, ScopePanel panel, QWidget* parent)
    : QToolButton(parent)
    , m_scope(scope)
    , m_panel(panel)
{
    setIcon(glyphIcon(Glyph::Scope));
    setText(tr("In scope"));
    setCheckable(true);
    setFocusPolicy(Qt::TabFocus);
    setAccessibleName(tr("Show only what is in the scope"));
    connect(this, &QToolButton::clicked, this, [this](bool isOn) { m_scope.setLinked(m_panel, isOn); });
    connect(&m_scope, &DisplayScope::changed, this, &ScopeButton::update);
    update();
}

void ScopeButton::update()
{
    const bool isOn = m_scope.isLinked(m_panel);
    setVisible(!m_scope.scope().isAny());
    setChecked(isOn);
    setToolButtonStyle(isOn ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
    setToolTip(isOn ? tr("Only %1 is shown here. Press to show everything.").arg(m_scope.text())
                    : tr("This does not follow the scope (%1). Press to follow it.").arg(m_scope.text()));
    setAccessibleDescription(toolTip());
}

} // namespace mnemo
