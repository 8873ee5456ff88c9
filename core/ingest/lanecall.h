#pragma once

#include <functional>

#include "core/ingest/lane.h"

namespace mnemo {

/// One request by a venue's lane whose answer is nobody's rows, sent once.
class LaneCall final : public LaneClient {
public:
    /// Called once, from the lane's thread, with the body of an answer that is no error.
    using Done = std::function<void(Result<std::string>)>;

    LaneCall(std::shared_ptr<const Venue> venue, VenueRequest request, Done done)
        : m_venue(std::move(venue))
        , m_request(std::move(request))
        , m_done(std::move(done))
    {
    }

    Priority priority() const override { return Priority::Incremental; }
    std::optional<LaneRequest> next() override;
    Result<void> accept(std::uint64_t tag, const HttpResponse& response, LaneServices& services) override;
    void gaveUp(std::uint64_t, const Error& error) override { end(tl::unexpected<Error>(error)); }
    void retried(std::uint64_t, const Error& error) override { end(tl::unexpected<Error>(error)); }
    void sent(std::uint64_t) override { }
    void waits(const std::string&) override { }
    bool isFinished() const override { return m_hasEnded; }
    void letGo() override;

private:
    void end(Result<std::string> answer);

    const std::shared_ptr<const Venue> m_venue;
    std::optional<VenueRequest> m_request;
    const Done m_done;
    bool m_hasEnded = false;
};

} // namespace mnemo
