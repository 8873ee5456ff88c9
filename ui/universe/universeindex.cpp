#include "ui/universe/universeindex.h"

#include <algorithm>
#include <numeric>

namespace mnemo {

namespace {

std::string lower(std::string_view text)
{
    std::string result(text);
    for (char& c : result)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; // names of venues and symbols are ASCII or have no case
    return result;
}

/// "BTC/USDT:USDT" as somebody types it in one go.
std::string glued(std::string_view symbol)
{
    std::string result;
    for (const char c : symbol) {
        if (c != '/' && c != ':' && c != '-')
            result += c;
    }
    return result;
}

std::string placeOf(std::string_view venue, MarketType market, std::string_view symbol)
{
    std::string place(venue);
    place += '\0';
    place += static_cast<char>('0' + static_cast<int>(market));
    place += symbol;
    return place;
}

std::vector<std::string> wordsOf(std::string_view text)
{
    std::vector<std::string> words;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = text.find_first_not_of(" \t", at);
        if (begin == std::string_view::npos)
            break;
        at = std::min(text.find_first_of(" \t", begin), text.size());
        words.emplace_back(text.substr(begin, at - begin));
    }
    return words;
}

UniverseVenue& venueOf(std::vector<UniverseVenue>& venues, const std::string& id)
{
    const auto known = std::find_if(venues.begin(), venues.end(), [&](const auto& venue) { return venue.id == id; });
    if (known != venues.end())
        return *known;
    venues.push_back({id, id, {}, false, false}); // stored once, and no longer in the catalogue
    return venues.back();
}

} // namespace

std::shared_ptr<const UniverseIndex> UniverseIndex::build(
    std::vector<UniverseVenue> venues, const Lists& lists, const StoredSeriesList& stored)
{
    auto index = std::make_shared<UniverseIndex>();
    for (const StoredSeries& series : stored) {
        venueOf(venues, series.record.key.exchange).isStored = true;
        index->m_stored.push_back(series.record.key);
    }
    std::sort(index->m_stored.begin(), index->m_stored.end());
    std::sort(venues.begin(), venues.end(), [](const auto& a, const auto& b) {
        return a.isStored != b.isStored ? a.isStored : lower(a.name) < lower(b.name);
    });
    std::map<std::string, std::uint16_t> numbers;
    for (std::size_t i = 0; i < venues.size(); ++i)
        numbers[venues[i].id] = static_cast<std::uint16_t>(i);

    auto& entries = index->m_entries;
    for (const auto& [id, list] : lists) {
        const auto number = numbers.find(id);
        if (number == numbers.end())
            continue; // its description is gone
        venues[number->second].hasList = true;
        for (const Instrument& one : list)
            entries.push_back({number->second, one.market, false, one.active, one.symbol, one.id});
    }
    // Stored first: of two that are the same the stored one stays.
    for (const StoredSeries& series : stored)
        entries.push_back({numbers[series.record.key.exchange], series.record.key.market, true, true,
            series.record.key.symbol, series.record.exchangeSymbol});
    const auto same = [](const Entry& a, const Entry& b) {
        return a.venue == b.venue && a.market == b.market && a.symbol == b.symbol;
    };
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        return std::tie(a.venue, a.market, a.symbol, b.isStored) < std::tie(b.venue, b.market, b.symbol, a.isStored);
    });
    for (std::size_t i = 1; i < entries.size(); ++i) { // what the venue's list says of a stored one
        if (same(entries[i - 1], entries[i]) && !entries[i].isStored) {
            entries[i - 1].exchangeSymbol = entries[i].exchangeSymbol;
            entries[i - 1].isActive = entries[i].isActive;
        }
    }
    entries.erase(std::unique(entries.begin(), entries.end(), same), entries.end());
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        return std::tie(a.venue, a.market, b.isStored) < std::tie(b.venue, b.market, a.isStored);
    });

    index->m_venues = std::move(venues);
    index->m_textAt.reserve(entries.size() + 1);
    index->m_places.reserve(entries.size());
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        const Entry& entry = entries[i];
        const UniverseVenue& venue = index->m_venues[entry.venue];
        index->m_textAt.push_back(static_cast<std::uint32_t>(index->m_text.size()));
        for (const std::string_view part : {std::string_view(venue.id), std::string_view(venue.name),
                 toText(entry.market), std::string_view(entry.symbol), std::string_view(entry.exchangeSymbol)}) {
            index->m_text += lower(part);
            index->m_text += '\n'; // no word reaches over it
        }
        index->m_text += lower(glued(entry.symbol)) + '\n';
        index->m_places.emplace(placeOf(venue.id, entry.market, entry.symbol), i);
    }
    index->m_textAt.push_back(static_cast<std::uint32_t>(index->m_text.size()));
    for (const SeriesKey& key : index->m_stored) {
        const auto entry = index->find(key.exchange, key.market, key.symbol); // it was added above
        const Leaf leaf {key.kind, key.timeframe, key.source == key.exchange ? std::string() : key.source};
        StoredLeaves& known = index->m_storedLeaves[*entry];
        known.leaves.push_back(leaf);
        const auto& frames = index->framesOf(*entry);
        const bool isOffered = leaf.kind == Kind::Candles && leaf.source.empty()
            && std::find(frames.begin(), frames.end(), leaf.timeframe) != frames.end();
        known.extras += isOffered ? 0 : 1;
    }
    return index;
}

