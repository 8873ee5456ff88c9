#pragma once

#include <QColor>
#include <QString>
#include <optional>
#include <span>
#include <vector>

#include "core/engine/pipelines.h"
#include "ui/widgets/displayzone.h"
#include "ui/widgets/glyphicon.h"
#include "ui/widgets/theme.h"

namespace mnemo {

// States of runs and tasks as glyph, word and colour: never by colour alone. The words are those of the command line, but for
// "finished with gaps".

QString glyphOf(RunState state);
QString textOf(RunState state);
QColor colourOf(RunState state, const Theme& theme);
QString glyphOf(TaskState state);
QString textOf(TaskState state);
QColor colourOf(TaskState state, const Theme& theme);
RunState stateOf(const RunRecord& run);    ///< what is no word of a state counts as failed
TaskState stateOf(const TaskRecord& task); ///< the same

/// How it stands with several instances of a task at once: what is worst, but for those at work, which come first.
TaskState worseOf(TaskState a, TaskState b);

/// From its begin to its end, or to @p now while it is at work; nothing before it began.
std::optional<milliseconds> tookOf(const RunRecord& run, UtcMs now);
std::optional<milliseconds> tookOf(const TaskRecord& task, UtcMs now);
QString tookText(const std::optional<milliseconds>& took); ///< a dash for nothing; below a second in ms

std::optional<std::int64_t> rowsOf(const TaskRecord& task); ///< stored by it, where its type counts rows
std::vector<SeriesKey> seriesOf(const TaskRecord& task); ///< that it is about; what cannot be understood is left out
/// What all of @p tasks are about, as filters take it: "venue BTC/USDT"; only what they have in common.
QString seriesWords(std::span<const TaskRecord> tasks);
/// Each member of a JSON object as "name: value", one a line; empty for "{}".
QString factsOf(const std::string& json);

QString scheduleText(const DagDefinition& dag); ///< "every 5m", "0 3 * * * (Europe/Berlin)"
QString momentText(UtcMs at, const DisplayZone& zone); ///< with the zone's name
/// "Run 12: failed", and below it when, how long, why it began and what became of it.
QString runText(const RunRecord& run, const DisplayZone& zone, UtcMs now);
QString problemText(const Problem& problem); ///< what is wrong, with what may have been meant
Glyph glyphOfType(const std::string& type);  ///< of a task
QString typeText(const std::string& type);

} // namespace mnemo
