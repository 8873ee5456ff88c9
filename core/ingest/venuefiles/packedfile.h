#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace mnemo {

/// The SHA-256 (64 lower-case hex digits) that a text written by sha256sum gives for @p name.
/// Errors: BadAnswer where it does not.
Result<std::string> readChecksum(std::string_view text, std::string_view name);

/// The text of the one file in a zip that is held in memory. Nothing is written to disk: its name is only compared.
/// @param name of the zip file: that in it is the same with .csv
/// @param maxBytes more is not unpacked, whatever the zip says about itself
/// Errors: Corrupt (damaged, encrypted, not exactly that one file), TooLarge.
Result<std::string> unpackedCsv(std::string_view zip, std::string_view name, std::int64_t maxBytes);

} // namespace mnemo
