#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/alert/alertbook.h"
#include "core/alert/alertmessage.h"

namespace mnemo {

/// A channel and what became of the last message by it.
struct ChannelStatus {
    AlertChannel channel;
    std::optional<AlertDelivery> last;
};

/// How alerts are, at one moment. A value.
struct AlertSnapshot {
    std::optional<UtcMs> checkedAt; ///< nothing: not looked yet
    std::vector<Alert> open; ///< firing before pending, the most severe first, then the newest
    std::vector<AlertId> silenced; ///< of open, those that nobody is told of
    std::vector<Silence> silences; ///< that have not ended
    std::vector<RuleStatus> rules; ///< in the order of the settings
    std::vector<ChannelStatus> channels;
    AlertSettings settings;
    std::string noData; ///< English: why some rules have none; empty where all have
    std::optional<Error> error; ///< of the store: what is shown may be lost at the next start
    bool isSilenced(AlertId id) const;
    const Alert* find(AlertId id) const;
    int count(AlertState state) const;
    int unseen() const; ///< firing, neither acknowledged nor silenced
};

struct AlertHistory {
    std::vector<Alert> alerts; ///< newest first, those that are over among them
    std::vector<AlertEvent> events;
    std::vector<AlertDelivery> deliveries;
};

using NotificationHandler = std::function<void(const AlertMessage&)>;

} // namespace mnemo
