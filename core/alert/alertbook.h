#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/alert/alertsettings.h"
#include "core/alert/conditions.h"

namespace mnemo {

/// What became of an alert at one look.
struct AlertStep {
    AlertEventKind kind = AlertEventKind::Fired;
    Alert alert; ///< as it is now
    bool isTold = false; ///< channels are to be told
};

/// How a rule is, over all its alerts. NoData: what it is about could not be looked at, and its alerts stay as they were.
enum class RuleState { Off, Normal, Pending, Firing, NoData };
std::string_view toText(RuleState state); ///< "off", "normal", "pending", "firing", "no_data"

struct RuleStatus {
    std::string rule;
    RuleState state = RuleState::Normal;
    int pending = 0, firing = 0;
    bool operator==(const RuleStatus&) const = default;
};

/// The state machine of alerts: normal, pending, firing, resolved; nothing is concluded from what was not seen. One alert a
/// rule and group at most. Who was told is told again when it worsens, after the rule's time, and at the end; a silence or an
/// acknowledgement hold that back, but a worse severity voids the latter. Pure: the time comes with the conditions.
/// Cost: O(rules x troubles). Not thread-safe.
class AlertBook {
public:
    AlertBook() = default;
    /// Goes on from what was stored. @param open alerts that are not resolved. @param nextAlert no alert has had this id
    AlertBook(std::vector<Alert> open, std::vector<Silence> silences, AlertId nextAlert);

    struct Look {
        std::vector<AlertStep> steps;
        std::vector<Alert> changed; ///< those that are other than before, resolved ones too: to be stored
        std::vector<AlertId> dropped; ///< pending ones that went away
        std::vector<Silence> ended; ///< whose time was over
    };
    Look look(const AlertSettings& settings, const Conditions& conditions);

    const std::map<std::pair<std::string, std::string>, Alert>& open() const { return m_open; } ///< by rule and group
    const Alert* find(AlertId id) const; ///< among the open ones; null where there is none
    const std::vector<Silence>& silences() const { return m_silences; } ///< that have not ended
    bool isSilenced(const Alert& alert, UtcMs now) const;
    std::vector<RuleStatus> rules(const AlertSettings& settings) const; ///< as of the last look

    /// Gives the id. Errors: InvalidArgument where it would end before it begins.
    Result<Silence> silence(Silence silence);
    /// Errors: NotFound where none such is active.
    Result<Silence> unsilence(SilenceId id, UtcMs now);
    /// @return the alert as it is now. Errors: NotFound where it is not firing.
    Result<Alert> acknowledge(AlertId id, const std::string& who, UtcMs now);

private:
    using Key = std::pair<std::string, std::string>;
    struct Seen; ///< what one group of a rule's causes adds up to

    std::map<std::string, Seen> seenBy(const AlertRule& rule, const Conditions& conditions) const;
    void lookAtRule(const AlertRule& rule, const AlertSettings& settings, const Conditions& conditions, Look& look);
    void advance(const AlertRule& rule, const AlertSettings& settings, Alert& alert, UtcMs now, bool isWorse, Look& look);
    void end(const Key& key, const std::string& why, UtcMs now, bool isTold, Look& look);
    void endSilences(UtcMs now, Look& look);

    std::map<Key, Alert> m_open;
    std::vector<Silence> m_silences;
    std::vector<std::string> m_unknown; ///< rules that had no data at the last look
    AlertId m_nextAlert = 1;
    SilenceId m_nextSilence = 1;
};

} // namespace mnemo
