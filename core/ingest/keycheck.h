#pragma once

#include "core/config/secrets.h"
#include "core/exchange/venue.h"

namespace mnemo {

/// The header that carries a key, on its way out.
struct KeyHeader {
    std::string name, value;
    std::string place; ///< where the key stands, for messages
};

/// Nothing where the lane needs no key, or nobody has put one in its place. Asks the source: may wait for a keyring.
std::optional<KeyHeader> keyHeader(const LaneRules& lane, const SecretSource& secrets);

/// Errors: Config where a key is needed and there is none, saying where it belongs and where one gets it. As keyHeader().
Result<void> checkKey(const Venue& venue, const SecretSource& secrets);

/// What an answer of @p status says went wrong, without the keys that were sent, which some repeat. Where a key was refused it
/// becomes a matter of the settings (Config), with the place where the key stands.
/// @param sent without @p key. @param lane whose file it is where the key stands in a header of one's own
void explainKey(Error& error, int status, const HttpRequest& sent, const std::optional<KeyHeader>& key, std::string_view lane);

} // namespace mnemo
