#include "core/config/layers.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include <unistd.h>

#include "core/base/parallel.h"

namespace mnemo {

namespace {

namespace fs = std::filesystem;

const std::vector<std::string> environments {"dev", "staging", "prod"};
constexpr std::string_view prefix = "MNEMO__";
constexpr std::size_t maxPathDepth = 32;

std::shared_ptr<const std::string> sharedName(std::string name)
{
    return std::make_shared<const std::string>(std::move(name));
}

Mark markOf(std::string name)
{
    return {sharedName(std::move(name)), 0, 0};
}

using Getenv = std::function<std::optional<std::string>(const std::string&)>;

std::vector<std::string> environmentOf(const ConfigSources& sources)
{
    std::vector<std::string> all = sources.environment;
    if (all.empty()) {
        for (char** entry = environ; entry && *entry; ++entry)
            all.emplace_back(*entry);
    }
    std::ranges::sort(all); // environ has no order; a map comes before what is inside it
    return all;
}

Getenv getenvOf(const ConfigSources& sources)
{
    if (sources.getenv) {
        return [get = sources.getenv](const std::string& name) -> std::optional<std::string> {
            const char* value = get(name.c_str());
            return value ? std::optional<std::string>(value) : std::nullopt;
        };
    }
    return [all = environmentOf(sources)](const std::string& name) -> std::optional<std::string> {
        for (const std::string& entry : all) {
            if (entry.size() > name.size() && entry[name.size()] == '=' && entry.starts_with(name))
                return entry.substr(name.size() + 1);
        }
        return std::nullopt;
    };
}

bool isNameChar(char c, bool first)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || (!first && c >= '0' && c <= '9');
}

bool isName(std::string_view name)
{
    if (name.empty())
        return false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (!isNameChar(name[i], i == 0))
            return false;
    }
    return true;
}

/// Replaces ${NAME} in every scalar of a tree.
class Expander {
public:
    Expander(Getenv getenv, Problems& problems)
        : m_getenv(std::move(getenv))
        , m_problems(problems)
    {
    }

    /// False where something in @p node cannot be expanded; members of maps were taken out then, so that the lower layer
    /// shows. A list with such an element is false as a whole: a shorter list would mean something else.
    /// @param path for messages; lent out on the way down, and the same afterwards
    bool expand(Node& node, std::string& path, bool isInList = false)
    {
        switch (node.type) {
        case Node::Type::Null:
            return true;
        case Node::Type::Scalar:
            return expandScalar(node, path);
        case Node::Type::List:
            return expandList(node, path);
        case Node::Type::Map:
            return expandMap(node, path, isInList);
        }
        return true;
    }

private:
    bool expandList(Node& node, std::string& path)
    {
        bool ok = true;
        const std::size_t length = path.size();
        for (std::size_t i = 0; i < node.list.size(); ++i) {
            path += '[' + std::to_string(i) + ']';
            ok = expand(node.list[i], path, true) && ok;
            path.resize(length);
        }
        return ok;
    }

    bool expandMap(Node& node, std::string& path, bool isInList)
    {
        std::vector<std::string> broken;
        const std::size_t length = path.size();
        for (auto& [key, value] : node.map) {
            if (length != 0)
                path += '.';
            path += key;
            if (!expand(value, path, isInList))
                broken.push_back(key);
            path.resize(length);
        }
        for (const std::string& key : broken)
            node.remove(key);
        return broken.empty() || !isInList;
    }

    bool expandScalar(Node& node, const std::string& path)
    {
        auto at = node.scalar.find("${");
        if (at == std::string::npos)
            return true;
        const std::string text = node.scalar;
        std::string out;
        std::size_t from = 0;
        for (; at != std::string::npos; at = text.find("${", from)) {
            if (at > from && text[at - 1] == '$') { // $${ is ${
                out += text.substr(from, at - 1 - from) + "${";
                from = at + 2;
                continue;
            }
            const auto end = text.find('}', at);
            const auto value = end == std::string::npos
                ? problem(node, path, "${ without its }; write $${ for a plain ${")
                : replacement(node, path, std::string_view(text).substr(at + 2, end - at - 2));
            if (!value)
                return false;
            out += text.substr(from, at - from) + *value;
            from = end + 1;
        }
        node.source = text;
        node.scalar = out + text.substr(from);
        return true;
    }

