#pragma once

#include <QAbstractButton>

namespace mnemo {

/// A number of Home with its glyph and its name, to be pressed: the number is told by glyph and words too.
class HealthChip : public QAbstractButton {
    Q_OBJECT
public:
    enum class Mood { Unknown, Good, Working, Warning, Bad };

    explicit HealthChip(const QString& name, QWidget* parent = nullptr);
    /// @param value "12 / 14"; @param tip a sentence that says what it counts and what pressing does
    void setNumber(Mood mood, const QString& value, const QString& tip);
    Mood mood() const { return m_mood; }
    QString value() const { return m_value; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    bool hitButton(const QPoint& at) const override { return rect().contains(at); }

private:
    QFont valueFont() const;

    Mood m_mood = Mood::Unknown;
    QString m_value;
};

} // namespace mnemo
