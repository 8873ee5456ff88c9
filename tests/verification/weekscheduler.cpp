// The process of tst_week that schedules and is killed: the engine and its pipelines as the programs have them, with a clock
// that is put forward. Arguments: folder of the configuration, of the data, the time. Then a time a line on standard input,
// each answered with "done TIME" when all that is due by then is over.

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <string>

#include <sys/prctl.h>

#include "core/base/timetext.h"
#include "core/engine/pipelines.h"
#include "places.h"

using namespace mnemo;

namespace {

/// Goes on as the system's does, from where it is put.
class JumpingClock final : public Clock {
public:
    explicit JumpingClock(UtcMs now) { set(now); }
    UtcMs now() const override { return m_system.now() + milliseconds {m_ahead.load()}; }
    SteadyTime steady() const override { return m_system.steady(); }
    void set(UtcMs now) { m_ahead = (now - m_system.now()).count(); }
    void advance(milliseconds by) { m_ahead += by.count(); }

private:
    SystemClock m_system;
    std::atomic<std::int64_t> m_ahead {0};
};

class Week {
public:
    Week(Pipelines& pipelines, JumpingClock& clock)
        : m_pipelines(pipelines)
        , m_clock(clock)
        , m_guard(pipelines.subscribe([this](const PipelinesChanged&) {
            const std::lock_guard lock(m_mutex);
            m_hasNews = true;
            m_changed.notify_one();
        }))
    {
    }

    /// False where the store cannot be read.
    bool goTo(UtcMs time)
    {
        if (time > m_clock.now())
            m_clock.set(time);
        m_pipelines.wake();
        decide();
        RunFilter open;
        open.states = openRunStates();
        open.withDefinition = false;
        while (true) {
            const auto runs = m_pipelines.runs(open);
            if (!runs)
                return false;
            if (runs->empty())
                return true;
            waitForNews();
        }
    }

private:
    /// When this is answered, what is due is decided and stored.
    void decide()
    {
        PipelineCommand question;
        question.pipeline = "incremental";
        question.isDryRun = true;
        (void)m_pipelines.ask(question).get();
    }

    /// Where all that is left waits for another attempt, the clock is put forward to it.
    void waitForNews()
    {
        constexpr milliseconds quiet {300}, ahead {10'000};
        std::unique_lock lock(m_mutex);
        const bool isNew = m_changed.wait_for(lock, quiet, [this] { return m_hasNews; });
        m_hasNews = false;
        lock.unlock();
        if (isNew || !m_pipelines.progress().empty())
            return;
        m_clock.advance(ahead);
        m_pipelines.wake();
    }

    Pipelines& m_pipelines;
    JumpingClock& m_clock;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_hasNews = false;
    std::shared_ptr<void> m_guard; // last
};

int complain(const std::string& text)
{
    std::fprintf(stderr, "%s\n", text.c_str());
    return 1;
}

} // namespace

int main(int argc, char** argv)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const auto start = argc == 4 ? parseTime(argv[3]) : std::nullopt;
    if (!start)
        return complain("usage: weekscheduler CONFIG DATA TIME");
    const auto clock = std::make_shared<JumpingClock>(*start);
    EngineOptions options;
    options.config.shipped = MNEMO_SOURCE_DIR "/config";
    options.config.user = argv[1];
    options.dataDir = argv[2];
    options.clock = clock;
    const auto engine = Engine::open(std::move(options));
    if (!engine)
        return complain(engine.error().detail);
    for (const Problem& problem : (*engine)->settings()->problems)
        complain(problem.text());
    const auto pipelines = Pipelines::open(**engine);
    if (!pipelines)
        return complain(pipelines.error().detail);
    Week week(**pipelines, *clock);
    for (std::string line; std::getline(std::cin, line);) {
        const auto time = parseTime(line);
        if (!time || !week.goTo(*time))
            return complain("cannot go to " + line);
        std::cout << "done " << line << std::endl;
    }
    return 0;
}
