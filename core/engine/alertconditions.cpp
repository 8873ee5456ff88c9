#include "core/engine/alertconditions.h"

namespace mnemo {

namespace {

/// Nothing for what is no trouble to be told of: an exchange that was silent waits for a person's word, on Home. The disk
/// is told by its free bytes.
std::optional<AlertKind> kindOf(HealthCause cause)
{
    switch (cause) {
    case HealthCause::Store: return AlertKind::Store;
    case HealthCause::Lane: return AlertKind::Lane;
    case HealthCause::Retention: return AlertKind::Retention;
    case HealthCause::FailedJobs: return AlertKind::FailedJobs;
    case HealthCause::Stale: return AlertKind::Stale;
    case HealthCause::Gaps: return AlertKind::Gaps;
    case HealthCause::Findings: return AlertKind::Findings;
    case HealthCause::Settings: return AlertKind::Settings;
    case HealthCause::Disk:
    case HealthCause::Outage: break;
    }
    return std::nullopt;
}

} // namespace

Conditions conditionsOf(const Health& health)
{
    Conditions conditions;
    conditions.at = health.checkedAt;
    conditions.freeBytes = health.freeBytes;
    for (const HealthIssue& issue : health.issues) {
        if (const auto kind = kindOf(issue.cause))
            conditions.troubles.push_back({*kind, issue.where, issue.what, issue.severity, issue.series, issue.count,
                issue.until, issue.detail, issue.id()});
    }
    if (!health.freeBytes)
        conditions.unknown.push_back(AlertKind::Disk);
    if (!health.areJobsKnown) {
        conditions.unknown.insert(conditions.unknown.end(), {AlertKind::FailedJobs, AlertKind::Lane});
        conditions.why = "another process collects";
    }
    return conditions;
}

Conditions conditionsOf(const Error& error, UtcMs now)
{
    Conditions conditions;
    conditions.at = now;
    conditions.why = error.detail;
    for (const AlertKind kind : allAlertKinds()) {
        if (kind != AlertKind::Store)
            conditions.unknown.push_back(kind);
    }
    conditions.troubles.push_back(
        {AlertKind::Store, {}, std::string(toText(error.code)), Severity::Error, 0, 0, {}, error.detail, "store//"});
    return conditions;
}

} // namespace mnemo
