#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/pipeline/board.h"

namespace mnemo {

/// What {NAME} stands for in the texts of a task: pipeline, run, task, attempt, from, to, due (ISO 8601, UTC), params.NAME, and
/// of the task's series source, exchange, market, symbol, kind, timeframe, each where all series agree on it.
std::map<std::string, std::string> placeholdersOf(const TaskOrder& order, TimeRange range);
/// The same with the series' own words, for tasks that write something for each.
std::map<std::string, std::string> placeholdersOf(const TaskOrder& order, TimeRange range, const SeriesKey& series);

/// Replaces {NAME}; braces around anything that is no name stay: {"a": 1}. @p quote: how a value is written where it stands.
/// Errors: InvalidArgument for a name that stands for nothing here.
Result<std::string> filled(
    std::string_view text, const std::map<std::string, std::string>& values, const std::function<std::string(const std::string&)>& quote = {});

std::string quotedForShell(const std::string& value); ///< in single quotes
std::string quotedForSql(const std::string& value);   ///< quotes inside doubled; the text has the outer ones
std::string quotedForUrl(const std::string& value);   ///< percent-encoded
std::string quotedForPath(const std::string& value);  ///< without separators: part of a file's name
std::string quotedForJson(const std::string& value);  ///< escaped; the text has the outer quotes
/// ${NAME} from the environment: a definition that a run keeps has the name, never the value.
std::string withEnvironment(const std::string& text);

} // namespace mnemo
