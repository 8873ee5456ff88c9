#include "core/ingest/lanecall.h"

#include <utility>

namespace mnemo {

std::optional<LaneRequest> LaneCall::next()
{
    auto request = std::exchange(m_request, std::nullopt);
    return request ? std::optional(LaneRequest {std::move(*request), 0}) : std::nullopt;
}

Result<void> LaneCall::accept(std::uint64_t, const HttpResponse& response, LaneServices&)
{
    if (auto error = m_venue->errorOf(response.status, response.body, {}))
        return fail(std::move(*error));
    end(response.body);
    return {};
}

void LaneCall::letGo()
{
    end(fail(ErrorCode::Cancelled, "stopped"));
}

void LaneCall::end(Result<std::string> answer)
{
    if (!std::exchange(m_hasEnded, true))
        m_done(std::move(answer));
}

} // namespace mnemo
