#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/config/comparesettings.h"
#include "core/config/node.h"
#include "core/config/outages.h"

namespace mnemo {

using std::chrono::milliseconds;

struct LoggingSettings {
    std::string level = "info"; ///< trace debug info warning error critical off
    std::int64_t fileMiB = 10;
    int files = 5;
    bool operator==(const LoggingSettings&) const = default;
};

struct HttpSettings {
    milliseconds connectTimeout {10'000};
    std::int64_t lowSpeedBytes = 64; ///< slower than this many bytes a second ...
    milliseconds lowSpeedTime {20'000}; ///< ... for this long gives up
    milliseconds totalTimeout {120'000};
    std::int64_t maxBodyMiB = 64;
    int connectionsPerHost = 4; ///< also the most requests of a lane in flight
    std::string caFile; ///< empty: the system's certificates
    std::string proxy; ///< empty: from the environment
    std::string userAgent = "mnemo-quant/0.1.0";
    bool operator==(const HttpSettings&) const = default;
};

struct RetrySettings {
    int attempts = 8; ///< tries of one request, the first included
    milliseconds base {500}; ///< first delay is random in [0, base], doubling
    milliseconds cap {30'000};
    milliseconds total {600'000}; ///< after this long since the first try the request has failed
    bool operator==(const RetrySettings&) const = default;
};

struct BreakerSettings {
    int failures = 8; ///< in a row, of one host
    milliseconds open {15'000}; ///< then nothing is sent for this long, then one probe
    milliseconds openMax {300'000}; ///< each failed probe doubles the pause up to this
    bool operator==(const BreakerSettings&) const = default;
};

struct RateSettings { ///< where a venue's description states no limit
    int requests = 10;
    milliseconds per {1'000};
    double share = 0.985; ///< of every stated limit that we allow ourselves
    bool operator==(const RateSettings&) const = default;
};

struct DatabaseSettings {
    std::string url; ///< empty: SQLite in the data folder
    int cacheMiB = 16;
    int transactionRows = 20'000;
    int transactionPages = 64;
    milliseconds transactionTime {50};
    int queuePages = 32; ///< pages waiting for the writer before lanes wait
    bool operator==(const DatabaseSettings&) const = default;
};

struct BronzeSettings {
    std::string keep = "all"; ///< all, <days>d or off
    std::int64_t segmentMiB = 64;
    int level = 3; ///< zstd
    bool operator==(const BronzeSettings&) const = default;
};

struct IngestSettings {
    int overlapBars = 3; ///< incremental: asked again before the last stored bar
    milliseconds firstRange {std::chrono::hours {24 * 30}}; ///< incremental: history of a series that holds nothing yet
    int jobsAtOnce = 8; ///< of one lane and priority; further ones wait for their turn
    bool followLive = true; ///< the newest bars of what somebody looks at are asked for now and then
    bool operator==(const IngestSettings&) const = default;
};

/// Files that venues publish for download.
struct FilesSettings {
    std::string use = "auto"; ///< auto: where they are faster than asking; always: where they hold most of a month or day; never
    std::int64_t maxFileMiB = 256; ///< unpacked; a larger one is not read
    bool operator==(const FilesSettings&) const = default;
};

/// When gaps are asked about again, and when they mean that the venue was silent.
struct GapSettings {
    milliseconds verifyAfter {std::chrono::hours {24}}; ///< incremental asks again about absence that was seen once, so long after
    milliseconds verifyWithin {std::chrono::hours {24 * 30}}; ///< ... if the bars are not older than this
    int outageSeries = 2; ///< so many liquid instruments of one exchange and market lack the same bars ...
    double outageShare = 0.8; ///< ... and they are this part of those that were asked about them
    int liquidDays = 7; ///< an instrument is liquid on a day if of so many days before and as many after it ...
    double liquidShare = 0.8; ///< ... this part has every bar
    bool operator==(const GapSettings&) const = default;
};

/// How pipelines are carried out; the pipelines themselves are Settings::dags.
struct PipelineSettings {
    bool shell = false; ///< tasks of type shell are carried out: whoever writes into the settings can run programs then
    std::map<std::string, int> pools {{"checks", 2}, {"default", 8}}; ///< how many tasks of each pool work at once
    std::chrono::milliseconds keepRuns {std::chrono::hours {24 * 90}}; ///< runs that ended longer ago are forgotten; 0: none is
    bool operator==(const PipelineSettings&) const = default;
};

/// One row of assets.yaml: every combination is a series.
struct UniverseEntry {
    std::vector<std::string> exchanges, markets, symbols, timeframes;
    std::vector<std::string> kinds {}; ///< candles where empty
    std::vector<std::string> sources {}; ///< who tells; the exchange itself where empty
    bool operator==(const UniverseEntry&) const = default;
};

/// All settings as plain values. What is not set keeps the defaults above.
struct Settings {
    LoggingSettings logging;
    HttpSettings http;
    RetrySettings retry;
    BreakerSettings breaker;
    RateSettings rate;
    DatabaseSettings database;
    BronzeSettings bronze;
    IngestSettings ingest;
    FilesSettings files; ///< section `archive`
    CompareSettings compare; ///< quality.compare
    GapSettings gaps;
    PipelineSettings pipeline;
    std::vector<UniverseEntry> universe;
    std::vector<ListedOutage> outages; ///< by start
    std::vector<Annotation> annotations; ///< by start
    Node rules; ///< `rules` and `overrides` of quality.yaml, layers merged, not yet understood (core/quality does)
    Node alerts; ///< alerts.yaml, layers merged, not yet understood (core/alert does)
    Node dags; ///< file name -> id -> pipeline, layers merged, not yet understood (core/pipeline does)
    std::map<std::string, Node> exchanges; ///< descriptions by id, layers merged, not yet understood (core/exchange does)
};

/// Where settings come from, in the order of design.md section 6.
struct ConfigSources {
    std::filesystem::path shipped; ///< folder with global.yaml, exchanges/ ...
    std::filesystem::path user; ///< may not exist
    std::string env = "dev"; ///< dev, staging, prod
    std::vector<std::string> sets; ///< "path.to.key=value"
    std::function<const char*(const char*)> getenv; ///< for ${NAME}; null: @p environment
    std::vector<std::string> environment; ///< "NAME=value", for MNEMO__*; empty: the process's
};

struct LoadedSettings {
    Settings settings;
    Problems problems; ///< each disabled what it describes and nothing else; for people and `doctor`
    std::vector<std::filesystem::path> files; ///< all that were read
    std::string fingerprint; ///< names, times and sizes of the files before they were read
};

/// $MNEMO_SHARE, else <bindir>/../share/mnemo-quant/config, else the source tree's config.
std::filesystem::path shippedConfigDir();
std::filesystem::path userConfigDir(); ///< $XDG_CONFIG_HOME/mnemo-quant, else ~/.config/mnemo-quant
std::filesystem::path userDataDir();   ///< $XDG_DATA_HOME/mnemo-quant, else ~/.local/share/mnemo-quant
std::string configEnv();               ///< $MNEMO_ENV, else "dev"

/// Reads all layers. Never fails as a whole: what is wrong stands in problems, and its default or lower layer stays.
/// Problems of --set and MNEMO__ values name those instead of a file and have no line. Inside values of files and --set,
/// ${NAME} is the environment's value, ${NAME:-text} has a fallback, $${ is a plain ${; problems never show what came from
/// the environment. Reads files; any thread.
LoadedSettings loadSettings(const ConfigSources& sources);
/// The same but for Settings::exchanges, which stays empty: a hundred files, and most of the time that loading takes.
LoadedSettings loadSettingsWithoutExchanges(const ConfigSources& sources);

/// The settings as one YAML text that loadSettings reads back (as global.yaml or env/*.yaml) to the same values. Secrets
/// are not in it: what an exchange's tree has from the environment is written as ${NAME}, and a password inside a URL as
/// "***", which loadSettings refuses with a problem.
std::string dumpSettings(const Settings& settings);

/// Waits on its own thread for changes of the files' times and sizes, looks at most once an @p interval, and after a change
/// loads again and calls @p changed (on that thread). What the system does not tell (network folders) is seen after 60 intervals. New settings with problems that the old ones did not have are refused: changed() is
/// called with the old settings and the problems. What moved to another line is no new problem, and
/// what is wrong with a pipeline disables that alone. Waits until the files have kept still for a moment, so that half-written ones are not read. The destructor stops at once, but for a running changed().
class SettingsWatcher {
public:
    using Changed = std::function<void(const LoadedSettings& now, bool accepted)>;
    SettingsWatcher(ConfigSources sources, LoadedSettings current, Changed changed, milliseconds interval = milliseconds {1000});
    ~SettingsWatcher();
    SettingsWatcher(const SettingsWatcher&) = delete;
    SettingsWatcher& operator=(const SettingsWatcher&) = delete;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace mnemo
