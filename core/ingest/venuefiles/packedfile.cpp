#include "core/ingest/venuefiles/packedfile.h"

#include <algorithm>
#include <memory>

#include <zip.h>

namespace mnemo {

namespace {

constexpr std::size_t pieceSize = 256U << 10U;
constexpr std::size_t hashLength = 64;

struct DiscardZip {
    void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseMember {
    void operator()(zip_file_t* member) const { zip_fclose(member); }
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
    const std::unique_ptr<zip_file_t, CloseMember> file(zip_fopen_index(archive->get(), 0, 0));
    if (!file)
        return corrupt(name, zip_strerror(archive->get()));
    std::string text;
    zip_stat_t told {}; // what it says of its size only saves moving the text while it grows
    if (zip_stat_index(archive->get(), 0, 0, &told) == 0 && (told.valid & ZIP_STAT_SIZE) != 0)
        text.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(told.size, static_cast<std::uint64_t>(maxBytes))) + pieceSize);
    while (true) {
        const std::size_t held = text.size();
        text.resize(held + pieceSize);
        const zip_int64_t count = zip_fread(file.get(), text.data() + held, pieceSize);
        if (count < 0)
            return corrupt(name, zip_file_strerror(file.get()));
        text.resize(held + static_cast<std::size_t>(count));
        if (count == 0)
            return text;
        if (static_cast<std::int64_t>(text.size()) > maxBytes)
            return fail(ErrorCode::TooLarge, std::string(name) + " is larger than " + std::to_string(maxBytes >> 20) + " MiB when unpacked");
    }
}

} // namespace mnemo
