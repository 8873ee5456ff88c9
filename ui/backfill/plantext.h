#pragma once

#include <QString>

#include "core/engine/engine.h"

namespace mnemo {

/// A plan as rich text for people: what is wanted, what it costs, what to know before.
QString planText(const BackfillPlan& plan);
bool hasWork(const BackfillPlan& plan);

} // namespace mnemo
