#include "core/ingest/keycheck.h"

namespace mnemo {

std::optional<KeyHeader> keyHeader(const LaneRules& lane, const SecretSource& secrets)
{
    auto value = lane.key ? secrets.secret(lane.key->secret) : std::nullopt;
    if (!value)
        return std::nullopt;
    return KeyHeader {lane.key->header, std::move(*value), secrets.place(lane.key->secret)};
}

Result<void> checkKey(const Venue& venue, const SecretSource& secrets)
{
    const LaneRules lane = venue.lane();
    if (!lane.key || secrets.secret(lane.key->secret))
        return {};
    return fail(ErrorCode::Config, venue.id() + " answers only who sends a key of their own: put yours into "
            + secrets.place(lane.key->secret) + (lane.key->from.empty() ? std::string() : "; there is one at " + lane.key->from));
}

void explainKey(Error& error, int status, const KeyHeader& key)
{
    constexpr std::string_view hidden = "***";
    for (auto at = error.detail.find(key.value); at != std::string::npos; at = error.detail.find(key.value, at + hidden.size()))
        error.detail.replace(at, key.value.size(), hidden);
    if (status == 401 || status == 403)
        error.detail += "; the key that was sent is that of " + key.place;
}

} // namespace mnemo
