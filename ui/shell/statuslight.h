#pragma once

#include <QToolButton>

namespace mnemo {

/// A light of the status bar: glyph and word in a colour, the rest in the tool tip. Reached by Tab; a click leads to
/// the screen that says more.
class StatusLight : public QToolButton {
    Q_OBJECT
public:
    enum class Mood { Good, Quiet, Busy, Warning, Bad };
    explicit StatusLight(const QString& name, QWidget* parent = nullptr);

    /// @p detail whole sentences, one a line.
    void show(Mood mood, const QString& text, const QString& detail);
    Mood mood() const { return m_mood; }

protected:
    void paintEvent(QPaintEvent* event) override;
    QSize sizeHint() const override;

private:
    QString glyph() const;

    QString m_name;
    Mood m_mood = Mood::Quiet;
};

} // namespace mnemo
