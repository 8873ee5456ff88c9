#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/archive/archive.h"

struct ZSTD_DCtx_s;

namespace mnemo::segment {

/// The skippable frame that holds a manifest. Frames of the other 15 skippable magics are for later versions: skipped.
inline constexpr std::uint32_t manifestMagic = 0x184D2A50;
/// Both are far above what is ever written; they keep a damaged length from asking for all memory.
inline constexpr std::size_t maxManifest = 16U << 20U;
inline constexpr std::size_t maxBody = std::size_t{1} << 30U;

/// What stands at the front of some bytes of a segment.
struct Look {
    enum class Kind {
        Record, ///< manifest and frame are whole (not yet: undamaged)
        Skipped, ///< a skippable frame of a later version
        NeedMore, ///< a proper beginning of one of these, cut by the end of the bytes
        Damaged, ///< neither
    };
    Kind kind = Kind::NeedMore;
    std::string_view manifest; ///< JSON, into the bytes
    std::string_view frame; ///< zstd, into the bytes
    std::size_t size = 0; ///< of the whole record
    const char* reason = ""; ///< where damaged
};
Look lookAt(std::string_view bytes);

/// The JSON of a manifest as it stands in a segment: the last key, "check", is a digest of what precedes it, since a
/// changed letter of a URL would be valid JSON.
std::string sealed(std::string json);
/// Errors: Corrupt, also where the check is missing.
Result<Manifest> unsealed(std::string_view json);

/// Offset of the next readable record start at or after @p from; npos where there is none. Used after damage.
std::size_t findRecord(std::string_view bytes, std::size_t from);

/// Bytes at the end of a segment that belong to no whole record although everything before them is whole: what a crash
/// leaves. Nothing where the end is whole, or where a readable record follows the fault (that is damage, not a tear).
/// @param bytes the whole segment
std::optional<std::size_t> tornTail(std::string_view bytes);

/// Reuses its context; one thread.
class Decompressor {
public:
    Decompressor();
    ~Decompressor();
    Decompressor(const Decompressor&) = delete;
    Decompressor& operator=(const Decompressor&) = delete;
    /// Errors: Corrupt with the reason; the content checksum and the sha256 are verified.
    Result<std::string> body(std::string_view frame, const std::string& sha256);

private:
    ZSTD_DCtx_s* m_context;
};

/// A record that does not read, and what follows it may.
struct Damage {
    std::filesystem::path file;
    std::uint64_t offset = 0;
    std::string reason;
};

/// Walks the records of one segment in file order. Holds no file open between calls (a day may have hundreds of
/// segments) and about one record in memory. A segment that is still being written reads up to its last whole record.
class Cursor {
public:
    Cursor(std::filesystem::path file, std::string keyPath);
    /// Goes to the next readable record. False at the end; damage on the way is appended to @p damage.
    bool advance(std::vector<Damage>& damage);
    /// The current record's body turned out damaged (@p reason): its length cannot be trusted either.
    void reject(std::vector<Damage>& damage, std::string reason);
    const Manifest& manifest() const { return m_manifest; }
    std::string_view frame() const { return m_look.frame; }
    std::uint64_t offset() const { return m_base + m_at; }
    std::string key() const;
    const std::filesystem::path& file() const { return m_file; }

private:
    enum class Refill { Grown, AtEnd, Failed };
    Refill refill(std::vector<Damage>& damage);
    bool resync(std::vector<Damage>& damage);
    bool endOfTail(std::vector<Damage>& damage);
    void skip(std::size_t size);

    std::filesystem::path m_file;
    std::string m_keyPath;
    std::string m_buffer; ///< bytes of the file from m_base on
    std::uint64_t m_base = 0;
    std::size_t m_at = 0; ///< the current record in m_buffer
    Look m_look;
    Manifest m_manifest;
    bool m_done = false;
    bool m_rejected = false;
};

/// "<path>@<offset>" in parts.
struct Place {
    std::string path;
    std::uint64_t offset = 0;
};
/// Nothing for what does not name a segment below bronze/v1.
std::optional<Place> parseKey(std::string_view key);

/// Keeps [A-Za-z0-9._-], everything else becomes %XX.
std::string percentEncoded(std::string_view text);

ErrorCode codeOfErrno(int error);

} // namespace mnemo::segment
