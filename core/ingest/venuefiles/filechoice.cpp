#include "core/ingest/venuefiles/filechoice.h"

#include <algorithm>
#include <limits>
#include <set>

namespace mnemo {

namespace {

constexpr double costWithoutLimit = 100;

class Chooser {
public:
    Chooser(const IntervalSet& askable, const VenueFiles& files, const PageRules& rules, FileCosts costs, FileUse use, const FileExists& exists)
        : m_askable(askable)
        , m_files(files)
        , m_rules(rules)
        , m_costs(costs)
        , m_use(use)
        , m_exists(exists)
    {
    }

    FileChoice choose(const IntervalSet& todo)
    {
        split(todo, 0);
        const double asking = m_asking, fetching = m_costs.file * (static_cast<double>(m_choice.files.size()) + 0.5 * listingsOf(m_choice));
        if (m_use == FileUse::Auto && asking <= fetching)
            return {};
        return std::move(m_choice);
    }

private:
    void split(const IntervalSet& todo, std::size_t level)
    {
        if (level == m_files.periods.size())
            return;
        const VenueFiles::Period& period = m_files.periods[level];
        for (TimeRange covers = periodOf(period.length, todo.hull().from); covers.from < todo.hull().to;
             covers = periodOf(period.length, covers.to)) {
            const TimeRange opens {m_rules.grid.ceil(covers.from), m_rules.grid.ceil(covers.to)}; // weeks lie across months
            const IntervalSet wanted = intersected(todo, IntervalSet(opens));
            if (wanted.isEmpty())
                continue;
            if (!take(period, covers, wanted))
                split(wanted, level + 1);
        }
    }

    bool take(const VenueFiles::Period& period, TimeRange covers, const IntervalSet& wanted)
    {
        if (!m_exists(period.length, covers.from))
            return false;
        const bool isLastWay = &period == &m_files.periods.back() && !subtracted(wanted, m_askable).isEmpty();
        if (!isLastWay && wanted.length() * 2 < covers.to - covers.from)
            return false;
        const double asking = costOfAsking(wanted);
        if (m_use == FileUse::Auto && asking <= m_costs.file)
            return false;
        m_asking += asking;
        m_choice.taken = united(m_choice.taken, wanted);
        m_choice.files.push_back({period.length, covers, wanted, fileKey(period, covers.from)});
        return true;
    }

    double costOfAsking(const IntervalSet& wanted) const
    {
        if (!subtracted(wanted, m_askable).isEmpty())
            return std::numeric_limits<double>::infinity();
        std::int64_t pages = 0;
        for (const TimeRange& range : wanted.ranges())
            pages += (m_rules.grid.count(range) + m_rules.maxRows - 1) / m_rules.maxRows;
        return static_cast<double>(pages) * m_costs.page;
    }

    const IntervalSet& m_askable;
    const VenueFiles& m_files;
    const PageRules& m_rules;
    const FileCosts m_costs;
    const FileUse m_use;
    const FileExists& m_exists;
    FileChoice m_choice;
    double m_asking = 0;
};

double costOf(const std::vector<Charge>& charges, const std::vector<BudgetSpec>& budgets, double share)
{
    double cost = 0;
    for (const Charge& charge : charges) {
        const auto budget = std::ranges::find(budgets, charge.budget, &BudgetSpec::name);
        if (budget != budgets.end() && budget->capacity > 0)
            cost = std::max(cost, charge.weight / (budget->capacity * share) * static_cast<double>(budget->window.count()));
    }
    return cost > 0 ? cost : costWithoutLimit;
}

} // namespace

FileUse fileUseFromText(std::string_view text)
{
    return text == "always" ? FileUse::Always : text == "never" ? FileUse::Never : FileUse::Auto;
}

FileCosts fileCosts(const Venue& venue, const FetchArgs& args, const PageRules& rules, const VenueFiles& files, double share)
{
    FileCosts costs;
    costs.file = requestsPerFile * costOf({{files.budget.name, 1}}, {files.budget}, share);
    const UtcMs from = rules.grid.floor(args.now - rules.grid.timeframe().length() * rules.maxRows);
    const auto page = venue.pageRequest(args, {from, rules.grid.advance(from, rules.maxRows)});
    costs.page = page ? costOf(page->charges, venue.lane().budgets, share) : costWithoutLimit;
    return costs;
}

int listingsOf(const FileChoice& choice)
{
    std::set<FilePeriod> lengths;
    for (const ChosenFile& file : choice.files)
        lengths.insert(file.length);
    return static_cast<int>(lengths.size());
}

FileExists publishedBy(const VenueFiles& files, UtcMs now)
{
    return [&files, now](FilePeriod length, UtcMs start) {
        const auto* period = files.period(length);
        return period && periodOf(length, start).to + period->publishedAfter <= now;
    };
}

FileChoice chooseFiles(const IntervalSet& todo, const IntervalSet& askable, const VenueFiles& files, const PageRules& rules,
    FileCosts costs, FileUse use, const FileExists& exists)
{
    if (use == FileUse::Never || todo.isEmpty() || rules.maxRows <= 0 || rules.isFromTrades || rules.isSnapshot)
        return {};
    return Chooser(askable, files, rules, costs, use, exists).choose(todo);
}

} // namespace mnemo
