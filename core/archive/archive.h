#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/config/settings.h"
#include "core/market/serieskey.h"
#include "core/market/timerange.h"

namespace mnemo {

/// What is kept beside each body; JSON in the archive. URL without secrets.
struct Manifest {
    SeriesKey series;
    std::string exchangeSymbol;
    double contractSize = 1;
    std::string unit = "base"; ///< of the series
    milliseconds anchor{0};
    TimeRange range; ///< as asked, on the grid
    std::string method = "GET";
    std::string url;
    std::string requestBody;
    int status = 0;
    std::string date; ///< the answer's Date header
    std::string sha256; ///< of the body
    UtcMs fetchedAt{};
    int descriptionVersion = 0;
    std::string route = "rest";
    std::string cursor; ///< where a walk goes on, where the venue works so
    UtcMs walk{}; ///< when the walk over trades began that this answer belongs to; the epoch where it stands by itself
    bool isConfirmation = false; ///< asked again for what an earlier answer left out: nothing there now means absence
    bool operator==(const Manifest&) const = default;
};
/// One line; bytes that are no UTF-8 become U+FFFD. Times in ms.
std::string toJson(const Manifest& manifest);
/// Errors: Corrupt. Unknown keys are skipped: a newer version may have written them.
Result<Manifest> manifestFromJson(std::string_view json);

struct ArchivedAnswer {
    std::string key; ///< "<path>@<offset>", path relative to the data folder
    Manifest manifest;
    std::string body;
};

/// Appends answers of one source and kind to segments bronze/v1/source=.../kind=.../fetched=YYYY-MM-DD/seg-NNNN.zst.
/// One writer each (the lane's thread); a new segment after segmentMiB, a new day, or a restart. Values in the path are
/// percent-encoded. A record is a zstd skippable frame that holds the manifest, then a zstd frame with the body, so
/// that `zstd -d` on a segment gives all its bodies. A writer that has not appended holds no file.
class ArchiveWriter {
public:
    virtual ~ArchiveWriter() = default;
    /// @param manifest its fetchedAt decides the day; an empty sha256 is computed, one that is set must be the body's
    /// @return the archive_key. The bytes are in the file (written, not synced) on return.
    /// Errors: StorageFull, StorageReadOnly, StorageFailed; a half-written record was cut off again. InvalidArgument
    /// for a series of another source or kind, or a contract size that is no number.
    virtual Result<std::string> append(const Manifest& manifest, std::string_view body) = 0;
};

/// The folder of raw answers. Thread-safe; several processes may read and write one folder.
class Archive {
public:
    virtual ~Archive() = default;
    /// Also cuts off what a crash left half-written at the end of the newest segments of this source and kind.
    virtual Result<std::unique_ptr<ArchiveWriter>> openWriter(std::string_view source, Kind kind) = 0;
    /// Errors: InvalidArgument (no such key can be), NotFound, Corrupt (does not decompress, sha256 differs).
    virtual Result<ArchivedAnswer> read(std::string_view key) = 0;
    /// Every answer in the order it was fetched; @p each returns false to stop. Torn tails are skipped. Other damage
    /// does not stop it: every readable record is handed out, then the call ends with Corrupt, naming file and offset
    /// of the first damaged record and how many there are.
    virtual Result<void> replay(const std::function<bool(const ArchivedAnswer&)>& each) = 0;
    /// The same for answers that @p wanted accepts; bodies of others are not decompressed.
    virtual Result<void> replayWhere(
        const std::function<bool(const Manifest&)>& wanted, const std::function<bool(const ArchivedAnswer&)>& each);
    virtual Result<std::int64_t> bytes() = 0;
    /// Deletes sealed segments fetched more than @p age before @p now (whole days). @return bytes freed.
    virtual Result<std::int64_t> prune(milliseconds age, UtcMs now) = 0;
};

/// The archive in @p dataDir/bronze; nothing is created before the first append. Null where settings.keep is "off".
/// Errors: Config where settings.keep is none of all, <days>d, off.
Result<std::unique_ptr<Archive>> openArchive(const std::filesystem::path& dataDir, const BronzeSettings& settings);

/// How long answers are kept: nothing for "all" and "off". Errors: Config.
Result<std::optional<milliseconds>> keepDuration(const BronzeSettings& settings);

} // namespace mnemo
