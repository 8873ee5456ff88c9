#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace mnemo::description {

/// What a field of a protobuf message is called.
struct ProtobufField {
    std::uint32_t number = 0;
    std::string name;
    std::vector<ProtobufField> fields; ///< of a field that is a message; empty: a whole number or text
};

/// A message in protobuf's encoding (protobuf.dev/programming-guides/encoding) as a JSON object, so that what reads JSON
/// reads it. Fields without a name are left out; of one that comes twice the last counts, as there. Numbers are int64.
/// Errors: BadAnswer for what is cut short, is a group, or is a named number of fixed width, whose kind the bytes do not tell.
Result<std::string> protobufAsJson(std::string_view bytes, std::span<const ProtobufField> fields);

} // namespace mnemo::description
