#pragma once

#include <QLabel>

namespace mnemo {

/// The title of a screen. The caller owns it.
QLabel* headline(const QString& text);

} // namespace mnemo
