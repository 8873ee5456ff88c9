#pragma once

#include <QWidget>
#include <set>

#include "ui/backfill/symboltext.h"
#include "ui/widgets/checklist.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QTabWidget;

namespace mnemo {

/// Symbols in one of three ways: ticked in a list, by a regular expression, or pasted. What is chosen in the way that is
/// open counts; what is wrong with it stands below it.
class SymbolPicker : public QWidget {
    Q_OBJECT
public:
    enum class Way { Pick, Pattern, Paste };
    explicit SymbolPicker(QWidget* parent = nullptr);

    void setBook(SymbolBook book);
    const SymbolBook& book() const { return m_book; }
    void setStatus(const QString& text, bool isProblem); ///< of the lists: being fetched, not to be had
    void setFetching(bool isFetching);
    void choose(const std::vector<std::string>& symbols); ///< ticks these
    std::vector<std::string> symbols() const;
    QString problem() const; ///< of the way that is open; empty where there is none
    void setWay(Way way);

    CheckList* list() const { return m_list; }
    QLineEdit* pattern() const { return m_pattern; }
    QPlainTextEdit* paste() const { return m_paste; }
    QPushButton* fetchButton() const { return m_fetch; }

signals:
    void changed();
    void fetchRequested();

private:
    QWidget* createPick();
    QWidget* createPattern();
    QWidget* createPaste();
    void showItems();
    void patternChanged();
    void wayChanged();
    void pasteChanged();
    bool isShown(const QString& symbol) const;

    SymbolBook m_book;
    QTabWidget* m_tabs = nullptr;
    QComboBox* m_market = nullptr;
    CheckList* m_list = nullptr;
    QPushButton* m_fetch = nullptr;
    QLabel* m_status = nullptr;
    QLineEdit* m_pattern = nullptr;
    QLabel* m_patternResult = nullptr;
    QPlainTextEdit* m_paste = nullptr;
    QLabel* m_pasteResult = nullptr;
    std::vector<std::string> m_matching;
    QString m_patternProblem;
    PastedSymbols m_pasted;
};

} // namespace mnemo
