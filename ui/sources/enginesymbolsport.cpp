#include "ui/sources/enginesymbolsport.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/engine/engine.h"
#include "ui/widgets/settingsfile.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

using Channel = EngineBridge::Channel;

/// A list that cannot be read is as good as none: it can be fetched.
std::vector<Instrument> storedList(Engine& engine, const std::string& id)
{
    return engine.store().instruments(id).value_or(std::vector<Instrument> {});
}

Result<SymbolsPort::Mapping> mappingOf(Engine& engine, const std::string& provider, const std::vector<Instrument>& list)
{
    const auto venue = engine.catalogue()->venue(provider);
    if (!venue)
        return fail(venue.error());
    std::vector<Instrument> others;
    if (!list.empty()) // without one all would be "not mapped"
        for (const std::string& exchange : (*venue)->exchanges())
            std::ranges::move(storedList(engine, exchange), std::back_inserter(others));
    auto mapping = std::make_shared<ProviderMapping>();
    mapping->provider = provider;
    mapping->name = (*venue)->name();
    mapping->rows = symbolMapping(**venue, list, others);
    mapping->hasList = !list.empty();
    for (const Instrument& one : list)
        mapping->units.emplace(one.id, one.interestUnit);
    return mapping;
}

} // namespace

EngineSymbolsPort::EngineSymbolsPort(EngineBridge& bridge, QString settingsFolder)
    : m_bridge(bridge)
    , m_settingsFolder(std::move(settingsFolder))
{
}

void EngineSymbolsPort::stored(const std::string& provider, QObject* context, Answer<const Result<Mapping>&> answer)
{
    m_bridge.run(Channel::Lists, context,
        [&engine = m_bridge.engine(), provider, answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            return [answer, mapping = mappingOf(engine, provider, storedList(engine, provider))] { answer(mapping); };
        });
}

void EngineSymbolsPort::fetch(
    const std::string& provider, QObject* context, std::stop_token stop, Answer<const Result<Mapping>&> answer)
{
    m_bridge.run(Channel::Network, context,
        [&engine = m_bridge.engine(), provider, stop = std::move(stop), answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token& end) -> EngineBridge::Deliver {
            std::stop_source either;
            const std::stop_callback cancelled(stop, [&either] { either.request_stop(); });
            const std::stop_callback ended(end, [&either] { either.request_stop(); });
            const auto list = engine.fetchMarkets(provider, either.get_token());
            auto mapping = list ? mappingOf(engine, provider, *list) : Result<Mapping>(fail(list.error()));
            return [answer, mapping = std::move(mapping)] { answer(mapping); };
        });
}

void EngineSymbolsPort::save(
    const std::string& provider, std::vector<SymbolChange> changes, QObject* context, Answer<const Result<QString>&> answer)
{
    m_bridge.run(Channel::Commands, context,
        [folder = m_settingsFolder, provider, changes = std::move(changes), answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            const auto with = [&changes](const std::string& text) { return withSymbolChanges(text, changes); };
            return [answer, saved = changeSettingsFile(folder, u"exchanges/%1.yaml"_s.arg(toQString(provider)), with)] { answer(saved); };
        });
}

} // namespace mnemo
