#include "core/ingest/venuefiles/packedfile.h"

#include <algorithm>
#include <memory>

#include <libdeflate.h>
#include <zip.h>

namespace mnemo {

namespace {

constexpr std::size_t hashLength = 64;

struct DiscardZip {
    void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseMember {
    void operator()(zip_file_t* member) const { zip_fclose(member); }
};
struct FreeInflater {
    void operator()(libdeflate_decompressor* inflater) const { libdeflate_free_decompressor(inflater); }
};
using Zip = std::unique_ptr<zip_t, DiscardZip>;

tl::unexpected<Error> corrupt(std::string_view name, const std::string& why)
{
    return fail(ErrorCode::Corrupt, std::string(name) + " cannot be unpacked: " + why);
}

Result<Zip> openZip(std::string_view bytes, std::string_view name)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_t* archive = nullptr;
    if (zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error)) {
        archive = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
        if (!archive)
            zip_source_free(source);
    }
    const std::string why = archive ? std::string() : zip_error_strerror(&error);
    zip_error_fini(&error);
    if (!archive)
        return corrupt(name, why);
    return Zip(archive);
}

/// The bytes of the one member as they lie in the zip.
Result<std::string> packedBytes(zip_t* archive, const zip_stat_t& told, std::string_view name)
{
    const std::unique_ptr<zip_file_t, CloseMember> file(zip_fopen_index(archive, 0, ZIP_FL_COMPRESSED));
    if (!file)
        return corrupt(name, zip_strerror(archive));
    std::string bytes(told.comp_size, '\0');
    const zip_int64_t count = zip_fread(file.get(), bytes.data(), bytes.size());
    if (count < 0)
        return corrupt(name, zip_file_strerror(file.get()));
    if (static_cast<std::size_t>(count) != bytes.size())
        return corrupt(name, "it ends early");
    return bytes;
}

/// libzip only finds the bytes: libdeflate inflates them some three times as fast as zlib under it.
Result<std::string> inflated(std::string packed, const zip_stat_t& told, std::string_view name)
{
    if (told.comp_method == ZIP_CM_STORE)
        return packed;
    if (told.comp_method != ZIP_CM_DEFLATE)
        return corrupt(name, "method " + std::to_string(told.comp_method) + " of packing is not known");
    const std::unique_ptr<libdeflate_decompressor, FreeInflater> inflater(libdeflate_alloc_decompressor());
    std::string text(told.size, '\0');
    const auto result = inflater ? libdeflate_deflate_decompress(inflater.get(), packed.data(), packed.size(), text.data(), text.size(), nullptr)
                                 : LIBDEFLATE_BAD_DATA;
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE || result == LIBDEFLATE_SHORT_OUTPUT)
        return corrupt(name, "it is not as long as it says");
    if (result != LIBDEFLATE_SUCCESS)
        return corrupt(name, "it is damaged");
    return text;
}

std::string memberName(std::string_view zipName)
{
    const auto dot = zipName.rfind('.');
    return std::string(zipName.substr(0, dot)) + ".csv";
}

} // namespace

Result<std::string> readChecksum(std::string_view text, std::string_view name)
{
    const auto isHex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
    while (!text.empty()) {
        const auto end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        while (!line.empty() && (line.back() == '\r' || line.back() == ' '))
            line.remove_suffix(1);
        // "<hex>  <name>", a * before the name where it was read as binary
        if (line.size() < hashLength + 3 || line[hashLength] != ' ' || (line[hashLength + 1] != ' ' && line[hashLength + 1] != '*')
            || line.substr(hashLength + 2) != name || !std::ranges::all_of(line.substr(0, hashLength), isHex))
            continue;
        std::string hash(line.substr(0, hashLength));
        std::ranges::transform(hash, hash.begin(), [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
        return hash;
    }
    return fail(ErrorCode::BadAnswer, "the checksum of " + std::string(name) + " is none as sha256sum writes it");
}

Result<std::string> unpackedCsv(std::string_view zip, std::string_view name, std::int64_t maxBytes)
{
    auto archive = openZip(zip, name);
    if (!archive)
        return fail(std::move(archive.error()));
    const zip_int64_t entries = zip_get_num_entries(archive->get(), 0);
    if (entries != 1)
        return corrupt(name, "it holds " + std::to_string(entries) + " files, not one");
    const char* member = zip_get_name(archive->get(), 0, ZIP_FL_ENC_GUESS);
    if (!member || member != memberName(name))
        return corrupt(name, "it does not hold " + memberName(name) + (member ? " but " + std::string(member).substr(0, 100) : ""));
    zip_stat_t told {};
    constexpr zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_CRC | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    if (zip_stat_index(archive->get(), 0, 0, &told) != 0 || (told.valid & needed) != needed)
        return corrupt(name, "it does not tell how long it is");
    if (told.encryption_method != ZIP_EM_NONE)
        return corrupt(name, "it is encrypted");
    if (told.size > static_cast<std::uint64_t>(maxBytes))
        return fail(ErrorCode::TooLarge, std::string(name) + " is larger than " + std::to_string(maxBytes >> 20) + " MiB when unpacked");
    if (told.comp_size > zip.size())
        return corrupt(name, "it ends early");
    auto packed = packedBytes(archive->get(), told, name);
    if (!packed)
        return packed;
    auto text = inflated(std::move(*packed), told, name);
    if (text && (text->size() != told.size || libdeflate_crc32(0, text->data(), text->size()) != told.crc))
        return corrupt(name, "it is damaged");
    return text;
}

} // namespace mnemo
