#include "core/archive/segment.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "core/base/sha256.h"

namespace mnemo::segment {

namespace {

constexpr std::size_t headerSize = 8; ///< of a skippable frame: magic, length; both little-endian
constexpr std::string_view checkKey = ",\"check\":\"";
constexpr std::string_view checkEnd = "\"}";
constexpr std::size_t checkDigits = 16;
constexpr std::size_t firstRead = 256U << 10U;

std::uint32_t word(std::string_view bytes, std::size_t at)
{
    const auto byte = [&](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(bytes[at + i])}; };
    return byte(0) | byte(1) << 8U | byte(2) << 16U | byte(3) << 24U;
}

Look damaged(const char* reason)
{
    Look look;
    look.kind = Look::Kind::Damaged;
    look.reason = reason;
    return look;
}

/// True while @p bytes may still become a skippable magic.
bool mayBeSkippable(std::string_view bytes)
{
    static constexpr unsigned char tail[] = {0x2A, 0x4D, 0x18};
    if (!bytes.empty() && (static_cast<unsigned char>(bytes[0]) & 0xF0U) != 0x50U)
        return false;
    for (std::size_t i = 1; i < std::min<std::size_t>(bytes.size(), 4); ++i) {
        if (static_cast<unsigned char>(bytes[i]) != tail[i - 1])
            return false;
    }
    return true;
}

bool isZeros(std::string_view bytes)
{
    return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

} // namespace

Look lookAt(std::string_view bytes)
{
    if (!mayBeSkippable(bytes))
        return damaged("no record starts here");
    if (bytes.size() < headerSize)
        return {};
    const std::size_t manifestSize = word(bytes, 4);
    Look look;
    if (word(bytes, 0) != manifestMagic) {
        look.size = headerSize + manifestSize;
        look.kind = bytes.size() < look.size ? Look::Kind::NeedMore : Look::Kind::Skipped;
        return look;
    }
    if (manifestSize > maxManifest)
        return damaged("the length of the manifest is impossible");
    if (bytes.size() < headerSize + manifestSize)
        return {};
    look.manifest = bytes.substr(headerSize, manifestSize);
    const std::string_view rest = bytes.substr(headerSize + manifestSize);
    if (rest.size() < 4)
        return {};
    if (word(rest, 0) != ZSTD_MAGICNUMBER)
        return damaged("no compressed body follows the manifest");
    const std::size_t frameSize = ZSTD_findFrameCompressedSize(rest.data(), rest.size());
    if (ZSTD_isError(frameSize)) {
        return ZSTD_getErrorCode(frameSize) == ZSTD_error_srcSize_wrong
            ? Look{}
            : damaged("the compressed body has a broken block");
    }
    look.kind = Look::Kind::Record;
    look.frame = rest.substr(0, frameSize);
    look.size = headerSize + manifestSize + frameSize;
    return look;
}

std::string sealed(std::string json)
{
    json.pop_back(); // the closing brace
    const std::string digest = sha256Hex(json).substr(0, checkDigits);
    return json.append(checkKey).append(digest).append(checkEnd);
}

Result<Manifest> unsealed(std::string_view json)
{
    constexpr std::size_t size = checkKey.size() + checkDigits + checkEnd.size();
    const std::string_view text = json.substr(0, json.size() - std::min(json.size(), size));
    if (json.size() < size || json != sealed(std::string(text) + "}"))
        return fail(ErrorCode::Corrupt, "the manifest's check is wrong");
    return manifestFromJson(json);
}

std::size_t findRecord(std::string_view bytes, std::size_t from)
{
    static constexpr std::string_view magic{"\x50\x2A\x4D\x18", 4};
    for (std::size_t at = bytes.find(magic, from); at != std::string_view::npos; at = bytes.find(magic, at + 1)) {
        const Look look = lookAt(bytes.substr(at));
        if (look.kind == Look::Kind::Record && unsealed(look.manifest))
            return at;
    }
    return std::string_view::npos;
}

std::optional<std::size_t> tornTail(std::string_view bytes)
{
    std::size_t at = 0;
    while (at < bytes.size()) {
        const Look look = lookAt(bytes.substr(at));
        if (look.kind == Look::Kind::Record || look.kind == Look::Kind::Skipped) {
            at += look.size;
            continue;
        }
        const bool torn = look.kind == Look::Kind::NeedMore || isZeros(bytes.substr(at));
        return torn && findRecord(bytes, at + 1) == std::string_view::npos ? std::optional{bytes.size() - at}
                                                                           : std::nullopt;
    }
    return std::nullopt;
}

Decompressor::Decompressor()
    : m_context(ZSTD_createDCtx())
{
    if (!m_context)
        throw std::bad_alloc();
}

Decompressor::~Decompressor()
{
    ZSTD_freeDCtx(m_context);
}

Result<std::string> Decompressor::body(std::string_view frame, const std::string& sha256)
{
    const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > maxBody)
        return fail(ErrorCode::Corrupt, "the length of the body is impossible");
    std::string body(static_cast<std::size_t>(size), '\0');
    const std::size_t got = ZSTD_decompressDCtx(m_context, body.data(), body.size(), frame.data(), frame.size());
    if (ZSTD_isError(got))
        return fail(ErrorCode::Corrupt, std::string("the body does not decompress: ") + ZSTD_getErrorName(got));
    if (got != body.size() || sha256Hex(body) != sha256)
        return fail(ErrorCode::Corrupt, "the body's sha256 is not the manifest's");
    return body;
}

