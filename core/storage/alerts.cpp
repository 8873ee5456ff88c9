#include "core/storage/alerts.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mnemo {

namespace {

template<class Enum>
std::optional<Enum> fromText(std::string_view text, std::initializer_list<Enum> all)
{
    const auto found = std::ranges::find_if(all, [text](Enum one) { return toText(one) == text; });
    return found == all.end() ? std::nullopt : std::optional(*found);
}

} // namespace

std::string_view toText(AlertKind kind)
{
    switch (kind) {
    case AlertKind::FailedJobs: return "failed_jobs";
    case AlertKind::Gaps: return "gaps";
    case AlertKind::Stale: return "stale";
    case AlertKind::Findings: return "findings";
    case AlertKind::Lane: return "lane";
    case AlertKind::Retention: return "retention";
    case AlertKind::Disk: return "disk";
    case AlertKind::Store: return "store";
    case AlertKind::Settings: return "settings";
    }
    return "store";
}

const std::vector<AlertKind>& allAlertKinds()
{
    static const std::vector<AlertKind> kinds {AlertKind::FailedJobs, AlertKind::Gaps, AlertKind::Stale, AlertKind::Findings,
        AlertKind::Lane, AlertKind::Retention, AlertKind::Disk, AlertKind::Store, AlertKind::Settings};
    return kinds;
}

std::optional<AlertKind> alertKindFromText(std::string_view text)
{
    const auto& all = allAlertKinds();
    const auto found = std::ranges::find_if(all, [text](AlertKind kind) { return toText(kind) == text; });
    return found == all.end() ? std::nullopt : std::optional(*found);
}

std::string_view toText(AlertState state)
{
    switch (state) {
    case AlertState::Pending: return "pending";
    case AlertState::Firing: return "firing";
    case AlertState::Resolved: return "resolved";
    }
    return "pending";
}

std::optional<AlertState> alertStateFromText(std::string_view text)
{
    return fromText(text, {AlertState::Pending, AlertState::Firing, AlertState::Resolved});
}

std::string_view toText(AlertEventKind kind)
{
    switch (kind) {
    case AlertEventKind::Fired: return "fired";
    case AlertEventKind::Repeated: return "repeated";
    case AlertEventKind::Worsened: return "worsened";
    case AlertEventKind::Resolved: return "resolved";
    case AlertEventKind::Acknowledged: return "acknowledged";
    case AlertEventKind::Silenced: return "silenced";
    case AlertEventKind::SilenceEnded: return "silence_ended";
    }
    return "fired";
}

std::optional<AlertEventKind> alertEventKindFromText(std::string_view text)
{
    using enum AlertEventKind;
    return fromText(text, {Fired, Repeated, Worsened, Resolved, Acknowledged, Silenced, SilenceEnded});
}

std::string_view toText(DeliveryState state)
{
    switch (state) {
    case DeliveryState::Waiting: return "waiting";
    case DeliveryState::Retrying: return "retrying";
    case DeliveryState::Sent: return "sent";
    case DeliveryState::Failed: return "failed";
    }
    return "waiting";
}

std::optional<DeliveryState> deliveryStateFromText(std::string_view text)
{
    return fromText(text, {DeliveryState::Waiting, DeliveryState::Retrying, DeliveryState::Sent, DeliveryState::Failed});
}

bool Silence::matches(const Alert& alert) const
{
    return (rule.empty() || rule == alert.rule) && (where.empty() || where == alert.where)
        && (!isOfGroup || group == alert.group);
}

} // namespace mnemo
