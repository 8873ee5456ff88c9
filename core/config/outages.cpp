#include "core/config/outages.h"

#include <algorithm>

#include "core/base/timetext.h"
#include "core/config/mapreader.h"
#include "core/market/instrument.h"
#include "core/market/timeframe.h"

namespace mnemo {

namespace {

bool admits(const std::vector<std::string>& wanted, std::string_view name)
{
    return wanted.empty() || std::ranges::find(wanted, name) != wanted.end();
}

/// Reads the keys that both kinds of entries have. The entry is of use only if isGood() afterwards.
class EntryReader {
public:
    EntryReader(const std::string& id, const Node& node, const std::string& path, Problems& problems)
        : m_problems(problems)
        , m_before(problems.size())
        , m_reader(&node, path, problems)
        , m_id(id)
        , m_file(node.mark.file ? *node.mark.file : std::string())
    {
    }

    template <class Entry>
    void readPlace(Entry& entry)
    {
        entry.id = m_id;
        entry.file = m_file;
        need("exchange", entry.exchange, "the id of an exchange");
        if (m_reader.has("market")) {
            MarketType market = MarketType::Spot;
            m_reader.readEnum<MarketType>("market", market,
                {{"spot", MarketType::Spot}, {"linear", MarketType::Linear}, {"inverse", MarketType::Inverse}});
            entry.market = market;
        } else {
            m_reader.node("market");
        }
        m_reader.read("symbols", entry.symbols);
        for (const std::string& symbol : entry.symbols) {
            if (!parseSymbol(symbol))
                m_reader.problem(
                    "symbols", "expected symbols as BTC/USDT or BTC/USDT:USDT, found " + yamlQuoted(symbol));
        }
        readTime("from", entry.range.from);
        readTime("to", entry.range.to);
        if (isGood() && entry.range.isEmpty())
            m_reader.problem("to", "must be later than from");
    }

    void need(const char* key, std::string& target, const char* expected)
    {
        m_reader.read(key, target);
        if (target.empty())
            m_reader.problem(key, std::string("is needed: ") + expected);
    }
    void read(const char* key, std::string& target) { m_reader.read(key, target); }

    void readFrames(std::vector<std::string>& target)
    {
        m_reader.read("timeframes", target);
        for (const std::string& name : target) {
            if (!Timeframe::fromName(name))
                m_reader.problem("timeframes", "there is no timeframe " + yamlQuoted(name));
        }
    }

    bool isGood() const { return m_problems.size() == m_before; }
    void finish() { m_reader.finish(); }

private:
    void readTime(const char* key, UtcMs& target)
    {
        std::string text;
        m_reader.read(key, text);
        if (const auto time = parseTime(text))
            target = *time;
        else
            m_reader.problem(key, "expected a time such as 2024-01-31 or 2024-01-31T10:20:30Z, UTC");
    }

    Problems& m_problems;
    const std::size_t m_before;
    MapReader m_reader;
    const std::string m_id;
    const std::string m_file;
};

template <class Entry, class ReadRest>
std::vector<Entry> readEntries(const Node& tree, const std::string& section, Problems& problems, ReadRest&& readRest)
{
    std::vector<Entry> entries;
    for (const auto& [id, node] : tree.map) {
        if (node.isNull())
            continue;
        EntryReader reader(id, node, section + '.' + id, problems);
        Entry entry;
        reader.readPlace(entry);
        readRest(reader, entry);
        reader.finish();
        if (reader.isGood())
            entries.push_back(std::move(entry));
    }
    std::ranges::stable_sort(entries, {}, &Entry::range);
    return entries;
}

} // namespace

bool ListedOutage::concerns(const SeriesKey& series) const
{
    return series.exchange == exchange && (!market || *market == series.market) && admits(symbols, series.symbol);
}

bool Annotation::concerns(const SeriesKey& series) const
{
    return series.exchange == exchange && (!market || *market == series.market) && admits(symbols, series.symbol)
        && admits(timeframes, series.timeframe.name());
}

std::vector<ListedOutage> readOutages(const Node& tree, Problems& problems)
{
    return readEntries<ListedOutage>(tree, "outages", problems, [](EntryReader& reader, ListedOutage& outage) {
        reader.need("reason", outage.reason, "what happened, in a few words");
        reader.need("source", outage.source, "who says so: a link, or what it was seen from");
    });
}

std::vector<Annotation> readAnnotations(const Node& tree, Problems& problems)
{
    return readEntries<Annotation>(tree, "annotations", problems, [](EntryReader& reader, Annotation& annotation) {
        reader.readFrames(annotation.timeframes);
        reader.need("text", annotation.text, "the remark");
    });
}

} // namespace mnemo
