#include "ui/home/attentionmodel.h"

#include <QGuiApplication>
#include <algorithm>

#include "ui/home/healthtext.h"
#include "ui/widgets/agotext.h"
#include "ui/widgets/findingtext.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

double AttentionModel::Work::share() const
{
    double done = 0;
    for (const auto& [id, job] : jobs)
        done += isFinal(job.state) ? 1 : job.total > 0 ? static_cast<double>(job.done) / static_cast<double>(job.total) : 0;
    return jobs.empty() ? 0 : done / static_cast<double>(jobs.size());
}

bool AttentionModel::Work::isOver() const
{
    return !isStarting && std::ranges::all_of(jobs, [](const auto& job) { return isFinal(job.second.state); });
}

AttentionModel::AttentionModel(const DisplayZone& zone, QObject* parent)
    : QAbstractTableModel(parent)
    , m_zone(zone)
{
    connect(&zone, &DisplayZone::changed, this, &AttentionModel::show);
}

void AttentionModel::apply(const Health& health)
{
    m_now = health.checkedAt;
    m_issues = health.issues;
    std::erase_if(m_outcomes, [&health](const auto& outcome) { return !health.find(outcome.first); });
    show();
    emit countChanged();
}

void AttentionModel::tick(UtcMs now)
{
    m_now = now;
    show();
}

void AttentionModel::setFilter(const QStringList& words, const std::set<HealthCause>& causes)
{
    m_words = words;
    m_causes = causes;
    show();
}

bool AttentionModel::accepts(const HealthIssue& issue) const
{
    if (!m_causes.empty() && !m_causes.contains(issue.cause))
        return false;
    if (m_words.isEmpty())
        return true;
    const QString text = searchTextOf(issue);
    return std::ranges::all_of(m_words, [&text](const QString& word) { return text.contains(word); });
}

int AttentionModel::count(const std::set<HealthCause>& causes) const
{
    return static_cast<int>(
        std::ranges::count_if(m_issues, [&](const HealthIssue& issue) { return causes.contains(issue.cause); }));
}

int AttentionModel::rowOf(const std::string& id) const
{
    const auto found = std::ranges::find(m_rows, id, &Row::id);
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

// --- what the rows are ---

/// Issues in their order; those that work cures are no longer told, and stand first until it is over.
std::vector<AttentionModel::Row> AttentionModel::wanted() const
{
    std::vector<Row> rows;
    const auto add = [&](const std::string& id, const HealthIssue& issue) {
        if (!accepts(issue))
            return;
        rows.push_back({id, issue, {}});
        rows.back().text = textOf(rows.back());
    };
    for (const auto& [id, work] : m_works) {
        if (std::ranges::none_of(m_issues, [&id](const HealthIssue& issue) { return issue.id() == id; }))
            add(id, work.issue);
    }
    for (const HealthIssue& issue : m_issues)
        add(issue.id(), issue);
    return rows;
}

void AttentionModel::show()
{
    std::vector<Row> next = wanted();
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (std::ranges::find(next, m_rows[static_cast<std::size_t>(row)].id, &Row::id) != next.end())
            continue;
        beginRemoveRows({}, row, row);
        m_rows.erase(m_rows.begin() + row);
        endRemoveRows();
    }
    for (std::size_t i = 0; i < next.size(); ++i) {
        const int to = static_cast<int>(i);
        const int from = rowOf(next[i].id);
        if (from < 0) {
            beginInsertRows({}, to, to);
            m_rows.insert(m_rows.begin() + to, std::move(next[i]));
            endInsertRows();
            continue;
        }
        if (from != to) {
            beginMoveRows({}, from, from, {}, to);
            std::rotate(m_rows.begin() + to, m_rows.begin() + from, m_rows.begin() + from + 1);
            endMoveRows();
        }
        const bool isOther = m_rows[i].text != next[i].text;
        m_rows[i] = std::move(next[i]);
        if (isOther)
            emit dataChanged(index(to, 0), index(to, ColumnCount - 1));
    }
}

void AttentionModel::changed(const std::string& id)
{
    const int at = rowOf(id);
    if (at < 0)
        return;
    Row& row = m_rows[static_cast<std::size_t>(at)];
    if (QString text = textOf(row); text != row.text) {
        row.text = std::move(text);
        emit dataChanged(index(at, 0), index(at, ColumnCount - 1));
    }
}

// --- work ---

bool AttentionModel::isPressable(int row) const
{
    const Row& at = m_rows[static_cast<std::size_t>(row)];
    return !m_works.contains(at.id) && (at.issue.step == HealthStep::Open || !m_isReadOnly);
}

void AttentionModel::begin(const std::string& id)
{
    if (const int row = rowOf(id); row >= 0)
        m_works[id] = {issueAt(row), true, {}};
    m_outcomes.erase(id);
    changed(id);
}

void AttentionModel::begun(const std::string& id, const Treatment& treatment)
{
    const auto work = m_works.find(id);
    if (work == m_works.end())
        return;
    if (treatment.jobs.empty() && !treatment.refused.empty())
        return refused(id, errorText(treatment.refused.front()));
    work->second.isStarting = false;
    for (const JobSnapshot& job : treatment.jobs) {
        const auto early = m_early.find(job.id);
        work->second.jobs[job.id] = early == m_early.end() ? JobPart::of(job) : early->second;
    }
    if (std::ranges::none_of(m_works, [](const auto& one) { return one.second.isStarting; }))
        m_early.clear();
    if (work->second.isOver())
        end(id); // there was nothing to wait for
    else
        changed(id);
}

