#pragma once

#include <QString>

class QAction;

namespace mnemo {

/// Why an action is disabled where it is, for who looks for it in the palette. A whole phrase: "Select a job first".
void setReason(QAction& action, const QString& reason);
QString reasonOf(const QAction& action);

} // namespace mnemo
