#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <vector>

#include <sys/prctl.h>
#include <unistd.h>

#include "app/simulator/fastclock.h"
#include "app/simulator/options.h"

namespace {

using namespace mnemo;
using namespace mnemo::sim;

int complain(const std::string& text)
{
    std::cerr << "mnemo-exchange-sim: " << text << '\n';
    return 2;
}

/// False when the parent was gone before the kernel was asked to watch it.
bool followParent()
{
    const pid_t parent = getppid();
    return prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent;
}

int serve(const Options& options)
{
    MarketStore store;
    if (const auto loaded = store.load(options.data); !loaded)
        return complain(loaded.error().detail);
    if (options.synthetic) {
        if (const auto added = store.addSynthetic(*options.synthetic, options.exchanges); !added)
            return complain(added.error().detail);
    }
    const SystemClock realClock;
    FakeClock standing(options.now.value_or(UtcMs {}));
    const FastClock fast(options.now.value_or(realClock.now()), options.speed);
    const Clock& clock = options.speed > 1 ? static_cast<const Clock&>(fast)
        : options.now                      ? static_cast<const Clock&>(standing)
                                           : realClock;
    if (const auto added = addDefects(store, options.defects, options.seed, clock.now(), options.defectsLog); !added)
        return complain(added.error().detail);
    Feed feed(clock, options.faults);
    if (!options.record.empty()) {
        if (const auto opened = feed.record(options.record); !opened)
            return complain(opened.error().detail);
    }
    Simulator simulator(store, feed, options.faults, options.limits, options.seed, options.fileFaults);
    if (options.now && options.speed <= 1)
        simulator.letSetClock(standing);
    Server server(simulator, options.server);
    const auto port = server.listen();
    if (!port)
        return complain(port.error().detail);
    std::cout << "listening on http://127.0.0.1:" << *port << " ws://127.0.0.1:" << *port << std::endl;
    server.run();
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    const std::vector<std::string_view> arguments(argv + 1, argv + argc);
    const auto options = parseOptions(arguments);
    if (!options)
        return complain(options.error().detail);
    if (options->showsHelp) {
        std::cout << helpText();
        return 0;
    }
    if (options->showsVersion) {
        std::cout << "mnemo-exchange-sim " << MNEMO_VERSION << '\n';
        return 0;
    }
    if (options->diesWithParent && !followParent())
        return complain("--die-with-parent: the parent process has ended already");
    std::signal(SIGPIPE, SIG_IGN);
    return serve(*options);
}
