#include "ui/pipelines/pipelinetext.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QJsonArray>
#include <algorithm>
#include <array>
#include <iterator>

#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct PipelineTexts {
    Q_DECLARE_TR_FUNCTIONS(Pipelines)
};

QJsonObject objectOf(const std::string& json)
{
    return QJsonDocument::fromJson(QByteArray::fromStdString(json)).object();
}

QString valueText(const QJsonValue& value)
{
    if (value.isDouble())
        return countText(static_cast<std::int64_t>(value.toDouble()));
    if (value.isBool())
        return value.toBool() ? PipelineTexts::tr("yes") : PipelineTexts::tr("no");
    if (value.isString())
        return value.toString();
    const QJsonDocument document = value.isArray() ? QJsonDocument(value.toArray()) : QJsonDocument(value.toObject());
    return QString::fromUtf8(document.toJson(QJsonDocument::Compact));
}

QString triggerText(const RunRecord& run)
{
    if (run.backfill)
        return PipelineTexts::tr("Part of backfill %1").arg(*run.backfill);
    if (run.trigger == "schedule")
        return PipelineTexts::tr("Begun by its schedule");
    return run.who.empty() ? PipelineTexts::tr("Begun by hand") : PipelineTexts::tr("Begun by %1").arg(toQString(run.who));
}

} // namespace

QString glyphOf(RunState state)
{
    switch (state) {
    case RunState::Queued: return u"\u2026"_s;
    case RunState::Running: return u"\u25B6"_s;
    case RunState::Success: return u"\u2713"_s;
    case RunState::SuccessWithGaps: return u"\u25D0"_s;
    case RunState::Failed: return u"\u2715"_s;
    case RunState::Cancelled: return u"\u2013"_s;
    }
    return {};
}

QString textOf(RunState state)
{
    switch (state) {
    case RunState::Queued: return PipelineTexts::tr("Queued");
    case RunState::Running: return PipelineTexts::tr("Running");
    case RunState::Success: return PipelineTexts::tr("Success");
    case RunState::SuccessWithGaps: return PipelineTexts::tr("Finished with gaps");
    case RunState::Failed: return PipelineTexts::tr("Failed");
    case RunState::Cancelled: return PipelineTexts::tr("Cancelled");
    }
    return {};
}

QColor colourOf(RunState state, const Theme& theme)
{
    switch (state) {
    case RunState::Queued: return theme.waiting;
    case RunState::Running: return theme.running;
    case RunState::Success: return theme.good;
    case RunState::SuccessWithGaps: return theme.warning;
    case RunState::Failed: return theme.bad;
    case RunState::Cancelled: return theme.neutral;
    }
    return theme.neutral;
}

QString glyphOf(TaskState state)
{
    switch (state) {
    case TaskState::None: return u"\u25CB"_s;
    case TaskState::Scheduled:
    case TaskState::Queued: return u"\u2026"_s;
    case TaskState::Running: return u"\u25B6"_s;
    case TaskState::Success: return u"\u2713"_s;
    case TaskState::SuccessWithGaps: return u"\u25D0"_s;
    case TaskState::Failed: return u"\u2715"_s;
    case TaskState::UpForRetry: return u"\u21BB"_s;
    case TaskState::UpstreamFailed: return u"\u2298"_s;
    case TaskState::Skipped: return u"\u00BB"_s;
    case TaskState::Cancelled: return u"\u2013"_s;
    }
    return {};
}

QString textOf(TaskState state)
{
    switch (state) {
    case TaskState::None: return PipelineTexts::tr("None: waits for others");
    case TaskState::Scheduled: return PipelineTexts::tr("Scheduled");
    case TaskState::Queued: return PipelineTexts::tr("Queued");
    case TaskState::Running: return PipelineTexts::tr("Running");
    case TaskState::Success: return PipelineTexts::tr("Success");
    case TaskState::SuccessWithGaps: return PipelineTexts::tr("Finished with gaps");
    case TaskState::Failed: return PipelineTexts::tr("Failed");
    case TaskState::UpForRetry: return PipelineTexts::tr("Up for retry");
    case TaskState::UpstreamFailed: return PipelineTexts::tr("Upstream failed");
    case TaskState::Skipped: return PipelineTexts::tr("Skipped");
    case TaskState::Cancelled: return PipelineTexts::tr("Cancelled");
    }
    return {};
}

QColor colourOf(TaskState state, const Theme& theme)
{
    switch (state) {
    case TaskState::None:
    case TaskState::Skipped:
    case TaskState::Cancelled: return theme.neutral;
    case TaskState::Scheduled:
    case TaskState::Queued: return theme.waiting;
    case TaskState::Running: return theme.running;
    case TaskState::Success: return theme.good;
    case TaskState::SuccessWithGaps:
    case TaskState::UpForRetry: return theme.warning;
    case TaskState::Failed:
    case TaskState::UpstreamFailed: return theme.bad;
    }
    return theme.neutral;
}

RunState stateOf(const RunRecord& run)
{
    return runStateFromText(run.state).value_or(RunState::Failed);
}

TaskState stateOf(const TaskRecord& task)
{
    return taskStateFromText(task.state).value_or(TaskState::Failed);
}