void AttentionModel::refused(const std::string& id, const QString& why)
{
    m_works.erase(id);
    m_outcomes[id] = why;
    show();
}

void AttentionModel::applyJobs(const std::vector<JobSnapshot>& jobs)
{
    std::vector<std::string> over;
    if (std::ranges::any_of(m_works, [](const auto& one) { return one.second.isStarting; })) {
        for (const JobSnapshot& job : jobs)
            m_early[job.id] = JobPart::of(job);
    }
    for (auto& [id, work] : m_works) {
        bool isMine = false;
        for (const JobSnapshot& job : jobs) {
            const auto mine = work.jobs.find(job.id);
            if (mine == work.jobs.end())
                continue;
            mine->second = JobPart::of(job);
            isMine = true;
        }
        if (isMine)
            changed(id);
        if (isMine && work.isOver())
            over.push_back(id);
    }
    for (const std::string& id : over)
        end(id);
}

void AttentionModel::end(const std::string& id)
{
    const Work work = m_works.extract(id).mapped();
    std::int64_t rows = 0, well = 0;
    for (const auto& [job, part] : work.jobs) {
        rows += part.rows;
        well += part.state == JobState::Complete ? 1 : 0;
    }
    const auto all = static_cast<std::int64_t>(work.jobs.size());
    if (all == 0) {
        emit ended(tr("%1: done.").arg(titleOf(work.issue)));
    } else {
        const QString outcome = well == all
            ? tr("Done: %Ln row(s) stored.", nullptr, static_cast<int>(rows))
            : tr("Tried: %1 of %2 jobs came to a good end, %3 rows stored.")
                  .arg(countText(well), countText(all), countText(rows));
        if (well < all)
            m_outcomes[id] = outcome;
        emit ended(titleOf(work.issue) + u" \u2013 "_s + outcome);
    }
    show();
}

// --- what is seen ---

QString AttentionModel::reason(const Row& row) const
{
    const QString why = reasonOf(row.issue, m_zone, m_now);
    const auto outcome = m_outcomes.find(row.id);
    return outcome == m_outcomes.end() ? why : outcome->second + u' ' + why;
}

QString AttentionModel::stepText(const Row& row) const
{
    const auto work = m_works.find(row.id);
    if (work == m_works.end())
        return mnemo::textOf(row.issue.step);
    if (work->second.isStarting)
        return tr("Starting\u2026");
    return percentText(work->second.share());
}

QString AttentionModel::toolTip(const Row& row, Column column) const
{
    if (column == Step) {
        if (m_works.contains(row.id))
            return tr("At work; \"Jobs\" shows each one");
        return m_isReadOnly && row.issue.step != HealthStep::Open ? tr("This window only reads")
                                                                  : tipOf(row.issue.step);
    }
    if (column == Since && row.issue.since)
        return u"%1 %2"_s.arg(m_zone.timeText(*row.issue.since), m_zone.label(*row.issue.since));
    QStringList lines {titleOf(row.issue), reason(row)};
    for (std::size_t i = 0; i < std::min<std::size_t>(row.issue.parts.size(), 8); ++i)
        lines << titleOf(row.issue.parts[i].series.key);
    if (row.issue.parts.size() > 8)
        lines << tr("and %1 more").arg(countText(static_cast<std::int64_t>(row.issue.parts.size()) - 8));
    if (!row.issue.detail.empty())
        lines << tr("Detail: %1").arg(toQString(row.issue.detail));
    return lines.join(u'\n');
}

QString AttentionModel::textOf(const Row& row) const
{
    QStringList texts {titleOf(row.issue), reason(row), countText(row.issue.series), stepText(row)};
    if (row.issue.since)
        texts << agoText(m_now - *row.issue.since);
    if (const auto work = m_works.find(row.id); work != m_works.end())
        texts << QString::number(work->second.share(), 'f', 3);
    return texts.join(u'\n');
}

int AttentionModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int AttentionModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant AttentionModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    const auto column = static_cast<Column>(index.column());
    switch (role) {
    case Qt::DisplayRole:
        switch (column) {
        case Cause: return titleOf(row.issue);
        case Series: return row.issue.series > 0 ? countText(row.issue.series) : QString(u"\u2013"_s);
        case Since: return row.issue.since ? agoText(m_now - *row.issue.since) : QString(u"\u2013"_s);
        case Step: return stepText(row);
        case ColumnCount: break;
        }
        return {};
    case Qt::ToolTipRole: return toolTip(row, column);
    case Qt::AccessibleTextRole:
        return column == Cause ? u"%1: %2. %3"_s.arg(
                   mnemo::textOf(row.issue.severity), titleOf(row.issue), reason(row))
                               : data(index, Qt::DisplayRole);
    case Qt::TextAlignmentRole:
        return static_cast<int>((column == Series || column == Since ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::DecorationRole:
        return column == Cause ? QVariant(colourOf(row.issue, Theme::of(QGuiApplication::palette()))) : QVariant();
    case ReasonRole: return column == Cause ? reason(row) : QVariant();
    case GlyphRole: return column == Cause ? QVariant(glyphOf(row.issue)) : QVariant();
    case ProgressRole: {
        const auto work = m_works.find(row.id);
        return column == Step && work != m_works.end() ? QVariant(work->second.share()) : QVariant();
    }
    case PressableRole: return isPressable(index.row());
    default: return {};
    }
}

QVariant AttentionModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>(
            (section == Series || section == Since ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case Cause: return tr("Needs attention");
    case Series: return tr("Series");
    case Since: return tr("Since");
    case Step: return tr("What helps");
    case ColumnCount: break;
    }
    return {};
}

} // namespace mnemo
