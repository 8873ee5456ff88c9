#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/config/settings.h"
#include "core/market/serieskey.h"

namespace mnemo {

/// What is kept beside each body; JSON in the archive. URL without secrets.
struct Manifest {
    SeriesKey series;
    std::string exchangeSymbol;
    double contractSize = 1;
    milliseconds anchor {0};
    TimeRange range; ///< as asked, on the grid
    std::string method = "GET";
    std::string url;
    std::string requestBody;
    int status = 0;
    std::string date; ///< the answer's Date header
    std::string sha256; ///< of the body
    UtcMs fetchedAt {};
    int descriptionVersion = 0;
    std::string route = "rest";
    bool isConfirmation = false; ///< asked again for what an earlier answer left out: nothing there now means absence
    bool operator==(const Manifest&) const = default;
};
std::string toJson(const Manifest& manifest);
Result<Manifest> manifestFromJson(std::string_view json);

struct ArchivedAnswer {
    std::string key; ///< "<path>@<offset>"
    Manifest manifest;
    std::string body;
};

/// Appends answers of one source and kind to segments bronze/v1/source=.../kind=.../fetched=YYYY-MM-DD/seg-NNNN.zst. One
/// writer each (the lane's thread); a new segment after segmentMiB, a new day, or a restart. Values in the path are
/// percent-encoded.
class ArchiveWriter {
public:
    virtual ~ArchiveWriter() = default;
    /// @return the archive_key. The bytes are in the file (written, not synced) on return.
    /// Errors: StorageFull, StorageReadOnly, StorageFailed; a half-written record was cut off again.
    virtual Result<std::string> append(const Manifest& manifest, std::string_view body) = 0;
};

/// The folder of raw answers. Thread-safe.
class Archive {
public:
    virtual ~Archive() = default;
    virtual Result<std::unique_ptr<ArchiveWriter>> openWriter(std::string_view source, Kind kind) = 0;
    /// Errors: NotFound, Corrupt (does not decompress, sha256 differs).
    virtual Result<ArchivedAnswer> read(std::string_view key) = 0;
    /// Every answer in the order it was fetched; @p each returns false to stop. Torn tails are skipped, other damage is
    /// Corrupt with file and offset.
    virtual Result<void> replay(const std::function<bool(const ArchivedAnswer&)>& each) = 0;
    virtual Result<std::int64_t> bytes() = 0;
    /// Deletes sealed segments fetched more than @p age before @p now. @return bytes freed.
    virtual Result<std::int64_t> prune(milliseconds age, UtcMs now) = 0;
};

/// The archive in @p dataDir/bronze. Null where settings.keep is "off".
Result<std::unique_ptr<Archive>> openArchive(const std::filesystem::path& dataDir, const BronzeSettings& settings);

} // namespace mnemo
