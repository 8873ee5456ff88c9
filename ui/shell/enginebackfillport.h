#pragma once

#include "ui/backfill/backfillport.h"
#include "ui/bridge/enginebridge.h"

namespace mnemo {

/// The form's questions, put to the engine on the bridge's threads.
class EngineBackfillPort final : public BackfillPort {
public:
    explicit EngineBackfillPort(EngineBridge& bridge);
    std::vector<VenueOffer> venues() const override;
    void symbols(const std::string& exchange, QObject* context, Answer<std::vector<Instrument>> answer) override;
    void fetchSymbols(
        const std::string& exchange, QObject* context, Answer<Result<std::vector<Instrument>>> answer) override;
    void plan(const BackfillRequest& request, QObject* context, Answer<Result<BackfillPlan>> answer) override;
    void start(const BackfillRequest& request, QObject* context, Answer<Result<JobId>> answer) override;
    UtcMs now() const override;

private:
    EngineBridge& m_bridge;
};

} // namespace mnemo