    std::optional<std::string> replacement(const Node& node, const std::string& path, std::string_view reference)
    {
        const auto dash = reference.find(":-");
        const std::string name(reference.substr(0, dash));
        if (!isName(name))
            return problem(
                node, path, "${" + name + "} is no name of an environment variable; write $${ for a plain ${");
        if (const auto value = m_getenv(name))
            return *value;
        if (dash != std::string_view::npos)
            return std::string(reference.substr(dash + 2));
        return problem(node, path, "the environment variable " + name + " is not set");
    }

    std::nullopt_t problem(const Node& node, const std::string& path, std::string message)
    {
        m_problems.push_back({node.mark, path, std::move(message), {}});
        return std::nullopt;
    }

    Getenv m_getenv;
    Problems& m_problems;
};

bool isYaml(const fs::path& path)
{
    const std::string name = path.filename().string();
    return !name.starts_with('.') && (path.extension() == ".yaml" || path.extension() == ".yml");
}

struct Listing {
    std::vector<fs::path> files, folders;
};

Listing listFolder(const fs::path& folder)
{
    Listing listing;
    std::error_code ec;
    for (fs::directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec)) {
        std::error_code ignored;
        if (it->is_directory(ignored)) {
            if (!it->path().filename().string().starts_with('.'))
                listing.folders.push_back(it->path());
        } else if (isYaml(it->path())) {
            listing.files.push_back(it->path());
        }
    }
    std::ranges::sort(listing.files);
    std::ranges::sort(listing.folders);
    return listing;
}

std::string envName(const ConfigSources& sources)
{
    return std::ranges::find(environments, sources.env) == environments.end() ? "dev" : sources.env;
}

struct ParsedFile {
    std::optional<Node> tree;
    Problems problems;
};

ParsedFile parseFile(const fs::path& file)
{
    ParsedFile parsed;
    parsed.tree = readYamlFile(file.string(), parsed.problems);
    return parsed;
}

/// There are a hundred exchanges, and parsing them is most of what a start costs: all cores take part.
std::vector<ParsedFile> parseFiles(const std::vector<fs::path>& files)
{
    constexpr std::size_t leastPerThread = 8;
    std::vector<ParsedFile> parsed(files.size());
    forEachIndex(files.size(), leastPerThread, [&](std::size_t i) { parsed[i] = parseFile(files[i]); });
    return parsed;
}

class LayerReader {
public:
    LayerReader(const ConfigSources& sources, const std::vector<std::string>& sections, const std::string& skippedFolder,
        Problems& problems)
        : m_sources(sources)
        , m_sections(sections)
        , m_skippedFolder(skippedFolder)
        , m_problems(problems)
        , m_expander(getenvOf(sources), problems)
    {
    }

    Layers read()
    {
        checkSources();
        readFolder(m_sources.shipped);
        readEnv(m_sources.shipped);
        readFolder(m_sources.user);
        readEnv(m_sources.user);
        readEnvironment();
        readArguments();
        return std::move(m_layers);
    }

private:
    void addProblem(Mark mark, std::string path, std::string message, std::string nearest = {})
    {
        m_problems.push_back({std::move(mark), std::move(path), std::move(message), std::move(nearest)});
    }

    void checkSources()
    {
        std::error_code ec;
        if (!fs::is_directory(m_sources.shipped, ec))
            addProblem(markOf(m_sources.shipped.string()), {},
                "the folder of the shipped configuration is not there; MNEMO_SHARE says where it is");
        if (envName(m_sources) != m_sources.env)
            addProblem({}, "env", "the environment \"" + m_sources.env + "\" is not dev, staging or prod; dev is used",
                nearestOf(m_sources.env, environments));
        for (const fs::path& folder : {m_sources.shipped, m_sources.user})
            checkEnvNames(folder / "env");
    }

