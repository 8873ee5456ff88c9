#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/config/mapreader.h"
#include "core/config/node.h"

using namespace mnemo;

namespace {

[[noreturn]] void wrong(const char* what, const std::string& yaml)
{
    std::fprintf(stderr, "%s:\n%s\n", what, yaml.c_str());
    std::abort();
}

/// Everything that a reader of settings does with a tree.
void readAll(const Node& node)
{
    Problems problems;
    MapReader reader(&node, "f", problems);
    int number = 0;
    double real = 0;
    std::chrono::milliseconds time {0};
    std::vector<std::string> words;
    std::map<std::string, std::string> members;
    for (const auto& member : node.map) {
        reader.read(member.first, number, -5, 5);
        reader.read(member.first, real, -5, 5);
        reader.read(member.first, time, std::chrono::milliseconds {0}, std::chrono::hours {1});
        reader.read(member.first, words);
        reader.read(member.first, members);
        if (problems.size() > 100)
            break;
    }
    reader.finish();
    for (const Problem& problem : problems)
        (void)problem.text();
}

} // namespace

/// Any bytes are a tree or an error with a reason, and a tree comes back from its own text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto node = parseYaml(text, "f");
    if (!node) {
        if (node.error().code != ErrorCode::Config || node.error().detail.size() < 4)
            wrong("an error without a reason", std::string(text));
        return 0;
    }
    readAll(*node);
    const std::string yaml = toYaml(*node);
    const auto again = parseYaml(yaml, "again");
    if (!again && node->type != Node::Type::Scalar)
        wrong(again.error().detail.c_str(), yaml);
    if (again && !sameValue(*node, *again))
        wrong("another value came back", yaml);
    if (!sameValue(merged(*node, *node), *node))
        wrong("merged with itself it is another value", yaml);
    return 0;
}
