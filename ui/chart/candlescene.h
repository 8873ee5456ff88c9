#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "ui/chart/chartlevel.h"
#include "ui/chart/timescale.h"

namespace mnemo {

/// What the cache knows about a range at this moment, in time order.
struct ChartContent {
    struct Piece {
        milliseconds length {0}; ///< of its bars
        std::span<const ChartBar> bars;
        std::shared_ptr<const void> owner; ///< of the bars
        Piece(milliseconds each, std::span<const ChartBar> shown, std::shared_ptr<const void> held);
        Piece(milliseconds each, std::vector<ChartBar> own);
    };
    std::vector<Piece> pieces;
    std::vector<Gap> gaps; ///< neighbours of equal class are merged
    std::vector<TimeRange> loading; ///< nothing can be shown here yet
    std::vector<Piece> quarantined {}; ///< bars that are left out of all the others
    std::vector<QualityNote> notes {};
    std::vector<DifferenceBar> differences {};
};

/// One candle on the screen; several bars where they are narrower than a pixel.
struct CandleMark {
    int x = 0; ///< centre column, in device pixels from the plot's left edge
    int width = 1; ///< of the body, in device pixels; odd, so that the wick stands in the middle
    int bars = 1;
    ChartBar bar;
};

struct GapBand {
    qreal from = 0, to = 0; ///< pixels from the plot's left edge, within the plot
    Gap gap;
};

/// A stretch of the quality lane; holes of less than two device pixels are widened to them, and where several fall
/// together the one that asks for more attention stands for all.
struct QualityMark {
    int x = 0, width = 0; ///< device pixels from the plot's left edge
    GapClass gapClass = GapClass::Unknown;
    UtcMs time {}; ///< within the first gap that it stands for
};

/// A shape in the lane of findings. As many as have room beside each other: what falls onto the same place is told by
/// the most urgent, with the number of all.
struct NoteMark {
    int x = 0; ///< centre column, in device pixels from the plot's left edge
    int from = 0, to = 0; ///< columns of the bars that it is about, within the plot
    NoteKind kind = NoteKind::Info;
    int findings = 0;
    std::string_view rule {}; ///< of the most urgent
    TimeRange range; ///< of the most urgent
};

/// Everything that one picture of the plot needs, reduced to at most one mark per pixel column. A value made once per
/// view; drawing it costs no more than the width of the screen, whatever the store holds.
struct CandleScene {
    static constexpr qreal noteRoom = 11; ///< pixels from shape to shape

    std::vector<CandleMark> marks; ///< ascending, one per column
    std::vector<GapBand> gaps; ///< those of a device pixel and more
    std::vector<CandleMark> quarantined; ///< ascending; the scale, the volume and the numbers below are without them
    std::vector<QualityMark> quality; ///< ascending, disjoint
    std::vector<NoteMark> notes; ///< ascending, noteRoom apart
    std::vector<QualityNote> said; ///< what they were made of
    std::vector<std::pair<qreal, qreal>> loading; ///< pixels
    double low = 0, high = 0; ///< of the marks; both 0 where there are none
    double maxVolume = 0;
    int decimals = 2; ///< that the prices have, from a sample
    qreal ratio = 1; ///< device pixels per pixel
    bool isReduced = false; ///< a mark holds several bars

    /// The mark whose centre is nearest to @p x (pixels), be it quarantined; null where there is none within @p reach.
    const CandleMark* markAt(qreal x, qreal reach) const;
    /// @p steps marks further, backwards below 0; null where there are not so many.
    const CandleMark* markBeside(const CandleMark& mark, int steps) const;
    const CandleMark* previous(const CandleMark& mark) const; ///< that is not quarantined; null where there is none
    bool isQuarantined(const CandleMark& mark) const;
    const NoteMark* noteAt(qreal x) const; ///< null where there is none within a shape's width
    const QualityNote* noteOver(TimeRange bars) const; ///< the most urgent; null where nothing is said about them
    const GapBand* gapAt(qreal x) const; ///< null where there is none
    const QualityMark* qualityAt(qreal x) const;
};

/// @param within gaps are cut to it: what lies beyond the first and last known bar is not a hole
CandleScene prepareScene(ChartContent content, const TimeScale& scale, TimeRange within, qreal ratio);

} // namespace mnemo