    void checkEnvNames(const fs::path& folder)
    {
        for (const fs::path& file : listFolder(folder).files) {
            const std::string name = file.stem().string();
            if (std::ranges::find(environments, name) == environments.end() || file.extension() != ".yaml")
                addProblem(markOf(file.string()), {},
                    "nothing reads this file; an environment is dev.yaml, staging.yaml or prod.yaml",
                    nearestFile(name, environments));
        }
    }

    static std::string nearestFile(const std::string& stem, const std::vector<std::string>& stems)
    {
        const std::string nearest = std::ranges::find(stems, stem) == stems.end() ? nearestOf(stem, stems) : stem;
        return nearest.empty() ? nearest : nearest + ".yaml";
    }

    /// global.yaml first, so that a section's own file wins over it.
    void readFolder(const fs::path& folder)
    {
        if (folder.empty())
            return;
        const Listing listing = listFolder(folder);
        if (std::ranges::find(listing.files, folder / "global.yaml") != listing.files.end())
            readFile(folder / "global.yaml", {});
        for (const fs::path& file : listing.files) {
            if (file.filename() != "global.yaml")
                readSection(file);
        }
        for (const fs::path& sub : listing.folders) {
            if (sub.filename() != "env" && sub.filename() != m_skippedFolder)
                readSubFolder(sub);
        }
    }

    bool isSection(const std::string& name) const { return std::ranges::find(m_sections, name) != m_sections.end(); }

    void readSection(const fs::path& file)
    {
        const std::string name = file.stem().string();
        if (isSection(name) && file.extension() == ".yaml") {
            readFile(file, {name});
            return;
        }
        std::vector<std::string> known = m_sections;
        known.emplace_back("global");
        addProblem(markOf(file.string()), {}, "nothing reads this file", nearestFile(name, known));
    }

    void readSubFolder(const fs::path& folder)
    {
        const std::string name = folder.filename().string();
        std::vector<fs::path> wanted;
        for (const fs::path& file : listFolder(folder).files) {
            if (!isSection(name))
                addProblem(
                    markOf(file.string()), {}, "nothing reads this folder", nearestOf(name, {"env", "exchanges", "dags"}));
            else if (file.extension() != ".yaml")
                addProblem(markOf(file.string()), {}, "nothing reads this file", file.stem().string() + ".yaml");
            else
                wanted.push_back(file);
        }
        std::vector<ParsedFile> parsed = parseFiles(wanted);
        for (std::size_t i = 0; i < wanted.size(); ++i)
            useFile(wanted[i], std::move(parsed[i]), {name, wanted[i].stem().string()});
    }

    void readEnv(const fs::path& folder)
    {
        const fs::path file = folder / "env" / (envName(m_sources) + ".yaml");
        std::error_code ec;
        if (!folder.empty() && fs::exists(file, ec))
            readFile(file, {});
    }

    /// @param keys under which the file's keys live
    void readFile(const fs::path& file, const std::vector<std::string>& keys)
    {
        useFile(file, parseFile(file), keys);
    }

