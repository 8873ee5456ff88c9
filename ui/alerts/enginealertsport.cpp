#include "ui/alerts/enginealertsport.h"

#include <utility>

namespace mnemo {

namespace {

constexpr std::int64_t shownEvents = 500;

} // namespace

template<class Ask>
void EngineAlertsPort::run(EngineBridge::Channel channel, QObject* context, Done done, Ask ask)
{
    m_bridge.run(channel, context,
        [&engine = m_bridge.engine(), ask = std::move(ask), done = std::move(done)](
            const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            const auto answered = ask(engine);
            const Result<void> outcome = answered ? Result<void>() : Result<void>(fail(answered.error()));
            return [done, outcome] { done(outcome); };
        });
}

void EngineAlertsPort::check(QObject* context, Done done)
{
    run(EngineBridge::Channel::Lists, context, std::move(done), [](Engine& engine) { return engine.checkAlerts(); });
}

void EngineAlertsPort::silence(QObject* context, const Silence& silence, Done done)
{
    run(EngineBridge::Channel::Commands, context, std::move(done), [silence](Engine& engine) { return engine.silence(silence); });
}

void EngineAlertsPort::unsilence(QObject* context, SilenceId id, Done done)
{
    run(EngineBridge::Channel::Commands, context, std::move(done), [id](Engine& engine) { return engine.unsilence(id); });
}

void EngineAlertsPort::acknowledge(QObject* context, AlertId id, Done done)
{
    run(EngineBridge::Channel::Commands, context, std::move(done), [id](Engine& engine) { return engine.acknowledge(id); });
}

void EngineAlertsPort::test(QObject* context, const std::string& channel, TestAnswer answer)
{
    m_bridge.run(EngineBridge::Channel::Network, context,
        [&engine = m_bridge.engine(), channel, answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token& stop) -> EngineBridge::Deliver {
            return [answer, delivery = engine.testChannel(channel, stop)] { answer(delivery); };
        });
}

void EngineAlertsPort::history(QObject* context, HistoryAnswer answer)
{
    m_bridge.run(EngineBridge::Channel::Lists, context,
        [&engine = m_bridge.engine(), answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            AlertFilter filter;
            filter.limit = shownEvents;
            auto history = engine.alertHistory(filter);
            if (!history)
                return [answer, error = history.error()] { answer(fail(error)); };
            return [answer, all = std::make_shared<const AlertHistory>(std::move(*history))] { answer(all); };
        });
}

} // namespace mnemo
