#pragma once

#include <string>
#include <string_view>

namespace mnemo {

std::string sha256Hex(std::string_view bytes); ///< 64 lower-case hex digits

} // namespace mnemo
