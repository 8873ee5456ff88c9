#include "app/simulator/archivefiles.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <vector>

#include <zip.h>

#include "app/simulator/noise.h"
#include "core/base/sha256.h"
#include "core/base/timetext.h"

namespace mnemo::sim {

using namespace std::chrono;

namespace {

constexpr std::string_view bucket = "/data.binance.vision";
constexpr std::string_view checksumSuffix = ".CHECKSUM";
constexpr std::size_t keysPerPage = 1000;
constexpr std::size_t mostZipBytes = 256U << 20U; ///< kept in memory
constexpr auto amendedAfter = days {10};

struct Tree {
    std::string_view prefix; ///< of keys
    MarketType type;
};
constexpr std::array<Tree, 3> trees {{{"data/spot/", MarketType::Spot}, {"data/futures/um/", MarketType::Linear}, {"data/futures/cm/", MarketType::Inverse}}};

std::string frameWord(Timeframe frame)
{
    return frame.isMonth() ? "1mo" : std::string(frame.name());
}

std::optional<Timeframe> frameOf(std::string_view word)
{
    return word == "1mo" ? Timeframe::fromName("1M") : word == "1M" ? std::nullopt : Timeframe::fromName(std::string(word));
}

/// The next piece of a path; @p path keeps what follows the slash.
std::string_view step(std::string_view& path)
{
    const auto slash = path.find('/');
    const std::string_view piece = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    return piece;
}

UtcMs nextPeriod(UtcMs start, bool isMonthly)
{
    if (!isMonthly)
        return start + days {1};
    const year_month_day date {floor<days>(start)};
    return sys_days {(date.year() / date.month() + months {1}) / 1};
}

/// The zip of one member, in memory. Its date is fixed, so that the same rows give the same bytes.
std::string zipped(const std::string& name, const std::string& text)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* const out = zip_source_buffer_create(nullptr, 0, 0, &error);
    zip_t* const archive = out ? zip_open_from_source(out, ZIP_TRUNCATE, &error) : nullptr;
    zip_error_fini(&error);
    if (!archive)
        throw std::runtime_error("libzip cannot write to memory");
    zip_source_keep(out);
    zip_source_t* const in = zip_source_buffer(archive, text.data(), text.size(), 0);
    const zip_int64_t index = zip_file_add(archive, name.c_str(), in, ZIP_FL_ENC_UTF_8);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_DEFLATE, 4);
    zip_file_set_mtime(archive, static_cast<zip_uint64_t>(index), 1'700'000'000, 0);
    std::string bytes;
    zip_stat_t stat;
    if (index >= 0 && zip_close(archive) == 0 && zip_source_stat(out, &stat) == 0 && zip_source_open(out) == 0) {
        bytes.resize(stat.size);
        zip_source_read(out, bytes.data(), bytes.size());
        zip_source_close(out);
    }
    zip_source_free(out);
    return bytes;
}

void appendPlain(std::string& out, Fixed value)
{
    appendFixed(out, value);
    out += ',';
}

Fixed contracts(Fixed base, Fixed price, const Market& market)
{
    return Fixed::fromDouble(base.toDouble() * price.toDouble() / market.contractSize.toDouble(), 0);
}

/// Spot has no header, and microseconds since 2025; futures have one since 2022.
std::string csvOf(const std::vector<Bar>& bars, const Market& market)
{
    static const std::int64_t year2022 = toMs(sys_days {2022y / 1 / 1}), year2025 = toMs(sys_days {2025y / 1 / 1});
    const bool isInverse = market.type == MarketType::Inverse;
    std::string out;
    out.reserve(bars.size() * 140 + 200);
    if (market.type != MarketType::Spot && !bars.empty() && bars.front().openMs >= year2022)
        out += "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n";
    for (const Bar& bar : bars) {
        const bool isFine = market.type == MarketType::Spot && bar.openMs >= year2025;
        appendInteger(out, isFine ? bar.openMs * 1000 : bar.openMs);
        out += ',';
        for (const Fixed price : {bar.open, bar.high, bar.low, bar.close})
            appendPlain(out, price);
        appendPlain(out, isInverse ? contracts(bar.volume, bar.close, market) : bar.volume);
        appendInteger(out, isFine ? bar.lastMs * 1000 + 999 : bar.lastMs);
        out += ',';
        appendPlain(out, isInverse ? bar.volume : bar.quoteVolume);
        appendInteger(out, bar.trades);
        out += ',';
        appendPlain(out, isInverse ? contracts(bar.takerVolume, bar.close, market) : bar.takerVolume);
        appendPlain(out, isInverse ? bar.takerVolume : bar.takerQuoteVolume);
        out += "0\n";
    }
    return out;
}

Answer xmlError(int status, std::string_view code, std::string_view message)
{
    return {status, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + std::string(code) + "</Code><Message>" + std::string(message) + "</Message></Error>",
        "application/xml", {}};
}

} // namespace

