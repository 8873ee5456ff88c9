#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <span>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/archive/archive.h"
#include "core/archive/segment.h"
#include "core/archive/segmentwriter.h"
#include "core/base/timetext.h"

namespace mnemo {

namespace {

namespace fs = std::filesystem;

constexpr const char* root = "bronze/v1";

/// A file descriptor that closes itself.
class File {
public:
    File(const fs::path& path, int flags)
        : m_handle(::open(path.c_str(), flags | O_CLOEXEC))
    {
    }
    ~File()
    {
        if (m_handle >= 0)
            ::close(m_handle);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int handle() const { return m_handle; }
    explicit operator bool() const { return m_handle >= 0; }

private:
    int m_handle;
};

struct SegmentFile {
    fs::path file;
    std::string path; ///< relative to the data folder
};

/// Cuts a torn tail, unless a writer holds the segment. Not cutting is no failure: reading skips the tail as well.
void cutTornTail(const fs::path& path)
{
    const File file(path, O_RDWR);
    struct stat status { };
    if (!file || ::flock(file.handle(), LOCK_EX | LOCK_NB) != 0 || ::fstat(file.handle(), &status) != 0)
        return;
    const auto size = static_cast<std::size_t>(status.st_size);
    std::optional<std::size_t> torn;
    if (size > 0) {
        void* bytes = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.handle(), 0);
        if (bytes == MAP_FAILED)
            return;
        torn = segment::tornTail({static_cast<const char*>(bytes), size});
        ::munmap(bytes, size);
    }
    if (size == torn.value_or(0))
        ::unlink(path.c_str()); // holds no record: its number may be used again
    else if (torn && ::ftruncate(file.handle(), static_cast<off_t>(size - *torn)) != 0)
        return;
}

std::string damageText(const std::vector<segment::Damage>& damage)
{
    const segment::Damage& first = damage.front();
    std::string text = first.file.string() + "@" + std::to_string(first.offset) + ": " + first.reason;
    if (damage.size() > 1)
        text += " (and " + std::to_string(damage.size() - 1) + " more damaged records)";
    return text;
}

/// The answers of some segments, merged by the time they were fetched; within a segment in file order.
class Merge {
public:
    Merge(std::span<const SegmentFile> segments, std::vector<segment::Damage>& damage)
        : m_damage(damage)
    {
        for (std::size_t i = 0; i < segments.size(); ++i)
            push({std::make_unique<segment::Cursor>(segments[i].file, segments[i].path), i});
    }
    segment::Cursor* front() const { return m_heap.empty() ? nullptr : m_heap.front().cursor.get(); }
    void pop()
    {
        std::pop_heap(m_heap.begin(), m_heap.end(), isLater);
        Entry entry = std::move(m_heap.back());
        m_heap.pop_back();
        push(std::move(entry));
    }

private:
    struct Entry {
        std::unique_ptr<segment::Cursor> cursor;
        std::size_t order = 0; ///< among the segments: decides between equal times
    };
    static bool isLater(const Entry& a, const Entry& b)
    {
        const auto at = a.cursor->manifest().fetchedAt, bt = b.cursor->manifest().fetchedAt;
        return at != bt ? at > bt : a.order > b.order;
    }
    void push(Entry entry)
    {
        if (!entry.cursor->advance(m_damage))
            return;
        m_heap.push_back(std::move(entry));
        std::push_heap(m_heap.begin(), m_heap.end(), isLater);
    }
    std::vector<segment::Damage>& m_damage;
    std::vector<Entry> m_heap;
};

class FolderArchive final : public Archive {
public:
    FolderArchive(fs::path dataDir, BronzeSettings settings)
        : m_dataDir(std::move(dataDir))
        , m_settings(std::move(settings))
    {
    }

    Result<std::unique_ptr<ArchiveWriter>> openWriter(std::string_view source, Kind kind) override
    {
        if (source.empty())
            return fail(ErrorCode::InvalidArgument, "an archive writer needs the name of a source");
        const std::string partition = std::string(root) + "/source=" + segment::percentEncoded(source)
            + "/kind=" + segment::percentEncoded(toText(kind));
        std::string newest;
        for (const auto& day : entries(m_dataDir / partition)) {
            if (day.filename().string().starts_with("fetched="))
                newest = std::max(newest, day.filename().string());
        }
        if (!newest.empty()) {
            for (const auto& file : entries(m_dataDir / partition / newest)) {
                if (segmentNumber(file) > 0)
                    cutTornTail(file);
            }
        }
        return std::make_unique<SegmentWriter>(m_dataDir, partition, std::string(source), kind, m_settings);
    }

