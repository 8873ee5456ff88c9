#include "ui/sources/symbolchange.h"

#include "core/config/yamledit.h"

namespace mnemo {

namespace {

std::string written(const SymbolWish& wish)
{
    if (wish.kind == SymbolWish::Kind::None)
        return "null";
    const std::string id = yamlWord(wish.id);
    return wish.interestUnit.empty() ? id : "{id: " + id + ", interest_unit: " + wish.interestUnit + "}";
}

Result<std::string> withChange(const std::string& text, const SymbolChange& change)
{
    const std::vector<std::string> path {"symbols", change.exchange, change.symbol};
    if (change.wish.kind == SymbolWish::Kind::AsListed)
        return withoutYamlValue(text, path);
    const std::string value = written(change.wish);
    if (auto changed = withYamlValue(text, path, value))
        return changed;
    const auto without = withoutYamlValue(text, path); // a map may stand there
    return without ? withYamlValue(*without, path, value) : without;
}

} // namespace

Result<std::string> withSymbolChanges(const std::string& text, std::span<const SymbolChange> changes)
{
    Result<std::string> out = text;
    for (const SymbolChange& change : changes)
        if (out = withChange(*out, change); !out)
            break;
    return out;
}

} // namespace mnemo