bool UniverseIndex::holds(const StoredSeriesList& stored) const
{
    return stored.size() == m_stored.size()
        && std::all_of(stored.begin(), stored.end(), [this](const StoredSeries& series) {
               return std::binary_search(m_stored.begin(), m_stored.end(), series.record.key);
           });
}

const std::vector<Timeframe>& UniverseIndex::framesOf(std::uint32_t entry) const
{
    const Entry& e = m_entries[entry];
    return m_venues[e.venue].frames[static_cast<std::size_t>(e.market)];
}

bool UniverseIndex::hasFrame(std::uint32_t entry, Timeframe frame) const
{
    const auto& frames = framesOf(entry);
    if (std::find(frames.begin(), frames.end(), frame) != frames.end())
        return true;
    const auto stored = m_storedLeaves.find(entry);
    return stored != m_storedLeaves.end()
        && std::any_of(stored->second.leaves.begin(), stored->second.leaves.end(),
            [frame](const Leaf& leaf) { return leaf.timeframe == frame; });
}

std::vector<UniverseIndex::Leaf> UniverseIndex::leaves(std::uint32_t entry) const
{
    std::vector<Leaf> result;
    if (const auto known = m_storedLeaves.find(entry); known != m_storedLeaves.end())
        result = known->second.leaves;
    const std::size_t stored = result.size();
    for (const Timeframe frame : framesOf(entry)) {
        const Leaf leaf {Kind::Candles, frame, {}};
        const auto end = result.begin() + static_cast<std::ptrdiff_t>(stored);
        if (std::find(result.begin(), end, leaf) == end)
            result.push_back(leaf);
    }
    return result;
}

std::size_t UniverseIndex::leafCount(std::uint32_t entry) const
{
    const auto known = m_storedLeaves.find(entry);
    return framesOf(entry).size() + (known == m_storedLeaves.end() ? 0 : known->second.extras);
}

std::size_t UniverseIndex::storedLeafCount(std::uint32_t entry) const
{
    const auto known = m_storedLeaves.find(entry);
    return known == m_storedLeaves.end() ? 0 : known->second.leaves.size();
}

SeriesKey UniverseIndex::keyOf(std::uint32_t entry, const Leaf& leaf) const
{
    const Entry& e = m_entries[entry];
    const std::string& venue = m_venues[e.venue].id;
    return {leaf.source.empty() ? venue : leaf.source, venue, e.market, e.symbol, leaf.kind, leaf.timeframe};
}

std::optional<std::uint32_t> UniverseIndex::find(
    std::string_view venue, MarketType market, std::string_view symbol) const
{
    const auto place = m_places.find(placeOf(venue, market, symbol));
    return place == m_places.end() ? std::nullopt : std::optional(place->second);
}

std::string_view UniverseIndex::textOf(std::uint32_t entry) const
{
    return std::string_view(m_text).substr(m_textAt[entry], m_textAt[entry + 1] - m_textAt[entry]);
}

std::vector<std::string> UniverseIndex::restsOf(const std::string& word) const
{
    std::vector<std::string> rests(m_venues.size());
    for (std::size_t i = 0; i < m_venues.size(); ++i) {
        for (const std::string& name : {lower(m_venues[i].id), lower(m_venues[i].name)}) {
            if (word.size() > name.size() && word.starts_with(name))
                rests[i] = word.substr(name.size());
        }
    }
    return rests;
}

/// Of the venue's own names, with which the text of its entries begins.
std::size_t UniverseIndex::namesLength(std::uint16_t venue) const
{
    return m_venues[venue].id.size() + m_venues[venue].name.size() + 2;
}

std::vector<std::uint32_t> UniverseIndex::search(
    std::string_view text, const std::vector<std::uint32_t>* within) const
{
    std::vector<std::uint32_t> hits;
    if (within) {
        hits = *within;
    } else {
        hits.resize(m_entries.size());
        std::iota(hits.begin(), hits.end(), 0U);
    }
    for (const std::string& word : wordsOf(text)) {
        const std::string wanted = lower(word);
        const auto frame = Timeframe::fromName(word);
        const std::vector<std::string> rests = restsOf(wanted);
        std::erase_if(hits, [&](std::uint32_t entry) {
            const std::string_view entryText = textOf(entry);
            const std::string& rest = rests[m_entries[entry].venue];
            if (entryText.find(wanted) != std::string_view::npos
                || (!rest.empty()
                    && entryText.find(rest, namesLength(m_entries[entry].venue)) != std::string_view::npos))
                return false;
            return !frame || !hasFrame(entry, *frame);
        });
    }
    return hits;
}

bool UniverseIndex::isIn(const Scope& scope, std::uint32_t entry) const
{
    const Entry& e = m_entries[entry];
    return scope.acceptsInstrument(m_venues[e.venue].id, e.market, e.symbol)
        && (!scope.timeframe || hasFrame(entry, *scope.timeframe));
}

bool UniverseIndex::venueMatches(std::uint16_t venue, std::string_view text) const
{
    const std::string own = lower(m_venues[venue].id + '\n' + m_venues[venue].name);
    const auto words = wordsOf(text);
    return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
        return own.find(lower(word)) != std::string::npos
            || (!m_venues[venue].hasList && !restsOf(lower(word))[venue].empty());
    });
}

} // namespace mnemo
