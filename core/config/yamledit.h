#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace mnemo {

/// Sets one value in a YAML text that people write: the value alone is exchanged, or the missing keys are added above
/// what their map holds; every other character stays as it is.
/// @param path  keys from the top, not empty; each a plain word
/// @param value the scalar as YAML writes it: 40, true, warn
/// @return the new text, read back and found to differ in this value alone
/// Errors: Config (no YAML; a list or a map stands there; a form that cannot be added to: the detail says what to write
/// by hand). Pure.
Result<std::string> withYamlValue(
    const std::string& text, const std::vector<std::string>& path, const std::string& value);

} // namespace mnemo
