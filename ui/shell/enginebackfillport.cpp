#include "ui/shell/enginebackfillport.h"

#include <QPointer>
#include <chrono>
#include <memory>
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

VenueOffer::Frames framesOf(const Venue& venue, Kind kind)
{
    VenueOffer::Frames all;
    for (const MarketType market : venue.markets(kind)) {
        auto frames = venue.timeframes(market, kind);
        if (!frames.empty() && venue.hasHistory(market, kind))
            all.emplace(market, std::move(frames));
    }
    return all;
}

VenueOffer offerOf(const Venue& teller, const Venue& exchange)
{
    VenueOffer offer {exchange.id(), exchange.name(), {}};
    for (const KindFacts& facts : allKinds()) {
        auto frames = framesOf(teller, facts.kind);
        if (facts.kind != Kind::Trades && !frames.empty())
            offer.frames.emplace(facts.kind, std::move(frames));
    }
    return offer;
}

} // namespace

EngineBackfillPort::EngineBackfillPort(EngineBridge& bridge)
    : m_bridge(bridge)
{
}

std::vector<SourceOffer> EngineBackfillPort::sources() const
{
    const auto catalogue = m_bridge.engine().catalogue();
    std::vector<SourceOffer> sources(1);
    for (const auto& venue : catalogue->venues()) {
        if (auto offer = offerOf(*venue, *venue); !offer.frames.empty())
            sources.front().venues.push_back(std::move(offer));
    }
    for (const auto& provider : catalogue->providers()) {
        SourceOffer& source = sources.emplace_back(SourceOffer {provider->id(), provider->name(), {}});
        for (const std::string& exchange : provider->exchanges()) {
            if (const auto venue = catalogue->venue(exchange))
                source.venues.push_back(offerOf(*provider, **venue));
        }
    }
    return sources;
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

namespace {

/// So long a portion of plans holds up the channel at most: other commands come between.
constexpr std::chrono::milliseconds portionTime {60};

/// Many plans, one portion after the other on the channel's thread.
struct PlanWork {
    EngineBridge& bridge;
    std::vector<BackfillRequest> requests;
    QPointer<QObject> context;
    std::stop_token stop;
    BackfillPort::Answer<const BackfillPort::Plans&> portion;
    std::unique_ptr<PlanSession> session {};
    std::size_t done = 0;
};

BackfillPort::Plans planPortion(PlanWork& work)
{
    Engine& engine = work.bridge.engine();
    BackfillPort::Plans plans;
    const auto end = std::chrono::steady_clock::now() + portionTime;
    while (work.done < work.requests.size() && !work.stop.stop_requested()) {
        if (!work.session) {
            auto session = engine.planSession();
            if (session)
                work.session = std::move(*session);
            else
                plans.push_back(fail(session.error()));
        }
        if (work.session)
            plans.push_back(work.session->plan(work.requests[work.done], SystemClock().now(), PlanDetail::Totals));
        ++work.done;
        if (std::chrono::steady_clock::now() >= end)
            break;
    }
    return plans;
}

void planNext(const std::shared_ptr<PlanWork>& work)
{
    if (!work->context)
        return;
    work->bridge.run(EngineBridge::Channel::Commands, work->context,
        [work](const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            return [work, plans = planPortion(*work)] {
                if (work->stop.stop_requested())
                    return;
                work->portion(plans);
                if (work->done < work->requests.size())
                    planNext(work);
            };
        });
}

} // namespace

void EngineBackfillPort::plan(
    std::vector<BackfillRequest> requests, QObject* context, std::stop_token stop, Answer<const Plans&> portion)
{
    planNext(std::make_shared<PlanWork>(PlanWork {m_bridge, std::move(requests), context, std::move(stop), std::move(portion)}));
}

void EngineBackfillPort::start(
    std::vector<BackfillRequest> requests, int jobsAtOnce, QObject* context, Answer<const StartOutcome&> answer)
{
    m_bridge.run(EngineBridge::Channel::Commands, context,
        [&engine = m_bridge.engine(), requests = std::move(requests), jobsAtOnce, answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token& stop) -> EngineBridge::Deliver {
            StartOutcome outcome;
            engine.setJobsAtOnce(jobsAtOnce);
            for (const BackfillRequest& request : requests) {
                if (stop.stop_requested())
                    break;
                if (const auto job = engine.backfill(request))
                    outcome.jobs.push_back(*job);
                else
                    outcome.errors.push_back(job.error());
            }
            return [answer, outcome = std::move(outcome)] { answer(outcome); };
        });
}

int EngineBackfillPort::jobsAtOnce() const
{
    return m_bridge.engine().jobsAtOnce();
}

UtcMs EngineBackfillPort::now() const
{
    return SystemClock().now();
}

} // namespace mnemo
