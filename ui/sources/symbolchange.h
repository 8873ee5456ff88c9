#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace mnemo {

/// What a provider is to call one market.
struct SymbolWish {
    enum class Kind {
        AsListed, ///< as its list says, or its description
        None,     ///< it has none: nothing is asked
        Given,
    } kind = Kind::AsListed;
    std::string id;              ///< of Given
    std::string interestUnit {}; ///< of Given: base or quote; empty: what the list says of the id
    bool operator==(const SymbolWish&) const = default;
};

/// What somebody changed about one market of a provider.
struct SymbolChange {
    std::string exchange, symbol;
    SymbolWish wish;
    bool operator==(const SymbolChange&) const = default;
};

/// Writes the changes into @p text, the user's exchanges/<provider>.yaml; what stands there besides stays as it is, comments too.
/// Errors: Config (the text is no YAML, or written in a form that cannot be changed: the detail says what to write by hand). Pure.
Result<std::string> withSymbolChanges(const std::string& text, std::span<const SymbolChange> changes);

} // namespace mnemo
