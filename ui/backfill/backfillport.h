#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/engine/engine.h"

class QObject;

namespace mnemo {

/// What of a venue's past can be fetched.
struct VenueOffer {
    using Frames = std::map<MarketType, std::vector<Timeframe>>;
    std::string id, name;
    std::map<Kind, Frames> frames; ///< of kinds that have any
    bool has(Kind kind) const { return frames.contains(kind); }
    Frames of(Kind kind) const { return has(kind) ? frames.at(kind) : Frames(); }
};

/// Who tells of them.
struct SourceOffer {
    std::string id;   ///< empty: each exchange itself
    std::string name; ///< of a provider
    std::vector<VenueOffer> venues;
};

/// What became of many starts.
struct StartOutcome {
    std::vector<JobId> jobs;
    std::vector<Error> errors; ///< of those that could not be started
};

/// What the wizard needs from the program. Nothing here waits: answers come later on the UI thread, as long as @p context
/// lives.
class BackfillPort {
public:
    template <class T>
    using Answer = std::function<void(T)>;
    using Plans = std::vector<Result<BackfillPlan>>;

    virtual ~BackfillPort() = default;
    virtual std::vector<SourceOffer> sources() const = 0; ///< the exchanges themselves first
    virtual void symbols(
        const std::string& exchange, QObject* context, Answer<std::vector<Instrument>> answer) = 0; ///< as last saved
    virtual void fetchSymbols(const std::string& exchange, QObject* context,
        Answer<Result<std::vector<Instrument>>> answer) = 0; ///< asks the venue
    /// Plans come in portions, in the order of @p requests, until all are there or @p stop says so.
    virtual void plan(std::vector<BackfillRequest> requests, QObject* context, std::stop_token stop, Answer<const Plans&> portion) = 0;
    virtual void start(std::vector<BackfillRequest> requests, int jobsAtOnce, QObject* context, Answer<const StartOutcome&> answer) = 0;
    virtual int jobsAtOnce() const = 0;
    virtual UtcMs now() const = 0;
};

} // namespace mnemo
