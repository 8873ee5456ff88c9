#include "core/engine/events.h"

namespace mnemo {

std::string_view toText(JobState state)
{
    switch (state) {
    case JobState::Queued:
        return "queued";
    case JobState::Running:
        return "running";
    case JobState::Paused:
        return "paused";
    case JobState::Complete:
        return "complete";
    case JobState::FinishedWithGaps:
        return "gaps";
    case JobState::Failed:
        return "failed";
    case JobState::Cancelled:
        return "cancelled";
    }
    return "failed";
}

std::string_view toText(JobCommand command)
{
    switch (command) {
    case JobCommand::Pause:
        return "pause";
    case JobCommand::Resume:
        return "resume";
    case JobCommand::Cancel:
        return "cancel";
    case JobCommand::Retry:
        return "retry";
    case JobCommand::Prefer:
        return "prefer";
    }
    return "cancel";
}

bool isFinal(JobState state)
{
    switch (state) {
    case JobState::Queued:
    case JobState::Running:
    case JobState::Paused:
        return false;
    case JobState::Complete:
    case JobState::FinishedWithGaps:
    case JobState::Failed:
    case JobState::Cancelled:
        return true;
    }
    return true;
}

} // namespace mnemo
