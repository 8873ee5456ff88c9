#pragma once

#include <QString>
#include <string_view>

namespace mnemo {

/// What holds a job back, in the language of the window: the lane's words of JobSnapshot::waitingFor.
QString waitingText(std::string_view waitingFor);

} // namespace mnemo
