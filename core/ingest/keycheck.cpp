#include "core/ingest/keycheck.h"

#include "core/net/secretnames.h"

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

void explainKey(Error& error, int status, const HttpRequest& sent, const std::optional<KeyHeader>& key, std::string_view lane)
{
    std::vector<std::string> secrets = secretValues(sent);
    if (key)
        secrets.push_back(key->value);
    error.detail = withoutSecrets(std::move(error.detail), secrets);
    if (secrets.empty() || error.code != ErrorCode::Rejected || (status != 401 && status != 403))
        return;
    error.code = ErrorCode::Config;
    error.detail = "the key that was sent was refused: correct it in " + (key ? key->place : "`headers` or `params` of exchanges/" + std::string(lane) + ".yaml")
        + " (" + error.detail + ")";
}

} // namespace mnemo
