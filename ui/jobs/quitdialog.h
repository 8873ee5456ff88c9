#pragma once

#include <QDialog>

class QCheckBox;
class QPushButton;

namespace mnemo {

enum class QuitChoice { Ask, Keep, Cancel };

/// Asked when the window is to close while jobs work or wait.
class QuitDialog : public QDialog {
    Q_OBJECT
public:
    explicit QuitDialog(int jobs, QWidget* parent = nullptr);
    QuitChoice choice() const { return m_choice; } ///< Ask: do not quit
    bool isRemembered() const;
    QPushButton* keepButton() const { return m_keep; }
    QPushButton* cancelJobsButton() const { return m_cancel; }
    QPushButton* stayButton() const { return m_stay; }
    QCheckBox* remember() const { return m_remember; }

private:
    QuitChoice m_choice = QuitChoice::Ask;
    QPushButton* m_keep = nullptr;
    QPushButton* m_cancel = nullptr;
    QPushButton* m_stay = nullptr;
    QCheckBox* m_remember = nullptr;
};

} // namespace mnemo
