#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <sqlite3.h>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace mnemo {

/// A sentence for people about what SQLite answered, with the code that programs decide on.
/// @param extended SQLite's extended result code; @p systemError errno behind it, 0 where none
Error sqliteError(int extended, int systemError, std::string_view message, const std::filesystem::path& file);

/// One run of a cached statement. The first error is kept and ends the rows; look at status() after the loop.
/// Resets the statement when it goes, so that no read transaction stays open.
class Cursor {
public:
    ~Cursor();
    Cursor(Cursor&& other) noexcept;
    Cursor& operator=(Cursor&&) = delete;

    /// Binds the values to ?1, ?2, ... in order.
    template<class... Values>
    Cursor& bind(const Values&... values)
    {
        int index = 0;
        (bindOne(++index, values), ...);
        return *this;
    }

    bool next(); ///< true: a row
    Result<void> run(); ///< to the end, and ready to be bound again
    Result<void> status() const;

    bool isNull(int column) const { return sqlite3_column_type(m_statement, column) == SQLITE_NULL; }
    std::int64_t integer(int column) const { return sqlite3_column_int64(m_statement, column); }
    double real(int column) const { return sqlite3_column_double(m_statement, column); }
    std::string text(int column) const;
    UtcMs time(int column) const { return fromMs(integer(column)); }
    std::optional<double> optionalReal(int column) const;
    std::optional<std::int64_t> optionalInteger(int column) const;
    std::optional<UtcMs> optionalTime(int column) const;
    sqlite3_stmt* handle() const { return m_statement; }

private:
    friend class Connection;
    Cursor(sqlite3_stmt* statement, std::optional<Error> error, const class Connection& connection);
    void keep(int rc);
    void bindOne(int index, std::int64_t value) { keep(sqlite3_bind_int64(m_statement, index, value)); }
    void bindOne(int index, int value) { bindOne(index, std::int64_t {value}); }
    void bindOne(int index, bool value) { bindOne(index, std::int64_t {value}); }
    void bindOne(int index, double value) { keep(sqlite3_bind_double(m_statement, index, value)); }
    void bindOne(int index, UtcMs value) { bindOne(index, toMs(value)); }
    void bindOne(int index, milliseconds value) { bindOne(index, std::int64_t {value.count()}); }
    void bindOne(int index, std::string_view value);
    void bindOne(int index, const std::string& value) { bindOne(index, std::string_view(value)); }
    void bindOne(int index, const char* value) { bindOne(index, std::string_view(value)); }
    template<class T>
    void bindOne(int index, const std::optional<T>& value)
    {
        if (value)
            bindOne(index, *value);
        else
            keep(sqlite3_bind_null(m_statement, index));
    }

    sqlite3_stmt* m_statement;
    const class Connection* m_connection;
    std::optional<Error> m_error;
};

enum class Access {
    Read,      ///< no change is possible through it
    ReadStill, ///< the same on a medium that nobody can write: no lock, no shared memory
    Write,     ///< makes the file where it is missing
};

/// A connection to one SQLite file. Used by one thread at a time; interrupt() from any.
class Connection {
public:
    static Result<std::unique_ptr<Connection>> open(const std::filesystem::path& file, Access access);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// A statement ready to bind; prepared once per text. Text that does not compile shows in the cursor's status.
    Cursor use(std::string_view sql);
    /// Several statements without parameters.
    Result<void> execute(const std::string& sql);
    void interrupt() { sqlite3_interrupt(m_db); }

    sqlite3* handle() const { return m_db; }
    const std::filesystem::path& file() const { return m_file; }
    Error lastError() const; ///< of the last call on this connection that failed
    bool isInTransaction() const { return sqlite3_get_autocommit(m_db) == 0; }

private:
    Connection(sqlite3* db, std::filesystem::path file);

    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view> {}(text); }
    };
    sqlite3* m_db;
    std::filesystem::path m_file;
    std::unordered_map<std::string, sqlite3_stmt*, TextHash, std::equal_to<>> m_statements;
};

/// Rolls back when it goes without commit().
class Transaction {
public:
    static Result<Transaction> begin(Connection& connection);
    ~Transaction();
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    Result<void> commit();

private:
    explicit Transaction(Connection& connection)
        : m_connection(&connection)
    {
    }
    Connection* m_connection; // null once it ended
};

} // namespace mnemo
