#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "app/simulator/venue.h"

namespace mnemo::sim {

/// `--archive-fault`: probabilities for each file; what is wrong with one stays wrong.
struct FileFaultPlan {
    double corrupt = 0;  ///< the zip is damaged, and its checksum is that of the damaged one
    double checksum = 0; ///< the checksum is another file's
    double missing = 0;  ///< listed, but not there
    double amended = 0;  ///< some rows are wrong until the file is replaced, ten days after it was published
    bool operator==(const FileFaultPlan&) const = default;
};
Result<FileFaultPlan> parseFileFaultPlan(std::string_view text);

/// Binance's public archive: a bucket's listing, zips of candles, open interest (`metrics`) and funding made from the markets' own bars, as REST tells
/// them, and their checksums.
/// github.com/binance/binance-public-data, 2026; docs.aws.amazon.com, ListObjects. Thread-safe.
class ArchiveFiles {
public:
    struct Counts {
        std::atomic<std::uint64_t> listings {0}, checksums {0}, zips {0};
    };

    ArchiveFiles(const MarketStore& store, const Feed& feed, const FileFaultPlan& faults, std::uint64_t seed);

    /// Nothing where the path is none of the archive's.
    std::optional<Answer> answer(const Request& request);
    const Counts& counts() const { return m_counts; }

private:
    struct Folder;
    struct File;
    std::optional<Folder> folderOf(std::string_view path) const;
    std::optional<File> fileOf(std::string_view key) const;
    bool isThere(const File& file) const;
    UtcMs modified(const File& file) const;
    bool hits(std::string_view key, double probability, std::uint64_t salt) const;
    Answer listing(const Request& request);
    std::shared_ptr<const std::string> zipOf(const File& file, bool isDraft);
    std::string makeZip(const File& file, bool isDraft) const;
    static std::string csvOf(const File& file, bool isDraft);
    static bool ofCandles(Folder& folder, std::string_view word);
    static bool ofMetrics(Folder& folder, std::string_view name);

    const MarketStore& m_store;
    const Feed& m_feed;
    const FileFaultPlan m_faults;
    const std::uint64_t m_seed;
    Counts m_counts;
    std::mutex m_mutex; ///< guards what follows
    std::map<std::string, std::shared_ptr<const std::string>> m_zips; ///< that were asked for
    std::size_t m_zipBytes = 0;
};

} // namespace mnemo::sim