TaskState worseOf(TaskState a, TaskState b)
{
    using enum TaskState;
    static constexpr std::array order {Success, Skipped, SuccessWithGaps, None, Cancelled, UpstreamFailed, Failed, Scheduled, Queued, UpForRetry, Running};
    const auto rank = [](TaskState state) { return std::ranges::find(order, state); };
    return rank(a) < rank(b) ? b : a;
}

std::optional<milliseconds> tookOf(const RunRecord& run, UtcMs now)
{
    return run.started ? std::optional(run.finished.value_or(now) - *run.started) : std::nullopt;
}

std::optional<milliseconds> tookOf(const TaskRecord& task, UtcMs now)
{
    if (!task.started)
        return std::nullopt;
    const bool isEnded = task.finished && *task.finished >= *task.started;
    if (!isEnded && !isActive(stateOf(task)))
        return std::nullopt;
    return (isEnded ? *task.finished : now) - *task.started;
}

QString tookText(const std::optional<milliseconds>& took)
{
    if (!took)
        return u"\u2013"_s;
    if (*took < milliseconds {1000})
        return PipelineTexts::tr("%1 ms").arg(std::max<std::int64_t>(took->count(), 0));
    return lengthText(*took);
}

std::optional<std::int64_t> rowsOf(const TaskRecord& task)
{
    const QJsonValue rows = objectOf(task.result)[u"rows"];
    return rows.isDouble() ? std::optional(static_cast<std::int64_t>(rows.toDouble())) : std::nullopt;
}

std::vector<SeriesKey> seriesOf(const TaskRecord& task)
{
    std::vector<SeriesKey> series;
    for (const QJsonValue& value : objectOf(task.plan)[u"series"].toArray()) {
        const QJsonArray parts = value.toArray(); // source, exchange, market, symbol, kind, timeframe
        const auto text = [&parts](int i) { return parts.at(i).toString().toStdString(); };
        const auto market = marketTypeFromText(text(2));
        const auto kind = kindFromText(text(4));
        const auto frame = Timeframe::fromName(text(5));
        if (market && kind && frame)
            series.push_back({text(0), text(1), *market, text(3), *kind, *frame});
    }
    return series;
}

QString seriesWords(std::span<const TaskRecord> tasks)
{
    std::vector<SeriesKey> all;
    for (const TaskRecord& task : tasks)
        std::ranges::move(seriesOf(task), std::back_inserter(all));
    QStringList words;
    const auto take = [&](std::string SeriesKey::*part) {
        if (!all.empty() && std::ranges::all_of(all, [&](const SeriesKey& key) { return key.*part == all.front().*part; }))
            words << toQString(all.front().*part);
    };
    take(&SeriesKey::exchange);
    take(&SeriesKey::symbol);
    return words.join(u' ');
}

QString factsOf(const std::string& json)
{
    QStringList lines;
    const QJsonObject object = objectOf(json);
    for (auto member = object.begin(); member != object.end(); ++member)
        lines << PipelineTexts::tr("%1: %2").arg(member.key(), valueText(member.value()));
    return lines.join(u'\n');
}

QString scheduleText(const DagDefinition& dag)
{
    const QString text = toQString(dag.schedule.text());
    return dag.timezone == "UTC" ? text : PipelineTexts::tr("%1 (%2)").arg(text, toQString(dag.timezone));
}

QString momentText(UtcMs at, const DisplayZone& zone)
{
    return PipelineTexts::tr("%1 %2").arg(zone.timeText(std::chrono::floor<std::chrono::seconds>(at)), zone.label(at));
}

QString runText(const RunRecord& run, const DisplayZone& zone, UtcMs now)
{
    QStringList lines {PipelineTexts::tr("Run %1: %2").arg(QString::number(run.id), textOf(stateOf(run)))};
    if (run.isPaused)
        lines.front() += PipelineTexts::tr(", paused");
    if (run.due)
        lines << PipelineTexts::tr("Due %1").arg(momentText(*run.due, zone));
    lines << triggerText(run);
    if (run.started)
        lines << PipelineTexts::tr("Began %1, took %2").arg(momentText(*run.started, zone), tookText(tookOf(run, now)));
    if (!run.interval.isEmpty())
        lines << PipelineTexts::tr("Works on %1 to %2").arg(zone.timeText(run.interval.from), momentText(run.interval.to, zone));
    if (!run.error.empty())
        lines << toQString(run.error);
    return lines.join(u'\n');
}

QString problemText(const Problem& problem)
{
    QString text = toQString(problem.path);
    text += (text.isEmpty() ? QString() : u": "_s) + toQString(problem.message);
    return problem.nearest.empty() ? text : PipelineTexts::tr("%1 (did you mean %2?)").arg(text, toQString(problem.nearest));
}

Glyph glyphOfType(const std::string& type)
{
    if (type == "markets")
        return Glyph::Universe;
    if (type == "incremental")
        return Glyph::Latest;
    if (type == "backfill" || type == "open_interest")
        return Glyph::Backfill;
    if (type == "validate")
        return Glyph::Validation;
    if (type == "compare")
        return Glyph::Coverage;
    if (type == "repair")
        return Glyph::Retry;
    if (type == "rollup")
        return Glyph::Charts;
    return type == "http" ? Glyph::Alerts : type == "shell" ? Glyph::Keyboard : Glyph::Lines;
}

QString typeText(const std::string& type)
{
    return toQString(type).replace(u'_', u' ');
}

} // namespace mnemo
