#include "core/exchange/venuefiles.h"

#include <algorithm>

#include "core/base/timetext.h"
#include "core/exchange/template.h"

namespace mnemo {

using namespace std::chrono;

namespace {

constexpr std::string_view placeholder = "{start}";

std::string withStart(std::string path, std::string_view text)
{
    for (std::size_t at = path.find(placeholder); at != std::string::npos; at = path.find(placeholder, at + text.size()))
        path.replace(at, placeholder.size(), text);
    return path;
}

std::string encodedKey(std::string_view key)
{
    std::string out;
    for (std::size_t at = 0; at <= key.size();) {
        const std::size_t end = std::min(key.find('/', at), key.size());
        out += (at == 0 ? "" : "/") + description::percentEncodedPath(key.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

} // namespace

TimeRange periodOf(FilePeriod length, UtcMs time)
{
    const auto day = floor<days>(time);
    if (length == FilePeriod::Day)
        return {day, day + days {1}};
    const year_month_day date {day};
    const year_month month {date.year(), date.month()};
    return {sys_days {month / 1}, sys_days {(month + months {1}) / 1}};
}

const VenueFiles::Period* VenueFiles::period(FilePeriod length) const
{
    const auto found = std::ranges::find(periods, length, &Period::length);
    return found == periods.end() ? nullptr : &*found;
}

std::string VenueFiles::host() const
{
    const auto scheme = origin.find("://");
    const auto from = scheme == std::string::npos ? 0 : scheme + 3;
    return origin.substr(from, origin.find('/', from) - from);
}

std::string fileKey(const VenueFiles::Period& period, UtcMs start)
{
    const std::string date = formatDate(start);
    return withStart(period.path, period.length == FilePeriod::Month ? date.substr(0, 7) : date).substr(1);
}

std::string_view fileName(std::string_view key)
{
    return key.substr(key.rfind('/') + 1);
}

HttpRequest fileRequest(const VenueFiles& files, std::string_view key)
{
    HttpRequest request;
    request.url = files.origin + '/' + encodedKey(key);
    return request;
}

HttpRequest checksumRequest(const VenueFiles& files, std::string_view key)
{
    return fileRequest(files, std::string(key) + files.checksumSuffix);
}

HttpRequest listingRequest(const VenueFiles& files, const VenueFiles::Period& period, std::string_view marker)
{
    const std::string folder = period.path.substr(1, period.path.rfind('/'));
    HttpRequest request;
    request.url = files.listing + "?delimiter=/&prefix=" + description::percentEncoded(folder)
        + "&marker=" + description::percentEncoded(marker);
    return request;
}

} // namespace mnemo
