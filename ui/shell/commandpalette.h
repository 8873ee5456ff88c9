#pragma once

#include <QDialog>

#include "ui/shell/palettemodel.h"

class QLabel;
class QLineEdit;
class QListView;
class QSettings;

namespace mnemo {

/// Everything that the program can do, found by typing a few letters. Closes before it runs what was chosen, so that the
/// action meets the focus as it was.
class CommandPalette : public QDialog {
    Q_OBJECT
public:
    /// @p settings keeps what was used last.
    CommandPalette(std::vector<PaletteItem> items, QSettings& settings, QWidget* window);

    PaletteModel* model() const { return m_model; }
    QLineEdit* edit() const { return m_edit; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void patternChanged(const QString& pattern);
    void runCurrent();
    void step(int by);
    void place();

    QSettings& m_settings;
    PaletteModel* m_model;
    QLineEdit* m_edit;
    QListView* m_view;
    QLabel* m_nothing;
};

} // namespace mnemo
