#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/config/node.h"
#include "core/net/smtp.h"
#include "core/storage/alerts.h"

namespace mnemo {

/// What makes one alert of many causes.
enum class AlertGrouping {
    Cause,    ///< each its own: an exchange and an error, an exchange and a rule of validation
    Exchange, ///< all of one exchange
    All,
};
std::string_view toText(AlertGrouping grouping); ///< "cause", "exchange", "all"

/// When somebody is to be told: an entry of alerts.rules.
struct AlertRule {
    std::string id;
    AlertKind kind = AlertKind::Gaps;
    bool isOn = true;
    std::optional<Severity> severity {}; ///< nothing: that of the cause
    milliseconds pendingFor {0}; ///< so long it must last before anybody is told
    milliseconds clearFor {0};   ///< so long it must be gone before it counts as over
    AlertGrouping grouping = AlertGrouping::Cause;
    std::optional<milliseconds> repeat {}; ///< told again so often while it lasts; 0: never; nothing: AlertSettings::repeat
    bool tellsEnd = true;
    std::vector<std::string> channels {}; ///< empty: all
    std::vector<std::string> exchanges {}; ///< empty: any
    std::int64_t atLeast = 1; ///< series (stale, gaps, retention), jobs, findings or problems of one alert
    Severity worseThan = Severity::Warn; ///< of findings: less severe ones do not count
    std::int64_t freeMiB = 1024; ///< of the disk: told when less is free
    milliseconds notice {std::chrono::hours {24 * 7}}; ///< of retention: told when less time is left
    bool operator==(const AlertRule&) const = default;
};

enum class ChannelType {
    App,      ///< the alert centre of the window
    Desktop,  ///< a notification of the desktop, by the window
    Webhook,  ///< JSON of our own
    Slack,    ///< an incoming webhook
    Discord,  ///< a webhook
    Telegram, ///< the bot's sendMessage
    Email,
};
std::string_view toText(ChannelType type); ///< "app", "desktop", "webhook", "slack", "discord", "telegram", "email"

/// A way to somebody: an entry of alerts.channels.
struct AlertChannel {
    std::string id;
    ChannelType type = ChannelType::App;
    bool isOn = true;
    Severity atLeast = Severity::Warn; ///< alerts that are less severe are not for it
    std::string url; ///< of webhooks; empty: the secret alerts.<id>.url. Of telegram: in place of https://api.telegram.org
    std::string chat; ///< telegram
    SmtpServer server {}; ///< email, without password: that is the secret alerts.<id>.password
    std::string from;
    std::vector<std::string> to;
    bool operator==(const AlertChannel&) const = default;
    std::string secretName(std::string_view what) const { return "alerts." + id + '.' + std::string(what); }
    bool needsNetwork() const { return type != ChannelType::App && type != ChannelType::Desktop; }
};

/// alerts.yaml as plain values.
struct AlertSettings {
    bool isOn = true;
    milliseconds every {30'000}; ///< between two looks, where nothing happens
    milliseconds repeat {std::chrono::hours {24}};
    milliseconds keep {std::chrono::hours {24 * 90}}; ///< what is over is forgotten after it
    std::vector<AlertRule> rules;
    std::vector<AlertChannel> channels;
    bool operator==(const AlertSettings&) const = default;

    const AlertRule* rule(std::string_view id) const; ///< null where there is none
    const AlertChannel* channel(std::string_view id) const;
    /// The channels that an alert of @p rule and @p severity goes to; those that are off are left out.
    std::vector<const AlertChannel*> channelsFor(const AlertRule& rule, Severity severity) const;

    /// Of Settings::alerts. What is wrong is told with its place and left out alone: a rule, a channel or a field.
    static AlertSettings load(const Node& tree, Problems& problems);
};

} // namespace mnemo
