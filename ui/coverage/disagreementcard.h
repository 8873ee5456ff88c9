#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace mnemo {

/// Beside the matrix while two venues are compared: what is known of the chosen cell, and the way to its bars.
class DisagreementCard : public QWidget {
    Q_OBJECT
public:
    explicit DisagreementCard(QWidget* parent = nullptr);
    void show(const QString& text); ///< in sentences, a line each, the first is the title; empty: nothing is chosen
    QString text() const;
    QPushButton* openButton() const { return m_open; }

private:
    QLabel* m_title;
    QLabel* m_text;
    QPushButton* m_open;
};

} // namespace mnemo
