#pragma once

#include <QString>
#include <QStringList>
#include <set>

#include "ui/jobs/jobrow.h"
#include "ui/widgets/scope.h"

namespace mnemo {

/// Which jobs are shown. A value.
struct JobFilter {
    QStringList words;         ///< in lower case; all of them must stand in the series' name
    std::set<JobState> states; ///< empty: all
    Scope scope {};            ///< that its series must be in
    TimeRange within {UtcMs::min(), UtcMs::max()}; ///< that its range must touch
    static JobFilter of(const QString& text, const std::set<JobState>& states);
    bool accepts(const JobRow& row) const;
    bool operator==(const JobFilter&) const = default;
};

} // namespace mnemo
