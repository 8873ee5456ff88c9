#pragma once

#include <QString>
#include <QtGlobal>
#include <vector>

namespace mnemo {

/// Percent and Indexed are linear in price; their labels count from a reference: +2.5 %, or 102.5 where it is 100.
enum class PriceMode { Linear, Logarithmic, Percent, Indexed };

/// Maps a price to pixels and back; y grows downwards. An empty span maps to the middle. Logarithmic needs low > 0 and
/// falls back to linear otherwise, Percent and Indexed a reference above 0. A value.
struct PriceScale {
    double low = 0, high = 0; ///< prices at the bottom and the top edge; the other way round where inverted
    qreal height = 0; ///< of the plot
    PriceMode mode = PriceMode::Linear;
    bool isInverted = false;
    double reference = 0; ///< price that Percent shows as 0 and Indexed as 100

    qreal toY(double price) const;
    double toPrice(qreal y) const;
    bool isLogarithmic() const { return mode == PriceMode::Logarithmic && low > 0; }
    bool isRelative() const { return (mode == PriceMode::Percent || mode == PriceMode::Indexed) && reference > 0; }
    double toShown(double price) const; ///< the number that stands on the axis
    double fromShown(double shown) const;
    QString text(double price, int decimals) const; ///< a label: "101.5", "+2.5 %"

    void panBy(qreal pixels); ///< the picture moves down for positive @p pixels
    void zoomBy(double factor, qreal y); ///< the price at @p y stays there; @p factor above 1 shows less
    bool operator==(const PriceScale&) const = default;
};

/// @p low and @p high with a margin of @p share of the span above and below; a span of nothing gets one.
PriceScale fittedScale(double low, double high, qreal height, PriceMode mode, double share = 0.06);

/// Draws many marks: toY() without its branches. Made from a scale for one pass.
class PriceMap {
public:
    explicit PriceMap(const PriceScale& scale, qreal ratio = 1); ///< pixels times @p ratio
    int toY(double price) const;

private:
    double m_top = 0, m_factor = 0, m_middle = 0, m_least = 0;
    bool m_isLogarithmic = false;
};

struct PriceTick {
    double price = 0;
    qreal y = 0;
    double shown = 0; ///< round; the price itself unless the scale is relative
};
struct PriceTicks {
    std::vector<PriceTick> ticks; ///< ascending prices, within the plot
    int decimals = 2; ///< of what is shown, that tell neighbours apart
};
/// Round prices (1, 2, 2.5, 5 times a power of ten) at least @p spacing pixels apart.
PriceTicks priceTicks(const PriceScale& scale, qreal spacing);

} // namespace mnemo
