#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/storage/alerts.h"

namespace mnemo {

/// One trouble as it is seen now. What the engine knows of one cause, however many series it concerns.
struct Condition {
    AlertKind kind = AlertKind::Gaps;
    std::string where, what; ///< exchange or lane; error, rule, class of gap: empty where there is none
    Severity severity = Severity::Warn;
    std::int64_t series = 0, count = 0;
    std::optional<UtcMs> until {}; ///< when it is too late, or when an exchange is tried again
    std::string detail; ///< English
    std::string id; ///< the same for the same cause at the next look
};

/// All that alerts are decided from, at one moment. A value.
struct Conditions {
    UtcMs at {};
    std::vector<Condition> troubles; ///< without the disk
    std::optional<std::int64_t> freeBytes {}; ///< of the disk; nothing: not known
    std::vector<AlertKind> unknown {}; ///< could not be looked at: about these nothing is concluded
    std::string why; ///< ... because; English
    bool isKnown(AlertKind kind) const;
};

} // namespace mnemo
