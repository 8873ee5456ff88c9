#pragma once

#include <memory>
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
    std::string path;    ///< "exchanges.kraken.spot.candles.params"
    std::string message; ///< what is wrong and what is expected
    std::string nearest; ///< the known key that looks most alike; empty where none does
    std::string text() const; ///< "FILE:LINE:COLUMN: PATH: MESSAGE (did you mean NEAREST?)"
};
using Problems = std::vector<Problem>;

/// A YAML value that remembers where it stood. A plain tree, copied freely; aliases and merge keys are resolved.
struct Node {
    enum class Type { Null, Scalar, Map, List };
    using Member = std::pair<std::string, Node>;

    Type type = Type::Null;
    std::string scalar;
    bool isQuoted = false;      ///< a quoted scalar is text, never a number or null
    std::vector<Member> map;    ///< in the file's order
    std::vector<Mark> keyMarks; ///< as map
    std::vector<Node> list;
    Mark mark;

    const Node* find(std::string_view key) const;  ///< null unless a map that has it
    const Node* at(std::string_view path) const;   ///< keys joined by dots
    void set(std::string_view path, Node value);   ///< makes the maps on the way
    bool isNull() const { return type == Type::Null; }

    static Node fromText(std::string text, Mark mark = {}); ///< a plain scalar, or YAML flow text: "[a, b]", "{a: 1}"
};

/// Reads one YAML document. Errors: Config, detail "FILE:LINE:COLUMN: reason". Depth and size are bounded. Thread-safe.
Result<Node> parseYaml(std::string_view text, std::string fileName);
Result<Node> readYamlFile(const std::string& path);

/// @p over wins; maps merge key by key, lists and scalars replace.
Node merged(Node base, const Node& over);

/// The candidate with the smallest edit distance to @p word, empty where none is close (a third of its length).
std::string nearestOf(std::string_view word, const std::vector<std::string>& candidates);

} // namespace mnemo
