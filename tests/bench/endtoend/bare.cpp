/// What the same work costs without an engine: libcurl with four connections, simdjson, 1000 rows of VALUES to a statement, one
/// thread. The table is ours, transactions hold 20,000 rows as ours do; nothing is checked, remembered or resumed.
///
/// bare URL DATABASE FIRST_MS ROWS

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <curl/curl.h>
#include <simdjson.h>
#include <sqlite3.h>

namespace {

constexpr int pageRows = 1000;
constexpr int pagesPerTransaction = 20;
constexpr std::size_t connections = 4;
constexpr std::int64_t minute = 60'000;

[[noreturn]] void stop(const std::string& why)
{
    std::fprintf(stderr, "bare: %s\n", why.c_str());
    std::exit(1);
}

class Table {
public:
    explicit Table(const char* path)
    {
        if (sqlite3_open(path, &m_database) != SQLITE_OK)
            stop(sqlite3_errmsg(m_database));
        execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536;"
                "CREATE TABLE candles(series_id INTEGER NOT NULL, open_time INTEGER NOT NULL, open REAL NOT NULL, high REAL NOT NULL,"
                " low REAL NOT NULL, close REAL NOT NULL, volume REAL NOT NULL, quote_volume REAL, trades INTEGER,"
                " flags INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(series_id, open_time)) WITHOUT ROWID");
        std::string sql = "INSERT INTO candles(series_id, open_time, open, high, low, close, volume, quote_volume, trades) VALUES ";
        for (int row = 0; row < pageRows; ++row)
            sql += row == 0 ? "(1,?,?,?,?,?,?,?,?)" : ",(1,?,?,?,?,?,?,?,?)";
        sql += " ON CONFLICT(series_id, open_time) DO UPDATE SET open = excluded.open, high = excluded.high, low = excluded.low,"
               " close = excluded.close, volume = excluded.volume, quote_volume = excluded.quote_volume, trades = excluded.trades";
        if (sqlite3_prepare_v3(m_database, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &m_statement, nullptr) != SQLITE_OK)
            stop(sqlite3_errmsg(m_database));
    }

    void store(std::string& body)
    {
        if (m_pages % pagesPerTransaction == 0)
            execute("BEGIN IMMEDIATE");
        bind(body);
        if (sqlite3_step(m_statement) != SQLITE_DONE)
            stop(sqlite3_errmsg(m_database));
        sqlite3_reset(m_statement);
        if (++m_pages % pagesPerTransaction == 0)
            execute("COMMIT");
    }

    void close()
    {
        if (sqlite3_get_autocommit(m_database) == 0)
            execute("COMMIT");
        sqlite3_finalize(m_statement);
        sqlite3_close(m_database);
    }

private:
    void execute(const char* sql)
    {
        if (sqlite3_exec(m_database, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
            stop(sqlite3_errmsg(m_database));
    }

    void bind(std::string& body)
    {
        body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
        simdjson::ondemand::document document;
        int parameter = 0;
        try {
            if (m_parser.iterate(body.data(), body.size(), body.capacity()).get(document) != simdjson::SUCCESS)
                stop("an answer that is no JSON");
            for (simdjson::ondemand::array row : document.get_array()) {
                int column = 0;
                for (auto value : row) {
                    if (column == 0 || column == 8)
                        sqlite3_bind_int64(m_statement, ++parameter, std::int64_t(value));
                    else if (column <= 5 || column == 7)
                        sqlite3_bind_double(m_statement, ++parameter, double(value.get_double_in_string()));
                    if (++column == 9)
                        break;
                }
            }
        } catch (const simdjson::simdjson_error& error) {
            stop(error.what());
        }
        if (parameter != pageRows * 8)
            stop("an answer of another length");
    }

    sqlite3* m_database = nullptr;
    sqlite3_stmt* m_statement = nullptr;
    simdjson::ondemand::parser m_parser;
    int m_pages = 0;
};

struct Fetch {
    CURL* easy = curl_easy_init();
    std::string body;
};

std::size_t onBody(char* data, std::size_t size, std::size_t count, void* user)
{
    static_cast<std::string*>(user)->append(data, size * count);
    return size * count;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 5) {
        std::fprintf(stderr, "bare URL DATABASE FIRST_MS ROWS   (rows a multiple of 1000)\n");
        return 2;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    Table table(argv[2]);
    const std::int64_t first = std::atoll(argv[3]), pages = std::atoll(argv[4]) / pageRows;
    CURLM* multi = curl_multi_init();
    std::int64_t sent = 0, stored = 0;
    const auto sendNext = [&](Fetch& fetch) {
        if (sent == pages)
            return;
        const std::int64_t from = first + sent++ * pageRows * minute;
        const std::string url = std::string(argv[1]) + "/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=1000&startTime=" + std::to_string(from)
            + "&endTime=" + std::to_string(from + pageRows * minute - 1);
        curl_easy_setopt(fetch.easy, CURLOPT_URL, url.c_str());
        fetch.body.clear();
        curl_multi_add_handle(multi, fetch.easy);
    };
    std::array<Fetch, connections> fetches;
    for (Fetch& fetch : fetches) {
        curl_easy_setopt(fetch.easy, CURLOPT_WRITEFUNCTION, &onBody);
        curl_easy_setopt(fetch.easy, CURLOPT_WRITEDATA, &fetch.body);
        curl_easy_setopt(fetch.easy, CURLOPT_PRIVATE, &fetch);
        curl_easy_setopt(fetch.easy, CURLOPT_BUFFERSIZE, 128L * 1024);
        curl_easy_setopt(fetch.easy, CURLOPT_FAILONERROR, 1L);
        sendNext(fetch);
    }
    while (stored < pages) {
        int running = 0, left = 0;
        curl_multi_perform(multi, &running);
        while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
            if (message->data.result != CURLE_OK)
                stop(curl_easy_strerror(message->data.result));
            Fetch* fetch = nullptr;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &fetch);
            curl_multi_remove_handle(multi, fetch->easy);
            table.store(fetch->body);
            ++stored;
            sendNext(*fetch);
        }
        if (stored < pages)
            curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
    }
    table.close();
}
