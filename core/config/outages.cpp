#include "core/config/outages.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "core/base/timetext.h"
#include "core/config/ownentries.h"
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

namespace {

/// Quoted, with ${ kept from being taken for a variable.
std::string quoted(const std::string& text)
{
    std::string escaped;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '$' && i + 1 < text.size() && text[i + 1] == '{')
            escaped += '$';
        escaped += text[i];
    }
    return yamlQuoted(escaped);
}

std::string listText(const std::vector<std::string>& words)
{
    std::string out;
    for (const std::string& word : words)
        out += (out.empty() ? "" : ", ") + quoted(word);
    return '[' + out + ']';
}

/// What outages and annotations have in common.
template<class Entry>
std::string placeText(const Entry& entry, std::string_view indent)
{
    const std::string in = std::string(indent) + "  ";
    std::string out = std::string(indent) + quoted(entry.id) + ":\n" + in + "exchange: " + quoted(entry.exchange) + '\n';
    if (entry.market)
        out += in + "market: " + std::string(toText(*entry.market)) + '\n';
    if (!entry.symbols.empty())
        out += in + "symbols: " + listText(entry.symbols) + '\n';
    return out + in + "from: " + formatIso(entry.range.from) + '\n' + in + "to: " + formatIso(entry.range.to) + '\n';
}

std::vector<ListedOutage> readBack(const Node& tree, Problems& problems, const ListedOutage&)
{
    return readOutages(tree, problems);
}
std::vector<Annotation> readBack(const Node& tree, Problems& problems, const Annotation&)
{
    return readAnnotations(tree, problems);
}

Result<std::string> readText(const std::filesystem::path& file)
{
    std::error_code ec;
    if (!std::filesystem::exists(file, ec))
        return std::string();
    std::ifstream in(file, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in)
        return fail(ErrorCode::StorageFailed, file.string() + " cannot be read");
    return text;
}

Result<void> replaceFile(const std::filesystem::path& file, const std::string& text)
{
    std::error_code ec;
    std::filesystem::create_directories(file.parent_path(), ec);
    const std::filesystem::path part = file.parent_path() / ('.' + file.filename().string() + ".part");
    {
        std::ofstream out(part, std::ios::binary | std::ios::trunc);
        out << text;
        out.flush();
        if (!out) {
            std::filesystem::remove(part, ec);
            return fail(ErrorCode::StorageFailed, part.string() + " cannot be written: is the folder yours, and the disk not full?");
        }
    }
    if (std::filesystem::exists(file, ec))
        std::filesystem::permissions(part, std::filesystem::status(file).permissions(), ec);
    std::filesystem::rename(part, file, ec);
    if (!ec)
        return {};
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    return fail(ErrorCode::StorageFailed, file.string() + " cannot be replaced: " + ec.message());
}

template<class Entry>
void chooseId(Entry& entry, const Node& tree)
{
    if (entry.id.empty()) {
        const std::string start = formatIso(entry.range.from);
        entry.id = entry.exchange + '-' + start.substr(0, 10) + '-' + start.substr(11, 2) + start.substr(14, 2);
    }
    const std::string wanted = entry.id;
    for (int number = 2; tree.find(entry.id); ++number)
        entry.id = wanted + '-' + std::to_string(number);
}

/// The file itself: a link stays one when it is written.
std::filesystem::path behindLinks(const std::filesystem::path& file)
{
    std::error_code ec;
    return std::filesystem::is_symlink(file, ec) ? std::filesystem::weakly_canonical(file, ec) : file;
}

/// Where the lines end that belong to the block that begins at @p at, which is the start of a line.
std::size_t endOfBlock(const std::string& text, std::size_t at)
{
    do {
        const std::size_t line = text.find('\n', at);
        at = line == std::string::npos ? text.size() : line + 1;
    } while (at < text.size() && (text[at] == ' ' || text[at] == '\t'));
    return at;
}

Result<void> removeEntry(const std::filesystem::path& named, const std::string& id)
{
    const std::filesystem::path file = behindLinks(named);
    auto text = readText(file);
    if (!text)
        return fail(std::move(text.error()));
    const auto before = parseYaml(*text, file.string());
    if (!before)
        return fail(before.error());
    const auto member = std::ranges::find(before->map, id, &Node::Member::first);
    if (member == before->map.end())
        return fail(ErrorCode::NotFound, file.string() + " has no entry " + id);
    std::size_t at = 0;
    for (int line = 1; line < before->keyMarks[static_cast<std::size_t>(member - before->map.begin())].line; ++line)
        at = text->find('\n', at) + 1;
    text->erase(at, endOfBlock(*text, at) - at);
    const auto after = parseYaml(*text, file.string());
    if (!after || after->find(id) || after->map.size() + 1 != before->map.size())
        return fail(ErrorCode::Config, file.string() + ": take the entry " + id + " out by hand: it shares lines with others");
    return replaceFile(file, *text);
}

template<class Entry>
Result<std::string> addEntry(const std::filesystem::path& named, Entry entry)
{
    const std::filesystem::path file = behindLinks(named);
    auto text = readText(file);
    if (!text)
        return fail(std::move(text.error()));
    const auto before = parseYaml(*text, file.string());
    if (!before)
        return fail(before.error());
    if (!before->isNull() && before->type != Node::Type::Map)
        return fail(ErrorCode::Config, file.string() + ":1:1: expected a map: each entry has a name of its own");
    chooseId(entry, *before);
    if (!text->empty() && text->back() != '\n')
        *text += '\n';
    *text += entryText(entry, {});
    const auto after = parseYaml(*text, file.string());
    Node alone;
    if (const Node* added = after ? after->find(entry.id) : nullptr)
        alone.insert(entry.id, *added, added->mark);
    if (!after || alone.map.empty() || after->map.size() != before->map.size() + 1)
        return fail(ErrorCode::Config, file.string() + " cannot be added to: write its entries one below the other, without braces");
    Problems problems;
    const auto read = readBack(alone, problems, entry);
    if (!problems.empty())
        return fail(ErrorCode::InvalidArgument, problems.front().path + ": " + problems.front().message);
    if (const auto written = replaceFile(file, *text); !written)
        return fail(written.error());
    return entry.id;
}

} // namespace

std::string entryText(const ListedOutage& outage, std::string_view indent)
{
    const std::string in = std::string(indent) + "  ";
    return placeText(outage, indent) + in + "reason: " + quoted(outage.reason) + '\n' + in + "source: " + quoted(outage.source) + '\n';
}

std::string entryText(const Annotation& annotation, std::string_view indent)
{
    const std::string in = std::string(indent) + "  ";
    std::string out = placeText(annotation, indent);
    if (!annotation.timeframes.empty())
        out += in + "timeframes: " + listText(annotation.timeframes) + '\n';
    return out + in + "text: " + quoted(annotation.text) + '\n';
}

Result<std::string> addToFile(const std::filesystem::path& folder, ListedOutage outage)
{
    return addEntry(folder / "outages.yaml", std::move(outage));
}

Result<std::string> addToFile(const std::filesystem::path& folder, Annotation annotation)
{
    return addEntry(folder / "annotations.yaml", std::move(annotation));
}

Result<void> removeOutage(const std::filesystem::path& folder, const std::string& id)
{
    return removeEntry(folder / "outages.yaml", id);
}

Result<void> removeAnnotation(const std::filesystem::path& folder, const std::string& id)
{
    return removeEntry(folder / "annotations.yaml", id);
}

} // namespace mnemo
