#pragma once

#include <QFrame>

class QLabel;
class QPushButton;

namespace mnemo {

/// "12 jobs were not done": offered, not forced.
class LeftOverBanner : public QFrame {
    Q_OBJECT
public:
    explicit LeftOverBanner(QWidget* parent = nullptr);
    void setCount(int jobs); ///< 0 hides it
    QPushButton* resumeButton() const { return m_resume; }
    QPushButton* discardButton() const { return m_discard; }

signals:
    void resumeRequested();
    void discardRequested();

private:
    QLabel* m_text = nullptr;
    QPushButton* m_resume = nullptr;
    QPushButton* m_discard = nullptr;
};

} // namespace mnemo
