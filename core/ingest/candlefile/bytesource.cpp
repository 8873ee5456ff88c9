#include "core/ingest/candlefile/bytesource.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <zip.h>
#include <zlib.h>

namespace mnemo {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t pieceSize = 256U << 10U;

struct CloseGzip {
    void operator()(gzFile file) const { gzclose(file); }
};
struct DiscardZip {
    void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseMember {
    void operator()(zip_file_t* member) const { zip_fclose(member); }
};

/// gzread hands plain files through as they are.
Result<void> readPlainOrGzip(const fs::path& file, const ByteSink& sink)
{
    errno = 0;
    const std::unique_ptr<gzFile_s, CloseGzip> gzip(gzopen(file.c_str(), "rb"));
    if (!gzip)
        return fail(
            ErrorCode::StorageFailed, file.string() + " cannot be opened: " + std::strerror(errno ? errno : ENOMEM));
    gzbuffer(gzip.get(), pieceSize);
    std::vector<char> piece(pieceSize);
    while (true) {
        const int count = gzread(gzip.get(), piece.data(), static_cast<unsigned>(piece.size()));
        int state = Z_OK;
        const char* text = gzerror(gzip.get(), &state);
        if (state == Z_ERRNO)
            return fail(ErrorCode::StorageFailed, file.string() + " cannot be read: " + std::strerror(errno));
        if (count < 0 || state == Z_BUF_ERROR || state == Z_DATA_ERROR)
            return fail(ErrorCode::Corrupt,
                file.string() + " is a damaged or incomplete gzip file (" + text + "); fetch it again");
        if (auto taken = sink({}, {piece.data(), static_cast<std::size_t>(count)}); !taken || count == 0)
            return taken;
    }
}

bool isCsvName(std::string name)
{
    std::transform(
        name.begin(), name.end(), name.begin(), [](unsigned char c) { return c < 128 ? std::tolower(c) : c; });
    const bool hidden = name.starts_with("__macosx/") || name.starts_with('.') || name.find("/.") != std::string::npos;
    return name.ends_with(".csv") && !hidden;
}

Result<void> readMember(
    const fs::path& file, zip_t* archive, zip_uint64_t index, const std::string& name, const ByteSink& sink)
{
    const auto corrupt = [&](const char* why) {
        return fail(ErrorCode::Corrupt, name + " in " + file.string() + " cannot be read: " + why);
    };
    const std::unique_ptr<zip_file_t, CloseMember> member(zip_fopen_index(archive, index, 0));
    if (!member)
        return corrupt(zip_strerror(archive));
    std::vector<char> piece(pieceSize);
    while (true) {
        const zip_int64_t count = zip_fread(member.get(), piece.data(), piece.size());
        if (count < 0)
            return corrupt(zip_file_strerror(member.get()));
        if (auto taken = sink(name, {piece.data(), static_cast<std::size_t>(count)}); !taken || count == 0)
            return taken;
    }
}

Result<void> readZip(const fs::path& file, const ByteSink& sink)
{
    int code = 0;
    const std::unique_ptr<zip_t, DiscardZip> archive(zip_open(file.c_str(), ZIP_RDONLY, &code));
    if (!archive) {
        zip_error_t error;
        zip_error_init_with_code(&error, code);
        std::string text = zip_error_strerror(&error);
        zip_error_fini(&error);
        return fail(
            ErrorCode::Corrupt, file.string() + " is a damaged or incomplete zip file (" + text + "); fetch it again");
    }
    std::vector<std::pair<std::string, zip_uint64_t>> members;
    for (zip_int64_t i = 0; i < zip_get_num_entries(archive.get(), 0); ++i) {
        const char* name = zip_get_name(archive.get(), static_cast<zip_uint64_t>(i), 0);
        if (name && isCsvName(name))
            members.emplace_back(name, static_cast<zip_uint64_t>(i));
    }
    if (members.empty())
        return fail(ErrorCode::InvalidArgument, file.string() + " is a zip file without a .csv in it");
    std::sort(members.begin(), members.end());
    for (const auto& [name, index] : members) {
        if (auto read = readMember(file, archive.get(), index, name, sink); !read)
            return read;
    }
    return {};
}

} // namespace

Result<void> readText(const fs::path& file, const ByteSink& sink)
{
    std::error_code error;
    const auto status = fs::status(file, error);
    if (status.type() == fs::file_type::not_found)
        return fail(ErrorCode::NotFound, file.string() + " does not exist");
    if (status.type() == fs::file_type::directory)
        return fail(ErrorCode::InvalidArgument, file.string() + " is a folder; name the files in it");
    char start[4] = {};
    std::ifstream(file, std::ios::binary).read(start, sizeof start);
    const bool zip = std::string_view(start, 4) == std::string_view("PK\x03\x04", 4)
        || std::string_view(start, 4) == std::string_view("PK\x05\x06", 4); // the latter is an empty one
    return zip ? readZip(file, sink) : readPlainOrGzip(file, sink);
}

} // namespace mnemo
