#pragma once

#include <QtGlobal>
#include <vector>

namespace mnemo {

enum class PriceMode { Linear, Logarithmic };

/// Maps a price to pixels and back; y grows downwards. An empty span maps to the middle. Logarithmic needs low > 0 and
/// falls back to linear otherwise. A value.
struct PriceScale {
    double low = 0, high = 0; ///< prices at the bottom and the top edge
    qreal height = 0;         ///< of the plot
    PriceMode mode = PriceMode::Linear;

    qreal toY(double price) const;
    double toPrice(qreal y) const;
    bool isLogarithmic() const { return mode == PriceMode::Logarithmic && low > 0; }

    void panBy(qreal pixels);            ///< the picture moves down for positive @p pixels
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
};
struct PriceTicks {
    std::vector<PriceTick> ticks; ///< ascending prices, within the plot
    int decimals = 2;             ///< that tell neighbours apart
};
/// Round prices (1, 2, 2.5, 5 times a power of ten) at least @p spacing pixels apart.
PriceTicks priceTicks(const PriceScale& scale, qreal spacing);

} // namespace mnemo
