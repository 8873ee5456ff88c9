#include "ui/jobs/diagnostics.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include "core/net/http.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

QString isoText(UtcMs time)
{
    return time == UtcMs {} ? QString()
                            : QDateTime::fromMSecsSinceEpoch(toMs(time), Qt::UTC).toString(Qt::ISODateWithMs);
}

QString redacted(std::string_view text)
{
    return redactedText(toQString(text));
}

QJsonObject errorJson(const Error& error)
{
    return {{u"code"_s, toQString(toText(error.code))}, {u"message"_s, redacted(error.detail)}};
}

QJsonObject requestJson(const RequestRecord& request)
{
    QJsonObject json {{u"at"_s, isoText(request.sentAt)}, {u"method"_s, toQString(request.method)},
        {u"url"_s, redacted(request.url)}, {u"status"_s, request.status}, {u"weight"_s, request.weight},
        {u"ms"_s, static_cast<qint64>(request.took.count())}, {u"rows"_s, static_cast<qint64>(request.rows)},
        {u"try"_s, request.tries}};
    if (request.error)
        json[u"error"_s] = errorJson(*request.error);
    return json;
}

QJsonObject lineJson(const log::Line& line)
{
    QJsonObject json {{u"at"_s, isoText(line.time)}, {u"level"_s, toQString(log::toText(line.level))},
        {u"area"_s, toQString(line.area)}, {u"text"_s, redacted(line.text)}};
    for (const auto& [key, value] : line.fields)
        json[toQString(key)] = redacted(value);
    return json;
}

QJsonObject jobJson(const JobDetails& details)
{
    const JobSnapshot& job = details.job;
    QJsonObject json {{u"id"_s, static_cast<qint64>(job.id)}, {u"series"_s, toQString(job.series.text())},
        {u"from"_s, isoText(job.range.from)}, {u"to"_s, isoText(job.range.to)},
        {u"state"_s, toQString(toText(job.state))}, {u"bars"_s, static_cast<qint64>(job.total)},
        {u"answered"_s, static_cast<qint64>(job.done)}, {u"empty"_s, static_cast<qint64>(job.empty)},
        {u"failed"_s, static_cast<qint64>(job.failed)}, {u"rowsStored"_s, static_cast<qint64>(job.rowsStored)},
        {u"requests"_s, static_cast<qint64>(job.requests)}, {u"retries"_s, static_cast<qint64>(job.retries)},
        {u"attempts"_s, job.attempts}, {u"newestFirst"_s, job.isNewestFirst}, {u"lane"_s, toQString(job.lane)},
        {u"waitingFor"_s, redacted(job.waitingFor)}, {u"queued"_s, isoText(job.queued)},
        {u"started"_s, isoText(job.started)}, {u"finished"_s, isoText(job.finished)}};
    if (job.error)
        json[u"error"_s] = errorJson(*job.error);
    QJsonArray warnings, gaps, timeline, lines;
    for (const std::string& warning : job.warnings)
        warnings << redacted(warning);
    for (const Gap& gap : job.gaps)
        gaps << QJsonObject {{u"from"_s, isoText(gap.range.from)}, {u"to"_s, isoText(gap.range.to)},
            {u"bars"_s, static_cast<qint64>(gap.bars)}, {u"class"_s, toQString(toText(gap.gapClass))},
            {u"evidence"_s, redacted(gap.evidence)}};
    for (const RequestRecord& request : details.requests)
        timeline << requestJson(request);
    for (const log::Line& line : details.lines)
        lines << lineJson(line);
    json[u"warnings"_s] = warnings;
    json[u"gaps"_s] = gaps;
    json[u"timeline"_s] = timeline;
    json[u"timelineDropped"_s] = static_cast<qint64>(details.requestsDropped);
    json[u"log"_s] = lines;
    return json;
}

QString jobText(const JobDetails& details)
{
    const JobSnapshot& job = details.job;
    QStringList lines;
    lines << u"%1 %2, %3 UTC"_s.arg(glyphOf(job.state), toQString(job.series.text()), rangeText(job.range));
    lines << u"  %1; bars %2 of %3 answered, %4 empty, %5 failed; rows %6; requests %7, again %8; attempt %9"_s
                 .arg(textOf(job.state)).arg(job.done).arg(job.total).arg(job.empty).arg(job.failed).arg(job.rowsStored)
                 .arg(job.requests).arg(job.retries).arg(job.attempts);
    if (job.error)
        lines << u"  %1: %2"_s.arg(toQString(toText(job.error->code)), redacted(job.error->detail));
    for (const std::string& warning : job.warnings)
        lines << u"  warning: %1"_s.arg(redacted(warning));
    for (const Gap& gap : job.gaps)
        lines << u"  gap %1: %2, %3 bars. %4"_s.arg(toQString(toText(gap.gapClass)), rangeText(gap.range)).arg(gap.bars).arg(redacted(gap.evidence));
    for (const RequestRecord& request : details.requests)
        lines << u"  %1 %2 %3 ms %4 rows try %5 %6 %7"_s.arg(isoText(request.sentAt)).arg(request.status)
                     .arg(request.took.count()).arg(request.rows).arg(request.tries)
                     .arg(redacted(request.url), request.error ? redacted(request.error->detail) : QString());
    for (const log::Line& line : details.lines)
        lines << u"  %1 %2 %3: %4"_s.arg(isoText(line.time), toQString(log::toText(line.level)), toQString(line.area), redacted(line.text));
    return lines.join(u'\n');
}

QString heading()
{
    return u"mnemo-quant %1"_s.arg(QCoreApplication::applicationVersion()).trimmed();
}

} // namespace

QString redactedText(const QString& text)
{
    static const QRegularExpression address(u"[A-Za-z][A-Za-z0-9+.-]*://[^\\s\"'<>]+"_s);
    static const QRegularExpression named(
        u"((?:api[_-]?key|apikey|secret|token|signature|passphrase|password|passwd|authorization)[\"']?\\s*[=:]\\s*[\"']?)(?:(?:Bearer|Basic)\\s+)?[^\\s\"'&,;}]+"_s,
        QRegularExpression::CaseInsensitiveOption);
    QString out;
    qsizetype end = 0;
    for (auto match = address.globalMatch(text); match.hasNext();) {
        const auto found = match.next();
        out += text.mid(end, found.capturedStart() - end);
        out += toQString(redactedUrl(found.captured().toStdString()));
        end = found.capturedEnd();
    }
    out += text.mid(end);
    return out.replace(named, u"\\1***"_s);
}

QString diagnosticsJson(const std::vector<JobDetails>& jobs)
{
    QJsonArray list;
    for (const JobDetails& job : jobs)
        list << jobJson(job);
    const QJsonObject all {{u"program"_s, heading()}, {u"jobs"_s, list}};
    return QString::fromUtf8(QJsonDocument(all).toJson(QJsonDocument::Indented));
}

QString diagnosticsText(const std::vector<JobDetails>& jobs)
{
    QStringList blocks {heading()};
    for (const JobDetails& job : jobs)
        blocks << jobText(job);
    return blocks.join(u"\n\n"_s);
}

} // namespace mnemo
