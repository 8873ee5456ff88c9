#pragma once

#include <QDialog>
#include <QTimer>
#include <memory>
#include <stop_token>

#include "ui/sources/symbolsfilter.h"
#include "ui/sources/symbolsmodel.h"

class QAction;
class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace mnemo {

class MessagePage;
class SymbolDelegate;

/// Shows what a provider calls the markets of the exchanges, and lets its user correct that. What is saved goes to the user's file of the
/// provider. What was stored last is shown at once, while the provider is asked for its list.
class SymbolsDialog : public QDialog {
    Q_OBJECT
public:
    /// @param provider id. @param name for people. @param port outlives the dialog
    SymbolsDialog(std::unique_ptr<SymbolsPort> port, std::string provider, QString name, QWidget* parent = nullptr);
    ~SymbolsDialog() override;

    void settingsChanged(); ///< corrections in force may be others
    SymbolsModel* model() { return &m_model; }
    QTableView* table() const { return m_table; }
    QLineEdit* filterEdit() const { return m_filter; }
    MessagePage* message() const { return m_message; }
    QLabel* noteLabel() const { return m_note; }
    QString note() const;
    QString status() const;

protected:
    void reject() override; ///< asks about what is not saved

private:
    QWidget* createTop();
    QWidget* createBody();
    QWidget* createBottom();
    void setUpTable();
    QAction* addTableAction(const QString& text, const QKeySequence& keys, const QString& tip);
    void load();
    void fetch();
    void stopFetching();
    void fetched(const Result<SymbolsPort::Mapping>& mapping);
    void showMapping(const SymbolsPort::Mapping& mapping);
    void save(bool closes);
    void editCurrent();
    void resetSelected();
    void updateAll();
    void updatePage();
    void updateActions();
    void say(const QString& note, bool isProblem = false);
    std::vector<int> selectedRows() const;
    bool isFetching() const { return m_fetching != nullptr; }

    std::unique_ptr<SymbolsPort> m_port;
    const std::string m_provider;
    const QString m_name;
    SymbolsModel m_model;
    SymbolsFilter m_shown;
    std::unique_ptr<std::stop_source> m_fetching;
    bool m_isRead = false;  ///< what is stored has come
    bool m_hasList = false;
    QString m_failure; ///< of the last fetch
    QString m_told;    ///< of the last save, until something is done
    QTimer m_filterTimer, m_pageTimer;
    QLineEdit* m_filter;
    QCheckBox* m_onlyCorrected;
    QCheckBox* m_onlyNotMapped;
    QPushButton* m_fetch;
    QLabel* m_note;
    QStackedWidget* m_pages;
    MessagePage* m_message;
    QTableView* m_table;
    SymbolDelegate* m_delegate;
    QLabel* m_status;
    QAction* m_reset = nullptr;
    QAction* m_undo = nullptr;
    QAction* m_redo = nullptr;
    QPushButton* m_save;
    QPushButton* m_close;
};

} // namespace mnemo
