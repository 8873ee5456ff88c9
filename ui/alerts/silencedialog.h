#pragma once

#include <QDialog>
#include <optional>

#include "core/storage/alerts.h"
#include "ui/widgets/displayzone.h"

class QComboBox;
class QDateTimeEdit;
class QDialogButtonBox;
class QLineEdit;

namespace mnemo {

/// Asks what is to be silenced, until when, and why.
class SilenceDialog : public QDialog {
    Q_OBJECT
public:
    /// @p alert what it was opened on; nothing: all alerts. @p zone in which the time is typed; outlives it
    SilenceDialog(const std::optional<Alert>& alert, UtcMs now, const DisplayZone& zone, QWidget* parent = nullptr);
    Silence silence() const;
    QComboBox* what() const { return m_what; }
    QDateTimeEdit* until() const { return m_until; }
    QLineEdit* why() const { return m_why; }

private:
    void check();
    UtcMs untilTime() const;

    const std::optional<Alert> m_alert;
    const UtcMs m_now;
    const DisplayZone& m_zone;
    QComboBox* m_what;
    QDateTimeEdit* m_until;
    QLineEdit* m_why;
    QDialogButtonBox* m_buttons;
};

/// Of @p alert alone, also when it comes back; of everything where there is none.
Silence silenceOf(const std::optional<Alert>& alert, UtcMs until);

} // namespace mnemo
