#pragma once

#include "core/alert/conditions.h"
#include "core/engine/health.h"

namespace mnemo {

/// What alerts are decided from. Where jobs and lanes are another process's, nothing is concluded about them. Pure.
Conditions conditionsOf(const Health& health);
/// The same where health could not be read: the store has failed, and about all else nothing is known.
Conditions conditionsOf(const Error& error, UtcMs now);

} // namespace mnemo
