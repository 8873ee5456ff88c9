#pragma once

#include "ui/bridge/enginebridge.h"
#include "ui/wall/wallport.h"

namespace mnemo {

/// The wall's questions, put to the engine on the bridge's threads. The bridge outlives it.
class EngineWallPort final : public WallPort {
public:
    explicit EngineWallPort(EngineBridge& bridge)
        : m_bridge(bridge)
    {
    }
    UtcMs now() const override { return m_bridge.engine().clock().now(); }
    std::shared_ptr<void> follow(const SeriesKey& series) override { return m_bridge.engine().follow(series); }
    void readCandles(QObject* context, const SeriesRecord& series, TimeRange range, Answer answer) override;

private:
    EngineBridge& m_bridge;
};

} // namespace mnemo
