#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace mnemo {

/// Runs `sh -c` in a process group of its own, with nothing on its standard input; waits until it ends. A stop ends the whole group: SIGTERM, after two seconds
/// SIGKILL.
/// @param environment "NAME", "value": added to ours
/// @param line each line that it prints, standard error too, without the line end; on the calling thread
/// @return its exit status; 128 + signal where one ended it. Errors: Cancelled, Internal.
Result<int> runShell(const std::string& command, const std::vector<std::pair<std::string, std::string>>& environment,
    const std::function<void(const std::string&)>& line, const std::stop_token& stop);

} // namespace mnemo
