#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "core/base/timetext.h"
#include "ui/chart/charttablemodel.h"

using namespace mnemo;

namespace {

const UtcMs t0 = *parseTime("2024-03-10");
constexpr milliseconds minute {60'000};
const TimeRange within {t0, t0 + 100 * minute};

ChartContent content(int bars, std::optional<double> lastClose = std::nullopt)
{
    ChartContent made;
    std::vector<ChartBar> rows;
    for (int i = 0; i < bars; ++i) {
        if (i == 3 || i == 4)
            continue;
        const double price = 100 + i;
        rows.push_back({t0 + i * minute, price, price + 2, price - 2, price + 1, 5});
    }
    rows.back().close = lastClose.value_or(rows.back().close);
    made.pieces.emplace_back(minute, std::move(rows));
    made.gaps.push_back({{t0 + 3 * minute, t0 + 5 * minute}, 2, GapClass::Failed, {}});
    return made;
}

} // namespace

class tst_ChartTableModel : public QObject {
    Q_OBJECT
private slots:
    void init() { QLocale::setDefault(QLocale::c()); }
    void barsAndHolesStandInTimeOrder();
    void saysTheLeastThatChanged();
    void staysWithinTheRange();
    void copiesLines();
    void timesFollowTheZone();
};

void tst_ChartTableModel::barsAndHolesStandInTimeOrder()
{
    ChartTableModel model;
    QAbstractItemModelTester guard(&model);
    model.apply(content(8), within, 1, {});
    QCOMPARE(model.rowCount(), 7); // six bars and one hole
    const auto text = [&](int row, int column) { return model.index(row, column).data().toString(); };
    QCOMPARE(text(0, ChartTableModel::Time), QStringLiteral("2024-03-10 00:00"));
    QCOMPARE(text(1, ChartTableModel::Close), QStringLiteral("102.0"));
    QCOMPARE(text(1, ChartTableModel::Change), QStringLiteral("+0.99 %"));
    QCOMPARE(text(3, ChartTableModel::State), QStringLiteral("gap: failed, 2 bars, until 2024-03-10 00:05"));
    QVERIFY(text(3, ChartTableModel::Open).isEmpty());
    QCOMPARE(model.rowAt(t0 + 5 * minute), 4);
    QCOMPARE(model.rowAt(t0 - minute), -1);
}

void tst_ChartTableModel::saysTheLeastThatChanged()
{
    ChartTableModel model;
    QAbstractItemModelTester guard(&model);
    model.apply(content(8), within, 1, {});
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    model.apply(content(8), within, 1, {});
    QVERIFY(changed.isEmpty() && inserted.isEmpty() && removed.isEmpty());
    model.apply(content(10), within, 1, {}); // two new bars
    QCOMPARE(inserted.count(), 1);
    QCOMPARE(inserted[0][1].toInt(), 7);
    QCOMPARE(inserted[0][2].toInt(), 8);
    QVERIFY(changed.isEmpty());
    model.apply(content(10, 42), within, 1, {});
    QCOMPARE(changed.count(), 1);
    QCOMPARE(changed[0][0].toModelIndex().row(), 8); // the last bar alone
    model.apply(content(2), within, 1, {});
    QCOMPARE(model.rowCount(), 3);
    model.apply({}, within, 1, {});
    QCOMPARE(model.rowCount(), 0);
    QVERIFY(reset.isEmpty());
}

void tst_ChartTableModel::staysWithinTheRange()
{
    ChartTableModel model;
    model.apply(content(8), {t0 + 4 * minute, t0 + 6 * minute}, 1, {});
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.timeAt(0), t0 + 4 * minute); // the hole is cut
    QCOMPARE(model.timeAt(1), t0 + 5 * minute);
}

void tst_ChartTableModel::copiesLines()
{
    ChartTableModel model;
    model.apply(content(2), {t0, t0 + 2 * minute}, 1, {});
    const QStringList lines = model.textOf({0, 1}).split(u'\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 3);
    QVERIFY(lines[0].startsWith(QStringLiteral("Open time (UTC)\tOpen\t")));
    QCOMPARE(lines[1].split(u'\t').size(), int(ChartTableModel::ColumnCount));
    QVERIFY(lines[1].startsWith(QStringLiteral("2024-03-10 00:00\t100.0\t102.0\t98.0\t101.0\t")));
}

void tst_ChartTableModel::timesFollowTheZone()
{
    ChartTableModel model;
    model.apply(content(2), within, 1, {});
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.apply(content(2), within, 1, *ChartZone::fromId("Asia/Tokyo"));
    QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("2024-03-10 09:00"));
    QCOMPARE(model.headerData(0, Qt::Horizontal, Qt::DisplayRole).toString(), QStringLiteral("Open time (Tokyo)"));
    QVERIFY(!changed.isEmpty());
}

QTEST_GUILESS_MAIN(tst_ChartTableModel)
#include "tst_charttablemodel.moc"
