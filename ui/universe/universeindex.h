#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/market/instrument.h"
#include "core/market/timeframe.h"
#include "ui/bridge/storedseries.h"
#include "ui/widgets/scope.h"

namespace mnemo {

/// A venue as the catalogue has it.
struct UniverseVenue {
    std::string id, name;
    std::array<std::vector<Timeframe>, 3> frames; ///< of candles, by market type
    bool hasList = false;  ///< its market list was fetched at some time
    bool isStored = false; ///< some series of it is stored
};

/// Everything that can be asked for and everything that is stored, ready to be searched: exchange, market, symbol and
/// what is below it. Immutable; made on a worker thread, read on any. Order: venues with stored series first, then by
/// name; stored symbols first within their market, then by symbol.
class UniverseIndex {
public:
    struct Entry {
        std::uint16_t venue = 0;
        MarketType market = MarketType::Spot;
        bool isStored = false;
        bool isActive = true; ///< still traded, as far as the venue's list says
        std::string symbol, exchangeSymbol;
    };
    struct Leaf { ///< what stands below a symbol
        Kind kind = Kind::Candles;
        Timeframe timeframe {};
        std::string source; ///< empty: the exchange itself
        bool operator==(const Leaf&) const = default;
    };
    using Lists = std::map<std::string, std::vector<Instrument>>; ///< by venue; a venue without one is not in it

    /// O(n log n) in the number of instruments.
    static std::shared_ptr<const UniverseIndex> build(
        std::vector<UniverseVenue> venues, const Lists& lists, const StoredSeriesList& stored);

    const std::vector<UniverseVenue>& venues() const { return m_venues; }
    const std::vector<Entry>& entries() const { return m_entries; }
    /// Stored ones first, then candles in the other frames of the venue.
    std::vector<Leaf> leaves(std::uint32_t entry) const;
    std::size_t leafCount(std::uint32_t entry) const;
    std::size_t storedLeafCount(std::uint32_t entry) const;
    SeriesKey keyOf(std::uint32_t entry, const Leaf& leaf) const;
    std::optional<std::uint32_t> find(std::string_view venue, MarketType market, std::string_view symbol) const;
    /// Whether the tree of @p stored would be this one: then only numbers changed.
    bool holds(const StoredSeriesList& stored) const;

    /// Entries that have every word of @p text in venue, market, symbol or the venue's own id, ascending; a word that
    /// is the name of a timeframe means that the entry has it. @p within: what a shorter text found, to look there
    /// alone. A word may be an exchange and the rest glued together, as in "okxeth"; symbols are found without their
    /// separators too. Case is ignored. Empty text: all. About 10 ms for 100,000 entries and two words.
    std::vector<std::uint32_t> search(
        std::string_view text, const std::vector<std::uint32_t>* within = nullptr) const;
    bool isIn(const Scope& scope, std::uint32_t entry) const; ///< whatever its time
    /// Whether every word is in the venue's own names, or begins with one where nobody knows yet what it trades.
    bool venueMatches(std::uint16_t venue, std::string_view text) const;

private:
    const std::vector<Timeframe>& framesOf(std::uint32_t entry) const;
    bool hasFrame(std::uint32_t entry, Timeframe frame) const;
    std::string_view textOf(std::uint32_t entry) const;
    std::size_t namesLength(std::uint16_t venue) const;
    std::vector<std::string> restsOf(
        const std::string& word) const; ///< by venue; empty: it does not begin with that one

    std::vector<UniverseVenue> m_venues;
    std::vector<Entry> m_entries;
    std::string m_text; ///< of all entries, lower case
    std::vector<std::uint32_t> m_textAt;
    struct StoredLeaves {
        std::vector<Leaf> leaves;
        std::size_t extras = 0; ///< of them: none of the venue's frames
    };
    std::unordered_map<std::uint32_t, StoredLeaves> m_storedLeaves;
    std::unordered_map<std::string, std::uint32_t> m_places;
    std::vector<SeriesKey> m_stored; ///< sorted
};

} // namespace mnemo
