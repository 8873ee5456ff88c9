#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/node.h"
#include "core/exchange/venue.h"

namespace mnemo {

/// Every venue whose description could be understood. A value of shared immutable venues; any thread.
class Catalogue {
public:
    /// @param descriptions by id, as Settings::exchanges; `like` is resolved here. A description with problems is left
    ///        out, alone, and its problems are appended.
    static Catalogue load(const std::map<std::string, Node>& descriptions, Problems& problems);

    /// Errors: NotFound, naming the nearest id.
    Result<std::shared_ptr<const Venue>> venue(std::string_view id) const;
    std::vector<std::shared_ptr<const Venue>> venues() const; ///< by id

private:
    std::map<std::string, std::shared_ptr<const Venue>, std::less<>> m_venues;
};

} // namespace mnemo
