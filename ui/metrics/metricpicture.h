#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "core/market/metric.h"

namespace mnemo {

enum class MetricFormat {
    Base, ///< an amount of the base currency
    Usd,
    Percent, ///< of a fraction
    Plain
};

enum class MetricMode {
    Lines, ///< each source by itself
    Change, ///< from row to row
    Sum, ///< of all sources, where each is known
    Share, ///< of that sum, in percent
    Bars ///< of what happened in each step, one source upon the other
};

/// A number that a pane can show: a column of the kind, and for bars another one that stands below zero.
struct MetricNumber {
    QString name; ///< in the box; empty: the base currency
    std::size_t column = 0;
    std::optional<std::size_t> below {};
    MetricFormat format = MetricFormat::Base;
    QString none {}; ///< where no source tells it; "%1": the base currency
    std::optional<double> of(const Metric& row) const { return row.numbers[column]; }
};

/// How a kind is shown below a chart: its words, its numbers, and what can be drawn of them.
struct MetricPicture {
    QString title; ///< "Open interest"
    QString none; ///< where nothing is stored; "%1": the base currency
    QString backfill; ///< the button then
    std::vector<MetricNumber> numbers; ///< at least one
    std::vector<MetricMode> modes; ///< at least one
    struct Column {
        QString title;
        MetricFormat format = MetricFormat::Plain;
    };
    std::vector<Column> columns; ///< those that sources tell, as in factsOf(kind)
};
MetricPicture pictureOf(Kind kind); ///< of kinds with columns
std::vector<Kind> picturedKinds();

/// "1.20 k BTC", "0.0100 %".
QString metricText(double number, MetricFormat format, const QString& base);

} // namespace mnemo
