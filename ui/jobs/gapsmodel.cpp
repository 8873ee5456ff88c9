#include "ui/jobs/gapsmodel.h"

#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

/// Harmless ones have a hollow mark, those that matter a full one.
QString glyphOf(GapClass gapClass)
{
    switch (gapClass) {
    case GapClass::Empty:
    case GapClass::Unlisted:
    case GapClass::Delisted: return u"\u25CB"_s;
    case GapClass::Outage:
    case GapClass::BeyondRetention: return u"\u25D0"_s;
    case GapClass::Failed: return u"\u2715"_s;
    case GapClass::Unknown: return u"?"_s;
    }
    return {};
}

} // namespace

void GapsModel::setGaps(const std::vector<Gap>& gaps, Kind kind)
{
    if (gaps == m_gaps && kind == m_kind)
        return;
    beginResetModel();
    m_gaps = gaps;
    m_kind = kind;
    endResetModel();
}

int GapsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_gaps.size());
}

int GapsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant GapsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Gap& gap = m_gaps[static_cast<std::size_t>(index.row())];
    if (role == Qt::TextAlignmentRole && index.column() == Bars)
        return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole)
        return toQString(gap.evidence);
    if (role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(index.column())) {
    case Class: return u"%1 %2"_s.arg(glyphOf(gap.gapClass), textOf(gap.gapClass, m_kind));
    case From: return timeText(gap.range.from);
    case To: return timeText(gap.range.to);
    case Bars: return countText(gap.bars);
    case Evidence: return toQString(gap.evidence);
    case ColumnCount: break;
    }
    return {};
}

QVariant GapsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case Class: return tr("Why");
    case From: return tr("From (UTC)");
    case To: return tr("To (UTC)");
    case Bars: return tr("Bars");
    case Evidence: return tr("Evidence");
    case ColumnCount: break;
    }
    return {};
}

} // namespace mnemo
