#include "core/engine/plansession.h"

#include <algorithm>
#include <iterator>

#include "core/exchange/symbolmapping.h"
#include "core/ingest/keycheck.h"
#include "core/ingest/marketlist.h"

namespace mnemo {

namespace {

// Years 1 to 9999.
constexpr TimeRange always {fromMs(-62'135'596'800'000), fromMs(253'402'300'799'000)};

} // namespace

Result<std::unique_ptr<PlanSession>> PlanSession::open(Store& store, std::shared_ptr<const Catalogue> catalogue, double share, FileUse use,
    std::shared_ptr<const SecretSource> secrets)
{
    auto reader = store.openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    return std::unique_ptr<PlanSession>(new PlanSession(store, std::move(*reader), std::move(catalogue), share, use, std::move(secrets)));
}

PlanSession::PlanSession(
    Store& store, std::unique_ptr<StoreReader> reader, std::shared_ptr<const Catalogue> catalogue, double share, FileUse use,
    std::shared_ptr<const SecretSource> secrets)
    : m_store(store)
    , m_reader(std::move(reader))
    , m_catalogue(std::move(catalogue))
    , m_share(share)
    , m_use(use)
    , m_secrets(std::move(secrets))
{
}

const std::map<std::pair<MarketType, std::string>, Instrument>& PlanSession::instruments(const std::string& exchange)
{
    const auto [entry, isNew] = m_instruments.try_emplace(exchange);
    if (!isNew)
        return entry->second;
    if (auto known = m_store.instruments(exchange)) {
        for (Instrument& instrument : *known) {
            auto key = std::pair {instrument.market, instrument.symbol};
            entry->second.insert_or_assign(std::move(key), std::move(instrument));
        }
    }
    return entry->second;
}

const std::vector<Instrument>& PlanSession::listOf(const Venue& provider)
{
    const auto [list, isNew] = m_lists.try_emplace(provider.id());
    if (isNew)
        list->second = m_store.instruments(provider.id()).value_or(std::vector<Instrument> {});
    return list->second;
}

Result<Instrument> PlanSession::instrumentOf(
    const BackfillRequest& request, const SeriesSpec& spec, const std::optional<SeriesRecord>& stored)
{
    if (spec.venue->isProvider()) {
        const auto& list = listOf(*spec.venue);
        auto found = request.exchangeSymbol.empty() ? chooseInstrument(*spec.venue, list, spec.key, stored)
                                                    : chooseInstrument(*spec.venue, list, spec.key, request.exchangeSymbol);
        if (found)
            return std::move(*found);
    } else if (request.exchangeSymbol.empty()) {
        const auto& known = instruments(request.exchange);
        if (const auto found = known.find({spec.key.market, spec.key.symbol}); found != known.end())
            return found->second;
    }
    return spec.venue->instrument(spec.key.market, spec.key.symbol, request.exchangeSymbol);
}

Result<SeriesSpec> PlanSession::specify(const BackfillRequest& request, UtcMs now)
{
    auto spec = mnemo::specify(request, *m_catalogue, now);
    if (!spec || request.scope == RangeScope::Whole)
        return spec;
    auto record = m_reader->find(spec->key);
    if (!record)
        return fail(std::move(record.error()));
    TimeRange held;
    if (*record) {
        auto summary = m_reader->summary((*record)->id);
        if (!summary)
            return fail(std::move(summary.error()));
        if (summary->first && summary->last)
            held = {*summary->first, spec->rules.grid.next(*summary->last)};
    }
    spec->wanted = spec->wanted.intersected(held);
    if (spec->wanted.isEmpty())
        spec->wanted.to = spec->wanted.from;
    return spec;
}

Result<BackfillPlan> PlanSession::plan(const BackfillRequest& request, UtcMs now, PlanDetail detail)
{
    auto spec = specify(request, now);
    if (!spec)
        return fail(std::move(spec.error()));
    auto record = m_reader->find(spec->key);
    if (!record)
        return fail(std::move(record.error()));
    auto instrument = instrumentOf(request, *spec, *record);
    if (!instrument)
        return fail(std::move(instrument.error()));
    std::vector<CoverageSpan> coverage;
    if (*record) {
        auto known = m_reader->coverage((*record)->id, always);
        if (!known)
            return fail(std::move(known.error()));
        coverage = std::move(*known);
    }
    auto plan = makePlan(*spec, *instrument, coverage, m_share, now, detail, m_use);
    if (const auto* correction = request.exchangeSymbol.empty() ? correctionOf(*spec->venue, spec->key) : nullptr)
        std::ranges::move(correctionRemarks(*spec->venue, *correction, listOf(*spec->venue), *record ? (*record)->exchangeSymbol : std::string()),
            std::back_inserter(plan.warnings));
    if (m_secrets)
        if (const auto key = checkKey(*spec->venue, *m_secrets); !key)
            plan.warnings.push_back(key.error().detail);
    return plan;
}

} // namespace mnemo
