#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "core/config/secrets.h"
#include "core/exchange/catalogue.h"
#include "core/ingest/planner.h"
#include "core/storage/store.h"

namespace mnemo {

/// Plans one series after the other with one read connection and one look at each market list, so that hundreds cost
/// milliseconds each. Waits for the store; one thread. The store outlives it.
class PlanSession {
public:
    /// @param use of the venues' own files
    /// @param secrets for the warning that a key is missing; may be null. Errors: as Store::openReader.
    static Result<std::unique_ptr<PlanSession>> open(Store& store, std::shared_ptr<const Catalogue> catalogue, double share, FileUse use,
        std::shared_ptr<const SecretSource> secrets = {});

    /// What @p request would do at @p now. Errors: as specify(), and those of the store.
    Result<BackfillPlan> plan(const BackfillRequest& request, UtcMs now, PlanDetail detail);
    /// The request checked, with the range that its scope means. Empty where no bar is wanted.
    Result<SeriesSpec> specify(const BackfillRequest& request, UtcMs now);
    /// The unified symbols that the exchange lists, as last saved; empty where nothing was saved.
    const std::map<std::pair<MarketType, std::string>, Instrument>& instruments(const std::string& exchange);

private:
    PlanSession(Store& store, std::unique_ptr<StoreReader> reader, std::shared_ptr<const Catalogue> catalogue, double share, FileUse use,
        std::shared_ptr<const SecretSource> secrets);
    const std::vector<Instrument>& listOf(const Venue& provider);
    Result<Instrument> instrumentOf(const BackfillRequest& request, const SeriesSpec& spec, const std::optional<SeriesRecord>& stored);

    Store& m_store;
    std::unique_ptr<StoreReader> m_reader;
    std::shared_ptr<const Catalogue> m_catalogue;
    double m_share;
    FileUse m_use;
    std::shared_ptr<const SecretSource> m_secrets;
    std::map<std::string, std::vector<Instrument>> m_lists; ///< of providers
    std::map<std::string, std::map<std::pair<MarketType, std::string>, Instrument>> m_instruments;
};

} // namespace mnemo
