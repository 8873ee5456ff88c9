#pragma once

#include "ui/alerts/alertsport.h"
#include "ui/bridge/enginebridge.h"

namespace mnemo {

/// The alert centre's questions, put to the engine on the bridge's threads. The bridge outlives it.
class EngineAlertsPort final : public AlertsPort {
public:
    explicit EngineAlertsPort(EngineBridge& bridge)
        : m_bridge(bridge)
    {
    }
    bool isReadOnly() const override { return m_bridge.isReadOnly(); }
    UtcMs now() const override { return SystemClock().now(); }
    std::shared_ptr<const AlertSnapshot> snapshot() const override { return m_bridge.engine().alerts(); }
    void check(QObject* context, Done done) override;
    void silence(QObject* context, const Silence& silence, Done done) override;
    void unsilence(QObject* context, SilenceId id, Done done) override;
    void acknowledge(QObject* context, AlertId id, Done done) override;
    void test(QObject* context, const std::string& channel, TestAnswer answer) override;
    void history(QObject* context, HistoryAnswer answer) override;

private:
    /// @p ask returns a Result, on the channel's thread.
    template<class Ask>
    void run(EngineBridge::Channel channel, QObject* context, Done done, Ask ask);

    EngineBridge& m_bridge;
};

} // namespace mnemo
