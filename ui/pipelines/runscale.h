#pragma once

#include <QRect>

namespace mnemo {

/// Where the cells of the grid are, in pixels of the viewport, and back. The names at the left and the runs at the top stay.
struct RunScale {
    int names = 160, runs = 48; ///< px, the sticky parts
    int side = 20; ///< px of a cell
    int left = 0, top = 0; ///< px that are scrolled away

    QRect cell(int row, int column) const { return {names + column * side - left, runs + row * side - top, side, side}; }
    QRect name(int row) const { return {0, runs + row * side - top, names, side}; }
    QRect run(int column) const { return {names + column * side - left, 0, side, runs}; }
    int columnAt(int x) const { return x < names ? -1 : (x - names + left) / side; } ///< -1: the names
    int rowAt(int y) const { return y < runs ? -1 : (y - runs + top) / side; } ///< -1: the runs
};

} // namespace mnemo
