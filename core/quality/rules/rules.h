#pragma once

#include <span>
#include <string_view>

#include "core/quality/rules/rule.h"

namespace mnemo {

/// Every rule of the program, in the order in which people are shown them. Adding one is a file here that makes a Rule,
/// and its line in rules.cpp.
std::span<const Rule> allRules();
/// Null where there is none.
const Rule* findRule(std::string_view id);

} // namespace mnemo
