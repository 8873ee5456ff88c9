#pragma once

#include <QWidget>
#include <optional>

#include "core/engine/alerts.h"
#include "ui/widgets/displayzone.h"

class QAction;
class QFormLayout;
class QLabel;
class QPushButton;
class QToolButton;

namespace mnemo {

/// What is known about one alert, what to do about it, and the buttons that do it.
class AlertDetails : public QWidget {
    Q_OBJECT
public:
    /// @p acknowledge and @p silences are the page's; @p zone outlives it.
    AlertDetails(const DisplayZone& zone, QAction* acknowledge, const QList<QAction*>& silences, QWidget* parent = nullptr);

    void apply(const AlertSnapshot& alerts, const std::optional<Alert>& alert); ///< nothing: asks to select one
    QString title() const;
    QString facts() const; ///< as shown, a line each
    QPushButton* openButton() const { return m_open; }
    QToolButton* silenceButton() const { return m_silence; }

signals:
    void openRequested();

private:
    QString toldText(const Alert& alert) const;
    void addFact(const QString& name, const QString& value);

    const DisplayZone& m_zone;
    QLabel *m_title, *m_help;
    QFormLayout* m_facts;
    QPushButton* m_open;
    QToolButton *m_acknowledge, *m_silence;
    QWidget* m_buttons;
};

} // namespace mnemo
