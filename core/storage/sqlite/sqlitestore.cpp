#include "core/storage/sqlite/sqlitestore.h"

#include <array>
#include <fstream>
#include <memory>
#include <mutex>
#include <thread>

#include <unistd.h>

#include "core/storage/sqlite/processlock.h"
#include "core/storage/sqlite/schema.h"
#include "core/storage/sqlite/sqlitereader.h"
#include "core/storage/sqlite/sqlitewriter.h"

namespace mnemo {

namespace {

namespace fs = std::filesystem;

/// SQLite finds out only at the first read, and then calls the file damaged.
Result<void> checkHeader(const fs::path& file)
{
    constexpr std::string_view magic {"SQLite format 3\0", 16};
    std::error_code error;
    const auto size = fs::file_size(file, error);
    if (error || size == 0)
        return {};
    std::array<char, 16> head {};
    std::ifstream stream(file, std::ios::binary);
    stream.read(head.data(), head.size());
    if (!stream && stream.gcount() == 0)
        return fail(ErrorCode::StorageFailed, file.string() + " cannot be read: check the permissions of the file");
    if (std::string_view(head.data(), static_cast<std::size_t>(stream.gcount())) == magic)
        return {};
    return fail(ErrorCode::Corrupt, file.string() + " is not an SQLite database: move it away or choose another data folder");
}

std::string cachePragma(int mebibytes)
{
    return "PRAGMA cache_size = -" + std::to_string(mebibytes * 1024) + ";";
}

Result<std::unique_ptr<Connection>> openForWriting(const fs::path& file, const DatabaseSettings& settings)
{
    auto connection = Connection::open(file, Access::Write);
    if (!connection)
        return connection;
    // Pages of 8 KiB (of new files): a tenth less CPU per row than 4 KiB, while a live row still dirties little. The log is
    // copied back every 16 MiB: fewer rewrites of the same page than at SQLite's 4 MiB.
    const auto prepared = (*connection)->execute("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                                                 "PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 2048; PRAGMA journal_size_limit = 67108864;"
        + cachePragma(settings.cacheMiB));
    if (!prepared)
        return fail(prepared.error());
    return connection;
}

Result<std::unique_ptr<Connection>> openWith(const fs::path& file, Access access)
{
    auto connection = Connection::open(file, access);
    if (!connection)
        return connection;
    constexpr int readerCacheMiB = 8;
    const auto prepared = (*connection)->execute("PRAGMA query_only = 1; PRAGMA temp_store = MEMORY;" + cachePragma(readerCacheMiB)
        + "SELECT count(*) FROM sqlite_master;");
    if (!prepared)
        return fail(prepared.error());
    return connection;
}

Result<std::unique_ptr<Connection>> openForReading(const fs::path& file)
{
    auto connection = openWith(file, Access::Read);
    if (connection || ::access(file.parent_path().c_str(), W_OK) == 0)
        return connection;
    // A log needs shared memory beside it, which a folder that nobody can write does not allow. Without a log the file
    // alone is the whole truth.
    std::error_code error;
    const fs::path log = file.string() + "-wal";
    const bool hasLog = fs::exists(log, error) && fs::file_size(log, error) > 0;
    if (!hasLog)
        return openWith(file, Access::ReadStill);
    return fail(ErrorCode::StorageReadOnly, file.string() + " has a log (" + log.filename().string()
            + ") that cannot be read in a folder without write permission: copy both to a folder that can be written");
}

class SqliteStore final : public Store {
public:
    SqliteStore(fs::path dataDir, DatabaseSettings settings, OpenMode mode)
        : m_dataDir(std::move(dataDir))
        , m_settings(std::move(settings))
        , m_mode(mode)
    {
    }

    Result<std::unique_ptr<StoreReader>> openReader() override
    {
        auto connection = openForReading(file());
        if (!connection)
            return fail(connection.error());
        return std::make_unique<SqliteReader>(std::move(*connection));
    }

    Result<std::unique_ptr<StoreWriter>> openWriter() override
    {
        if (m_mode == OpenMode::ReadOnly)
            return fail(ErrorCode::StorageReadOnly, file().string() + " is open for reading only: open it for writing to collect");
        auto lock = ProcessLock::take(m_dataDir);
        if (!lock)
            return fail(lock.error());
        auto connection = openForWriting(file(), m_settings);
        if (!connection)
            return fail(connection.error());
        auto feed = std::make_unique<RowFeed>();
        if (const auto attached = feed->attach(**connection); !attached)
            return fail(attached.error());
        return std::make_unique<SqliteWriter>(std::move(*lock), std::move(feed), std::move(*connection));
    }

