#include <algorithm>

#include "core/exchange/nodereading.h"

namespace mnemo::description {

namespace {

/// What a CSV's columns can be, and which of them a kind needs.
struct KindColumns {
    Kind kind;
    std::vector<std::string> known, needed;
};

std::vector<KindColumns> makeKindColumns()
{
    std::vector<KindColumns> all {
        {Kind::Candles, {"-", "time", "open", "high", "low", "close", "volume", "quote_volume", "trades", "close_time"},
            {"time", "open", "high", "low", "close", "volume"}},
    };
    for (const KindFacts& facts : allKinds()) {
        if (!isMetric(facts.kind))
            continue;
        KindColumns columns {facts.kind, {"-", "time"}, {"time"}};
        for (const MetricColumn& column : facts.columns)
            if (column.isTold)
                columns.known.emplace_back(column.name);
        all.push_back(std::move(columns));
    }
    return all;
}

const std::vector<KindColumns>& kindColumns()
{
    static const std::vector<KindColumns> all = makeKindColumns();
    return all;
}

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

class FilesReader {
public:
    FilesReader(std::string path, const Tables& tables, const std::string& redirect, Problems& problems)
        : m_path(std::move(path))
        , m_tables(tables)
        , m_redirect(redirect)
        , m_problems(problems)
    {
    }

    std::map<Kind, FilesForm> read(const Node& node)
    {
        MapReader reader(&node, m_path, m_problems);
        FilesForm common;
        common.origin = readAddress(reader, "url", true);
        common.listing = readAddress(reader, "listing", false);
        reader.read("checksum", common.checksumSuffix);
        if (common.checksumSuffix.empty())
            reader.problem("checksum", "`checksum` is missing: what a file's address ends with where its SHA-256 stands, as .CHECKSUM");
        readRate(reader, common);
        std::map<Kind, FilesForm> forms;
        for (const KindColumns& columns : kindColumns()) {
            const std::string key(toText(columns.kind));
            const Node* kind = reader.node(key);
            if (kind == nullptr || kind->isNull())
                continue;
            MapReader block(kind, m_path + "." + key, m_problems);
            if (auto form = readKind(block, columns, common))
                forms.emplace(columns.kind, std::move(*form));
        }
        reader.finish();
        return forms;
    }

private:
    /// Scheme and host give way to archive_url. An origin has no path.
    std::string readAddress(MapReader& reader, const char* key, bool isOrigin)
    {
        std::string url;
        reader.read(key, url);
        const bool isHttp = url.starts_with("https://") || url.starts_with("http://");
        const auto slash = isHttp ? url.find('/', url.find("://") + 3) : std::string::npos;
        if (!isHttp || (isOrigin && slash != std::string::npos) || url.find_first_of("?# ") != std::string::npos) {
            reader.problem(key, isOrigin ? "an address like https://data.example.com is expected, without a path"
                                         : "the address of the bucket's listing is expected, like https://s3.example.com/bucket");
            return {};
        }
        return m_redirect.empty() ? url : m_redirect + (slash == std::string::npos ? "" : url.substr(slash));
    }

    static void readRate(MapReader& reader, FilesForm& form)
    {
        form.budget = {"files", 10, milliseconds {1000}, {}, {}, {}};
        reader.readMap("rate", [&](MapReader& rate) {
            rate.read("limit", form.budget.capacity, 1e-3, 1e9);
            rate.read("per", form.budget.window, milliseconds {1}, milliseconds {std::chrono::hours {24}});
            rate.finish();
        });
    }

    /// Nothing where neither path is given: what all markets share is not yet a description.
    std::optional<FilesForm> readKind(MapReader& block, const KindColumns& columns, const FilesForm& common)
    {
        FilesForm form = common;
        form.monthly = readPath(block, "monthly");
        form.daily = readPath(block, "daily");
        readFrames(block, form);
        block.read("columns", form.columns);
        checkColumns(block, form, columns);
        block.finish();
        return form.monthly || form.daily ? std::optional(std::move(form)) : std::nullopt;
    }

    std::optional<FilesForm::Path> readPath(MapReader& block, const char* key)
    {
        if (const Node* node = block.node(key); node == nullptr || node->isNull())
            return std::nullopt;
        FilesForm::Path path;
        block.readMap(key, [&](MapReader& map) {
            std::string text;
            map.read("path", text);
            map.read("after", path.publishedAfter, milliseconds {0}, milliseconds {std::chrono::hours {24 * 60}});
            auto parsed = Template::parse(text, m_tables);
            if (!parsed)
                map.problem("path", parsed.error().detail);
            else if (!text.starts_with('/') || !parsed->names("start") || text.find("{start", text.rfind('/')) == std::string::npos)
                map.problem("path", "a path that begins with / is expected, with {start}, the month or day, in the file's name alone");
            else
                path.text = std::move(*parsed);
            map.finish();
        });
        return path;
    }

    void readFrames(MapReader& block, FilesForm& form)
    {
        block.readEach("frames", [&](const std::string& name, const Node& value, const std::string& at) {
            const auto frame = readTimeframe(name, value.mark, at, m_problems);
            if (frame && !value.isNull())
                form.frames[*frame].text = value.scalar;
        });
        if (form.frames.empty() && (form.monthly || form.daily))
            block.problem("frames", "`frames` is missing: a map of our timeframes to the words of the files");
    }

    void checkColumns(MapReader& block, const FilesForm& form, const KindColumns& columns)
    {
        for (const std::string& column : form.columns) {
            if (std::ranges::find(columns.known, column) == columns.known.end())
                block.problem("columns", "'" + column + "' is none of " + joined(columns.known), nearestOf(column, columns.known));
        }
        if (!form.monthly && !form.daily)
            return;
        for (const std::string& column : columns.needed) {
            if (std::ranges::find(form.columns, column) == form.columns.end())
                block.problem("columns", "`columns`, the CSV's by position, lacks " + column);
        }
    }

    const std::string m_path;
    const Tables& m_tables;
    const std::string& m_redirect;
    Problems& m_problems;
};

} // namespace

std::map<Kind, FilesForm> readFiles(
    const Node& node, const std::string& path, const Tables& tables, const std::string& redirect, Problems& problems)
{
    return FilesReader(path, tables, redirect, problems).read(node);
}

} // namespace mnemo::description
