#include "ui/sources/symbolsmodel.h"

#include <QFont>
#include <QGuiApplication>
#include <algorithm>

#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"
#include "ui/widgets/theme.h"

using namespace Qt::StringLiterals;

namespace mnemo {

struct SymbolsModel::Change {
    Key market;
    SymbolWish before, after;
};

/// Finds its rows by their markets: the list may have come anew since.
class SymbolsModel::Command : public QUndoCommand {
public:
    Command(SymbolsModel& model, std::vector<Change> changes, const QString& text)
        : QUndoCommand(text)
        , m_model(model)
        , m_changes(std::move(changes))
    {
    }
    void redo() override { m_model.apply(m_changes, false); }
    void undo() override { m_model.apply(m_changes, true); }

private:
    SymbolsModel& m_model;
    std::vector<Change> m_changes;
};

SymbolsModel::SymbolsModel(QObject* parent)
    : QAbstractTableModel(parent)
{
}

std::string SymbolsModel::unitOf(const std::string& id) const
{
    const auto found = m_mapping->units.find(id);
    return found == m_mapping->units.end() ? std::string() : found->second;
}

SymbolWish SymbolsModel::wishOf(const MappedSymbol& told) const
{
    if (told.origin != MappingOrigin::Corrected)
        return {};
    if (told.id.empty())
        return {SymbolWish::Kind::None, {}};
    return {SymbolWish::Kind::Given, told.id, told.interestUnit == unitOf(told.id) ? std::string() : told.interestUnit};
}

void SymbolsModel::setMapping(SymbolsPort::Mapping mapping)
{
    beginResetModel();
    std::map<Key, SymbolWish> wishes;
    for (const Row& row : m_rows)
        if (row.isChanged())
            wishes.emplace(Key {row.told.exchange, row.told.market, row.told.symbol}, row.wish);
    m_mapping = std::move(mapping);
    m_rows.clear();
    m_places.clear();
    for (const MappedSymbol& told : m_mapping->rows) {
        Key key {told.exchange, told.market, told.symbol};
        const SymbolWish saved = wishOf(told);
        const auto kept = wishes.find(key);
        m_places.emplace(std::move(key), static_cast<int>(m_rows.size()));
        m_rows.push_back({told, saved, kept == wishes.end() ? saved : kept->second});
    }
    m_ids.clear();
    for (const auto& [id, unit] : m_mapping->units)
        m_ids << toQString(id);
    endResetModel();
}

bool SymbolsModel::isShowing(const ProviderMapping& mapping) const
{
    return m_mapping && m_mapping->rows == mapping.rows && m_mapping->units == mapping.units;
}

SymbolsModel::Key SymbolsModel::marketAt(int row) const
{
    if (row < 0 || row >= rowCount())
        return {};
    const MappedSymbol& told = m_rows[static_cast<std::size_t>(row)].told;
    return {told.exchange, told.market, told.symbol};
}

int SymbolsModel::rowOf(const Key& market) const
{
    const auto place = m_places.find(market);
    return place == m_places.end() ? -1 : place->second;
}

void SymbolsModel::setReadOnly(bool isReadOnly)
{
    m_isReadOnly = isReadOnly;
}

MappedSymbol SymbolsModel::shown(const Row& row) const
{
    MappedSymbol shown = row.told;
    if (row.told.origin == MappingOrigin::UnknownExchange || !row.isChanged())
        return shown;
    shown.isIdListed = true;
    shown.place.clear();
    switch (row.wish.kind) {
    case SymbolWish::Kind::AsListed:
        shown.id = row.told.listedId;
        shown.origin = shown.id.empty() ? MappingOrigin::NotMapped : MappingOrigin::Listed;
        break;
    case SymbolWish::Kind::None:
        shown.id.clear();
        shown.origin = MappingOrigin::Corrected;
        break;
    case SymbolWish::Kind::Given:
        shown.id = row.wish.id;
        shown.origin = MappingOrigin::Corrected;
        shown.isIdListed = !m_mapping->hasList || m_mapping->units.contains(shown.id);
        break;
    }
    shown.interestUnit = row.wish.interestUnit.empty() ? unitOf(shown.id) : row.wish.interestUnit;
    return shown;
}

/// What is typed: as the list has it is no correction; nothing means that the provider has none.
SymbolWish SymbolsModel::wishFor(const Row& row, const QString& text) const
{
    const std::string id = text.trimmed().toStdString();
    if (id == row.told.listedId)
        return {};
    if (id.empty())
        return {SymbolWish::Kind::None, {}};
    const bool isSameId = row.wish.kind == SymbolWish::Kind::Given && row.wish.id == id;
    return {SymbolWish::Kind::Given, id, isSameId ? row.wish.interestUnit : std::string()};
}

std::vector<SymbolChange> SymbolsModel::changes() const
{
    std::vector<SymbolChange> changes;
    for (const Row& row : m_rows)
        if (row.isChanged())
            changes.push_back({row.told.exchange, row.told.symbol, row.wish});
    return changes;
}

void SymbolsModel::markSaved(const std::vector<SymbolChange>& saved)
{
    for (const SymbolChange& change : saved) {
        const auto parts = parseSymbol(change.symbol);
        const int at = parts ? rowOf({change.exchange, parts->market(), change.symbol}) : -1;
        if (at < 0)
            continue;
        Row& row = m_rows[static_cast<std::size_t>(at)];
        const SymbolWish wish = row.wish;
        row.wish = change.wish;
        row.told = shown(row);
        row.saved = change.wish;
        row.wish = wish;
        emit dataChanged(index(at, 0), index(at, ColumnCount - 1));
    }
}

SymbolsModel::Counts SymbolsModel::counts() const
{
    Counts counts;
    for (const Row& row : m_rows) {
        const MappedSymbol now = shown(row);
        ++counts.all;
        counts.corrected += now.origin == MappingOrigin::Corrected;
        counts.notMapped += now.origin == MappingOrigin::NotMapped;
        counts.unknown += now.origin == MappingOrigin::UnknownExchange;
    }
    return counts;
}

bool SymbolsModel::canReset(int row) const
{
    return !m_isReadOnly && row >= 0 && row < rowCount() && m_rows[static_cast<std::size_t>(row)].wish.kind != SymbolWish::Kind::AsListed;
}

void SymbolsModel::reset(const std::vector<int>& rows)
{
    std::vector<Change> changes;
    for (const int at : rows) {
        const Row& row = m_rows[static_cast<std::size_t>(at)];
        if (canReset(at))
            changes.push_back({marketAt(at), row.wish, {}});
    }
    wish(std::move(changes), tr("Reset to the list's"));
}

void SymbolsModel::wish(std::vector<Change> changes, const QString& text)
{
    if (!changes.empty())
        m_undo.push(new Command(*this, std::move(changes), text));
}

void SymbolsModel::apply(const std::vector<Change>& changes, bool isBack)
{
    for (const Change& change : changes) {
        const int at = rowOf(change.market);
        if (at < 0)
            continue;
        m_rows[static_cast<std::size_t>(at)].wish = isBack ? change.before : change.after;
        emit dataChanged(index(at, ProviderSymbol), index(at, From));
    }
}

int SymbolsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int SymbolsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

Qt::ItemFlags SymbolsModel::flags(const QModelIndex& index) const
{
    Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    if (!index.isValid() || m_isReadOnly)
        return flags;
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    const bool isSymbol = index.column() == ProviderSymbol && row.told.origin != MappingOrigin::UnknownExchange;
    const bool isUnit = index.column() == Unit && row.wish.kind == SymbolWish::Kind::Given;
    return isSymbol || isUnit ? flags | Qt::ItemIsEditable : flags;
}

bool SymbolsModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (role != Qt::EditRole || !(flags(index) & Qt::ItemIsEditable))
        return false;
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    SymbolWish after = row.wish;
    if (index.column() == Unit)
        after.interestUnit = value.toString().toStdString();
    else
        after = wishFor(row, value.toString());
    if (after == row.wish)
        return true;
    const QString symbol = toQString(row.told.symbol);
    const QString text = index.column() == Unit ? tr("Unit of %1").arg(symbol) : tr("Symbol of %1").arg(symbol);
    wish({Change {marketAt(index.row()), row.wish, std::move(after)}}, text);
    return true;
}

