#pragma once

#include <QFrame>
#include <functional>
#include <vector>

class QLabel;
class QLineEdit;
class QListWidget;

namespace mnemo {

/// What a prompt offers for a text: the first offer is chosen by Enter, unless the arrows chose another one.
struct PromptReply {
    struct Offer {
        QString text;
        std::function<void()> choose;
    };
    std::vector<Offer> offers;
    QString hint; ///< one sentence beneath: what to type, or why there is nothing
};

/// A line over a chart that turns typing into a choice: a symbol, a timeframe, a date, a zone. Escape or a click
/// elsewhere takes it away and changes nothing.
class ChartPrompt : public QFrame {
    Q_OBJECT
public:
    using Answer = std::function<PromptReply(const QString& text)>;

    /// Hidden; sits at the top of @p parent and gives the focus back to it.
    explicit ChartPrompt(QWidget* parent);
    void open(const QString& title, const QString& text, Answer answer);
    QString text() const;
    QString hint() const;
    QStringList offers() const;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void ask();
    void choose();
    void leave();
    void place();

    QLabel* m_title = nullptr;
    QLineEdit* m_edit = nullptr;
    QListWidget* m_list = nullptr;
    QLabel* m_hint = nullptr;
    Answer m_answer;
    PromptReply m_reply;
};

} // namespace mnemo
