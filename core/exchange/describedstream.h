#pragma once

#include <memory>

#include "core/exchange/answer.h"
#include "core/exchange/stream.h"

namespace mnemo::description {

/// Streams that are what a description says.
class DescribedStream final : public StreamProtocol {
public:
    /// @param venue has streams of @p market
    DescribedStream(std::shared_ptr<const VenueDescription> venue, MarketType market);

    const StreamRules& rules() const override { return m_form.rules; }
    bool has(Timeframe frame) const override { return m_form.frames.contains(frame); }
    Result<StreamTopic> topic(const Instrument& instrument, Timeframe frame) const override;
    std::optional<VenueRequest> handshake(UtcMs now) const override;
    Result<StreamAddress> address(std::string_view answer) const override;
    std::vector<std::string> subscribe(std::span<const StreamTopic* const> topics, int id, UtcMs now) const override;
    std::vector<std::string> unsubscribe(std::span<const StreamTopic* const> topics, int id, UtcMs now) const override;
    std::string ping(int id, UtcMs now) const override;
    Result<std::string> unpacked(std::string_view bytes) const override;
    Result<StreamMessage> read(std::string_view text) const override;
    Result<std::vector<StreamBar>> bars(const StreamTopic& topic, std::string_view text) const override;
    Result<std::vector<Trade>> trades(const StreamTopic& topic, std::string_view text) const override;

private:
    TemplateValues valuesOf(const Instrument& instrument, Timeframe frame) const;
    std::vector<std::string> requests(const std::optional<BodyTemplate>& form,
        std::span<const StreamTopic* const> topics, int id, UtcMs now) const;
    Error unreadable(std::string_view why, std::string_view text) const;

    const std::shared_ptr<const VenueDescription> m_venue;
    const StreamForm& m_form;
    const MarketType m_market;
};

} // namespace mnemo::description
