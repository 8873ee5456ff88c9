#include "core/quality/rules/violations.h"

#include <algorithm>
#include <utility>

#include "core/quality/rules/words.h"

namespace mnemo {

Violations::Violations(const RuleInfo& rule, Severity severity, const Grid& grid, std::vector<UtcMs> cuts)
    : m_rule(rule.id)
    , m_severity(toText(severity))
    , m_grid(grid)
    , m_cuts(std::move(cuts))
{
}

bool Violations::add(UtcMs time)
{
    const UtcMs open = m_grid.floor(time);
    const TimeRange bar {open, m_grid.next(open)};
    const bool continues = m_run > 0 && bar.from <= m_range.to && !std::exchange(m_isSeparate, false);
    if (!continues)
        closeRun();
    else if (isCut(bar.from))
        closePiece();
    ++m_run;
    if (m_bars++ == 0) {
        m_range = bar;
        return true;
    }
    m_range.to = std::max(m_range.to, bar.to);
    return false;
}

/// True where a finding that began before must end at @p open.
bool Violations::isCut(UtcMs open)
{
    while (m_nextCut < m_cuts.size() && m_cuts[m_nextCut] <= m_range.from)
        ++m_nextCut;
    return m_nextCut < m_cuts.size() && m_cuts[m_nextCut] <= open;
}

void Violations::say(std::string why, std::string members)
{
    m_why = std::move(why);
    m_members = std::move(members);
}

std::string Violations::details() const
{
    std::string json = "{\"bars\":" + std::to_string(m_bars);
    if (!m_members.empty())
        json += ',' + m_members;
    if (!m_why.empty())
        json += ",\"why\":" + words::quoted(m_why);
    return json + '}';
}

void Violations::addMoment(UtcMs time, std::string why, std::string members)
{
    closeRun();
    std::string json = "{\"why\":" + words::quoted(why);
    if (!members.empty())
        json += ',' + members;
    m_findings.push_back({m_rule, m_severity, {time, time}, json + '}'});
}

void Violations::closePiece()
{
    if (m_bars > 0)
        m_pieces.push_back({m_rule, m_severity, m_range, details()});
    m_bars = 0;
    say({});
}

void Violations::closeRun()
{
    closePiece();
    if (m_run >= m_leastBars) {
        m_flagged += m_run;
        std::ranges::move(m_pieces, std::back_inserter(m_findings));
    }
    m_pieces.clear();
    m_run = 0;
    m_isSeparate = false;
}

void Violations::finish()
{
    closeRun();
}

std::vector<RuleFinding> Violations::take()
{
    return std::exchange(m_findings, {});
}

UtcMs Violations::unfinished() const
{
    if (!m_pieces.empty())
        return m_pieces.front().range.from;
    return m_bars > 0 ? m_range.from : UtcMs::max();
}

} // namespace mnemo
