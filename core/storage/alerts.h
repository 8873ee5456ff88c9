#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/market/timerange.h"
#include "core/quality/rules/rule.h"

namespace mnemo {

using AlertId = std::int64_t;
using SilenceId = std::int64_t;

/// What an alert can be about.
enum class AlertKind {
    FailedJobs, ///< jobs that failed and that no later one made good
    Gaps,       ///< bars that nobody was asked about, or in vain
    Stale,      ///< series that are kept up to date and are not
    Findings,   ///< rows break a rule, and nobody has decided about it
    Lane,       ///< an exchange refuses us, or failed so often that it is left alone
    Retention,  ///< bars are missing that the source soon no longer has
    Disk,       ///< little room is left
    Store,      ///< the store cannot be read or written
    Settings,   ///< some are not understood
};
/// "failed_jobs", "gaps", "stale", "findings", "lane", "retention", "disk", "store", "settings"
std::string_view toText(AlertKind kind);
std::optional<AlertKind> alertKindFromText(std::string_view text);
const std::vector<AlertKind>& allAlertKinds();

enum class AlertState {
    Pending,  ///< seen, but not yet for as long as the rule waits
    Firing,
    Resolved,
};
std::string_view toText(AlertState state); ///< "pending", "firing", "resolved"
std::optional<AlertState> alertStateFromText(std::string_view text);

/// One cause by one rule, from when it was first seen until it is over; a row of `alerts`.
struct Alert {
    AlertId id = 0;
    std::string rule;  ///< id of the rule
    std::string group; ///< tells alerts of one rule apart: a cause's id, an exchange or nothing, as the rule groups
    AlertKind kind = AlertKind::Gaps;
    std::string where, what; ///< of its cause, of the worst one where it has several
    Severity severity = Severity::Warn;
    AlertState state = AlertState::Pending;
    UtcMs since {};  ///< first seen
    UtcMs seenAt {}; ///< last seen
    std::optional<UtcMs> firedAt {}, resolvedAt {};
    std::int64_t causes = 1, series = 0, count = 0; ///< count: jobs, bars, findings or free bytes, as the kind says
    std::optional<UtcMs> until {}; ///< when it is too late, or when an exchange is tried again
    std::string detail; ///< English; may be empty
    std::string cause;  ///< id of the (worst) cause, as HealthIssue::id()
    std::string acknowledgedBy; ///< empty: nobody
    std::optional<UtcMs> acknowledgedAt {};
    std::optional<UtcMs> toldAt {}; ///< when channels were told last; nothing: never
    int told = 0; ///< how often
    std::string why; ///< of a resolved one: what ended it
    bool operator==(const Alert&) const = default;
};

/// What became of an alert; "told" channels or not.
enum class AlertEventKind { Fired, Repeated, Worsened, Resolved, Acknowledged, Silenced, SilenceEnded };
/// "fired", "repeated", "worsened", "resolved", "acknowledged", "silenced", "silence_ended"
std::string_view toText(AlertEventKind kind);
std::optional<AlertEventKind> alertEventKindFromText(std::string_view text);

/// A row of `alert_events`.
struct AlertEvent {
    std::int64_t id = 0; ///< given by the store
    AlertId alert = 0;   ///< 0 where it is about a silence
    UtcMs at {};
    AlertEventKind kind = AlertEventKind::Fired;
    bool isTold = false; ///< channels were told; not while it is silenced
    std::string who;     ///< a person; empty: the program
    std::string text;    ///< English: what was so at the time
    bool operator==(const AlertEvent&) const = default;
};

/// Matching alerts go on, but nobody is told. Empty texts match all. A row of `silences`.
struct Silence {
    SilenceId id = 0;
    std::string rule, where, group;
    bool isOfGroup = false; ///< group counts: that of some alerts is empty
    UtcMs from {}, until {};
    std::string why, who;
    std::optional<UtcMs> endedAt {}; ///< taken back, or noticed as expired
    bool matches(const Alert& alert) const;
    bool isActive(UtcMs now) const { return !endedAt && from <= now && now < until; }
    bool operator==(const Silence&) const = default;
};

enum class DeliveryState { Waiting, Retrying, Sent, Failed };
std::string_view toText(DeliveryState state); ///< "waiting", "retrying", "sent", "failed"
std::optional<DeliveryState> deliveryStateFromText(std::string_view text);

/// One message by one channel; a row of `alert_deliveries`.
struct AlertDelivery {
    std::int64_t id = 0;
    AlertId alert = 0; ///< 0: a test
    std::string channel, event; ///< event: AlertEventKind or "test"
    UtcMs queuedAt {};
    std::optional<UtcMs> finishedAt {};
    DeliveryState state = DeliveryState::Waiting;
    int attempts = 0;
    std::string reason; ///< of the last attempt that failed; English
    bool operator==(const AlertDelivery&) const = default;
};

/// What one step of the alert service changed: stored whole or not at all.
struct AlertChanges {
    std::vector<Alert> alerts;
    std::vector<AlertId> dropped; ///< pending ones that came to nothing
    std::vector<AlertEvent> events; ///< their ids are ignored
    std::vector<Silence> silences;
    std::vector<AlertDelivery> deliveries;
    std::optional<UtcMs> forgetBefore {}; ///< what was over by then is taken out
    bool isEmpty() const
    {
        return alerts.empty() && dropped.empty() && events.empty() && silences.empty() && deliveries.empty() && !forgetBefore;
    }
};

struct AlertFilter {
    std::vector<AlertState> states; ///< empty: any
    std::optional<AlertId> alert {};
    UtcMs since = UtcMs::min(); ///< not over before it
    std::int64_t limit = 1000;  ///< the newest
};

} // namespace mnemo
