#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "core/config/settings.h"

namespace mnemo {

/// Every key of every section once, for the reader, the writer and the list of known sections alike. A visitor has
/// field(key, value[, min, max]), word(key, text, words), text(key, text, isValid, expected), url(key, text) and
/// require(condition, key, message). Inside core/config only.

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

template<class Visitor>
void visitFields(Visitor& v, LoggingSettings& s)
{
    v.word("level", s.level, {"trace", "debug", "info", "warning", "error", "critical", "off"});
    v.field("file_mib", s.fileMiB, 1, 4096);
    v.field("files", s.files, 0, 1000);
}

template<class Visitor>
void visitFields(Visitor& v, HttpSettings& s)
{
    v.field("connect_timeout", s.connectTimeout, milliseconds {1}, minutes {10});
    v.field("low_speed_bytes", s.lowSpeedBytes, 0, 1'000'000'000);
    v.field("low_speed_time", s.lowSpeedTime, seconds {1}, hours {1});
    v.field("total_timeout", s.totalTimeout, milliseconds {1}, hours {24});
    v.field("max_body_mib", s.maxBodyMiB, 1, 4096);
    v.field("connections_per_host", s.connectionsPerHost, 1, 64);
    v.field("ca_file", s.caFile);
    v.url("proxy", s.proxy);
    v.text("user_agent", s.userAgent,
        [](const std::string& text) { return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; }); },
        "printable ASCII");
    v.require(s.connectTimeout <= s.totalTimeout, "connect_timeout", "must not be longer than total_timeout");
}

template<class Visitor>
void visitFields(Visitor& v, RetrySettings& s)
{
    v.field("attempts", s.attempts, 1, 100);
    v.field("base", s.base, milliseconds {1}, hours {1});
    v.field("cap", s.cap, milliseconds {1}, hours {24});
    v.field("total", s.total, milliseconds {1}, days {7});
    v.require(s.base <= s.cap, "base", "must not be longer than cap");
}

template<class Visitor>
void visitFields(Visitor& v, BreakerSettings& s)
{
    v.field("failures", s.failures, 1, 1000);
    v.field("open", s.open, milliseconds {1}, hours {24});
    v.field("open_max", s.openMax, milliseconds {1}, hours {24});
    v.require(s.open <= s.openMax, "open", "must not be longer than open_max");
}

template<class Visitor>
void visitFields(Visitor& v, RateSettings& s)
{
    v.field("requests", s.requests, 1, 1'000'000);
    v.field("per", s.per, milliseconds {1}, days {1});
    v.field("share", s.share, 0.01, 1.0);
}

template<class Visitor>
void visitFields(Visitor& v, DatabaseSettings& s)
{
    v.url("url", s.url);
    v.field("cache_mib", s.cacheMiB, 1, 1'000'000);
    v.field("transaction_rows", s.transactionRows, 1, 10'000'000);
    v.field("transaction_pages", s.transactionPages, 1, 100'000);
    v.field("transaction_time", s.transactionTime, milliseconds {0}, minutes {1});
    v.field("queue_pages", s.queuePages, 1, 100'000);
}

inline bool isKeep(const std::string& text)
{
    if (text == "all" || text == "off")
        return true;
    return text.size() >= 2 && text.size() <= 6 && text.back() == 'd' && text.front() != '0'
        && std::all_of(text.begin(), text.end() - 1, [](char c) { return c >= '0' && c <= '9'; });
}

template<class Visitor>
void visitFields(Visitor& v, BronzeSettings& s)
{
    v.text("keep", s.keep, isKeep, "all, off or a number of days as in 90d");
    v.field("segment_mib", s.segmentMiB, 1, 4096);
    v.field("level", s.level, 1, 22);
}

template<class Visitor>
void visitFields(Visitor& v, IngestSettings& s)
{
    v.field("overlap_bars", s.overlapBars, 0, 10'000);
    v.field("first_range", s.firstRange, minutes {1}, days {36'500});
    v.field("jobs_at_once", s.jobsAtOnce, 1, 1000);
    v.field("follow_live", s.followLive);
}

template<class Visitor>
void visitFields(Visitor& v, FilesSettings& s)
{
    v.word("use", s.use, {"auto", "always", "never"});
    v.field("max_file_mib", s.maxFileMiB, 1, 4096);
}

template<class Visitor>
void visitFields(Visitor& v, CompareLimits& s)
{
    v.field("close_bp", s.closeBp, 0.0, 10'000.0);
    v.field("ohl_bp", s.ohlBp, 0.0, 10'000.0);
    v.field("range_share", s.rangeShare, 0.0, 10.0);
    v.field("basis_bp", s.basisBp, 0.0, 10'000.0);
    v.field("volume_factor", s.volumeFactor, 1.0, 1e9);
    v.field("missing_bars", s.missingBars, 1, 1'000'000);
    v.field("interest_percent", s.interestPercent, 0.0, 10'000.0);
}

/// Those of CompareSettings that are no maps or lists.
template<class Visitor>
void visitFields(Visitor& v, CompareSettings& s)
{
    v.field("window", s.window, 20, 10'000);
    v.field("shift_bars", s.shiftBars, 10, 10'000);
    v.field("max_lag", s.maxLag, 0, 100);
    v.field("thin_stretches", s.thinStretches, 0, 10'000);
    v.require(s.shiftBars <= s.window, "shift_bars", "must not be longer than window");
    v.require(s.maxLag * 2 < s.shiftBars, "max_lag", "must be shorter than half of shift_bars");
}

template<class Visitor>
void visitFields(Visitor& v, GapSettings& s)
{
    v.field("verify_after", s.verifyAfter, minutes {1}, days {365});
    v.field("verify_within", s.verifyWithin, minutes {1}, days {36'500});
    v.field("outage_series", s.outageSeries, 2, 1000);
    v.field("outage_share", s.outageShare, 0.01, 1.0);
    v.field("liquid_days", s.liquidDays, 1, 365);
    v.field("liquid_share", s.liquidShare, 0.0, 1.0);
    v.require(s.verifyAfter <= s.verifyWithin, "verify_after", "must not be longer than verify_within");
}

/// Calls visit(name, section) for each section of plain fields.
template<class Visit>
void visitSections(Settings& settings, Visit&& visit)
{
    visit("logging", settings.logging);
    visit("http", settings.http);
    visit("retry", settings.retry);
    visit("breaker", settings.breaker);
    visit("rate", settings.rate);
    visit("database", settings.database);
    visit("bronze", settings.bronze);
    visit("ingest", settings.ingest);
    visit("archive", settings.files);
    visit("gaps", settings.gaps);
}

} // namespace mnemo
