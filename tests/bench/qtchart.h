#pragma once

#include <QCandlestickSeries>
#include <QCandlestickSet>
#include <QChart>
#include <QDateTime>
#include <QDateTimeAxis>
#include <QValueAxis>

#include "tests/bench/chartstore.h"

namespace mnemo::bench {

/// What Qt Charts makes of the same bars: the other side of the comparisons.
inline QChart* candlestickChart(int count)
{
    auto* series = new QCandlestickSeries;
    series->setIncreasingColor(QColor(0x00, 0x72, 0xb2));
    series->setDecreasingColor(QColor(0xd5, 0x5e, 0x00));
    QList<QCandlestickSet*> sets;
    for (int i = 0; i < count; ++i) {
        const ChartBar bar = barAt(i);
        sets << new QCandlestickSet(bar.open, bar.high, bar.low, bar.close, double(toMs(bar.time)));
    }
    series->append(sets);
    auto* chart = new QChart;
    chart->addSeries(series);
    chart->legend()->hide();
    auto* times = new QDateTimeAxis;
    auto* prices = new QValueAxis;
    chart->addAxis(times, Qt::AlignBottom);
    chart->addAxis(prices, Qt::AlignRight);
    series->attachAxis(times);
    series->attachAxis(prices);
    times->setRange(QDateTime::fromMSecsSinceEpoch(toMs(t0), Qt::UTC),
        QDateTime::fromMSecsSinceEpoch(toMs(t0 + count * minute), Qt::UTC));
    prices->setRange(25'000, 35'000);
    return chart;
}

} // namespace mnemo::bench
