#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/archive/archive.h"

struct ZSTD_CCtx_s;

namespace mnemo {

/// The writer of one lane. Holds a lock (flock) on the segment that it appends to, so that pruning and cutting leave it
/// alone, in this process and in others.
class SegmentWriter final : public ArchiveWriter {
public:
    /// @param partition .../source=S/kind=K below @p dataDir; created with the first append
    SegmentWriter(std::filesystem::path dataDir, std::string partition, std::string source, Kind kind,
        const BronzeSettings& settings);
    ~SegmentWriter() override;
    SegmentWriter(const SegmentWriter&) = delete;
    SegmentWriter& operator=(const SegmentWriter&) = delete;
    Result<std::string> append(const Manifest& manifest, std::string_view body) override;

private:
    Result<void> check(const Manifest& manifest) const;
    Result<void> openSegment(const std::string& day);
    Result<void> compress(std::string_view body);
    Result<void> write(std::string_view manifest);
    void closeSegment();

    std::filesystem::path m_dataDir;
    std::string m_partition;
    std::string m_source;
    Kind m_kind;
    std::uint64_t m_segmentBytes;
    ZSTD_CCtx_s* m_context;
    std::vector<char> m_frame; ///< reused
    std::size_t m_frameSize = 0;
    int m_file = -1;
    std::uint64_t m_size = 0;
    std::string m_day; ///< of the open segment
    std::string m_path; ///< of the open segment, relative to the data folder
};

/// Number in "seg-NNNN.zst"; 0 for other names.
unsigned segmentNumber(const std::filesystem::path& file);

} // namespace mnemo
