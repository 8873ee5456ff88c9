#include "core/pipeline/state.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <initializer_list>
#include <utility>

namespace mnemo {

namespace {

constexpr std::array<std::pair<RunState, std::string_view>, 6> runWords {{{RunState::Queued, "queued"}, {RunState::Running, "running"},
    {RunState::Success, "success"}, {RunState::SuccessWithGaps, "success_with_gaps"}, {RunState::Failed, "failed"},
    {RunState::Cancelled, "cancelled"}}};

constexpr std::array<std::pair<TaskState, std::string_view>, 11> taskWords {{{TaskState::None, "none"}, {TaskState::Scheduled, "scheduled"},
    {TaskState::Queued, "queued"}, {TaskState::Running, "running"}, {TaskState::Success, "success"},
    {TaskState::SuccessWithGaps, "success_with_gaps"}, {TaskState::Failed, "failed"}, {TaskState::UpForRetry, "up_for_retry"},
    {TaskState::UpstreamFailed, "upstream_failed"}, {TaskState::Skipped, "skipped"}, {TaskState::Cancelled, "cancelled"}}};

template<class State, std::size_t size>
std::string_view wordOf(const std::array<std::pair<State, std::string_view>, size>& words, State state)
{
    return std::ranges::find(words, state, [](const auto& word) { return word.first; })->second;
}

template<class State, std::size_t size>
std::optional<State> stateOf(const std::array<std::pair<State, std::string_view>, size>& words, std::string_view text)
{
    const auto found = std::ranges::find(words, text, [](const auto& word) { return word.second; });
    return found == words.end() ? std::nullopt : std::optional(found->first);
}

using States = std::bitset<taskWords.size()>;

constexpr std::size_t indexOf(TaskState state)
{
    return static_cast<std::size_t>(state);
}

States states(std::initializer_list<TaskState> list)
{
    States all;
    for (const TaskState state : list)
        all.set(indexOf(state));
    return all;
}

/// What may follow each state, in the order of the enumeration.
const std::array<States, taskWords.size()>& table()
{
    using enum TaskState;
    static const std::array<States, taskWords.size()> rows {
        states({Scheduled, UpstreamFailed, Skipped, Cancelled, Success, Failed}),          // None
        states({Queued, None, UpstreamFailed, Skipped, Cancelled, Success, Failed}),       // Scheduled
        states({Running, Scheduled, Failed, Cancelled}),                                   // Queued; back: the program ended
        states({Success, SuccessWithGaps, Failed, UpForRetry, Skipped, Cancelled, Scheduled}), // Running; back: the program ended
        states({None, Failed}),                                                            // Success
        states({None, Failed, Success}),                                                   // SuccessWithGaps
        states({None, Success}),                                                           // Failed
        states({Scheduled, None, Cancelled, Success, Failed}),                             // UpForRetry
        states({None, Success, Failed}),                                                   // UpstreamFailed
        states({None, Success, Failed}),                                                   // Skipped
        states({None, Success, Failed}),                                                   // Cancelled
    };
    return rows;
}

} // namespace

std::string_view toText(RunState state)
{
    return wordOf(runWords, state);
}

std::string_view toText(TaskState state)
{
    return wordOf(taskWords, state);
}

std::optional<RunState> runStateFromText(std::string_view text)
{
    return stateOf(runWords, text);
}

std::optional<TaskState> taskStateFromText(std::string_view text)
{
    return stateOf(taskWords, text);
}

bool isFinal(RunState state)
{
    return state != RunState::Queued && state != RunState::Running;
}

bool isFinal(TaskState state)
{
    return isSuccess(state) || isFailure(state) || state == TaskState::Skipped;
}

bool isSuccess(TaskState state)
{
    return state == TaskState::Success || state == TaskState::SuccessWithGaps;
}

bool isFailure(TaskState state)
{
    return state == TaskState::Failed || state == TaskState::UpstreamFailed || state == TaskState::Cancelled;
}

bool isActive(TaskState state)
{
    return state == TaskState::Queued || state == TaskState::Running;
}

bool mayFollow(TaskState from, TaskState to)
{
    return table()[indexOf(from)].test(indexOf(to));
}

} // namespace mnemo
