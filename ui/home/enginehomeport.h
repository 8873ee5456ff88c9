#pragma once

#include "ui/bridge/enginebridge.h"
#include "ui/home/homeport.h"

namespace mnemo {

/// Home's questions, put to the engine on the bridge's threads. The bridge outlives it.
class EngineHomePort final : public HomePort {
public:
    explicit EngineHomePort(EngineBridge& bridge)
        : m_bridge(bridge)
    {
    }
    bool isReadOnly() const override { return m_bridge.isReadOnly(); }
    void read(QObject* context, HealthAnswer answer) override;
    void treat(QObject* context, const HealthIssue& issue, const QString& reason, TreatmentAnswer answer) override;

private:
    EngineBridge& m_bridge;
};

} // namespace mnemo
