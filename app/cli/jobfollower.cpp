#include "app/cli/jobfollower.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "app/cli/output.h"

namespace mnemo::cli {

namespace {

constexpr milliseconds lineInterval {250};

std::string remainingText(std::int64_t done, std::int64_t total, std::int64_t doneAtStart, milliseconds elapsed)
{
    const auto gained = done - doneAtStart;
    if (gained <= 0 || done >= total || elapsed < milliseconds {1500})
        return {};
    const auto left = static_cast<double>(elapsed.count()) * static_cast<double>(total - done) / static_cast<double>(gained);
    return ", " + durationText(milliseconds {static_cast<std::int64_t>(left)}) + " left";
}

} // namespace

JobFollower::JobFollower(Engine& engine, bool isJson)
    : m_engine(engine)
    , m_isJson(isJson)
{
}

std::vector<JobSnapshot> JobFollower::snapshots(const std::vector<JobId>& jobs) const
{
    std::vector<JobSnapshot> found;
    for (const JobId id : jobs) {
        if (auto job = m_engine.job(id))
            found.push_back(std::move(*job));
    }
    return found;
}

std::vector<JobSnapshot> JobFollower::follow(const std::vector<JobId>& jobs, std::stop_token stop)
{
    const auto guard = m_engine.subscribe([this](const Event& event) {
        const auto* changed = std::get_if<JobChanged>(&event);
        if (!changed || !isFinal(changed->job.state))
            return;
        const std::lock_guard lock(m_mutex);
        m_hasNews = true;
        m_finished.notify_all();
    });
    bool isCancelled = false;
    for (;;) {
        auto now = snapshots(jobs);
        if (std::all_of(now.begin(), now.end(), [](const JobSnapshot& job) { return isFinal(job.state); })) {
            m_bar.clear();
            return now;
        }
        show(now);
        if (!isCancelled && (stop.stop_requested() || m_isReaderGone)) {
            isCancelled = true;
            for (const JobId id : jobs)
                m_engine.cancel(id);
        }
        std::unique_lock lock(m_mutex);
        // Once cancelled, the stop token would end every wait at once.
        m_finished.wait_for(lock, isCancelled ? std::stop_token() : stop, milliseconds {100}, [this] { return m_hasNews; });
        m_hasNews = false;
    }
}

void JobFollower::show(const std::vector<JobSnapshot>& jobs)
{
    if (m_isJson && (!printProgress(jobs) || isStdoutAbandoned()))
        m_isReaderGone = true;
    showBar(jobs);
}

void JobFollower::showBar(const std::vector<JobSnapshot>& jobs)
{
    if (!m_bar.isShown())
        return;
    std::int64_t done = 0, total = 0, rows = 0, failed = 0;
    std::size_t finished = 0;
    std::string waitingFor;
    for (const auto& job : jobs) {
        done += job.done;
        total += job.total;
        rows += job.rowsStored;
        failed += job.failed;
        finished += isFinal(job.state) ? 1 : 0;
        if (waitingFor.empty() && !isFinal(job.state))
            waitingFor = job.waitingFor;
    }
    if (!m_doneAtStart)
        m_doneAtStart = done;
    const auto elapsed = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - m_started);
    std::string text = jobs.size() == 1 ? jobs.front().series.text() : std::to_string(finished) + "/" + std::to_string(jobs.size()) + " series";
    text += "  " + withThousands(done) + "/" + withThousands(total) + " bars";
    if (elapsed.count() > 0)
        text += ", " + withThousands(rows * 1000 / elapsed.count()) + " rows/s";
    text += remainingText(done, total, *m_doneAtStart, elapsed);
    if (failed > 0)
        text += ", " + withThousands(failed) + " failed";
    if (!waitingFor.empty())
        text += ", waits for " + waitingFor;
    m_bar.show(done, total, text);
}

bool JobFollower::printProgress(const std::vector<JobSnapshot>& jobs)
{
    const auto now = std::chrono::steady_clock::now();
    if (m_lastLine != SteadyTime {} && now - m_lastLine < lineInterval)
        return true;
    m_lastLine = now;
    m_printed.resize(jobs.size(), -1);
    auto output = Output::toStdout();
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const auto& job = jobs[i];
        if (job.done == m_printed[i])
            continue;
        m_printed[i] = job.done;
        const Json line = {{"type", "progress"}, {"series", job.series.text()}, {"done", job.done}, {"total", job.total}, {"rows", job.rowsStored}};
        output.write(line.dump() + "\n");
    }
    return output.flush();
}

} // namespace mnemo::cli
