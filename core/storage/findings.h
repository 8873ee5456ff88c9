#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/market/candle.h"
#include "core/market/serieskey.h"
#include "core/market/timerange.h"

namespace mnemo {

using SeriesId = std::int64_t;
using FindingId = std::int64_t;

/// A violation of one rule; the row of `findings`.
struct Finding {
    FindingId id = 0;
    SeriesId series = 0;
    std::string rule; ///< "revision", "duplicate", "off_grid", ...
    std::string severity = "warn"; ///< info, warn, error
    TimeRange range;
    std::string details = "{}"; ///< JSON; "why" is the rule's arithmetic in words
    UtcMs createdAt {};
    std::string state = "open"; ///< FindingState
};

enum class FindingState {
    Open,
    Acknowledged, ///< somebody looked, and it stays as it is
    Quarantined, ///< its bars are left out by readers that ask for clean data
    Replaced, ///< its bars hold another source's values
    Fixed, ///< the rows no longer break the rule
};
std::string_view toText(FindingState state); ///< "open", "acknowledged", "quarantined", "replaced", "fixed"
std::optional<FindingState> findingStateFromText(std::string_view text);

/// Which findings are meant. Empty lists: any.
struct FindingFilter {
    std::vector<std::string> rules, severities;
    std::vector<FindingState> states;
    std::vector<std::string> sources, exchanges, symbols;
    std::vector<MarketType> markets;
    std::vector<Kind> kinds;
    std::vector<Timeframe> timeframes;
    std::vector<SeriesId> series; ///< these alone
    TimeRange within {UtcMs::min(), UtcMs::max()}; ///< those that touch it
};

enum class FindingOrder { Newest, Oldest, Time, TimeDescending, Severity }; ///< Newest, Oldest: by when it was raised

struct FindingCount {
    SeriesId series = 0;
    std::string rule, severity;
    FindingState state = FindingState::Open;
    std::int64_t findings = 0;
    bool operator==(const FindingCount&) const = default;
};

/// Findings of one rule that were raised on one UTC day, whatever became of them since.
struct FindingDay {
    std::string rule;
    UtcMs day {};
    std::int64_t findings = 0;
    bool operator==(const FindingDay&) const = default;
};

/// The same, day by day.
struct RuleHistory {
    std::string rule;
    std::vector<std::int64_t> perDay; ///< oldest first; a day without any is 0
    bool operator==(const RuleHistory&) const = default;
};

/// What somebody, or the program, did about a finding. The log only grows.
struct Decision {
    FindingId finding = 0;
    UtcMs at {};
    std::string who; ///< a person's name; "validation" and "re-fetch" are the program
    std::string action; ///< DecisionAction, or "fixed", "reopened"
    std::string reason;
    bool operator==(const Decision&) const = default;
};

enum class DecisionAction {
    Acknowledge, ///< needs a reason
    Quarantine,
    Replace, ///< needs a reason and rows
    Reopen,
    Undo, ///< of the last decision that is not undone
};
std::string_view toText(DecisionAction action); ///< "acknowledge", "quarantine", "replace", "reopen", "undo"

/// One decision about any number of findings.
struct FindingDecision {
    std::vector<FindingId> findings;
    DecisionAction action = DecisionAction::Acknowledge;
    std::string who, reason;
    UtcMs at {};
    std::vector<Candle> rows {}; ///< for Replace: the new values of bars of the finding, from elsewhere
};

/// The findings that rows have now, to be brought in line with those that are stored.
struct FindingSync {
    SeriesId series = 0;
    struct Window {
        std::string rule;
        TimeRange range; ///< the rule has judged all bars that open in it
    };
    std::vector<Window> windows;
    std::vector<Finding> found; ///< each within the window of its rule; ids and states are of no account
    UtcMs at {};
};

struct FindingSyncOutcome {
    std::int64_t added = 0; ///< new ones
    std::int64_t kept = 0; ///< were there before; with new details where those changed
    std::int64_t reopened = 0; ///< were fixed, and are back
    std::int64_t fixed = 0; ///< stored ones that are gone
    FindingSyncOutcome& operator+=(const FindingSyncOutcome& other);
};

/// The state that a log of decisions leads to, and the one that undoing its last decision leads to.
struct FindingHistory {
    FindingState now = FindingState::Open;
    std::optional<FindingState> before; ///< nothing where there is nothing to undo
};
/// @param log of one finding, oldest first. Pure.
FindingHistory historyOf(std::span<const Decision> log);

/// Whether @p state may follow from @p action; the state it leads to. Errors: InvalidArgument in a sentence.
Result<FindingState> stateAfter(const FindingDecision& decision, const FindingHistory& history);

} // namespace mnemo
