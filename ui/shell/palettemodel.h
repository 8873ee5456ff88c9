#pragma once

#include <QAbstractListModel>
#include <functional>
#include <vector>

namespace mnemo {

/// One thing that the palette can do.
struct PaletteItem {
    QString id;     ///< stays the same from start to start
    QString text;
    QString group;  ///< "View", "Series"
    QString keys;
    QString reason; ///< not empty: it is disabled, and this says why
    std::function<void()> run;
};

/// Items that fit what was typed, best first; without text those used last, then all in their order.
class PaletteModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { GroupRole = Qt::UserRole, KeysRole, ReasonRole, PositionsRole };
    static constexpr int mostShown = 200;

    explicit PaletteModel(QObject* parent = nullptr);
    /// @p recent ids, the newest first.
    void setItems(std::vector<PaletteItem> items, const QStringList& recent);
    void setPattern(const QString& pattern);
    const PaletteItem* itemAt(const QModelIndex& index) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    struct Shown {
        std::size_t item;
        int score;
        std::vector<int> positions;
    };
    void update();

    std::vector<PaletteItem> m_items;
    std::vector<int> m_recency; ///< by item; 0: not used lately, higher: later
    QString m_pattern;
    std::vector<Shown> m_shown;
};

} // namespace mnemo
