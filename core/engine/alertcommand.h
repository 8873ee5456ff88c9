#pragma once

#include <string>

#include "core/base/result.h"
#include "core/storage/alerts.h"

namespace mnemo {

class Engine;

/// What a person asks about alerts, in this process or over the control socket. A value.
struct AlertCommand {
    enum class Action {
        Silence,     ///< alerts of a rule and an exchange, or those like one that is open
        Unsilence,   ///< ends a silence
        Acknowledge, ///< an alert
    };
    Action action = Action::Silence;
    std::int64_t id = 0;     ///< of an alert (Silence: 0 for rule and where), or of the silence that is to end
    std::string rule, where; ///< Silence; empty: all
    UtcMs until {};          ///< Silence
    std::string why;
    bool operator==(const AlertCommand&) const = default;
};
std::string_view toText(AlertCommand::Action action); ///< "silence", "unsilence", "acknowledge"

/// What a command did.
struct AlertOutcome {
    Silence silence;   ///< made or ended
    AlertId alert = 0; ///< that was acknowledged
    bool operator==(const AlertOutcome&) const = default;
};

/// Thread-safe. Errors: NotFound for an alert or silence that is not open; InvalidArgument for a rule that there is not, or a
/// silence that would end before it begins; StorageReadOnly.
Result<AlertOutcome> carryOut(Engine& engine, const AlertCommand& command);

} // namespace mnemo
