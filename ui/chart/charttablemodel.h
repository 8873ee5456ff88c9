#pragma once

#include <QAbstractTableModel>
#include <optional>
#include <vector>

#include "ui/chart/candlescene.h"
#include "ui/chart/chartzone.h"

namespace mnemo {

/// The bars and holes that a chart shows, in time order: what the picture tells, as text. A hole is one row with its
/// class. Holds values; says the least that changed.
class ChartTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Time, Open, High, Low, Close, Change, Volume, State, Findings, Other, Difference, ColumnCount };

    explicit ChartTableModel(QObject* parent = nullptr);
    /// @p within: bars and holes that lie beyond are left out, holes are cut to it.
    /// @p compared of the series over it, with the differences to it; its columns are empty where there is none.
    void apply(const ChartContent& content, TimeRange within, int decimals, const ChartZone& zone,
        const ChartContent& compared = {}, const QString& comparedTitle = {});
    /// The rows as lines of text with tabs between, for the clipboard; the header comes first.
    QString textOf(const std::vector<int>& rows) const;
    UtcMs timeAt(int row) const { return m_rows[static_cast<std::size_t>(row)].bar.time; }
    int rowAt(UtcMs time) const; ///< the last that begins at @p time or earlier; -1 where there is none

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row {
        enum class Kind { Bar, Gap, Loading };
        Kind kind = Kind::Bar;
        ChartBar bar; ///< of a hole only the time
        UtcMs to {}; ///< of holes
        std::int64_t bars = 1;
        GapClass gapClass = GapClass::Unknown;
        double change = 0; ///< percent against the bar before
        bool isQuarantined = false;
        std::optional<QualityNote> note {}; ///< the most urgent about it
        std::optional<double> other {}; ///< close of the compared series
        std::optional<DifferenceBar> difference {};
        bool operator==(const Row&) const = default;
    };
    static std::vector<Row> rowsOf(const ChartContent& content, TimeRange within);
    static void addCompared(std::vector<Row>& rows, const ChartContent& compared);
    QString text(const Row& row, Column column) const;
    QString state(const Row& row) const;
    static void addNotes(std::vector<Row>& rows, const std::vector<QualityNote>& notes);

    std::vector<Row> m_rows;
    int m_decimals = 2;
    ChartZone m_zone;
    QString m_comparedTitle;
};

} // namespace mnemo
