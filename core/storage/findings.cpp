#include "core/storage/findings.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mnemo {

namespace {

constexpr std::array stateNames {
    std::pair {FindingState::Open, std::string_view {"open"}},
    std::pair {FindingState::Acknowledged, std::string_view {"acknowledged"}},
    std::pair {FindingState::Quarantined, std::string_view {"quarantined"}},
    std::pair {FindingState::Replaced, std::string_view {"replaced"}},
    std::pair {FindingState::Fixed, std::string_view {"fixed"}},
};

/// What a logged action leads to; nothing for undo.
std::optional<FindingState> stateOf(std::string_view action)
{
    if (action == toText(DecisionAction::Acknowledge))
        return FindingState::Acknowledged;
    if (action == toText(DecisionAction::Quarantine))
        return FindingState::Quarantined;
    if (action == toText(DecisionAction::Replace))
        return FindingState::Replaced;
    if (action == "fixed")
        return FindingState::Fixed;
    if (action == toText(DecisionAction::Undo))
        return std::nullopt;
    return FindingState::Open; // reopen, reopened
}

Result<FindingState> refused(const FindingDecision& decision, std::string_view why)
{
    return fail(ErrorCode::InvalidArgument,
        "cannot " + std::string(toText(decision.action)) + " the finding: " + std::string(why));
}

} // namespace

std::string_view toText(FindingState state)
{
    return std::ranges::find(stateNames, state, &std::pair<FindingState, std::string_view>::first)->second;
}

std::optional<FindingState> findingStateFromText(std::string_view text)
{
    const auto found = std::ranges::find(stateNames, text, &std::pair<FindingState, std::string_view>::second);
    return found == stateNames.end() ? std::nullopt : std::optional(found->first);
}

std::string_view toText(DecisionAction action)
{
    switch (action) {
    case DecisionAction::Acknowledge:
        return "acknowledge";
    case DecisionAction::Quarantine:
        return "quarantine";
    case DecisionAction::Replace:
        return "replace";
    case DecisionAction::Reopen:
        return "reopen";
    case DecisionAction::Undo:
        return "undo";
    }
    return "undo";
}

FindingSyncOutcome& FindingSyncOutcome::operator+=(const FindingSyncOutcome& other)
{
    added += other.added;
    kept += other.kept;
    reopened += other.reopened;
    fixed += other.fixed;
    return *this;
}

FindingHistory historyOf(std::span<const Decision> log)
{
    std::vector<FindingState> states;
    for (const Decision& decision : log) {
        if (const auto state = stateOf(decision.action))
            states.push_back(*state);
        else if (!states.empty())
            states.pop_back();
    }
    FindingHistory history;
    if (states.empty())
        return history;
    history.now = states.back();
    history.before = states.size() > 1 ? states[states.size() - 2] : FindingState::Open;
    return history;
}

Result<FindingState> stateAfter(const FindingDecision& decision, const FindingHistory& history)
{
    const bool hasReason = decision.reason.find_first_not_of(" \t\n") != std::string::npos;
    switch (decision.action) {
    case DecisionAction::Acknowledge:
        return hasReason ? FindingState::Acknowledged : refused(decision, "say why in one sentence");
    case DecisionAction::Quarantine:
        return FindingState::Quarantined;
    case DecisionAction::Replace:
        if (!hasReason)
            return refused(decision, "say why in one sentence");
        if (decision.rows.empty())
            return refused(decision, "there is no value to put in its place");
        return FindingState::Replaced;
    case DecisionAction::Reopen:
        return FindingState::Open;
    case DecisionAction::Undo:
        if (!history.before)
            return refused(decision, "nothing was decided about it yet");
        return *history.before;
    }
    return FindingState::Open;
}

} // namespace mnemo
