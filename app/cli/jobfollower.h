#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "app/cli/progressbar.h"
#include "core/engine/engine.h"

namespace mnemo::cli {

/// Waits for jobs and shows how they get on: a bar on the terminal or JSON lines on standard output. One thread.
class JobFollower {
public:
    JobFollower(Engine& engine, bool isJson);

    /// Returns when all of @p jobs are final. A requested stop, or a reader of the JSON lines that has gone, cancels them.
    std::vector<JobSnapshot> follow(const std::vector<JobId>& jobs, std::stop_token stop);

private:
    std::vector<JobSnapshot> snapshots(const std::vector<JobId>& jobs) const;
    void show(const std::vector<JobSnapshot>& jobs);
    void showBar(const std::vector<JobSnapshot>& jobs);
    bool printProgress(const std::vector<JobSnapshot>& jobs); ///< false when nobody reads any more

    Engine& m_engine;
    const bool m_isJson;
    ProgressBar m_bar;
    const SteadyTime m_started = std::chrono::steady_clock::now();
    SteadyTime m_lastLine {};
    std::vector<std::int64_t> m_printed; ///< done as last printed, by position
    std::optional<std::int64_t> m_doneAtStart; ///< known before we began: no measure of our speed
    bool m_isReaderGone = false;
    std::mutex m_mutex;
    std::condition_variable_any m_finished;
    bool m_hasNews = false; ///< a job became final
};

} // namespace mnemo::cli
