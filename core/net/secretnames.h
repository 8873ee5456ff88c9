#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/net/http.h"

namespace mnemo {

/// Whether a header or a parameter of that name carries what nobody may read.
bool isSecretName(std::string_view name);

/// What @p request carries in such headers and parameters, longest first; of "Basic abc" also "abc". Very short values are left
/// out: they may stand anywhere.
std::vector<std::string> secretValues(const HttpRequest& request);

/// @p text with "***" in the place of each of @p secrets.
std::string withoutSecrets(std::string text, std::span<const std::string> secrets);

} // namespace mnemo
