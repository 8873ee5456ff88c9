#pragma once

#include <cstdint>
#include <vector>

#include "ui/jobs/jobfilter.h"

namespace mnemo {

enum class JobColumn {
    State, Series, Range, Progress, Rows, Rate, Requests, Left, Attempts, Waiting, Started, Elapsed, Eta, Problem,
};
constexpr int jobColumns = 14;

/// The order of the shown rows among all of them. Works on raw values; newest first where values are equal. A value.
class JobOrder {
public:
    using Slot = std::uint32_t; ///< place of a row in the table's storage

    std::optional<JobColumn> column {}; ///< nothing: newest first
    bool isDescending = false;
    UtcMs now {}; ///< for times that go on

    bool less(const JobRow& a, const JobRow& b) const;
    /// All of @p places in order: O(n log n).
    void sort(std::vector<Slot>& places, const std::vector<JobRow>& rows) const;
    /// @p shown as it should be after the rows in @p changed have changed, or are new: O(n + k log k). Rows that the
    /// filter refuses go.
    std::vector<Slot> updated(const std::vector<Slot>& shown, std::vector<Slot> changed, const std::vector<JobRow>& rows,
        const JobFilter& filter) const;

private:
    void sortBySeries(std::vector<Slot>& places, const std::vector<JobRow>& rows) const;
    double numberOf(const JobRow& row) const;
    const std::string& textOf(const JobRow& row) const;
    bool isText() const;
};

} // namespace mnemo
