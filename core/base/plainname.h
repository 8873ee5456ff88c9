#pragma once

#include <string>
#include <string_view>

namespace mnemo {

/// What of a name is left when people write it differently: its letters and digits, lower case. "Open Time", "open_time"
/// and "openTime" are one name.
std::string plainName(std::string_view name);

} // namespace mnemo
