#include "core/engine/enginestate.h"

#include <algorithm>

#include "core/engine/replacing.h"
#include "core/ingest/keycheck.h"
#include "core/ingest/universe.h"
#include "core/quality/gaps.h"
#include "core/quality/verification.h"

namespace mnemo {

// --- repair ---

Result<JobId> Engine::repair(const RepairRequest& request)
{
    if (!d->collector)
        return fail(d->readOnly());
    if (!request.route.empty() && request.route != "rest")
        return fail(ErrorCode::Unsupported, "there is no route " + request.route + " to " + request.series.exchange + ": leave it out");
    auto reader = d->store->openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    const auto record = (*reader)->find(request.series);
    if (!record)
        return fail(record.error());
    if (!*record)
        return fail(ErrorCode::NotFound, request.series.text() + " is not stored: backfill collects it");
    const IntervalSet ranges(request.ranges);
    auto wanted = BackfillRequest::of(request.series);
    wanted.range = ranges.hull();
    auto spec = d->specify(wanted);
    if (!spec)
        return fail(std::move(spec.error()));
    IntervalSet asked;
    for (const TimeRange& range : ranges.ranges())
        asked.add({spec->rules.grid.floor(range.from), spec->rules.grid.ceil(range.to)});
    if (request.isJoining)
        asked = joinedByPage(asked, spec->rules);
    asked = intersected(asked, IntervalSet(TimeRange {UtcMs::min(), spec->wanted.to}));
    spec->wanted = spec->rules.grid.aligned(asked.hull());
    d->remarks->asked("verify", spec->key, spec->wanted, std::ssize(asked.ranges()));
    auto id = BackfillRequest::again(**record).exchangeSymbol;
    return d->collector->start({std::move(*spec), std::move(id), std::move(asked), Priority::Repair, 0, false, true});
}

std::optional<RepairProof> Engine::proof(JobId job) const
{
    return d->collector ? d->collector->proof(job) : std::nullopt;
}

// --- what a person knows ---

Result<std::string> Engine::Private::remark(const auto& entry)
{
    waitForCatalogue(); // until then the exchanges are not known
    {
        const std::lock_guard lock(mutex);
        if (!settings->settings.exchanges.contains(entry.exchange))
            return fail(ErrorCode::NotFound, "there is no exchange " + entry.exchange);
    }
    auto id = remarks->add(entry);
    if (id)
        settingsChanged(loadSettings(options.config), true);
    return id;
}

/// @param entries all that are in use
Result<void> Engine::Private::withdraw(const auto& entries, const std::string& id)
{
    const auto found = std::ranges::find_if(entries, [&id](const auto& entry) { return entry.id == id; });
    if (found == entries.end())
        return fail(ErrorCode::NotFound, "there is no entry " + id);
    auto done = remarks->remove(*found);
    if (done)
        settingsChanged(loadSettings(options.config), true);
    return done;
}

Result<std::string> Engine::markOutage(const ListedOutage& outage)
{
    return d->remark(outage);
}

Result<std::string> Engine::annotate(const Annotation& annotation)
{
    return d->remark(annotation);
}

Result<void> Engine::unmarkOutage(const std::string& id)
{
    return d->withdraw(settings()->settings.outages, id);
}

Result<void> Engine::removeAnnotation(const std::string& id)
{
    return d->withdraw(settings()->settings.annotations, id);
}

Result<std::vector<ActionRecord>> Engine::actions(const SeriesKey& series, TimeRange within, std::size_t most) const
{
    return d->remarks->log().of(series, within, most);
}

// --- reading ---

Result<std::vector<Gap>> Engine::gaps(const SeriesRecord& series, TimeRange within)
{
    auto reader = d->store->openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    auto held = (*reader)->openTimes(series.id, within);
    if (!held)
        return fail(std::move(held.error()));
    auto coverage = (*reader)->coverage(series.id, within);
    if (!coverage)
        return fail(std::move(coverage.error()));
    std::vector<Gap> gaps = findGaps(*held, *coverage, series.grid(), within);
    explain(gaps, series.key.kind, series.timeKind);
    return withOutages(
        std::move(gaps), d->coverage->outages()->rangesOf(series.key), series.grid());
}

Result<std::vector<GapEvidence>> Engine::evidence(const SeriesRecord& series, std::span<const Gap> gaps)
{
    auto reader = d->store->openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    const auto all = (*reader)->series();
    if (!all)
        return fail(all.error());
    const auto loaded = settings();
    const auto book = d->coverage->outages();
    GapExplainer explainer(**reader, series, *all, *book, loaded->settings.annotations);
    std::vector<GapEvidence> out;
    for (const Gap& gap : gaps) {
        auto one = explainer.explain(gap);
        if (!one)
            return fail(std::move(one.error()));
        out.push_back(std::move(*one));
    }
    return out;
}

Result<CompareReport> Engine::compare(const CompareRequest& request, std::stop_token stop, const CompareProgress& progress)
{
    return compareStored(*d->store, request, settings()->settings.compare, {}, std::move(stop), progress);
}

Result<CompareStoring> Engine::compareAndStore(
    const CompareRequest& request, std::stop_token stop, const CompareProgress& progress)
{
    auto done = mnemo::compareAndStore(*d->store, d->collector ? &d->collector->writer() : nullptr, *d->clock, request,
        settings()->settings.compare, std::move(stop), progress);
    if (!done)
        return done;
    for (const SeriesKey& key : request.series)
        d->hub->publish(FindingsChanged {key, done->report.range});
    return done;
}

Result<std::vector<BarDifference>> Engine::differences(const CompareRequest& request, std::stop_token stop)
{
    return differencesStored(*d->store, request, settings()->settings.compare, std::move(stop));
}

Result<std::vector<Instrument>> Engine::fetchMarkets(
    const std::string& exchange, std::stop_token stop, std::shared_ptr<WaitLog> waits)
{
    auto venue = catalogue()->venue(exchange);
    if (!venue)
        return fail(std::move(venue.error()));
    if (!d->collector)
        return fail(d->readOnly());
    if (auto key = checkKey(**venue, *d->secrets()); !key)
        return fail(std::move(key.error()));
    return d->collector->fetchMarkets(std::move(*venue), std::move(stop), std::move(waits));
}

// --- trust ---

std::shared_ptr<const RuleSettings> Engine::ruleSettings() const
{
    const std::lock_guard lock(d->mutex);
    return d->rules;
}

Result<ValidationOutcome> Engine::validate(
    const ValidationRequest& request, std::stop_token stop, const std::function<void(const ValidationProgress&)>& progress)
{
    const auto rules = ruleSettings();
    ValidationHost host {*d->store, d->collector ? &d->collector->writer() : nullptr, *rules, *d->clock, {}, {}};
    host.keptFresh = universeKeys(settings()->settings, *catalogue(), d->clock->now());
    host.changed = [this](const SeriesRecord& series, TimeRange range) { d->hub->publish(FindingsChanged {series.key, range}); };
    return validateStore(host, request, std::move(stop), progress);
}

std::shared_ptr<ValidationRun> Engine::startValidation(ValidationRequest request)
{
    auto run = std::make_shared<ValidationRun>([this, request = std::move(request)](std::stop_token stop, const auto& progress) {
        return validate(request, std::move(stop), progress);
    });
    const std::lock_guard lock(d->mutex);
    std::erase_if(d->validations, [](const auto& weak) { return weak.expired(); });
    d->validations.push_back(run);
    return run;
}

Result<std::vector<Finding>> Engine::decide(FindingDecision decision)
{
    if (!d->collector)
        return fail(d->readOnly());
    if (decision.who.empty())
        decision.who = sessionUser();
    if (decision.at == UtcMs {})
        decision.at = d->clock->now();
    auto changed = d->collector->writer().call([&](StoreWriter& store) { return store.decide(decision); });
    if (!changed)
        return changed;
    auto reader = d->store->openReader();
    const auto all = reader ? (*reader)->series() : Result<std::vector<SeriesRecord>>(tl::unexpected<Error>(reader.error()));
    if (!all)
        return fail(all.error());
    for (const Finding& finding : *changed) {
        const auto series = std::ranges::find(*all, finding.series, &SeriesRecord::id);
        if (series != all->end())
            d->hub->publish(FindingsChanged {series->key, finding.range});
    }
    return changed;
}

Result<Finding> Engine::replace(FindingId finding, const SeriesKey& from, const std::string& reason)
{
    auto reader = d->store->openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    auto rows = replacementRows(**reader, finding, from);
    if (!rows)
        return fail(std::move(rows.error()));
    auto changed = decide({{finding}, DecisionAction::Replace, {}, reason, {}, std::move(*rows)});
    if (!changed)
        return fail(std::move(changed.error()));
    return std::move(changed->front());
}

Result<Finding> Engine::replaceBars(
    const SeriesKey& series, TimeRange bars, const SeriesKey& from, const std::string& reason)
{
    if (!d->collector)
        return fail(d->readOnly());
    auto reader = d->store->openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    const auto id = raiseByHand(**reader, d->collector->writer(), series, bars, d->clock->now());
    if (!id)
        return fail(id.error());
    return replace(*id, from, reason);
}

Result<std::vector<RuleHistory>> Engine::ruleHistory(int days, const FindingFilter& filter)
{
    auto reader = d->store->openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    return (*reader)->ruleHistory(d->clock->now(), days, filter);
}

Result<Provenance> Engine::provenance(FindingId finding)
{
    auto reader = d->store->openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    return provenanceOf(**reader, d->archive.get(), finding);
}

// --- alerts ---

std::shared_ptr<const AlertSnapshot> Engine::alerts() const
{
    return d->alerts->snapshot();
}

std::shared_ptr<void> Engine::showNotifications(NotificationHandler handler)
{
    return d->alerts->showNotifications(std::move(handler));
}

Result<std::shared_ptr<const AlertSnapshot>> Engine::checkAlerts()
{
    return d->alerts->check();
}

Result<Silence> Engine::silence(Silence silence)
{
    return d->alerts->silence(std::move(silence));
}

Result<Silence> Engine::unsilence(SilenceId id)
{
    return d->alerts->unsilence(id);
}

Result<Alert> Engine::acknowledge(AlertId id, std::string who)
{
    return d->alerts->acknowledge(id, who);
}

Result<AlertHistory> Engine::alertHistory(const AlertFilter& filter)
{
    return d->alerts->history(filter);
}

Result<AlertDelivery> Engine::testChannel(const std::string& channel, std::stop_token stop)
{
    return d->alerts->test(channel, std::move(stop));
}

bool Engine::waitForDeliveries(milliseconds limit)
{
    return d->alerts->waitForDeliveries(limit);
}

} // namespace mnemo