    void useFile(const fs::path& file, ParsedFile parsed, const std::vector<std::string>& keys)
    {
        m_layers.files.push_back(file);
        if (!keys.empty() && keys.front() == "dags") { // what cannot be read disables its pipelines, and is known as theirs
            for (Problem& problem : parsed.problems)
                problem.path = keys.front() + '.' + keys.back();
        }
        m_problems.insert(m_problems.end(), parsed.problems.begin(), parsed.problems.end());
        if (!parsed.tree || parsed.tree->isNull())
            return;
        Node tree = std::move(*parsed.tree);
        std::string path;
        for (const std::string& key : keys)
            path += (path.empty() ? "" : ".") + key;
        if (tree.type != Node::Type::Map) {
            addProblem(tree.mark, path, "expected a map of keys and values");
            return;
        }
        m_expander.expand(tree, path);
        for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
            Node outer;
            outer.mark = tree.mark;
            outer.insert(*key, std::move(tree), outer.mark);
            tree = std::move(outer);
        }
        m_layers.list.push_back({Layer::Origin::File, std::move(tree)});
    }

    void readEnvironment()
    {
        for (const std::string& entry : environmentOf(m_sources)) {
            if (!entry.starts_with(prefix))
                continue;
            const auto equals = entry.find('=');
            const std::string name = entry.substr(0, equals);
            std::string path;
            for (std::size_t at = prefix.size(); at <= name.size();) {
                const auto next = std::min(name.find("__", at), name.size());
                path += (path.empty() ? "" : ".") + name.substr(at, next - at);
                at = next + 2;
            }
            Mark mark = markOf(name);
            if (!isPath(path)) {
                addProblem(mark, {}, "expected MNEMO__section__key");
                continue;
            }
            Node value = Node::fromText(equals == std::string::npos ? std::string() : entry.substr(equals + 1), mark);
            markSource(value, "${" + name + '}');
            addLayer(Layer::Origin::Environment, path, std::move(value));
        }
    }

    /// So that no message or dump shows it. A tree given as flow text has no single name that could stand for a part.
    static void markSource(Node& value, const std::string& source)
    {
        if (value.type == Node::Type::Scalar)
            value.source = source;
    }

    void readArguments()
    {
        for (const std::string& set : m_sources.sets) {
            const auto equals = set.find('=');
            std::string path = set.substr(0, equals);
            if (equals == std::string::npos || !isPath(path)) {
                addProblem(
                    markOf("--set " + (equals == std::string::npos ? set : path)), {}, "expected path.to.key=value");
                continue;
            }
            Node value = Node::fromText(set.substr(equals + 1), markOf("--set"));
            if (m_expander.expand(value, path))
                addLayer(Layer::Origin::Argument, path, std::move(value));
        }
    }

    static bool isPath(const std::string& path)
    {
        return !path.empty() && path.front() != '.' && path.back() != '.' && path.find("..") == std::string::npos
            && static_cast<std::size_t>(std::ranges::count(path, '.')) < maxPathDepth;
    }

    void addLayer(Layer::Origin origin, const std::string& path, Node value)
    {
        Layer layer;
        layer.origin = origin;
        layer.tree.mark = value.mark;
        layer.tree.set(path, std::move(value));
        m_layers.list.push_back(std::move(layer));
    }

    const ConfigSources& m_sources;
    const std::vector<std::string>& m_sections;
    const std::string& m_skippedFolder;
    Problems& m_problems;
    Expander m_expander;
    Layers m_layers;
};

} // namespace

std::vector<fs::path> configFolders(const ConfigSources& sources)
{
    std::vector<fs::path> folders;
    for (const fs::path& folder : {sources.shipped, sources.user}) {
        if (folder.empty())
            continue;
        folders.push_back(folder);
        std::ranges::copy(listFolder(folder).folders, std::back_inserter(folders));
    }
    return folders;
}

std::vector<fs::path> configFiles(const ConfigSources& sources)
{
    std::vector<fs::path> files;
    for (const fs::path& folder : configFolders(sources))
        std::ranges::copy(listFolder(folder).files, std::back_inserter(files));
    return files;
}

std::string fingerprintOf(const std::vector<fs::path>& files)
{
    std::string out;
    for (const fs::path& file : files) {
        std::error_code ec;
        const auto time = fs::last_write_time(file, ec);
        const auto size = fs::file_size(file, ec);
        out +=
            file.string() + '|' + std::to_string(time.time_since_epoch().count()) + '|' + std::to_string(size) + '\n';
    }
    return out;
}

Layers readLayers(const ConfigSources& sources, const std::vector<std::string>& sections, const std::string& skippedFolder,
    Problems& problems)
{
    return LayerReader(sources, sections, skippedFolder, problems).read();
}

} // namespace mnemo
