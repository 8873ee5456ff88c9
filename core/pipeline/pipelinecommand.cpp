#include "core/pipeline/pipelinecommand.h"

#include <algorithm>
#include <array>

namespace mnemo {

namespace {

using Action = PipelineCommand::Action;
constexpr std::array<std::pair<Action, std::string_view>, 9> words {{{Action::Trigger, "trigger"}, {Action::Backfill, "backfill"},
    {Action::Pause, "pause"}, {Action::Resume, "resume"}, {Action::Cancel, "cancel"}, {Action::Clear, "clear"}, {Action::Mark, "mark"},
    {Action::Priority, "priority"}, {Action::Undo, "undo"}}};

} // namespace

std::string_view toText(Action action)
{
    return std::ranges::find(words, action, [](const auto& word) { return word.first; })->second;
}

std::optional<Action> commandActionFromText(std::string_view text)
{
    const auto found = std::ranges::find(words, text, [](const auto& word) { return word.second; });
    return found == words.end() ? std::nullopt : std::optional(found->first);
}

} // namespace mnemo
