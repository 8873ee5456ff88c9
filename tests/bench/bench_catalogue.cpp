// Loading of all descriptions: ours against reading the same files and parsing them with libyaml alone, alternated,
// medians of five; and what they keep in memory.
// Usage: bench_catalogue [folder]. Exit 1 where a description has problems or nothing was found.

#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <yaml.h>

#include "core/config/settings.h"
#include "core/exchange/catalogue.h"
#include "places.h"

using namespace mnemo;

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> descriptionsIn(const fs::path& folder)
{
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".yaml")
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

std::size_t eventsOfLibyaml(const std::vector<fs::path>& files)
{
    std::size_t events = 0;
    for (const fs::path& file : files) {
        std::ifstream in(file, std::ios::binary);
        std::ostringstream out;
        out << in.rdbuf();
        const std::string text = out.str();
        yaml_parser_t parser;
        yaml_parser_initialize(&parser);
        yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()), text.size());
        yaml_event_t event;
        for (bool isOver = false; !isOver && yaml_parser_parse(&parser, &event) != 0; ++events) {
            isOver = event.type == YAML_STREAM_END_EVENT;
            yaml_event_delete(&event);
        }
        yaml_parser_delete(&parser);
    }
    return events;
}

std::map<std::string, Node> read(const std::vector<fs::path>& files)
{
    std::map<std::string, Node> nodes;
    for (const fs::path& file : files)
        if (auto node = readYamlFile(file.string()))
            nodes[file.stem().string()] = std::move(*node);
    return nodes;
}

Catalogue load(const std::map<std::string, Node>& nodes)
{
    Problems problems;
    Catalogue catalogue = Catalogue::load(nodes, problems);
    for (const Problem& problem : problems)
        std::fprintf(stderr, "%s\n", problem.text().c_str());
    return problems.empty() ? std::move(catalogue) : Catalogue();
}

std::size_t countOf(const Catalogue& catalogue)
{
    return catalogue.venues().size() + catalogue.providers().size();
}

/// Bytes in use on the heap, mapped blocks too.
double heapMiB()
{
    const auto info = mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd) / (1024 * 1024);
}

/// Of the processor, in ms: what others do on the machine does not count.
template <class Work>
double timeOf(Work work)
{
    const std::clock_t begin = std::clock();
    work();
    return static_cast<double>(std::clock() - begin) * 1000 / CLOCKS_PER_SEC;
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

} // namespace

int main(int argc, char** argv)
{
    const auto files = descriptionsIn(argc > 1 ? argv[1] : MNEMO_SOURCE_DIR "/config/exchanges");
    std::uintmax_t bytes = 0;
    for (const fs::path& file : files)
        bytes += fs::file_size(file);

    std::vector<double> plain, parsing, understanding;
    std::size_t venues = 0, events = 0;
    for (int round = 0; round < 5; ++round) {
        plain.push_back(timeOf([&] { events = eventsOfLibyaml(files); }));
        std::map<std::string, Node> nodes;
        parsing.push_back(timeOf([&] { nodes = read(files); }));
        understanding.push_back(timeOf([&] { venues = countOf(load(nodes)); }));
    }

    const double before = heapMiB();
    auto nodes = std::make_unique<std::map<std::string, Node>>(read(files));
    const double withTrees = heapMiB();
    const Catalogue catalogue = load(*nodes);
    const double withBoth = heapMiB();
    nodes.reset();
    const double kept = heapMiB() - before;

    const double theirs = median(plain), parsed = median(parsing), understood = median(understanding);
    std::printf("%zu files, %.0f KiB, %zu events of YAML\n", files.size(), static_cast<double>(bytes) / 1024, events);
    std::printf("  read and parsed by libyaml alone    %7.1f ms\n", theirs);
    std::printf("  read and parsed by us               %7.1f ms   %.2f of that (one thread; the program uses %u)\n",
        parsed, parsed / theirs, std::thread::hardware_concurrency());
    std::printf("  understood and checked              %7.1f ms\n", understood);
    std::printf("  both                                %7.1f ms   %.2f of libyaml alone\n", parsed + understood,
        (parsed + understood) / theirs);
    std::printf(
        "memory: catalogue of %zu exchanges %.1f MiB; trees %.1f MiB more while settings are kept; %.1f MiB at most\n",
        countOf(catalogue), kept, withTrees - before, withBoth - before);
    return venues == files.size() && countOf(catalogue) == files.size() && !files.empty() ? 0 : 1;
}
