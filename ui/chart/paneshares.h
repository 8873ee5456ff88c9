#pragma once

#include <QtGlobal>
#include <array>
#include <cstddef>
#include <optional>

namespace mnemo {

/// The panes of a chart, from the top.
enum class PaneKind { Price, Volume, Difference };
constexpr std::array allPanes {PaneKind::Price, PaneKind::Volume, PaneKind::Difference};

/// How the panes of a chart share its height: the price has what the others leave. A value.
struct PaneShares {
    static constexpr qreal usual = 0.2; ///< of a pane that is opened
    static constexpr qreal most = 0.7; ///< of all that are not the price, together
    using Heights = std::array<qreal, allPanes.size()>;

    Heights shares {0, usual, usual}; ///< of the height; 0: collapsed
    std::array<bool, allPanes.size()> isOffered {true, true, false}; ///< there is something to show in it
    std::optional<PaneKind> maximised; ///< has all of the height

    qreal share(PaneKind pane) const { return shares[static_cast<std::size_t>(pane)]; }
    void setShare(PaneKind pane, qreal share); ///< bounded; a few pixels' worth collapses it
    void offer(PaneKind pane, bool isOn) { isOffered[static_cast<std::size_t>(pane)] = isOn; }
    bool isShown(PaneKind pane) const;
    Heights heights(qreal height) const; ///< whole pixels, of all together @p height
    bool operator==(const PaneShares&) const = default;
};

} // namespace mnemo
