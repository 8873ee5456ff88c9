#pragma once

#include "core/exchange/answer.h"

namespace mnemo::description {

/// A venue that does what its description says.
class DescribedVenue final : public Venue {
public:
    explicit DescribedVenue(VenueDescription description)
        : m_shared(std::make_shared<const VenueDescription>(std::move(description)))
        , m_description(*m_shared)
    {
    }

    const std::string& id() const override { return m_description.id; }
    const std::string& name() const override { return m_description.name; }
    const std::string& note() const override { return m_description.note; }
    bool needsKey() const override { return m_description.needsKey; }
    int version() const override { return m_description.version; }
    bool isProvider() const override { return m_description.isProvider; }
    std::vector<std::string> exchanges() const override;
    std::span<const Instrument> fixedInstruments() const override { return m_description.fixedMarkets; }
    std::span<const SymbolCorrection> corrections() const override { return m_description.corrections; }
    std::vector<MarketType> markets(Kind kind) const override;
    std::vector<Timeframe> timeframes(MarketType market, Kind kind) const override;
    bool hasSnapshot(MarketType market) const override { return m_description.snapshots.contains(market); }
    bool hasHistory(MarketType market, Kind kind) const override;
    LaneRules lane() const override { return m_description.lane; }
    Result<PageRules> pageRules(MarketType market, Kind kind, Timeframe frame) const override;
    Result<Instrument> instrument(
        MarketType market, std::string_view symbol, std::string_view exchangeSymbol) const override;
    Result<std::vector<VenueRequest>> request(const FetchArgs& args) const override;
    Result<VenueRequest> pageRequest(const FetchArgs& args, TimeRange range, std::string_view cursor) const override;
    Result<VenueRequest> oldestRequest(const FetchArgs& args) const override;
    std::optional<Error> errorOf(int status, std::string_view body, const FetchArgs& args) const override;
    Result<DecodedCandles> decodeCandles(const FetchArgs& args, std::string_view body) const override;
    Result<std::vector<Metric>> decodeMetrics(const FetchArgs& args, std::string_view body) const override;
    Metric metric(const FetchArgs& args, const Metric& stated) const override;
    Result<DecodedTrades> decodeTrades(const FetchArgs& args, std::string_view body) const override;
    void toBaseVolume(std::span<Candle> rows, const Instrument& instrument) const override;
    std::shared_ptr<const StreamProtocol> streams(MarketType market) const override;
    std::optional<VenueFiles> files(const Instrument& instrument, Kind kind, Timeframe frame) const override;
    std::vector<VenueRequest> marketRequests(UtcMs now) const override;
    std::optional<VenueRequest> nextMarketRequest(const MarketAnswer& answer, UtcMs now) const override;
    Result<std::vector<Instrument>> decodeMarkets(std::span<const MarketAnswer> answers) const override;

private:
    /// Candles of a frame that the venue does not give come from its trades.
    Result<const Block*> block(MarketType market, Kind kind, Timeframe frame) const;
    const Block* findBlock(MarketType market, Kind kind) const;
    Result<const Block*> block(const FetchArgs& args) const;
    /// What args ask of how things are now; null where they ask for the past.
    const Snapshot* snapshotFor(const FetchArgs& args) const;
    Result<Metric> readingOf(const Snapshot& snapshot, const FetchArgs& args, std::string_view body) const;
    OpenInterest openInterest(const FetchArgs& args, const Metric& stated) const;
    Error noSnapshot(MarketType market) const;
    /// Nothing where it can be told what the numbers of an answer mean.
    std::optional<Error> unknownUnit(const Block& block, const FetchArgs& args) const;
    std::string requestName(const FetchArgs& args) const;
    template <class Decoded, class Read>
    Result<Decoded> decode(const FetchArgs& args, std::string_view body, Read read) const;

    const std::shared_ptr<const VenueDescription> m_shared; ///< streams outlive the catalogue that they were found in
    const VenueDescription& m_description;
};

} // namespace mnemo::description
