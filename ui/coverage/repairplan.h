#pragma once

#include <QStringList>
#include <vector>

#include "core/base/result.h"
#include "ui/coverage/coverageselection.h"

namespace mnemo {

/// Fill: what is missing alone. VerifyAbsent: every bar that is not stored and could be. VerifyAll: stored ones too.
enum class RepairKind { Fill, VerifyAbsent, VerifyAll };

/// What a repair of a selection would ask the sources for. A value.
struct RepairPlan {
    struct Line {
        SeriesRecord series;
        std::vector<TimeRange> stretches; ///< ascending, disjoint
        std::int64_t bars = 0; ///< in them
        std::int64_t requests = 0; ///< at least
    };
    RepairKind kind = RepairKind::Fill;
    std::vector<Line> lines; ///< in the order of the selection; series of which nothing would be asked are left out
    std::vector<Error> errors; ///< of series that cannot be asked
    std::int64_t bars() const;
    std::int64_t requests() const;
    std::int64_t stretches() const;
    bool isEmpty() const { return lines.empty(); }
};

/// What will happen, a sentence each: who is asked for what, what becomes of the answers, whether it can be undone.
QStringList whatHappens(const RepairPlan& plan);

} // namespace mnemo
