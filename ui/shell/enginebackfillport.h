#pragma once

#include "ui/backfill/backfillport.h"
#include "ui/bridge/enginebridge.h"

namespace mnemo {

/// The form's questions, put to the engine on the bridge's threads.
class EngineBackfillPort final : public BackfillPort {
public:
    explicit EngineBackfillPort(EngineBridge& bridge);
    std::vector<SourceOffer> sources() const override;
    void symbols(const std::string& exchange, QObject* context, Answer<std::vector<Instrument>> answer) override;
    void fetchSymbols(
        const std::string& exchange, QObject* context, Answer<Result<std::vector<Instrument>>> answer) override;
    void plan(std::vector<BackfillRequest> requests, QObject* context, std::stop_token stop, Answer<const Plans&> portion) override;
    void start(std::vector<BackfillRequest> requests, int jobsAtOnce, QObject* context, Answer<const StartOutcome&> answer) override;
    int jobsAtOnce() const override;
    UtcMs now() const override;

private:
    EngineBridge& m_bridge;
};

} // namespace mnemo
