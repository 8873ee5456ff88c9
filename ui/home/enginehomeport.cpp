#include "ui/home/enginehomeport.h"

#include <utility>

#include "core/engine/engine.h"

namespace mnemo {

void EngineHomePort::read(QObject* context, HealthAnswer answer)
{
    m_bridge.run(EngineBridge::Channel::Lists, context,
        [&engine = m_bridge.engine(), answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            auto health = engine.health();
            if (!health)
                return [answer, error = health.error()] { answer(fail(error)); };
            return [answer, health = std::make_shared<const Health>(std::move(*health))] { answer(health); };
        });
}

void EngineHomePort::treat(QObject* context, const HealthIssue& issue, const QString& reason, TreatmentAnswer answer)
{
    m_bridge.run(EngineBridge::Channel::Commands, context,
        [&engine = m_bridge.engine(), issue, reason = reason.toStdString(), answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            return [answer, treated = engine.treat(issue, reason)] { answer(treated); };
        });
}

} // namespace mnemo
