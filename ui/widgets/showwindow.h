#pragma once

class QWidget;

namespace mnemo {

/// Shows a window in front of the others. The memory of its picture is asked of the system here already: new pages cost
/// as much as all drawing, and both in the event that draws first would be more than the time of a frame.
void showWindow(QWidget& window);

} // namespace mnemo
