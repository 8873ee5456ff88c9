#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/engine/engine.h"

class QObject;

namespace mnemo {

/// What a venue offers in candles.
struct VenueOffer {
    std::string id, name;
    std::map<MarketType, std::vector<Timeframe>> frames;
};

/// What the form needs from the program. Nothing here waits: answers come later on the UI thread, as long as @p context
/// lives.
class BackfillPort {
public:
    template <class T>
    using Answer = std::function<void(T)>;

    virtual ~BackfillPort() = default;
    virtual std::vector<VenueOffer> venues() const = 0;
    virtual void symbols(
        const std::string& exchange, QObject* context, Answer<std::vector<Instrument>> answer) = 0; ///< as last saved
    virtual void fetchSymbols(const std::string& exchange, QObject* context,
        Answer<Result<std::vector<Instrument>>> answer) = 0; ///< asks the venue
    virtual void plan(const BackfillRequest& request, QObject* context, Answer<Result<BackfillPlan>> answer) = 0;
    virtual void start(const BackfillRequest& request, QObject* context, Answer<Result<JobId>> answer) = 0;
    virtual UtcMs now() const = 0;
};

} // namespace mnemo