QString SymbolsModel::unitText(const MappedSymbol& shown) const
{
    const auto parts = parseSymbol(shown.symbol);
    if (parts && shown.interestUnit == "base")
        return tr("%1 (base)").arg(toQString(parts->base));
    if (parts && shown.interestUnit == "quote")
        return tr("%1 (quote)").arg(toQString(parts->quote));
    if (!shown.interestUnit.empty())
        return toQString(shown.interestUnit);
    return shown.id.empty() ? QString() : tr("not stated");
}

QString SymbolsModel::fromText(const Row& row, const MappedSymbol& shown) const
{
    QString text;
    switch (shown.origin) {
    case MappingOrigin::Listed: text = tr("\u2713 its list"); break;
    case MappingOrigin::Fixed: text = tr("\u2713 its description"); break;
    case MappingOrigin::Corrected:
        text = shown.id.empty() ? tr("\u270E corrected by you: none")
            : shown.isIdListed  ? tr("\u270E corrected by you")
                                : tr("\u26A0 corrected by you, not in its list");
        break;
    case MappingOrigin::NotMapped: text = tr("\u2013 not mapped"); break;
    case MappingOrigin::UnknownExchange: text = tr("\u2013 unknown exchange name"); break;
    }
    return row.isChanged() ? tr("%1 (not saved)").arg(text) : text;
}