/// One folder of files: a market's bars of one timeframe, by month or by day.
struct ArchiveFiles::Folder {
    const Market* market = nullptr;
    Timeframe frame;
    bool isMonthly = false;
    std::string prefix; ///< of keys, ends with '/'

    std::string keyAt(UtcMs start) const
    {
        const std::string date = formatDate(start);
        return prefix + market->id + '-' + frameWord(frame) + '-' + (isMonthly ? date.substr(0, 7) : date) + ".zip";
    }
};

struct ArchiveFiles::File {
    Folder folder;
    TimeRange covers;
    std::string key() const { return folder.keyAt(covers.from); }
};

Result<FileFaultPlan> parseFileFaultPlan(std::string_view text)
{
    FileFaultPlan plan;
    for (const FaultItem& item : faultItems(text)) {
        double* const target = item.name == "corrupt" ? &plan.corrupt
            : item.name == "checksum"                 ? &plan.checksum
            : item.name == "missing"                  ? &plan.missing
            : item.name == "amended"                  ? &plan.amended
                                                      : nullptr;
        if (!target)
            return mnemo::fail(ErrorCode::InvalidArgument, "--archive-fault: '" + std::string(item.name) + "' is unknown; there are corrupt, checksum, missing and amended");
        const auto probability = probabilityOf(item, "--archive-fault");
        if (!probability)
            return mnemo::fail(probability.error());
        *target = *probability;
    }
    return plan;
}

ArchiveFiles::ArchiveFiles(const MarketStore& store, const Feed& feed, const FileFaultPlan& faults, std::uint64_t seed)
    : m_store(store)
    , m_feed(feed)
    , m_faults(faults)
    , m_seed(seed)
{
}

std::optional<Answer> ArchiveFiles::answer(const Request& request)
{
    if (request.isPath(bucket))
        return listing(request);
    if (!request.path.starts_with("/data/"))
        return std::nullopt;
    std::string_view key = std::string_view(request.path).substr(1);
    const bool isChecksum = key.ends_with(checksumSuffix);
    if (isChecksum)
        key.remove_suffix(checksumSuffix.size());
    const auto file = fileOf(key);
    if (!file || !isThere(*file) || (!isChecksum && hits(key, m_faults.missing, 3)))
        return xmlError(404, "NoSuchKey", "The specified key does not exist.");
    const bool isDraft = hits(key, m_faults.amended, 4) && m_feed.now() < modified(*file) + amendedAfter;
    const auto zip = zipOf(*file, isDraft);
    if (!isChecksum) {
        ++m_counts.zips;
        return Answer {200, *zip, "application/zip", {}};
    }
    ++m_counts.checksums;
    const std::string hash = sha256Hex(hits(key, m_faults.checksum, 2) ? std::string(key) : *zip);
    return Answer {200, hash + "  " + std::string(key.substr(key.rfind('/') + 1)) + "\n", "application/octet-stream", {}};
}

/// data/spot/monthly/klines/BTCUSDT/1m/
std::optional<ArchiveFiles::Folder> ArchiveFiles::folderOf(std::string_view path) const
{
    const auto tree = std::ranges::find_if(trees, [&](const Tree& each) { return path.starts_with(each.prefix); });
    if (tree == trees.end())
        return std::nullopt;
    Folder folder;
    folder.prefix = path;
    std::string_view rest = path.substr(tree->prefix.size());
    const std::string_view length = step(rest);
    if ((length != "monthly" && length != "daily") || step(rest) != "klines")
        return std::nullopt;
    folder.isMonthly = length == "monthly";
    folder.market = m_store.find("binance", tree->type, step(rest));
    const auto frame = frameOf(step(rest));
    if (!folder.market || !frame || !rest.empty() || !path.ends_with('/') || (!folder.isMonthly && frame->length() > days {1}))
        return std::nullopt;
    folder.frame = *frame;
    return folder;
}

std::optional<ArchiveFiles::File> ArchiveFiles::fileOf(std::string_view key) const
{
    auto folder = folderOf(key.substr(0, key.rfind('/') + 1));
    if (!folder || !key.ends_with(".zip"))
        return std::nullopt;
    const std::size_t digits = folder->isMonthly ? 7 : 10;
    const std::string_view name = key.substr(0, key.size() - 4);
    if (name.size() < digits)
        return std::nullopt;
    const auto start = parseTime(std::string(name.substr(name.size() - digits)) + (folder->isMonthly ? "-01" : ""));
    if (!start)
        return std::nullopt;
    File file {*std::move(folder), {*start, nextPeriod(*start, false)}};
    file.covers.to = nextPeriod(*start, file.folder.isMonthly);
    return file.key() == key ? std::optional(std::move(file)) : std::nullopt;
}

