#pragma once

class QTableView;

namespace mnemo {

/// Whole rows are chosen; no grid, no row numbers, one line a row, and Tab leaves the table.
void makePlain(QTableView& table);

} // namespace mnemo
