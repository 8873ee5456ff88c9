#include "core/quality/coverageindex.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "core/quality/indexedseries.h"
#include "core/quality/silence.h"

namespace mnemo {

namespace {

/// Whose series can show an outage together.
using Group = std::tuple<std::string, std::string, MarketType>;

Group groupOf(const SeriesKey& key)
{
    return {key.source, key.exchange, key.market};
}

} // namespace

/// What load() and refresh() know; guarded by m_working.
struct CoverageIndex::Work {
    std::unique_ptr<StoreReader> reader;
    OutageRules rules;
    std::vector<ListedOutage> listed;
    std::uint64_t version = 0;
    bool isLoaded = false;

    struct Entry {
        std::shared_ptr<const IndexedSeries> base; ///< with listed outages alone: what inference looks at
        std::shared_ptr<const IndexedSeries> shown; ///< with inferred ones
        std::vector<TimeRange> inferred; ///< that are in shown
    };
    std::map<SeriesKey, Entry> entries;
    std::map<Group, std::vector<InferredOutage>> inferred;

    /// Reads what @p changed says, all of it where it is null. @return the keys whose base is another one
    Result<std::set<SeriesKey>> readBases(
        const std::vector<SeriesRecord>& records, const std::map<SeriesKey, IntervalSet>* changed)
    {
        const OutageBook book(listed, {});
        std::set<SeriesKey> read;
        for (const SeriesRecord& record : records) {
            Entry& entry = entries[record.key];
            const bool isKnown = changed && entry.base && entry.base->record.id == record.id;
            if (isKnown && !changed->contains(record.key) && entry.base->record == record)
                continue;
            IntervalSet news;
            if (isKnown) {
                if (const auto found = changed->find(record.key); found != changed->end())
                    news = found->second;
            }
            auto series =
                readIndexed(*reader, record, book.rangesOf(record.key), isKnown ? entry.base.get() : nullptr, news);
            if (!series)
                return fail(series.error());
            series->revision = version;
            entry.base = std::make_shared<const IndexedSeries>(std::move(*series));
            read.insert(record.key);
        }
        return read;
    }

    /// Infers anew where a base has changed. @return the groups whose outages are others than before
    Result<void> infer(const std::set<SeriesKey>& changed)
    {
        std::set<Group> groups;
        for (const SeriesKey& key : changed)
            groups.insert(groupOf(key));
        for (const Group& group : groups) {
            std::vector<const IndexedSeries*> members;
            for (const auto& [key, entry] : entries) {
                if (groupOf(key) == group)
                    members.push_back(entry.base.get());
            }
            if (members.empty()) {
                inferred.erase(group);
                continue;
            }
            auto found = inferOutages(*reader, members, rules);
            if (!found)
                return fail(found.error());
            inferred[group] = std::move(*found);
        }
        return {};
    }

    std::vector<TimeRange> inferredOf(const SeriesKey& key) const
    {
        IntervalSet ranges;
        if (const auto found = inferred.find(groupOf(key)); found != inferred.end()) {
            for (const InferredOutage& outage : found->second) {
                if (outage.concerns(key))
                    ranges.add(outage.range);
            }
        }
        return {ranges.ranges().begin(), ranges.ranges().end()};
    }

    /// Puts the inferred outages in. @return the series that look other than before
    Result<std::vector<SeriesId>> show(const std::set<SeriesKey>& changed)
    {
        const OutageBook book(listed, {});
        std::vector<SeriesId> out;
        for (auto& [key, entry] : entries) {
            auto ranges = inferredOf(key);
            if (!changed.contains(key) && entry.shown && ranges == entry.inferred)
                continue;
            entry.inferred = std::move(ranges);
            out.push_back(entry.base->record.id);
            if (entry.inferred.empty()) {
                entry.shown = entry.base;
                continue;
            }
            IntervalSet all;
            for (const TimeRange& range : book.rangesOf(key))
                all.add(range);
            for (const TimeRange& range : entry.inferred)
                all.add(range);
            auto series = withSilence(*reader, *entry.base, entry.inferred, all.ranges());
            if (!series)
                return fail(series.error());
            series->revision = version;
            entry.shown = std::make_shared<const IndexedSeries>(std::move(*series));
        }
        return out;
    }

