#include "ui/shell/enginebackfillport.h"

#include <utility>

namespace mnemo {

namespace {

/// Runs @p ask on the channel's thread and hands its result to @p answer on the UI thread.
template <class T>
void askOn(EngineBridge& bridge, EngineBridge::Channel channel, QObject* context,
    std::function<T(const std::stop_token&)> ask, std::function<void(T)> answer)
{
    bridge.run(channel, context,
        [ask = std::move(ask), answer = std::move(answer)](const Result<StoreReader*>&, const std::stop_token& stop)
            -> EngineBridge::Deliver { return [answer, result = ask(stop)] { answer(result); }; });
}

} // namespace

EngineBackfillPort::EngineBackfillPort(EngineBridge& bridge)
    : m_bridge(bridge)
{
}

std::vector<VenueOffer> EngineBackfillPort::venues() const
{
    std::vector<VenueOffer> offers;
    for (const auto& venue : m_bridge.engine().catalogue()->venues()) {
        VenueOffer offer {venue->id(), venue->name(), {}};
        for (const MarketType market : venue->markets(Kind::Candles)) {
            if (auto frames = venue->timeframes(market, Kind::Candles); !frames.empty())
                offer.frames.emplace(market, std::move(frames));
        }
        if (!offer.frames.empty())
            offers.push_back(std::move(offer));
    }
    return offers;
}

void EngineBackfillPort::symbols(const std::string& exchange, QObject* context, Answer<std::vector<Instrument>> answer)
{
    askOn<std::vector<Instrument>>(
        m_bridge, EngineBridge::Channel::Lists, context,
        [&engine = m_bridge.engine(), exchange](const std::stop_token&) {
            // A list that cannot be read is as good as none: any symbol can be typed.
            return engine.store().instruments(exchange).value_or(std::vector<Instrument> {});
        },
        std::move(answer));
}

void EngineBackfillPort::fetchSymbols(
    const std::string& exchange, QObject* context, Answer<Result<std::vector<Instrument>>> answer)
{
    askOn<Result<std::vector<Instrument>>>(
        m_bridge, EngineBridge::Channel::Network, context,
        [&engine = m_bridge.engine(), exchange](
            const std::stop_token& stop) { return engine.fetchMarkets(exchange, stop); },
        std::move(answer));
}

void EngineBackfillPort::plan(const BackfillRequest& request, QObject* context, Answer<Result<BackfillPlan>> answer)
{
    askOn<Result<BackfillPlan>>(
        m_bridge, EngineBridge::Channel::Commands, context,
        [&engine = m_bridge.engine(), request](const std::stop_token&) { return engine.plan(request); },
        std::move(answer));
}

void EngineBackfillPort::start(const BackfillRequest& request, QObject* context, Answer<Result<JobId>> answer)
{
    askOn<Result<JobId>>(
        m_bridge, EngineBridge::Channel::Commands, context,
        [&engine = m_bridge.engine(), request](const std::stop_token&) { return engine.backfill(request); },
        std::move(answer));
}

UtcMs EngineBackfillPort::now() const
{
    return SystemClock().now();
}

} // namespace mnemo
