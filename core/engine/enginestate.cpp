#include "core/engine/enginestate.h"

#include <algorithm>

#include "core/base/log.h"
#include "core/base/priority.h"
#include "core/ingest/keycheck.h"
#include "core/ingest/universe.h"
#include "core/quality/gaps.h"
#include "core/quality/verification.h"

namespace mnemo {

namespace {

OutageRules outageRulesOf(const GapSettings& settings)
{
    return {settings.outageSeries, settings.outageShare, settings.liquidDays, settings.liquidShare};
}

} // namespace

/// Takes over what could be understood; the rest becomes problems beside those of the files.
void Engine::Private::use(LoadedSettings loaded)
{
    auto fresh = std::make_shared<Catalogue>(Catalogue::load(loaded.settings.exchanges, loaded.problems));
    auto freshRules = std::make_shared<const RuleSettings>(RuleSettings::load(loaded.settings.rules, loaded.problems));
    auto freshAlerts = std::make_shared<const AlertSettings>(AlertSettings::load(loaded.settings.alerts, loaded.problems));
    auto shared = std::make_shared<const LoadedSettings>(std::move(loaded));
    const std::lock_guard lock(mutex);
    settings = std::move(shared);
    catalogue = std::move(fresh);
    rules = std::move(freshRules);
    alertSettings = std::move(freshAlerts);
    catalogueRead.notify_all();
}

void Engine::Private::useWithoutExchanges(LoadedSettings loaded)
{
    auto freshRules = std::make_shared<const RuleSettings>(RuleSettings::load(loaded.settings.rules, loaded.problems));
    auto freshAlerts = std::make_shared<const AlertSettings>(AlertSettings::load(loaded.settings.alerts, loaded.problems));
    const std::lock_guard lock(mutex);
    settings = std::make_shared<const LoadedSettings>(std::move(loaded));
    rules = std::move(freshRules);
    alertSettings = std::move(freshAlerts);
}

/// The second half of a start that does not wait for a hundred files.
void Engine::Private::readExchanges()
{
    giveWayToOthers(); // the window is being built
    use(loadSettings(options.config));
    if (collector)
        collector->apply(settingsOf(settings)); // a file may have changed in between
    coverage->setOutages(outageRulesOf(settings->settings.gaps), settings->settings.outages);
    applyAlerts();
    hub->publish(SettingsChanged {settings->problems, true});
    watchSettings();
}

void Engine::Private::watchSettings()
{
    if (!options.watchSettings)
        return;
    watcher = std::make_unique<SettingsWatcher>(options.config, *settings,
        [this](const LoadedSettings& now, bool accepted) { settingsChanged(now, accepted); });
}

std::shared_ptr<const Catalogue> Engine::Private::waitForCatalogue() const
{
    std::unique_lock lock(mutex);
    catalogueRead.wait(lock, [&] { return catalogue != nullptr; });
    return catalogue;
}

void Engine::Private::settingsChanged(const LoadedSettings& now, bool accepted)
{
    if (accepted) {
        use(now);
        if (const auto level = log::levelFromText(now.settings.logging.level))
            log::setLevel(*level);
        if (collector)
            collector->apply(settingsOf(settings));
        coverage->setOutages(outageRulesOf(now.settings.gaps), now.settings.outages);
        applyAlerts();
        log::info("engine", "changed settings are in use");
    } else {
        for (const Problem& problem : now.problems)
            log::warning("engine", "changed settings refused: " + problem.text());
    }
    hub->publish(SettingsChanged {now.problems, accepted});
}

void Engine::Private::openCoverage()
{
    const Settings& now = settings->settings;
    coverage = std::make_unique<CoverageIndex>(*store, outageRulesOf(now.gaps), now.outages);
    coverageNotes = hub->subscribe([index = coverage.get()](const Event& event) {
        if (const auto* rows = std::get_if<RowsStored>(&event))
            index->note(rows->series, rows->range);
        else if (const auto* span = std::get_if<CoverageChanged>(&event))
            index->note(span->series, span->range);
        else if (const auto* finding = std::get_if<FindingRaised>(&event))
            index->note(finding->series, finding->range);
    });
}

void Engine::Private::openAlerts(Engine& engine)
{
    AlertService::Parts parts {*store, collector ? &collector->writer() : nullptr, hub, clock,
        secrets(), [&engine] { return engine.health(); },
        [&engine] { return engine.settings(); }};
    alerts = std::make_unique<AlertService>(std::move(parts), *alertSettings, options.watchesAlerts);
}

void Engine::Private::applyAlerts()
{
    std::shared_ptr<const AlertSettings> fresh;
    {
        const std::lock_guard lock(mutex);
        fresh = alertSettings;
    }
    alerts->apply(*fresh);
}

Result<SeriesSpec> Engine::Private::specify(const BackfillRequest& request) const
{
    auto spec = mnemo::specify(request, *waitForCatalogue(), clock->now());
    if (!spec)
        return spec;
    if (auto key = checkKey(*spec->venue, *secrets()); !key)
        return fail(std::move(key.error()));
    return spec;
}

std::shared_ptr<const SecretSource> Engine::Private::secrets() const
{
    return options.secrets ? options.secrets : std::make_shared<const EnvironmentSecrets>();
}

FollowSettings Engine::Private::followed() const
{
    auto known = waitForCatalogue();
    const std::lock_guard lock(mutex);
    return {std::move(known), settings->settings.ingest.followLive};
}

/// Absence before @p before that was seen once and is due to be asked about again, in pieces that one request brings. What
/// cannot be read is logged and left: the new bars are worth more than the check of old ones.
IntervalSet Engine::Private::absenceDue(StoreReader& reader, const SeriesRecord& series, const PageRules& paging, UtcMs before) const
{
    if (paging.isLatestOnly() || paging.isFromTrades)
        return {}; // old bars cannot be asked for alone
    GapSettings gaps;
    {
        const std::lock_guard lock(mutex);
        gaps = settings->settings.gaps;
    }
    const UtcMs now = clock->now();
    const auto due = absenceToVerify(reader, series, {now - gaps.verifyWithin, before}, now - gaps.verifyAfter);
    if (!due)
        log::warning("engine", "absence is not verified: " + due.error().detail, {{"series", series.key.text()}});
    return due ? joinedByPage(IntervalSet(*due), paging) : IntervalSet();
}

/// From the last stored bar, less the overlap, to now.
Result<Collector::Start> Engine::Private::catchUp(const BackfillRequest& wanted, StoreReader& reader) const
{
    const UtcMs now = clock->now();
    IngestSettings ingest;
    {
        const std::lock_guard lock(mutex);
        ingest = settings->settings.ingest;
    }
    BackfillRequest request = wanted;
    request.range = {now - ingest.firstRange, now};
    auto spec = specify(request);
    if (!spec)
        return fail(std::move(spec.error()));
    IntervalSet recheck;
    // there is nothing to catch up with; slots since the last reading are missing for good
    if (spec->rules.isSnapshot)
        spec->wanted.from = spec->rules.grid.floor(now);
    if (auto record = reader.find(spec->key); record && *record) {
        auto summary = reader.summary((*record)->id);
        const Grid& grid = spec->rules.grid;
        if (summary && summary->last && spec->rules.isSnapshot) {
            spec->wanted.from = std::min(grid.next(*summary->last), spec->wanted.from);
        } else if (summary && summary->last) {
            const TimeRange overlap {grid.advance(*summary->last, 1 - ingest.overlapBars), grid.next(*summary->last)};
            spec->wanted.from = overlap.from;
            recheck = absenceDue(reader, **record, spec->rules, overlap.from);
            recheck.add(overlap);
        }
    }
    return Collector::Start {std::move(*spec), {}, std::move(recheck), Priority::Incremental, 0, false, false};
}

Error Engine::Private::readOnly() const
{
    return {ErrorCode::StorageReadOnly,
        "this session only reads: another process collects into " + options.dataDir.string()};
}

/// Null where the queue is not kept. Work goes on without it: nothing that is stored depends on it.
std::unique_ptr<JobJournal> Engine::Private::openJournal() const
{
    if (!options.keepsQueue)
        return nullptr;
    std::vector<std::string> problems;
    auto journal = JobJournal::open(options.dataDir / "jobs.journal", problems);
    for (const std::string& problem : problems)
        log::warning("engine", problem);
    if (journal)
        return std::move(*journal);
    log::error("engine", "the queue of jobs is not kept for the next start: " + journal.error().detail);
    return nullptr;
}

} // namespace mnemo
