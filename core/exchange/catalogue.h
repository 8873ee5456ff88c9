#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/node.h"
#include "core/exchange/venue.h"
#include "core/market/serieskey.h"

namespace mnemo {

/// Every exchange and provider whose description could be understood. A value of shared immutable venues; any thread.
class Catalogue {
public:
    /// @param descriptions by id, as Settings::exchanges; `like` is resolved here. A description with problems is left
    ///        out, alone, and its problems are appended.
    static Catalogue load(const std::map<std::string, Node>& descriptions, Problems& problems);

    /// An exchange or a provider. Errors: NotFound, naming the nearest id.
    Result<std::shared_ptr<const Venue>> venue(std::string_view id) const;
    std::vector<std::shared_ptr<const Venue>> venues() const; ///< exchanges, by id
    std::vector<std::shared_ptr<const Venue>> providers() const; ///< of other exchanges' numbers, by id
    /// Who is asked about @p exchange: itself, or the provider @p source. @param source empty: the exchange
    /// Errors: as venue(); Unsupported, saying what there is instead.
    Result<std::shared_ptr<const Venue>> teller(std::string_view source, std::string_view exchange) const;
    Result<std::shared_ptr<const Venue>> teller(const SeriesKey& key) const { return teller(key.source, key.exchange); }

private:
    std::vector<std::shared_ptr<const Venue>> those(bool areProviders) const;
    std::string providerNames() const; ///< a clause for messages

    std::map<std::string, std::shared_ptr<const Venue>, std::less<>> m_venues;
};

} // namespace mnemo
