#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <tuple>

#include "core/base/log.h"
#include "core/config/folderwatch.h"
#include "core/config/layers.h"

namespace mnemo {

namespace {

/// A problem without its line: what moved is not new.
std::tuple<std::string, std::string, std::string> identity(const Problem& problem)
{
    return {problem.mark.file ? *problem.mark.file : std::string(), problem.path, problem.message};
}

/// A wrong file of pipelines is as if it were not there, also where it was right before.
bool isOfPipelines(const Problem& problem)
{
    return problem.path == "dags" || problem.path.starts_with("dags.");
}

bool hasNewProblems(const Problems& now, const Problems& before)
{
    std::multiset<std::tuple<std::string, std::string, std::string>> known;
    for (const Problem& problem : before)
        known.insert(identity(problem));
    return std::ranges::any_of(now, [&](const Problem& problem) {
        if (isOfPipelines(problem))
            return false;
        const auto found = known.find(identity(problem));
        if (found == known.end())
            return true;
        known.erase(found);
        return false;
    });
}

/// Changes that no event told (a network folder, the target of a link) are seen after so many intervals.
constexpr int unheardAfter = 60;

} // namespace

struct SettingsWatcher::Private {
    ConfigSources sources;
    LoadedSettings current; ///< the last that were accepted
    Changed changed;
    milliseconds interval;
    std::string seen; ///< fingerprint of what was last loaded, accepted or not
    std::mutex mutex;
    std::condition_variable_any wake;
    std::jthread thread; // last: joined before what it uses goes

    /// False when stopped.
    bool pause(milliseconds time, const std::stop_token& stop)
    {
        std::unique_lock lock(mutex);
        return !wake.wait_for(lock, stop, time, [&] { return stop.stop_requested(); });
    }

    std::string look() const { return fingerprintOf(configFiles(sources)); }

    void run(const std::stop_token& stop)
    {
        FolderWatch folders;
        do {
            folders.watch(configFolders(sources));
            if (look() != seen && settles(stop))
                reloadGuarded();
            folders.wait(interval * unheardAfter, stop);
        } while (pause(interval, stop));
    }

    /// True once the files have kept still for a moment.
    bool settles(const std::stop_token& stop)
    {
        for (std::string before, now = look(); before != now; now = look()) {
            before = now;
            if (!pause(std::min(interval, milliseconds {200}), stop))
                return false;
        }
        return true;
    }

    /// Nothing may leave the thread; a handler that throws is a bug that the log tells.
    void reloadGuarded()
    {
        try {
            reload();
        } catch (const std::exception& error) {
            log::error("config", std::string("changed settings could not be applied: ") + error.what());
        }
    }

    void reload()
    {
        seen = look(); // what loading throws at is not tried again until it changes
        LoadedSettings loaded = loadSettings(sources);
        seen = loaded.fingerprint;
        const bool accepted = !hasNewProblems(loaded.problems, current.problems);
        if (accepted) {
            current = std::move(loaded);
            changed(current, true);
            return;
        }
        LoadedSettings refused = current;
        refused.problems = std::move(loaded.problems);
        refused.files = std::move(loaded.files);
        refused.fingerprint = std::move(loaded.fingerprint);
        changed(refused, false);
    }
};

SettingsWatcher::SettingsWatcher(ConfigSources sources, LoadedSettings current, Changed changed, milliseconds interval)
    : d(std::make_unique<Private>())
{
    d->sources = std::move(sources);
    d->current = std::move(current);
    d->changed = std::move(changed);
    d->interval = std::max(interval, milliseconds {1});
    d->seen = d->current.fingerprint.empty() ? d->look() : d->current.fingerprint;
    d->thread = std::jthread([p = d.get()](const std::stop_token& stop) { p->run(stop); });
}

SettingsWatcher::~SettingsWatcher() = default;

} // namespace mnemo
