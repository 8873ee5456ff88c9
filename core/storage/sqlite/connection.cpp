#include "core/storage/sqlite/connection.h"

#include <cerrno>
#include <utility>

namespace mnemo {

namespace {

/// How long a call waits for another program's lock before it gives up.
constexpr int busyTimeoutMs = 5000;

ErrorCode codeFor(int extended, int systemError)
{
    if (systemError == ENOSPC || systemError == EDQUOT || systemError == EFBIG)
        return ErrorCode::StorageFull;
    if (extended == SQLITE_CANTOPEN && (systemError == EACCES || systemError == EROFS || systemError == EPERM))
        return ErrorCode::StorageReadOnly;
    switch (extended & 0xff) {
    case SQLITE_FULL:
        return ErrorCode::StorageFull;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return ErrorCode::StorageReadOnly;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ErrorCode::StorageLocked;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ErrorCode::Corrupt;
    case SQLITE_INTERRUPT:
        return ErrorCode::Cancelled;
    default:
        return ErrorCode::StorageFailed;
    }
}

std::string sentence(ErrorCode code, const std::string& file, std::string_view message)
{
    switch (code) {
    case ErrorCode::StorageFull:
        return "no space left for " + file + ": free space on that disk and start again; nothing of the failed step was stored";
    case ErrorCode::StorageReadOnly:
        return file + " cannot be written: check the permissions of the file and its folder, or choose another data folder";
    case ErrorCode::StorageLocked:
        return file + " is locked by another program: close that program and start again";
    case ErrorCode::Corrupt:
        return file + " is damaged (" + std::string(message)
            + "): restore a copy, or move it away and rebuild the rows from the archive";
    case ErrorCode::Cancelled:
        return "reading " + file + " was stopped on request";
    default:
        return file + ": " + std::string(message);
    }
}

/// errno of the last failed call on the file or its log, which sqlite3_system_errno does not know for every write.
int fileErrno(sqlite3* db)
{
    int number = 0;
    sqlite3_file_control(db, "main", SQLITE_FCNTL_LAST_ERRNO, &number);
    sqlite3_file* log = nullptr;
    sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&log));
    if (number == 0 && log && log->pMethods)
        log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &number);
    return number;
}

} // namespace

Error sqliteError(int extended, int systemError, std::string_view message, const std::filesystem::path& file)
{
    const ErrorCode code = codeFor(extended, systemError);
    return {code, sentence(code, file.string(), message)};
}

Cursor::Cursor(sqlite3_stmt* statement, std::optional<Error> error, const Connection& connection)
    : m_statement(statement)
    , m_connection(&connection)
    , m_error(std::move(error))
{
}

Cursor::Cursor(Cursor&& other) noexcept
    : m_statement(std::exchange(other.m_statement, nullptr))
    , m_connection(other.m_connection)
    , m_error(std::move(other.m_error))
{
}

Cursor::~Cursor()
{
    sqlite3_reset(m_statement);
}

void Cursor::keep(int rc)
{
    if (rc != SQLITE_OK && !m_error)
        m_error = m_connection->lastError();
}

void Cursor::bindOne(int index, std::string_view value)
{
    // a null pointer would bind NULL
    const char* data = value.empty() ? "" : value.data();
    keep(sqlite3_bind_text64(m_statement, index, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

bool Cursor::next()
{
    if (m_error)
        return false;
    const int rc = sqlite3_step(m_statement);
    if (rc == SQLITE_ROW)
        return true;
    if (rc != SQLITE_DONE)
        m_error = m_connection->lastError();
    sqlite3_reset(m_statement);
    return false;
}

Result<void> Cursor::run()
{
    while (next()) { }
    return status();
}

Result<void> Cursor::status() const
{
    if (m_error)
        return fail(*m_error);
    return {};
}

std::string Cursor::text(int column) const
{
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(m_statement, column));
    return bytes ? std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column))) : std::string();
}

std::optional<double> Cursor::optionalReal(int column) const
{
    return isNull(column) ? std::nullopt : std::optional(real(column));
}

std::optional<std::int64_t> Cursor::optionalInteger(int column) const
{
    return isNull(column) ? std::nullopt : std::optional(integer(column));
}

std::optional<UtcMs> Cursor::optionalTime(int column) const
{
    return isNull(column) ? std::nullopt : std::optional(time(column));
}

Result<std::unique_ptr<Connection>> Connection::open(const std::filesystem::path& file, Access access)
{
    // escaped as RFC 3986 asks for: a folder may be called "a?b#c"
    std::string uri = "file:";
    for (const char c : file.string()) {
        if (c == '%' || c == '?' || c == '#') {
            constexpr char digits[] = "0123456789abcdef";
            uri += {'%', digits[static_cast<unsigned char>(c) >> 4U], digits[static_cast<unsigned char>(c) & 15U]};
        } else {
            uri += c;
        }
    }
    if (access == Access::ReadStill)
        uri += "?immutable=1";
    const int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX
        | (access == Access::Write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
    sqlite3* db = nullptr;
    const int rc = sqlite3_open_v2(uri.c_str(), &db, flags, nullptr);
    if (rc != SQLITE_OK) {
        const Error error = db ? sqliteError(sqlite3_extended_errcode(db), sqlite3_system_errno(db), sqlite3_errmsg(db), file)
                               : sqliteError(SQLITE_NOMEM, 0, "out of memory", file);
        sqlite3_close(db);
        return fail(error);
    }
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, busyTimeoutMs);
    return std::unique_ptr<Connection>(new Connection(db, file));
}

Connection::Connection(sqlite3* db, std::filesystem::path file)
    : m_db(db)
    , m_file(std::move(file))
{
}

Connection::~Connection()
{
    for (const auto& [sql, statement] : m_statements)
        sqlite3_finalize(statement);
    sqlite3_close(m_db);
}

Cursor Connection::use(std::string_view sql)
{
    const auto known = m_statements.find(sql);
    if (known != m_statements.end())
        return {known->second, std::nullopt, *this};
    sqlite3_stmt* statement = nullptr;
    const int rc = sqlite3_prepare_v3(
        m_db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (rc != SQLITE_OK)
        return {nullptr, lastError(), *this};
    m_statements.emplace(sql, statement);
    return {statement, std::nullopt, *this};
}

Result<void> Connection::execute(const std::string& sql)
{
    if (sqlite3_exec(m_db, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        return fail(lastError());
    return {};
}

Error Connection::lastError() const
{
    const int rc = sqlite3_extended_errcode(m_db);
    int number = sqlite3_system_errno(m_db);
    if ((rc & 0xff) == SQLITE_IOERR && number == 0)
        number = fileErrno(m_db);
    return sqliteError(rc, number, sqlite3_errmsg(m_db), m_file);
}

Result<Transaction> Transaction::begin(Connection& connection)
{
    // IMMEDIATE: a lock that is not to be had shows here, where nothing has been done yet
    if (const auto begun = connection.use("BEGIN IMMEDIATE").run(); !begun)
        return fail(begun.error());
    return Transaction(connection);
}

Transaction::Transaction(Transaction&& other) noexcept
    : m_connection(std::exchange(other.m_connection, nullptr))
{
}

Transaction::~Transaction()
{
    // SQLite has rolled back by itself after some errors (full disk)
    if (m_connection && m_connection->isInTransaction())
        static_cast<void>(m_connection->execute("ROLLBACK"));
}

Result<void> Transaction::commit()
{
    if (const auto committed = m_connection->use("COMMIT").run(); !committed)
        return fail(committed.error());
    m_connection = nullptr;
    return {};
}

} // namespace mnemo
