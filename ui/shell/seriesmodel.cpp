#include "ui/shell/seriesmodel.h"

#include <algorithm>

#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

SeriesModel::SeriesModel(QObject* parent)
    : QAbstractItemModel(parent)
    , m_root(std::make_unique<Node>())
{
}

SeriesModel::~SeriesModel() = default;

std::vector<SeriesModel::Step> SeriesModel::pathOf(const SeriesKey& key)
{
    const auto frames = Timeframe::all();
    const auto frameOrder = static_cast<int>(std::find(frames.begin(), frames.end(), key.timeframe) - frames.begin());
    QString exchange = toQString(key.exchange);
    if (key.source != key.exchange)
        exchange = tr("%1 by %2").arg(exchange, toQString(key.source));
    QString frame = toQString(key.timeframe.name());
    if (key.kind == Kind::OpenInterest)
        frame = tr("%1 open interest").arg(frame);
    return {{exchange, 0}, {textOf(key.market), static_cast<int>(key.market)}, {toQString(key.symbol), 0},
        {frame, frameOrder + (key.kind == Kind::Candles ? 0 : 100)}};
}

void SeriesModel::apply(const StoredSeriesList& list)
{
    for (const StoredSeries& series : list) {
        Node* node = m_root.get();
        for (const Step& step : pathOf(series.record.key)) {
            node = childAt(node, step);
            node->isKept = true;
        }
        if (node->series == series)
            continue;
        node->series = series;
        emit dataChanged(indexOf(node), indexOf(node, ColumnCount - 1));
    }
    removeForgotten(m_root.get());
    m_count = static_cast<int>(list.size());
}

SeriesModel::Node* SeriesModel::childAt(Node* above, const Step& step)
{
    const auto before = [](const std::unique_ptr<Node>& node, const Step& other) {
        return node->order != other.order ? node->order < other.order : node->name < other.name;
    };
    auto place = std::lower_bound(above->children.begin(), above->children.end(), step, before);
    if (place != above->children.end() && (*place)->order == step.order && (*place)->name == step.name)
        return place->get();
    const int row = static_cast<int>(place - above->children.begin());
    beginInsertRows(indexOf(above), row, row);
    place = above->children.insert(place, std::make_unique<Node>());
    (*place)->name = step.name;
    (*place)->order = step.order;
    (*place)->above = above;
    endInsertRows();
    return place->get();
}

void SeriesModel::removeForgotten(Node* node)
{
    for (std::size_t i = node->children.size(); i-- > 0;) {
        Node* child = node->children[i].get();
        if (child->isKept) {
            removeForgotten(child);
            child->isKept = false;
            continue;
        }
        const int row = static_cast<int>(i);
        beginRemoveRows(indexOf(node), row, row);
        node->children.erase(node->children.begin() + row);
        endRemoveRows();
    }
}

SeriesModel::Node* SeriesModel::nodeOf(const QModelIndex& index) const
{
    return index.isValid() ? static_cast<Node*>(index.internalPointer()) : m_root.get();
}

QModelIndex SeriesModel::indexOf(const Node* node, int column) const
{
    if (!node->above)
        return {};
    const auto& siblings = node->above->children;
    const auto place =
        std::find_if(siblings.begin(), siblings.end(), [node](const auto& other) { return other.get() == node; });
    return createIndex(static_cast<int>(place - siblings.begin()), column, node);
}

const StoredSeries* SeriesModel::seriesAt(const QModelIndex& index) const
{
    const Node* node = nodeOf(index);
    return node->series ? &*node->series : nullptr;
}

QModelIndex SeriesModel::find(const SeriesKey& key) const
{
    const Node* node = m_root.get();
    for (const Step& step : pathOf(key)) {
        const auto& children = node->children;
        const auto place =
            std::find_if(children.begin(), children.end(), [&](const auto& child) { return child->name == step.name; });
        if (place == children.end())
            return {};
        node = place->get();
    }
    return indexOf(node);
}

QModelIndex SeriesModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, nodeOf(parent)->children[static_cast<std::size_t>(row)].get());
}

QModelIndex SeriesModel::parent(const QModelIndex& child) const
{
    return child.isValid() ? indexOf(nodeOf(child)->above) : QModelIndex();
}

int SeriesModel::rowCount(const QModelIndex& parent) const
{
    return parent.column() > 0 ? 0 : static_cast<int>(nodeOf(parent)->children.size());
}

int SeriesModel::columnCount(const QModelIndex&) const
{
    return ColumnCount;
}

QString SeriesModel::text(const StoredSeries& series, Column column) const
{
    switch (column) {
    case Name: break;
    case Rows: return countText(series.rows);
    case First: return series.first ? dateText(*series.first) : QString();
    case Last: return series.last ? dateText(*series.last) : QString();
    case Coverage: return series.expected > 0 ? percentText(series.coverage()) : QString();
    case ColumnCount: break;
    }
    return {};
}

QVariant SeriesModel::sortValue(const StoredSeries& series, Column column) const
{
    switch (column) {
    case Rows: return static_cast<qlonglong>(series.rows);
    case First: return static_cast<qlonglong>(series.first ? toMs(*series.first) : 0);
    case Last: return static_cast<qlonglong>(series.last ? toMs(*series.last) : 0);
    case Coverage: return series.coverage();
    case Name:
    case ColumnCount: break;
    }
    return {};
}

QVariant SeriesModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Node* node = nodeOf(index);
    const auto column = static_cast<Column>(index.column());
    if (role == Qt::DisplayRole && column == Name)
        return node->name;
    if (role == Qt::TextAlignmentRole && (column == Rows || column == Coverage))
        return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    if (!node->series)
        return {};
    switch (role) {
    case Qt::DisplayRole: return text(*node->series, column);
    case SortRole: return sortValue(*node->series, column);
    case TitleRole: return titleOf(node->series->record.key);
    case Qt::AccessibleTextRole:
        return column == Name ? titleOf(node->series->record.key) : text(*node->series, column);
    case Qt::ToolTipRole:
        return tr("%1\n%2 candles stored, %3 of %4 bars known\n%5 UTC")
            .arg(titleOf(node->series->record.key), countText(node->series->rows), countText(node->series->answered),
                countText(node->series->expected),
                node->series->first ? rangeText({*node->series->first, *node->series->last}) : QString());
    default: return {};
    }
}

QVariant SeriesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    const auto column = static_cast<Column>(section);
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>(
            (column == Rows || column == Coverage ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && column == Coverage)
        return tr("Share of the bars between the first and the last about which the exchange has answered");
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Name: return tr("Series");
    case Rows: return tr("Candles");
    case First: return tr("First");
    case Last: return tr("Last");
    case Coverage: return tr("Known");
    case ColumnCount: break;
    }
    return {};
}

SeriesFilterModel::SeriesFilterModel(QObject* parent)
    : QSortFilterProxyModel(parent)
{
    setRecursiveFilteringEnabled(true);
}

void SeriesFilterModel::setWords(const QString& text)
{
    m_words = text.split(u' ', Qt::SkipEmptyParts);
    invalidateFilter();
}

bool SeriesFilterModel::filterAcceptsRow(int row, const QModelIndex& parent) const
{
    const QString title = sourceModel()->index(row, 0, parent).data(SeriesModel::TitleRole).toString();
    if (title.isEmpty())
        return m_words.isEmpty(); // what groups is shown by what is in it
    return std::all_of(
        m_words.begin(), m_words.end(), [&](const QString& word) { return title.contains(word, Qt::CaseInsensitive); });
}

} // namespace mnemo
