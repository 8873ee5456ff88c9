#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace mnemo {

/// A place in a configuration file; lines and columns count from 1, 0 where there is none (environment, --set).
struct Mark {
    std::shared_ptr<const std::string> file;
    int line = 0;
    int column = 0;
    std::string text() const; ///< "config/global.yaml:12:5"
};

/// One thing that is wrong in the configuration.
struct Problem {
    Mark mark;
    std::string path;    ///< "exchanges.ID.spot.candles.params"
    std::string message; ///< what is wrong and what is expected
    std::string nearest; ///< the known key that looks most alike; empty where none does
    std::vector<std::string> known {}; ///< of an unknown key: all that may stand there
    std::string text() const; ///< "FILE:LINE:COLUMN: PATH: MESSAGE (did you mean NEAREST?)"
};
using Problems = std::vector<Problem>;

/// A YAML value that remembers where it stood. A plain tree, copied freely; aliases and merge keys are resolved.
struct Node {
    enum class Type { Null, Scalar, Map, List };
    using Member = std::pair<std::string, Node>;

    // defined in node.cpp: clang 14 cannot look into the pair while Node is incomplete
    Node();
    Node(const Node&);
    Node(Node&&) noexcept;
    Node& operator=(const Node&);
    Node& operator=(Node&&) noexcept;
    ~Node();

    Type type = Type::Null;
    std::string scalar;
    std::string source;         ///< where the scalar came from the environment: the text with ${NAME}; never show scalar then
    bool isQuoted = false;      ///< a quoted scalar is text, never a number or null
    std::vector<Member> map;    ///< in the file's order
    std::vector<Mark> keyMarks; ///< as map
    std::vector<Node> list;
    Mark mark;

    const Node* find(std::string_view key) const; ///< null unless a map that has it
    Node* find(std::string_view key);
    const Node* at(std::string_view path) const; ///< keys joined by dots
    /// Makes the maps on the way; what is no map there is replaced by one. The new keys stand where @p value stands.
    void set(std::string_view path, Node value);
    void insert(std::string key, Node value, Mark keyMark); ///< at the end, without looking for the key
    void remove(std::string_view key);
    bool isNull() const { return type == Type::Null; }

    static Node fromText(std::string text, Mark mark = {}); ///< a plain scalar, or YAML flow text: "[a, b]", "{a: 1}"
};

/// Reads one YAML document; empty text is Null. Aliases are copied, `<<` takes the keys that the map itself lacks, a key
/// twice in one map is an error, so is any byte that is no UTF-8 text. Bounded: 16 MiB, 64 levels, 400,000 values and
/// 64 MiB of text after aliases. Columns count bytes. Errors: Config, detail "FILE:LINE:COLUMN: reason". Thread-safe.
[[nodiscard]] Result<Node> parseYaml(std::string_view text, std::string fileName);
/// Errors: as parseYaml; NotFound; Config for what is no readable file.
[[nodiscard]] Result<Node> readYamlFile(const std::string& path);
/// The same with the place of the error kept: nothing where a problem was added.
std::optional<Node> parseYaml(std::string_view text, std::string fileName, Problems& problems);
std::optional<Node> readYamlFile(const std::string& path, Problems& problems);

/// Block style; parseYaml reads it back to the same values. What came from the environment is written as ${NAME}.
std::string toYaml(const Node& node);
/// A double-quoted scalar.
std::string yamlQuoted(std::string_view text);

/// Equal but for marks, and for the quotes of text that is text without them too.
bool sameValue(const Node& a, const Node& b);

/// @p over wins; maps merge key by key, lists and scalars replace. Null over a map leaves the map: an empty section says
/// nothing.
Node merged(Node base, const Node& over);

/// The candidate with the smallest edit distance to @p word (case ignored, swapped neighbours count once), empty where
/// none is close: a third of its length, at least one character.
std::string nearestOf(std::string_view word, const std::vector<std::string>& candidates);

} // namespace mnemo
