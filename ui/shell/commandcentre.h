#pragma once

#include <QObject>
#include <functional>
#include <vector>

#include "ui/shell/palettemodel.h"

class QMainWindow;
class QSettings;

namespace mnemo {

/// Opens the command palette and the sheet of shortcuts over every action of the window.
class CommandCentre : public QObject {
    Q_OBJECT
public:
    using More = std::function<std::vector<PaletteItem>()>;
    /// @p more what the palette offers besides actions, asked each time.
    CommandCentre(QMainWindow& window, QSettings& settings, More more);

    void openPalette();
    void openSheet();

private:
    QMainWindow& m_window;
    QSettings& m_settings;
    More m_more;
};

} // namespace mnemo
