#include "app/simulator/archivefiles.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <vector>

#include <zip.h>

#include "app/simulator/archivecsv.h"
#include "app/simulator/crowd.h"
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

/// Files of the contracts that are settled in dollars, which have one timeframe.
struct Metrics {
    std::string_view name;
    Kind kind;
    bool isMonthly;
    const char* frame; ///< of the bars that they are made of
    sys_days since;
};
constexpr std::array<Metrics, 2> metrics {{{"metrics", Kind::OpenInterest, false, "5m", 2021y / 12 / 1}, {"fundingRate", Kind::Funding, true, "4h", 2020y / 1 / 1}}};

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

Answer xmlError(int status, std::string_view code, std::string_view message)
{
    return {status, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + std::string(code) + "</Code><Message>" + std::string(message) + "</Message></Error>",
        "application/xml", {}};
}

} // namespace

/// One folder of files: a market's bars of one timeframe, or what is made of them, by month or by day.
struct ArchiveFiles::Folder {
    const Market* market = nullptr;
    Kind kind = Kind::Candles;
    Timeframe frame;
    bool isMonthly = false;
    UtcMs since {};
    std::string word;   ///< in names
    std::string prefix; ///< of keys, ends with '/'

    std::string keyAt(UtcMs start) const
    {
        const std::string date = formatDate(start);
        return prefix + market->id + '-' + word + '-' + (isMonthly ? date.substr(0, 7) : date) + ".zip";
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

/// data/spot/monthly/klines/BTCUSDT/1m/ or data/futures/um/daily/metrics/BTCUSDT/
std::optional<ArchiveFiles::Folder> ArchiveFiles::folderOf(std::string_view path) const
{
    const auto tree = std::ranges::find_if(trees, [&](const Tree& each) { return path.starts_with(each.prefix); });
    if (tree == trees.end() || !path.ends_with('/'))
        return std::nullopt;
    Folder folder;
    folder.prefix = path;
    std::string_view rest = path.substr(tree->prefix.size());
    const std::string_view length = step(rest), kind = step(rest);
    folder.isMonthly = length == "monthly";
    folder.market = m_store.find("binance", tree->type, step(rest));
    if ((!folder.isMonthly && length != "daily") || !folder.market)
        return std::nullopt;
    const bool isKnown = kind == "klines" ? ofCandles(folder, step(rest)) : ofMetrics(folder, kind);
    return isKnown && rest.empty() ? std::optional(std::move(folder)) : std::nullopt;
}

bool ArchiveFiles::ofCandles(Folder& folder, std::string_view word)
{
    const auto frame = frameOf(word);
    if (!frame || (!folder.isMonthly && frame->length() > days {1}))
        return false;
    folder.frame = *frame;
    folder.word = frameWord(*frame);
    return true;
}

bool ArchiveFiles::ofMetrics(Folder& folder, std::string_view name)
{
    const auto found = std::ranges::find(metrics, name, &Metrics::name);
    if (found == metrics.end() || found->isMonthly != folder.isMonthly || folder.market->type != MarketType::Linear || folder.market->interest <= 0)
        return false;
    folder.kind = found->kind;
    folder.frame = *Timeframe::fromName(found->frame);
    folder.since = UtcMs {found->since};
    folder.word = name;
    return true;
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
    return first && *first < file.covers.to && file.folder.since < file.covers.to && modified(file) <= m_feed.now()
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

std::string ArchiveFiles::csvOf(const File& file, bool isDraft)
{
    const Market& market = *file.folder.market;
    auto bars = market.source->read(Grid(file.folder.frame), file.covers, std::numeric_limits<std::size_t>::max(), Side::Oldest);
    if (file.folder.kind == Kind::OpenInterest)
        return metricsCsv(bars, market, isDraft);
    if (file.folder.kind == Kind::Candles)
        return candlesCsv(std::move(bars), market, isDraft);
    std::erase_if(bars, [&](const Bar& bar) { return !isFunded(market, bar.openMs); });
    return fundingCsv(bars, market, isDraft);
}

std::string ArchiveFiles::makeZip(const File& file, bool isDraft) const
{
    const std::string key = file.key(), name = key.substr(key.rfind('/') + 1);
    std::string zip = zipped(name.substr(0, name.size() - 4) + ".csv", csvOf(file, isDraft));
    if (hits(key, m_faults.corrupt, 1)) {
        for (std::size_t i = zip.size() / 3; i < zip.size() / 2; ++i)
            zip[i] = static_cast<char>(zip[i] ^ 0x5a);
    }
    return zip;
}

} // namespace mnemo::sim