    Result<ArchivedAnswer> read(std::string_view key) override;
    Result<void> replay(const std::function<bool(const ArchivedAnswer&)>& each) override
    {
        return replayWhere([](const Manifest&) { return true; }, each);
    }
    Result<void> replayWhere(const std::function<bool(const Manifest&)>& wanted,
        const std::function<bool(const ArchivedAnswer&)>& each) override;
    Result<std::int64_t> bytes() override;
    Result<std::int64_t> prune(milliseconds age, UtcMs now) override;

private:
    /// Sorted. Empty for a folder that is not there or does not list.
    static std::vector<fs::path> entries(const fs::path& folder)
    {
        std::vector<fs::path> found;
        std::error_code ignored;
        for (fs::directory_iterator it(folder, ignored), end; it != end; it.increment(ignored))
            found.push_back(it->path());
        std::sort(found.begin(), found.end());
        return found;
    }
    /// All segments by day ("fetched=YYYY-MM-DD"), in a day by path. Errors: StorageFailed, StorageReadOnly.
    Result<std::map<std::string, std::vector<SegmentFile>>> segments() const;
    Result<std::string> readRecord(const fs::path& file, std::uint64_t offset) const;

    fs::path m_dataDir;
    BronzeSettings m_settings;
};

Result<std::map<std::string, std::vector<SegmentFile>>> FolderArchive::segments() const
{
    std::map<std::string, std::vector<SegmentFile>> days;
    std::error_code error;
    if (!fs::exists(m_dataDir / root, error) && !error)
        return days;
    fs::recursive_directory_iterator it(m_dataDir / root, error);
    for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
        const fs::path& file = it->path();
        const std::string day = file.parent_path().filename().string();
        if (segmentNumber(file) > 0 && day.starts_with("fetched="))
            days[day].push_back({file, file.lexically_relative(m_dataDir).string()});
    }
    if (error)
        return fail(
            segment::codeOfErrno(error.value()), (m_dataDir / root).string() + " cannot be listed: " + error.message());
    for (auto& [day, files] : days) {
        std::sort(files.begin(), files.end(), [](const SegmentFile& a, const SegmentFile& b) {
            return std::pair(a.file.parent_path(), segmentNumber(a.file))
                < std::pair(b.file.parent_path(), segmentNumber(b.file));
        });
    }
    return days;
}

/// The bytes of the record at @p offset, and perhaps more.
Result<std::string> FolderArchive::readRecord(const fs::path& path, std::uint64_t offset) const
{
    const File file(path, O_RDONLY);
    if (!file && (errno == ENOENT || errno == ENOTDIR))
        return fail(ErrorCode::NotFound, path.string() + " is not in the archive; it may have been pruned");
    if (!file)
        return fail(ErrorCode::StorageFailed, path.string() + " cannot be opened: " + std::strerror(errno));
    std::string bytes;
    for (std::size_t size = 128U << 10U;; size *= 4) {
        const std::size_t held = bytes.size();
        bytes.resize(size);
        const ssize_t count =
            ::pread(file.handle(), bytes.data() + held, size - held, static_cast<off_t>(offset + held));
        if (count < 0)
            return fail(ErrorCode::StorageFailed, path.string() + " cannot be read: " + std::strerror(errno));
        bytes.resize(held + static_cast<std::size_t>(count));
        if (count == 0 || segment::lookAt(bytes).kind != segment::Look::Kind::NeedMore)
            return bytes;
    }
}

Result<ArchivedAnswer> FolderArchive::read(std::string_view key)
{
    const auto place = segment::parseKey(key);
    if (!place)
        return fail(ErrorCode::InvalidArgument,
            std::string(key) + " is no key of the archive: it looks like " + root + "/.../seg-0001.zst@0");
    const auto bytes = readRecord(m_dataDir / place->path, place->offset);
    if (!bytes)
        return fail(bytes.error());
    const segment::Look look = segment::lookAt(*bytes);
    if (bytes->empty())
        return fail(ErrorCode::NotFound, std::string(key) + " lies behind the end of its segment");
    if (look.kind == segment::Look::Kind::NeedMore)
        return fail(ErrorCode::Corrupt, std::string(key) + ": the segment ends within the record");
    if (look.kind != segment::Look::Kind::Record)
        return fail(
            ErrorCode::Corrupt, std::string(key) + ": " + (*look.reason ? look.reason : "no record starts here"));
    auto manifest = segment::unsealed(look.manifest);
    if (!manifest)
        return fail(ErrorCode::Corrupt, std::string(key) + ": " + manifest.error().detail);
    auto body = segment::Decompressor().body(look.frame, manifest->sha256);
    if (!body)
        return fail(ErrorCode::Corrupt, std::string(key) + ": " + body.error().detail);
    return ArchivedAnswer{std::string(key), std::move(*manifest), std::move(*body)};
}

Result<void> FolderArchive::replayWhere(
    const std::function<bool(const Manifest&)>& wanted, const std::function<bool(const ArchivedAnswer&)>& each)
{
    const auto days = segments();
    if (!days)
        return fail(days.error());
    std::vector<segment::Damage> damage;
    segment::Decompressor decompressor;
    for (const auto& [day, files] : *days) {
        Merge merge(files, damage);
        for (; segment::Cursor* record = merge.front(); merge.pop()) {
            if (!wanted(record->manifest()))
                continue;
            auto body = decompressor.body(record->frame(), record->manifest().sha256);
            if (!body) {
                record->reject(damage, body.error().detail);
                continue;
            }
            if (!each(ArchivedAnswer{record->key(), record->manifest(), std::move(*body)}))
                return {};
        }
    }
    if (!damage.empty())
        return fail(ErrorCode::Corrupt, damageText(damage));
    return {};
}

Result<std::int64_t> FolderArchive::bytes()
{
    const auto days = segments();
    if (!days)
        return fail(days.error());
    std::int64_t sum = 0;
    for (const auto& [day, files] : *days) {
        for (const SegmentFile& entry : files) {
            std::error_code vanished;
            const auto size = fs::file_size(entry.file, vanished);
            sum += vanished ? 0 : static_cast<std::int64_t>(size);
        }
    }
    return sum;
}

Result<std::int64_t> FolderArchive::prune(milliseconds age, UtcMs now)
{
    const auto days = segments();
    if (!days)
        return fail(days.error());
    const std::string firstKept = "fetched=" + formatDate(now - age);
    std::int64_t freed = 0;
    for (const auto& [day, files] : *days) {
        if (day >= firstKept)
            break;
        for (const SegmentFile& entry : files) {
            const File file(entry.file, O_RDONLY);
            struct stat status { };
            if (!file || ::flock(file.handle(), LOCK_EX | LOCK_NB) != 0 || ::fstat(file.handle(), &status) != 0)
                continue; // a writer's
            if (::unlink(entry.file.c_str()) != 0 && errno != ENOENT)
                return fail(
                    segment::codeOfErrno(errno), entry.file.string() + " cannot be deleted: " + std::strerror(errno));
            freed += status.st_size;
            std::error_code notEmpty;
            fs::remove(entry.file.parent_path(), notEmpty);
        }
    }
    return freed;
}

} // namespace

Result<void> Archive::replayWhere(
    const std::function<bool(const Manifest&)>& wanted, const std::function<bool(const ArchivedAnswer&)>& each)
{
    return replay([&](const ArchivedAnswer& answer) { return !wanted(answer.manifest) || each(answer); });
}

Result<std::optional<milliseconds>> keepDuration(const BronzeSettings& settings)
{
    if (settings.keep == "all" || settings.keep == "off")
        return std::nullopt;
    const auto age = parseDuration(settings.keep);
    if (!age || !settings.keep.ends_with('d'))
        return fail(ErrorCode::Config,
            "bronze.keep is '" + settings.keep + "'; it must be all, off or a number of days like 30d");
    return *age;
}

Result<std::unique_ptr<Archive>> openArchive(const fs::path& dataDir, const BronzeSettings& settings)
{
    if (const auto keep = keepDuration(settings); !keep)
        return fail(keep.error());
    if (settings.keep == "off")
        return nullptr;
    return std::make_unique<FolderArchive>(dataDir, settings);
}

} // namespace mnemo