Cursor::Cursor(std::filesystem::path file, std::string keyPath)
    : m_file(std::move(file))
    , m_keyPath(std::move(keyPath))
{
}

std::string Cursor::key() const
{
    return m_keyPath + "@" + std::to_string(offset());
}

void Cursor::skip(std::size_t size)
{
    m_at += size;
    m_look = {};
}

/// Reads on: at least doubles what is held from the current record on.
Cursor::Refill Cursor::refill(std::vector<Damage>& damage)
{
    m_buffer.erase(0, m_at);
    m_base += m_at;
    m_at = 0;
    const std::size_t held = m_buffer.size();
    const std::size_t wanted = std::max(firstRead, held);
    const int file = ::open(m_file.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        if (errno != ENOENT) // pruned meanwhile
            damage.push_back({m_file, m_base, std::string("the file does not open: ") + std::strerror(errno)});
        return Refill::Failed;
    }
    m_buffer.resize(held + wanted);
    std::size_t got = 0;
    ssize_t count = 1;
    while (got < wanted && count > 0) {
        count = ::pread(file, m_buffer.data() + held + got, wanted - got, static_cast<off_t>(m_base + held + got));
        if (count < 0 && errno == EINTR)
            count = 1;
        else if (count > 0)
            got += static_cast<std::size_t>(count);
    }
    const int error = errno;
    ::close(file);
    m_buffer.resize(held + got);
    if (count < 0) {
        damage.push_back({m_file, m_base + held, std::string("the file does not read: ") + std::strerror(error)});
        return Refill::Failed;
    }
    return got > 0 ? Refill::Grown : Refill::AtEnd;
}

/// The file ends within a record. True where a readable record follows: then it was no tear.
bool Cursor::endOfTail(std::vector<Damage>& damage)
{
    const std::size_t next = findRecord(m_buffer, m_at + 1);
    if (next == std::string::npos)
        return false;
    damage.push_back({m_file, offset(), "a length is wrong"});
    skip(next - m_at);
    return true;
}

/// Goes to the next readable record behind a fault; false where there is none.
bool Cursor::resync(std::vector<Damage>& damage)
{
    while (true) {
        const std::size_t next = findRecord(m_buffer, m_at + 1);
        if (next != std::string::npos) {
            skip(next - m_at);
            return true;
        }
        if (refill(damage) != Refill::Grown)
            return false;
    }
}

void Cursor::reject(std::vector<Damage>& damage, std::string reason)
{
    damage.push_back({m_file, offset(), std::move(reason)});
    m_rejected = true;
}

bool Cursor::advance(std::vector<Damage>& damage)
{
    if (m_done)
        return false;
    if (std::exchange(m_rejected, false))
        m_done = !resync(damage);
    else
        skip(m_look.size);
    while (!m_done) {
        if (m_at < m_buffer.size())
            m_look = lookAt(std::string_view(m_buffer).substr(m_at));
        else
            m_look = {};
        switch (m_look.kind) {
        case Look::Kind::Record: {
            auto manifest = unsealed(m_look.manifest);
            if (manifest) {
                m_manifest = std::move(*manifest);
                return true;
            }
            damage.push_back({m_file, offset(), manifest.error().detail});
            m_done = !resync(damage);
            break;
        }
        case Look::Kind::Skipped:
            skip(m_look.size);
            break;
        case Look::Kind::NeedMore: {
            const Refill refilled = refill(damage);
            m_done = refilled == Refill::Failed || (refilled == Refill::AtEnd && !endOfTail(damage));
            break;
        }
        case Look::Kind::Damaged: {
            const std::size_t reported = damage.size();
            damage.push_back({m_file, offset(), m_look.reason});
            m_done = !resync(damage);
            if (m_done && isZeros(m_buffer)) // a power loss may leave zeros that were never written
                damage.resize(reported);
            break;
        }
        }
    }
    m_look = {};
    m_buffer = {};
    return false;
}

std::optional<Place> parseKey(std::string_view key)
{
    const std::size_t at = key.rfind('@');
    if (at == std::string_view::npos || !key.starts_with("bronze/v1/") || key.find("/../") != std::string_view::npos)
        return std::nullopt;
    Place place{std::string(key.substr(0, at)), 0};
    const char* end = key.data() + key.size();
    const auto [stop, ec] = std::from_chars(key.data() + at + 1, end, place.offset);
    if (ec != std::errc{} || stop != end)
        return std::nullopt;
    return place;
}

std::string percentEncoded(std::string_view text)
{
    static constexpr char hex[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.'
            || c == '_' || c == '-';
        if (plain) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += hex[byte >> 4U];
            out += hex[byte & 15U];
        }
    }
    return out;
}

ErrorCode codeOfErrno(int error)
{
    switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return ErrorCode::StorageFull;
    case EROFS:
    case EACCES:
    case EPERM:
        return ErrorCode::StorageReadOnly;
    default:
        return ErrorCode::StorageFailed;
    }
}

} // namespace mnemo::segment
