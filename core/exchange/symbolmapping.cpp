#include "core/exchange/symbolmapping.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace mnemo {

namespace {

std::string nameOf(const SymbolCorrection& correction)
{
    return std::string(toText(correction.market)) + " " + correction.symbol + " of " + correction.exchange;
}

class MappingReader {
public:
    MappingReader(const Venue& provider, std::span<const Instrument> list)
        : m_provider(provider)
        , m_list(list)
    {
        for (std::string& id : provider.exchanges())
            m_known.insert(std::move(id));
        for (const Instrument& one : list)
            m_byId.emplace(one.id, &one);
        for (const KindFacts& facts : allKinds())
            for (const MarketType market : provider.markets(facts.kind))
                m_markets.insert(market);
    }

    std::vector<MappedSymbol> run(std::span<const Instrument> others)
    {
        for (const Instrument& one : m_list)
            add(one, m_known.contains(one.exchange) ? MappingOrigin::Listed : MappingOrigin::UnknownExchange);
        for (const Instrument& one : m_provider.fixedInstruments())
            add(one, MappingOrigin::Fixed);
        for (const Instrument& one : others)
            addOther(one);
        for (const SymbolCorrection& correction : m_provider.corrections())
            correct(correction);
        std::vector<MappedSymbol> rows;
        for (auto& [key, row] : m_rows)
            rows.push_back(std::move(row));
        return rows;
    }

private:
    using Key = std::tuple<std::string, MarketType, std::string>;

    void add(const Instrument& one, MappingOrigin origin)
    {
        std::string unit = one.interestUnit;
        if (const auto listed = m_byId.find(one.id); unit.empty() && listed != m_byId.end())
            unit = listed->second->interestUnit;
        m_rows.insert_or_assign(Key {one.exchange, one.market, one.symbol},
            MappedSymbol {one.exchange, one.market, one.symbol, one.id, one.id, std::move(unit), origin, true, {}});
    }

    void addOther(const Instrument& one)
    {
        if (one.active && m_known.contains(one.exchange) && m_markets.contains(one.market))
            m_rows.try_emplace(Key {one.exchange, one.market, one.symbol},
                MappedSymbol {one.exchange, one.market, one.symbol, {}, {}, {}, MappingOrigin::NotMapped, true, {}});
    }

    void correct(const SymbolCorrection& correction)
    {
        MappedSymbol& row = m_rows[Key {correction.exchange, correction.market, correction.symbol}];
        row.exchange = correction.exchange;
        row.market = correction.market;
        row.symbol = correction.symbol;
        row.id = correction.id;
        row.interestUnit = correction.interestUnit;
        row.origin = MappingOrigin::Corrected;
        row.place = correction.place;
        const auto listed = m_byId.find(correction.id);
        row.isIdListed = correction.id.empty() || m_byId.empty() || listed != m_byId.end();
        if (row.interestUnit.empty() && listed != m_byId.end())
            row.interestUnit = listed->second->interestUnit;
    }

    const Venue& m_provider;
    std::span<const Instrument> m_list;
    std::set<std::string, std::less<>> m_known;
    std::set<MarketType> m_markets;
    std::map<std::string, const Instrument*, std::less<>> m_byId;
    std::map<Key, MappedSymbol> m_rows;
};

} // namespace

const SymbolCorrection* correctionOf(const Venue& venue, const SeriesKey& series)
{
    const auto all = venue.corrections();
    const auto found = std::ranges::find_if(all, [&](const SymbolCorrection& one) {
        return one.market == series.market && one.symbol == series.symbol && one.exchange == series.exchange;
    });
    return found == all.end() ? nullptr : &*found;
}

std::optional<Instrument> correctedInstrument(
    const Venue& provider, const SymbolCorrection& correction, std::span<const Instrument> list)
{
    if (correction.id.empty())
        return std::nullopt;
    auto instrument = provider.instrument(correction.market, correction.symbol, correction.id);
    if (!instrument)
        return std::nullopt;
    instrument->exchange = correction.exchange;
    if (const auto listed = std::ranges::find(list, correction.id, &Instrument::id); listed != list.end()) {
        instrument->interestUnit = listed->interestUnit;
        instrument->contractSize = listed->contractSize;
        instrument->listed = listed->listed;
        instrument->delisted = listed->delisted;
        instrument->active = listed->active;
    }
    if (!correction.interestUnit.empty())
        instrument->interestUnit = correction.interestUnit;
    return *instrument;
}

std::vector<std::string> correctionRemarks(
    const Venue& provider, const SymbolCorrection& correction, std::span<const Instrument> list, const std::string& storedId)
{
    std::vector<std::string> remarks;
    if (!list.empty() && std::ranges::find(list, correction.id, &Instrument::id) == list.end())
        remarks.push_back("the market list of " + provider.id() + " has no " + correction.id + ": it is asked for all the same, as "
            + correction.place + " says that this is the " + nameOf(correction));
    if (!storedId.empty() && storedId != correction.id)
        remarks.push_back("what is stored of the " + nameOf(correction) + " was told as " + storedId
            + " and is not asked for again: `repair --verify` does that, as " + correction.id);
    return remarks;
}

Error correctedToNone(const Venue& provider, const SymbolCorrection& correction)
{
    return {ErrorCode::UnknownSymbol,
        provider.id() + " has no " + nameOf(correction) + ": " + correction.place + " says so (`symbols`), and nothing is asked", {}};
}

std::vector<MappedSymbol> symbolMapping(
    const Venue& provider, std::span<const Instrument> list, std::span<const Instrument> others)
{
    return MappingReader(provider, list).run(others);
}

} // namespace mnemo
