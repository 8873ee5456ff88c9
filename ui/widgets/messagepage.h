#pragma once

#include <QWidget>
#include <functional>

class QLabel;
class QPushButton;

namespace mnemo {

/// Stands in the place of a list that has nothing to show: why, in a glyph, a title and a text, and a button for what helps.
class MessagePage final : public QWidget {
public:
    /// @p lines room for so many lines of text, so that the page keeps its place when the text changes
    explicit MessagePage(int lines, QWidget* parent = nullptr);

    void say(const QString& title, const QString& text);
    void setGlyph(const QString& glyph, const QColor& colour = {}); ///< no colour: that of text
    void offer(const QString& button, std::function<void()> press); ///< empty: no button
    QString title() const;
    QString text() const;
    QPushButton* button() const { return m_button; }

private:
    QLabel *m_glyph, *m_title, *m_text;
    QPushButton* m_button;
    std::function<void()> m_press;
};

} // namespace mnemo
