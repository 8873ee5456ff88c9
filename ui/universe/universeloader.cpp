#include "ui/universe/universeloader.h"

#include <utility>

#include "core/base/log.h"

namespace mnemo {

namespace {

constexpr int buildEvery = 2'000; // ms

std::vector<UniverseVenue> venuesOf(const Catalogue& catalogue)
{
    std::vector<UniverseVenue> venues;
    for (const auto& venue : catalogue.venues()) {
        UniverseVenue one {venue->id(), venue->name(), {}, false, false};
        for (const MarketType market : venue->markets(Kind::Candles))
            one.frames[static_cast<std::size_t>(market)] = venue->timeframes(market, Kind::Candles);
        venues.push_back(std::move(one));
    }
    return venues;
}

/// A list that cannot be read is as good as none: it can be fetched again.
std::shared_ptr<const UniverseIndex::Lists> readLists(Store& store, const std::vector<UniverseVenue>& venues)
{
    auto lists = std::make_shared<UniverseIndex::Lists>();
    for (const UniverseVenue& venue : venues) {
        auto list = store.instruments(venue.id);
        if (!list)
            log::warning("universe", list.error().detail, {{"exchange", venue.id}});
        else if (!list->empty())
            lists->emplace(venue.id, std::move(*list));
    }
    return lists;
}

} // namespace

UniverseLoader::UniverseLoader(EngineBridge& bridge, QObject* parent)
    : QObject(parent)
    , m_bridge(bridge)
    , m_stored(std::make_shared<const StoredSeriesList>())
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(buildEvery);
    connect(&m_timer, &QTimer::timeout, this, &UniverseLoader::build);
    connect(&bridge, &EngineBridge::settingsChanged, this, [this] { schedule(); });
}

void UniverseLoader::seriesChanged(const std::shared_ptr<const StoredSeriesList>& list)
{
    m_stored = list;
    if (m_index && m_index->holds(*list)) {
        emit numbersChanged(list);
        return;
    }
    for (const StoredSeries& series : *list) {
        if (m_lists && !m_lists->contains(series.record.key.exchange))
            m_lists.reset(); // its first backfill fetched the list
    }
    schedule();
}

void UniverseLoader::reload()
{
    m_lists.reset();
    schedule();
}

void UniverseLoader::schedule()
{
    if (m_isBuilding)
        m_isStale = true;
    else if (!m_timer.isActive())
        build();
}

void UniverseLoader::build()
{
    if (m_isBuilding)
        return;
    m_isBuilding = true;
    m_isStale = false;
    m_bridge.run(EngineBridge::Channel::Lists, this,
        [this, &engine = m_bridge.engine(), lists = m_lists, stored = m_stored](
            const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            auto venues = venuesOf(*engine.catalogue());
            Built built {lists ? lists : readLists(engine.store(), venues), nullptr, stored};
            built.index = UniverseIndex::build(std::move(venues), *built.lists, *stored);
            return [this, built] { arrived(built); };
        });
}

void UniverseLoader::arrived(const Built& built)
{
    m_isBuilding = false;
    m_lists = built.lists;
    m_index = built.index;
    emit indexChanged(m_index, built.stored);
    if (m_index->holds(*m_stored))
        emit numbersChanged(m_stored);
    else
        m_isStale = true;
    if (m_isStale)
        m_timer.start();
}

void UniverseLoader::fetch(const std::string& venue)
{
    emit fetching(venue, true);
    m_bridge.run(EngineBridge::Channel::Network, this,
        [this, &engine = m_bridge.engine(), venue](
            const Result<StoreReader*>&, const std::stop_token& stop) -> EngineBridge::Deliver {
            return [this, venue, list = engine.fetchMarkets(venue, stop)] {
                emit fetching(venue, false);
                if (!list) {
                    emit fetchFailed(venue, list.error());
                    return;
                }
                emit fetched(venue, static_cast<int>(list->size()));
                reload();
            };
        });
}

} // namespace mnemo