/// Daily files come on the next day, monthly ones on the first Monday of the next month; here at 3 o'clock.
UtcMs ArchiveFiles::modified(const File& file) const
{
    const auto end = floor<days>(file.covers.to);
    if (!file.folder.isMonthly)
        return end + hours {3};
    return end + (Monday - weekday {end}) + hours {3};
}

bool ArchiveFiles::isThere(const File& file) const
{
    const auto first = file.folder.market->source->first();
    return first && *first < file.covers.to && modified(file) <= m_feed.now()
        && !file.folder.market->source->read(Grid(file.folder.frame), file.covers, 1, Side::Oldest).empty();
}

bool ArchiveFiles::hits(std::string_view key, double probability, std::uint64_t salt) const
{
    std::uint64_t hash = mix(m_seed, salt);
    for (const char c : key)
        hash = mix(hash, static_cast<unsigned char>(c));
    return unit(hash) < probability;
}

/// Sizes are estimates: the zips themselves are made when they are asked for.
Answer ArchiveFiles::listing(const Request& request)
{
    ++m_counts.listings;
    const std::string prefix = request.value("prefix"), marker = request.value("marker");
    std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>data.binance.vision</Name><Prefix>"
        + prefix + "</Prefix><Marker>" + marker + "</Marker>";
    std::string contents, last;
    std::size_t count = 0;
    const auto folder = folderOf(prefix);
    const auto first = folder ? folder->market->source->first() : std::nullopt;
    UtcMs start = first.value_or(m_feed.now());
    const auto day = floor<days>(start);
    start = folder && folder->isMonthly ? UtcMs {sys_days {year_month_day {day}.year() / year_month_day {day}.month() / 1}} : UtcMs {day};
    bool isTruncated = false;
    for (; folder && first && start < m_feed.now() && !isTruncated; start = nextPeriod(start, folder->isMonthly)) {
        const File file {*folder, {start, nextPeriod(start, folder->isMonthly)}};
        const std::string key = file.key();
        if (key + std::string(checksumSuffix) <= marker || !isThere(file))
            continue;
        UtcMs time = modified(file);
        if (hits(key, m_faults.amended, 4) && m_feed.now() >= time + amendedAfter)
            time += amendedAfter;
        const std::int64_t size = Grid(folder->frame).count(file.covers) * 45;
        for (const auto& [name, bytes] : {std::pair {key, size}, std::pair {key + std::string(checksumSuffix), std::int64_t {90}}}) {
            if (name <= marker)
                continue;
            isTruncated = count == keysPerPage;
            if (isTruncated)
                break;
            contents += "<Contents><Key>" + name + "</Key><LastModified>" + formatIso(time) + "</LastModified><ETag>&quot;" + sha256Hex(name + formatIso(time)).substr(0, 32)
                + "&quot;</ETag><Size>" + std::to_string(bytes) + "</Size><StorageClass>STANDARD</StorageClass></Contents>";
            last = name;
            ++count;
        }
    }
    if (isTruncated)
        xml += "<NextMarker>" + last + "</NextMarker>";
    xml += "<MaxKeys>1000</MaxKeys><Delimiter>/</Delimiter><IsTruncated>" + std::string(isTruncated ? "true" : "false") + "</IsTruncated>" + contents + "</ListBucketResult>";
    return {200, std::move(xml), "application/xml", {}};
}

std::shared_ptr<const std::string> ArchiveFiles::zipOf(const File& file, bool isDraft)
{
    const std::string key = file.key() + (isDraft ? "*" : "");
    const std::lock_guard lock(m_mutex);
    auto& zip = m_zips[key];
    if (!zip) {
        zip = std::make_shared<const std::string>(makeZip(file, isDraft));
        m_zipBytes += zip->size();
    }
    const auto made = zip;
    if (m_zipBytes > mostZipBytes) {
        m_zips.clear();
        m_zipBytes = 0;
    }
    return made;
}

std::string ArchiveFiles::makeZip(const File& file, bool isDraft) const
{
    auto bars = file.folder.market->source->read(Grid(file.folder.frame), file.covers, std::numeric_limits<std::size_t>::max(), Side::Oldest);
    if (isDraft) {
        for (std::size_t i = 0; i < bars.size(); i += 500)
            bars[i].close = bars[i].low;
    }
    const std::string key = file.key(), name = key.substr(key.rfind('/') + 1);
    std::string zip = zipped(name.substr(0, name.size() - 4) + ".csv", csvOf(bars, *file.folder.market));
    if (hits(key, m_faults.corrupt, 1)) {
        for (std::size_t i = zip.size() / 3; i < zip.size() / 2; ++i)
            zip[i] = static_cast<char>(zip[i] ^ 0x5a);
    }
    return zip;
}

} // namespace mnemo::sim
