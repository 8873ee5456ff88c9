#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "app/cli/arguments.h"
#include "app/cli/output.h"
#include "core/storage/findings.h"

namespace mnemo::cli {

// Findings as validate and findings print them.

/// The rule's arithmetic in words; the details themselves where an older program left none.
std::string whyOf(const Finding& finding);
/// The series' key, then id, rule, severity, from, to, state, why, details.
Json toJson(const Finding& finding, const SeriesKey& key);

/// Numbers of findings as they were typed. Errors: InvalidArgument.
Result<std::vector<FindingId>> readFindingIds(const std::vector<std::string>& words);

/// Columns of a finding; add() puts in one row.
class FindingTable {
public:
    FindingTable();
    void add(const Finding& finding, const SeriesKey& key);
    ExitStatus print() const { return m_table.print(); }

private:
    Table m_table;
};

/// Whatever is not fixed: what somebody still has to know.
std::vector<FindingState> unfixedStates();

} // namespace mnemo::cli
