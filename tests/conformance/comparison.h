#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/result.h"
#include "core/exchange/catalogue.h"

namespace mnemo::conformance {

using Json = nlohmann::json;

/// A request without what does not matter: order of parameters and of members, how something was escaped.
struct Comparable {
    std::string method, address;
    std::map<std::string, std::string> params;
    Json body;
    bool operator==(const Comparable&) const = default;
    std::string text() const;
};
Comparable comparable(const Json& request); ///< of {method, url, body}
Comparable comparable(const VenueRequest& request);

/// As CCXT does after parsing: rows before since dropped, then cut to the limit.
/// @return [[ms, open, high, low, close, volume], ...] or [[ms, amount|null, value|null], ...], by args.kind
Result<Json> rowsOf(const Venue& venue, const FetchArgs& args, std::string_view body);
/// Equal cell by cell; a cell that one side lacks counts as null.
bool sameRows(const Json& ours, const Json& theirs);

/// CCXT's market in our words; nothing for options and what is neither linear nor inverse.
std::optional<std::string> marketText(const Json& market);
std::string marketText(const Instrument& market);

/// Differences that are meant: a list of `case` (VENUE.ID, * for anything), `part` (request or rows) and `reason`.
class AcceptedDifferences {
public:
    /// Errors: as readYamlFile; Config for an entry that lacks one of the three.
    static Result<AcceptedDifferences> read(const std::string& path);
    /// True where the list has it; the entry then counts as used.
    bool accepts(std::string_view name, std::string_view part);
    std::vector<std::string> unused() const;

private:
    struct Entry {
        std::string pattern, part;
        bool isUsed = false;
    };
    std::vector<Entry> m_entries;
};

/// The descriptions that ship.
Result<Catalogue> shippedCatalogue(const std::string& sourceFolder);

} // namespace mnemo::conformance
