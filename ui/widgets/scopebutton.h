#pragma once

#include <QToolButton>

#include "ui/widgets/displayscope.h"

namespace mnemo {

/// In a panel's bar: says that what is shown follows the scope, and ends that. Seen only while there is a scope.
class ScopeButton : public QToolButton {
    Q_OBJECT
public:
    /// @p scope outlives it
    ScopeButton(DisplayScope& scope, ScopePanel panel, QWidget* parent = nullptr);

private:
    void update();

    DisplayScope& m_scope;
    const ScopePanel m_panel;
};

} // namespace mnemo
