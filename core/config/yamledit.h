#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace mnemo {

/// Sets one value in a YAML text that people write: the value alone is exchanged, or the missing keys are added above
/// what their map holds; every other character stays as it is.
/// @param path  keys from the top, not empty; any text
/// @param value as YAML writes it: 40, true, null, yamlWord("a: b"), "{id: x}" where no map stands yet
/// @return the new text, read back and found to differ in this value alone
/// Errors: Config (no YAML; a list or a map stands there; a form that cannot be added to: the detail says what to write
/// by hand). Pure.
Result<std::string> withYamlValue(
    const std::string& text, const std::vector<std::string>& path, const std::string& value);

/// Takes one key out, with its value, which may be a map; maps on the way stay, also where nothing is left in them. Text without it
/// comes back as it is. Errors: as withYamlValue. Pure.
Result<std::string> withoutYamlValue(const std::string& text, const std::vector<std::string>& path);

/// The scalar that is read back as this text and nothing else; quoted where it must be.
std::string yamlWord(std::string_view text);

} // namespace mnemo
