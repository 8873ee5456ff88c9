#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/node.h"

namespace mnemo {

/// Reads one map of the configuration into typed fields and reports everything that is wrong with it. Each key is named
/// once, by the call that reads it; finish() reports the keys that nobody named. Fields keep their default where the key
/// is absent or null. Not thread-safe; lives for one pass.
class MapReader {
public:
    /// @p node null or Type::Null reads as an empty map; another type than a map is a problem.
    MapReader(const Node* node, std::string path, Problems& problems);
    /// Of a map inside the one that @p parent reads, which outlives this; @p key as paths name it: "with", "tasks[17]".
    MapReader(const Node* node, const MapReader& parent, std::string key);

    void read(std::string_view key, std::string& target);
    void read(std::string_view key, bool& target);
    void read(std::string_view key, int& target, int min, int max);
    void read(std::string_view key, std::int64_t& target, std::int64_t min, std::int64_t max);
    void read(std::string_view key, double& target, double min, double max);
    /// "250ms", "30s", "5m", "1h", "2d", "1w" or a plain number of milliseconds.
    void read(std::string_view key, std::chrono::milliseconds& target, std::chrono::milliseconds min, std::chrono::milliseconds max);
    void read(std::string_view key, std::vector<std::string>& target); ///< a list of scalars, or one scalar
    void read(std::string_view key, std::map<std::string, std::string>& target);
    /// One of @p words; the problem names the nearest one.
    template<class Enum>
    void readEnum(std::string_view key, Enum& target, const std::vector<std::pair<std::string, Enum>>& words)
    {
        const Node* found = given(key);
        if (!found)
            return;
        std::vector<std::string> names;
        for (const auto& word : words)
            names.push_back(word.first);
        if (const auto index = readWord(key, *found, names))
            target = words[*index].second;
    }

    /// The raw value, for what needs its own reading. Null where absent. Counts as named.
    const Node* node(std::string_view key);
    /// Reads a nested map with @p body and finishes it; also called (with an empty map) where the key is absent, so that
    /// keys get known.
    void readMap(std::string_view key, const std::function<void(MapReader&)>& body);
    /// The elements of a list; none where the key is absent or null. Another type is a problem that says what is @p expected.
    const std::vector<Node>& readList(std::string_view key, std::string_view expected);
    /// Each member of a map whose keys are free (names, ids), in the file's order.
    void readEach(std::string_view key, const std::function<void(const std::string& name, const Node& value, const std::string& path)>& body);

    /// Adds a problem at the value of @p key (or at the map itself where absent).
    void problem(std::string_view key, std::string message, std::string nearest = {});
    bool has(std::string_view key) const;
    std::string path() const;
    /// Reports unknown keys. Call last.
    void finish();

private:
    void takeMap();
    /// Paths are put together only where something is wrong.
    std::string pathOf(std::string_view key) const;
    const Node* given(std::string_view key); ///< as node(); null where it is null as well
    std::optional<std::size_t> readWord(std::string_view key, const Node& found, const std::vector<std::string>& words);
    bool isScalar(std::string_view key, const Node& found, std::string_view expected); ///< adds a problem where not

    const Node* m_node;
    const MapReader* m_parent = nullptr;
    Mark m_mark;
    std::string m_path; ///< below the parent's
    Problems& m_problems;
    std::vector<std::string> m_known;
    bool m_isFinished = false;
};

/// As read() takes it, in the largest whole unit: "90s", "2d", "250ms".
std::string durationText(std::chrono::milliseconds length);

} // namespace mnemo
