#include "ui/shell/palettemodel.h"

#include <algorithm>

#include "ui/shell/fuzzymatch.h"

namespace mnemo {

PaletteModel::PaletteModel(QObject* parent)
    : QAbstractListModel(parent)
{
}

void PaletteModel::setItems(std::vector<PaletteItem> items, const QStringList& recent)
{
    m_items = std::move(items);
    m_recency.assign(m_items.size(), 0);
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        const auto place = recent.indexOf(m_items[i].id);
        if (place >= 0)
            m_recency[i] = static_cast<int>(recent.size() - place);
    }
    update();
}

void PaletteModel::setPattern(const QString& pattern)
{
    m_pattern = pattern;
    update();
}

void PaletteModel::update()
{
    beginResetModel();
    m_shown.clear();
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        if (auto hit = fuzzyMatch(m_pattern, m_items[i].text)) {
            m_shown.push_back({i, hit->score + (m_pattern.isEmpty() ? 0 : std::min(m_recency[i], 4)), std::move(hit->positions)});
        } else if (auto wide = fuzzyMatch(m_pattern, m_items[i].text + u' ' + m_items[i].group)) {
            // A word of the menu's name helps to find it, and is not shown as found.
            std::erase_if(wide->positions, [&](int at) { return at >= m_items[i].text.size(); });
            m_shown.push_back({i, wide->score - 10, std::move(wide->positions)});
        }
    }
    std::stable_sort(m_shown.begin(), m_shown.end(), [this](const Shown& a, const Shown& b) {
        if (m_pattern.isEmpty())
            return m_recency[a.item] > m_recency[b.item];
        return a.score > b.score;
    });
    if (m_shown.size() > mostShown)
        m_shown.resize(mostShown);
    endResetModel();
}

const PaletteItem* PaletteModel::itemAt(const QModelIndex& index) const
{
    return index.isValid() ? &m_items[m_shown[static_cast<std::size_t>(index.row())].item] : nullptr;
}

int PaletteModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

QVariant PaletteModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Shown& shown = m_shown[static_cast<std::size_t>(index.row())];
    const PaletteItem& item = m_items[shown.item];
    switch (role) {
    case Qt::DisplayRole: return item.text;
    case GroupRole: return item.group;
    case KeysRole: return item.keys;
    case ReasonRole: return item.reason;
    case Qt::ToolTipRole: return item.reason;
    case PositionsRole: return QVariant::fromValue(QList<int>(shown.positions.begin(), shown.positions.end()));
    case Qt::AccessibleTextRole: {
        QString text = tr("%1, %2").arg(item.text, item.group);
        if (!item.keys.isEmpty())
            text += QStringLiteral(", ") + item.keys;
        return item.reason.isEmpty() ? text : tr("%1, disabled: %2").arg(text, item.reason);
    }
    default: return {};
    }
}

} // namespace mnemo