    Result<StoreInfo> info() override
    {
        auto connection = openForReading(file());
        if (!connection)
            return fail(connection.error());
        const auto version = schemaVersion(**connection);
        if (!version)
            return fail(version.error());
        StoreInfo out;
        out.engine = std::string("SQLite ") + sqlite3_libversion();
        out.location = file().string();
        out.schemaVersion = *version;
        out.newestVersion = newestSchemaVersion();
        for (const char* suffix : {"", "-wal"}) {
            std::error_code error;
            const auto size = fs::file_size(file().string() + suffix, error);
            out.bytes += error ? 0 : static_cast<std::int64_t>(size);
        }
        return out;
    }

    Result<std::vector<Instrument>> instruments(std::string_view source) override
    {
        // One connection for all lists: who asks about a hundred exchanges would read the schema a hundred times.
        const std::lock_guard lock(m_listsMutex);
        if (!m_lists) {
            auto connection = openForReading(file());
            if (!connection)
                return fail(connection.error());
            m_lists = std::make_unique<SqliteReader>(std::move(*connection));
        }
        auto found = m_lists->instruments(source);
        if (!found)
            m_lists.reset();
        return found;
    }

    /// Makes the file or brings it up to date; ReadOnly only looks.
    Result<void> prepare()
    {
        return m_mode == OpenMode::ReadOnly ? prepareReading() : prepareWriting();
    }

private:
    fs::path file() const { return m_dataDir / "mnemo.db"; }

    Result<void> prepareReading() const
    {
        std::error_code error;
        if (!fs::exists(file(), error))
            return fail(ErrorCode::NotFound, "no mnemo.db in " + m_dataDir.string()
                    + ": nothing has been collected there yet, or the data folder is another one");
        if (const auto header = checkHeader(file()); !header)
            return header;
        auto connection = openForReading(file());
        if (!connection)
            return fail(connection.error());
        const auto version = schemaVersion(**connection);
        if (!version)
            return fail(version.error());
        if (*version < newestSchemaVersion())
            return fail(ErrorCode::StorageFailed, file().string() + " has an older schema (" + std::to_string(*version) + ", this program reads "
                    + std::to_string(newestSchemaVersion()) + "): run 'mnemo-quant-cli db migrate' once");
        return checkVersion(*version, file());
    }

    Result<void> prepareWriting() const
    {
        std::error_code error;
        fs::create_directories(m_dataDir, error);
        if (error) {
            const bool full = error == std::errc::no_space_on_device;
            return fail(full ? ErrorCode::StorageFull : ErrorCode::StorageReadOnly,
                "the data folder " + m_dataDir.string() + " cannot be made (" + error.message() + "): choose another or correct its permissions");
        }
        if (const auto header = checkHeader(file()); !header)
            return header;
        auto connection = Connection::open(file(), Access::Write);
        if (!connection)
            return fail(connection.error());
        if (sqlite3_db_readonly((*connection)->handle(), "main") == 1)
            return fail(sqliteError(SQLITE_READONLY, 0, {}, file()));
        // before anything is changed, the journal mode included
        const auto version = schemaVersion(**connection);
        if (!version)
            return fail(version.error());
        if (const auto known = checkVersion(*version, file()); !known)
            return known;
        const auto isCurrent = isUpToDate(**connection, *version);
        if (!isCurrent)
            return fail(isCurrent.error());
        return *isCurrent ? Result<void> {} : upgrade();
    }

    Result<void> upgrade() const
    {
        const auto lock = lockForUpgrade();
        if (!lock)
            return fail(lock.error());
        auto connection = openForWriting(file(), m_settings);
        if (!connection)
            return fail(connection.error());
        return migrate(**connection, SystemClock().now());
    }

    /// Nobody may collect while the tables change; another program that makes the same file is done in a moment.
    Result<ProcessLock> lockForUpgrade() const
    {
        constexpr int attempts = 50;
        for (int i = 1;; ++i) {
            auto lock = ProcessLock::take(m_dataDir);
            if (lock || lock.error().code != ErrorCode::StorageLocked || i == attempts)
                return lock;
            std::this_thread::sleep_for(milliseconds {100});
        }
    }

    const fs::path m_dataDir;
    const DatabaseSettings m_settings;
    const OpenMode m_mode;
    std::mutex m_listsMutex;
    std::unique_ptr<SqliteReader> m_lists; // under the mutex
};

} // namespace

Result<std::unique_ptr<Store>> openSqliteStore(const fs::path& dataDir, const DatabaseSettings& settings, OpenMode mode)
{
    auto store = std::make_unique<SqliteStore>(dataDir, settings, mode);
    if (const auto prepared = store->prepare(); !prepared)
        return fail(prepared.error());
    return store;
}

} // namespace mnemo
