#pragma once

#include <QString>

#include "core/base/clock.h"

namespace mnemo {

/// "3 h 20 min ago"; the smaller unit alone tells nothing, so it changes once a minute.
QString agoText(milliseconds age);

} // namespace mnemo
