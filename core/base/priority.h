#pragma once

namespace mnemo {

/// The calling thread, and those that it starts, give way to the others of the program and of the machine. For work that
/// nobody waits for yet; it cannot be taken back. Where the system has no priorities of threads: does nothing.
void giveWayToOthers();

} // namespace mnemo
