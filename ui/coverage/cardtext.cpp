#include "ui/coverage/cardtext.h"

#include <QCoreApplication>
#include <algorithm>

#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct CardText {
    Q_DECLARE_TR_FUNCTIONS(CoverageCard)
};

QString sentenceOf(const ActionRecord& action)
{
    const QString entry = toQString(action.what.text);
    if (action.action == "verify")
        return CardText::tr("asked the source again");
    if (action.action == "backfill")
        return CardText::tr("fetched what was not known");
    if (action.action == "mark_outage")
        return CardText::tr("marked an outage: %1").arg(entry);
    if (action.action == "unmark_outage")
        return CardText::tr("took back the outage: %1").arg(entry);
    if (action.action == "annotate")
        return CardText::tr("wrote: %1").arg(entry);
    if (action.action == "remove_note")
        return CardText::tr("took back the note: %1").arg(entry);
    return toQString(action.action);
}

QString htmlLine(const QString& text, const Remark& remark, const CoverageSource& source)
{
    const QString line = text.toHtmlEscaped();
    if (!source.canRepair() || !source.isOwn(remark))
        return line;
    return u"%1 <a href=\"%2:%3\">%4</a>"_s.arg(line,
        std::holds_alternative<Annotation>(remark) ? u"note"_s : u"outage"_s,
        toQString(placeOf(remark).id).toHtmlEscaped(), CardText::tr("Remove").toHtmlEscaped());
}

} // namespace

QString remarksHtml(const GapReport& report, const CoverageSource& source)
{
    QStringList lines;
    for (const Annotation& note : report.notes)
        lines << htmlLine(
            CardText::tr("Note, %1 UTC: %2").arg(rangeText(note.range), toQString(note.text)), note, source);
    for (const ListedOutage& outage : report.outages)
        lines << htmlLine(CardText::tr("Listed outage, %1 UTC: %2 (%3)")
                              .arg(rangeText(outage.range), toQString(outage.reason), toQString(outage.source)),
            outage, source);
    return lines.join(u"<br>"_s);
}

QString actionsText(const GapReport& report)
{
    QStringList lines;
    for (const ActionRecord& action : report.actions)
        lines << CardText::tr("%1 UTC, %2 %3")
                     .arg(timeText(std::chrono::floor<std::chrono::minutes>(action.at)), toQString(action.who),
                         sentenceOf(action));
    if (!lines.isEmpty())
        lines.prepend(CardText::tr("What was done here"));
    return lines.join(u'\n');
}

QString proofText(const GapReport& before, const GapReport& after, const std::map<JobId, JobSnapshot>& jobs,
    const std::optional<RepairProof>& proof)
{
    std::int64_t rows = 0, requests = 0;
    for (const auto& [id, job] : jobs) {
        rows += job.rowsStored;
        requests += job.requests;
    }
    const QString text = CardText::tr("Before: %1.\nAfter: %2.\n%3 rows added or changed by %4 requests.")
                             .arg(sumOf(before), sumOf(after), countText(rows), countText(requests));
    if (!proof || !proof->isFinal || proof->ranges.empty())
        return text;
    const auto least =
        std::ranges::min_element(proof->ranges, {}, [](const RepairedRange& one) { return one.after.checks; });
    return text + u'\n'
        + CardText::tr("Stretches asked about: %1. The source has now spoken about each of them at least this often: %2.")
              .arg(countText(std::ssize(proof->ranges)), countText(std::int64_t {least->after.checks}));
}

} // namespace mnemo
