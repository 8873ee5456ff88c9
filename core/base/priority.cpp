#include "core/base/priority.h"

#ifdef __linux__
#include <sys/resource.h>
#include <unistd.h>
#endif

namespace mnemo {

void giveWayToOthers()
{
#ifdef __linux__
    constexpr int niceness = 10;
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), niceness); // of a thread, on Linux
#endif
}

} // namespace mnemo
