#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/market/timerange.h"
#include "core/net/budget.h"
#include "core/net/http.h"

namespace mnemo {

/// How long the time is of which one file tells: a calendar month or day, UTC.
enum class FilePeriod { Month, Day };

/// The whole month or day that contains @p time.
TimeRange periodOf(FilePeriod length, UtcMs time);

/// The files in which a venue publishes one series for download, as its description tells. A value; any thread.
struct VenueFiles {
    struct Period {
        FilePeriod length = FilePeriod::Month;
        std::string path;                   ///< "/data/.../BTCUSDT-1m-{start}.zip"; {start} is 2024-01 or 2024-01-31
        milliseconds publishedAfter {0};    ///< so long after its end a period's file is there at the latest
        bool operator==(const Period&) const = default;
    };
    std::string laneId;
    BudgetSpec budget;            ///< of that lane; each request charges 1
    std::string origin;           ///< "https://data.example.com"
    std::string listing;          ///< address of the bucket's listing, as S3 answers it, without query
    std::string checksumSuffix;   ///< appended to a file's address: its SHA-256 as sha256sum writes it
    std::vector<Period> periods;  ///< longest first
    std::vector<std::string> columns; ///< of the CSV by position: time, open, ...; "-" where it is not used

    const Period* period(FilePeriod length) const; ///< null where there are none so long
    std::string host() const;                      ///< for people
    bool operator==(const VenueFiles&) const = default;
};

/// The key of a file in the bucket: the path without its first slash.
std::string fileKey(const VenueFiles::Period& period, UtcMs start);
/// What stands after the last slash.
std::string_view fileName(std::string_view key);
HttpRequest fileRequest(const VenueFiles& files, std::string_view key);
HttpRequest checksumRequest(const VenueFiles& files, std::string_view key);
/// Keys of the period's folder that come after @p marker, which need not exist.
HttpRequest listingRequest(const VenueFiles& files, const VenueFiles::Period& period, std::string_view marker);

} // namespace mnemo