QString SymbolsModel::tip(const Row& row, const MappedSymbol& shown) const
{
    const QString name = toQString(m_mapping->name), exchange = toQString(shown.exchange);
    switch (shown.origin) {
    case MappingOrigin::Listed: return tr("As the market list of %1 says").arg(name);
    case MappingOrigin::Fixed: return tr("As `markets.fixed` in the description of %1 says").arg(name);
    case MappingOrigin::NotMapped: return tr("%1 lists no such market of %2. Type its symbol, if you know it.").arg(name, exchange);
    case MappingOrigin::UnknownExchange:
        return tr("%1 calls an exchange \u201C%2\u201D, and nobody has said which of ours that is. In exchanges/%3.yaml, `provider: { %2: ID }` does.")
            .arg(name, exchange, toQString(m_mapping->provider));
    case MappingOrigin::Corrected: break;
    }
    QStringList lines;
    lines << (row.told.listedId.empty() ? tr("%1 lists no such market.").arg(name)
                                        : tr("%1 lists it as %2.").arg(name, toQString(row.told.listedId)));
    if (!shown.isIdListed)
        lines << tr("It lists no %1: that is asked for all the same.").arg(toQString(shown.id));
    if (!shown.isIdListed && shown.interestUnit.empty())
        lines << tr("Choose the unit: without it open interest and liquidations are not asked for.");
    if (shown.id.empty())
        lines << tr("Nothing is asked of it.");
    if (!shown.place.empty())
        lines << tr("Written in %1").arg(toQString(shown.place));
    return lines.join(u'\n');
}

QVariant SymbolsModel::display(const Row& row, Column column) const
{
    const MappedSymbol now = shown(row);
    switch (column) {
    case Exchange: return toQString(now.exchange);
    case Market: return textOf(now.market);
    case Symbol: return toQString(now.symbol);
    case ProviderSymbol: return now.id.empty() ? tr("none") : toQString(now.id);
    case Unit: return unitText(now);
    case From: return fromText(row, now);
    case ColumnCount: break;
    }
    return {};
}

QVariant SymbolsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    const auto column = static_cast<Column>(index.column());
    if (role == Qt::DisplayRole || role == SortRole)
        return display(row, column);
    const MappedSymbol now = shown(row);
    const Theme theme = Theme::of(QGuiApplication::palette());
    switch (role) {
    case Qt::EditRole: return column == Unit ? toQString(row.wish.interestUnit) : column == ProviderSymbol ? toQString(now.id) : display(row, column);
    case Qt::ToolTipRole: return tip(row, now);
    case CorrectedRole: return now.origin == MappingOrigin::Corrected;
    case NotMappedRole: return now.id.empty() || now.origin == MappingOrigin::UnknownExchange;
    case ChangedRole: return row.isChanged();
    case Qt::FontRole:
        if (row.isChanged()) {
            QFont strong;
            strong.setBold(true);
            return strong;
        }
        return {};
    case Qt::ForegroundRole:
        if (column == From && now.origin == MappingOrigin::Corrected)
            return now.isIdListed ? theme.running : theme.warning;
        if (now.id.empty() || now.origin == MappingOrigin::UnknownExchange || (column == Unit && now.interestUnit.empty()))
            return theme.mutedText;
        return {};
    default: return {};
    }
}

QVariant SymbolsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    const auto column = static_cast<Column>(section);
    if (role == Qt::ToolTipRole && column == ProviderSymbol)
        return tr("What is asked for. F2 or a double click changes it; empty: it has none, and nothing is asked.");
    if (role == Qt::ToolTipRole && column == Unit)
        return tr("What open interest and liquidations are told in");
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Exchange: return tr("Exchange");
    case Market: return tr("Market");
    case Symbol: return tr("Symbol");
    case ProviderSymbol: return tr("Provider's symbol");
    case Unit: return tr("Unit stated");
    case From: return tr("From");
    case ColumnCount: break;
    }
    return {};
}

} // namespace mnemo