    std::shared_ptr<const CoverageSnapshot> snapshot() const
    {
        std::vector<std::shared_ptr<const IndexedSeries>> series;
        for (const auto& [key, entry] : entries)
            series.push_back(entry.shown);
        return std::make_shared<const CoverageSnapshot>(std::move(series), version);
    }

    std::shared_ptr<const OutageBook> book() const
    {
        std::vector<InferredOutage> all;
        for (const auto& [group, outages] : inferred)
            all.insert(all.end(), outages.begin(), outages.end());
        return std::make_shared<const OutageBook>(listed, std::move(all));
    }

    /// @param changed null: everything
    Result<std::vector<SeriesId>> update(Store& store, const std::map<SeriesKey, IntervalSet>* changed)
    {
        if (!reader) {
            auto opened = store.openReader();
            if (!opened)
                return fail(opened.error());
            reader = std::move(*opened);
        }
        const auto records = reader->series();
        if (!records)
            return fail(records.error());
        ++version;
        std::erase_if(entries, [&](const auto& entry) {
            return std::ranges::none_of(*records, [&](const SeriesRecord& one) { return one.key == entry.first; });
        });
        const auto read = readBases(*records, changed);
        if (!read)
            return fail(read.error());
        if (const auto done = infer(*read); !done)
            return fail(done.error());
        auto shown = show(*read);
        isLoaded = isLoaded || shown.has_value();
        return shown;
    }
};

CoverageIndex::CoverageIndex(Store& store, OutageRules rules, std::vector<ListedOutage> listed)
    : m_store(store)
    , m_rules(rules)
    , m_listed(std::move(listed))
    , m_areOutagesNew(true)
    , m_snapshot(std::make_shared<const CoverageSnapshot>(std::vector<std::shared_ptr<const IndexedSeries>> {}, 0))
    , m_outages(std::make_shared<const OutageBook>(m_listed, std::vector<InferredOutage> {}))
    , m_work(std::make_unique<Work>())
{
}

CoverageIndex::~CoverageIndex() = default;

Result<void> CoverageIndex::load()
{
    noteAll();
    if (const auto done = refresh(); !done)
        return fail(done.error());
    return {};
}

Result<std::vector<SeriesId>> CoverageIndex::refresh()
{
    const std::lock_guard working(m_working);
    std::map<SeriesKey, IntervalSet> news;
    bool isAll = false;
    {
        const std::lock_guard lock(m_mutex);
        news.swap(m_news);
        isAll = std::exchange(m_isAllNew, false) || !m_work->isLoaded;
        if (std::exchange(m_areOutagesNew, false)) {
            m_work->rules = m_rules;
            m_work->listed = m_listed;
            isAll = true;
        }
    }
    if (!isAll && news.empty())
        return std::vector<SeriesId> {};
    auto changed = m_work->update(m_store, isAll ? nullptr : &news);
    const std::lock_guard lock(m_mutex);
    if (!changed) {
        m_isAllNew = true; // some series may have been taken over, others not
        return changed;
    }
    m_snapshot = m_work->snapshot();
    m_outages = m_work->book();
    return changed;
}

void CoverageIndex::note(const SeriesKey& series, TimeRange changed)
{
    const std::lock_guard lock(m_mutex);
    m_news[series].add(changed);
}

void CoverageIndex::noteAll()
{
    const std::lock_guard lock(m_mutex);
    m_isAllNew = true;
}

bool CoverageIndex::hasNews() const
{
    const std::lock_guard lock(m_mutex);
    return m_isAllNew || m_areOutagesNew || !m_news.empty();
}

void CoverageIndex::setOutages(OutageRules rules, std::vector<ListedOutage> listed)
{
    const std::lock_guard lock(m_mutex);
    if (rules == m_rules && listed == m_listed)
        return;
    m_rules = rules;
    m_listed = std::move(listed);
    m_areOutagesNew = true;
    const auto inferred = m_outages->inferred();
    m_outages = std::make_shared<const OutageBook>(m_listed, std::vector<InferredOutage>(inferred.begin(), inferred.end()));
}

std::shared_ptr<const CoverageSnapshot> CoverageIndex::snapshot() const
{
    const std::lock_guard lock(m_mutex);
    return m_snapshot;
}

std::shared_ptr<const OutageBook> CoverageIndex::outages() const
{
    const std::lock_guard lock(m_mutex);
    return m_outages;
}

} // namespace mnemo
