#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace mnemo {

/// What stands in place of the cells while there are none: a title, a sentence, and what to do about it.
class CoverageNotice : public QWidget {
    Q_OBJECT
public:
    explicit CoverageNotice(QWidget* parent = nullptr);
    /// @param button its text; empty: there is nothing to press
    void show(const QString& title, const QString& sentence, const QString& button = {});
    QString text() const;
    QPushButton* button() const { return m_button; }

private:
    QLabel* m_title;
    QLabel* m_sentence;
    QPushButton* m_button;
};

} // namespace mnemo
