#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/quality/rules/rule.h"

namespace mnemo {

/// A violation of one rule by one range of a series; the layers above make a stored Finding of it.
struct RuleFinding {
    std::string rule; ///< RuleInfo::id
    std::string severity = "warn"; ///< info, warn, error
    TimeRange range; ///< from the first bar's open to the last bar's close; empty for a moment
    std::string details = "{}"; ///< JSON; "why" is the rule's arithmetic in words, of the first bar
    bool operator==(const RuleFinding&) const = default;
};

/// Collects the bars that break one rule into findings: neighbouring ones make one. One thread.
class Violations {
public:
    /// @param cuts ascending; a finding never reaches across one of these times. Where findings are stored already
    /// their
    ///        ends are cuts, so that the same bars make the same findings again.
    Violations(const RuleInfo& rule, Severity severity, const Grid& grid, std::vector<UtcMs> cuts = {});

    /// Runs of fewer bars are no finding. Call before the first add().
    void requireRun(std::int64_t bars) { m_leastBars = bars; }
    /// The bar that holds @p time breaks the rule. Handed in ascending order. True where a finding begins with it: then
    /// say why.
    bool add(UtcMs time);
    /// The next bar is apart from the ones before it though it follows them.
    void separate() { m_isSeparate = true; }
    /// @param why "high 100.1 < close 100.3"
    /// @param members more of the details: "\"first\":{...}"; may be empty
    void say(std::string why, std::string members = {});
    /// About a moment, not a bar.
    void addMoment(UtcMs time, std::string why, std::string members = {});
    void finish(); ///< no more bars come

    /// Those that no further bar can change.
    std::vector<RuleFinding> take();
    std::size_t finished() const { return m_findings.size(); }
    /// Where the unfinished one begins; UtcMs::max() where there is none.
    UtcMs unfinished() const;
    std::int64_t bars() const { return m_flagged; } ///< that are in finished findings

private:
    bool isCut(UtcMs open);
    void closePiece();
    void closeRun();
    std::string details() const;

    std::string m_rule, m_severity;
    Grid m_grid;
    std::vector<UtcMs> m_cuts;
    std::size_t m_nextCut = 0;
    std::int64_t m_leastBars = 1;
    std::int64_t m_flagged = 0;
    std::vector<RuleFinding> m_findings;
    // the unfinished run, cut into pieces
    std::int64_t m_run = 0;
    std::vector<RuleFinding> m_pieces;
    std::int64_t m_bars = 0; ///< of its last piece
    TimeRange m_range;
    std::string m_why, m_members;
    bool m_isSeparate = false;
};

} // namespace mnemo
