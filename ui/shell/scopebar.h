#pragma once

#include <QPointer>
#include <QToolBar>
#include <memory>

#include "ui/bridge/storedseries.h"
#include "ui/widgets/displayscope.h"

class QComboBox;
class QLabel;
class QLineEdit;

namespace mnemo {

/// The slim bar of the scope: exchange, market, symbols, timeframe, time, and who follows. It is there while a scope is
/// set or somebody wants to set one; closing it ends the scope, so that nothing is hidden without a sign of it. Its
/// fields are made when it is first shown.
class ScopeBar : public QToolBar {
    Q_OBJECT
public:
    /// @p scope outlives it
    explicit ScopeBar(DisplayScope& scope, QWidget* parent = nullptr);

    void setSeriesList(const std::shared_ptr<const StoredSeriesList>& list);
    void edit(); ///< shows it and goes there
    void setVisible(bool isVisible) override;
    /// For menus and palette; null separates.
    const QList<QAction*>& allActions() const { return m_actions; }

    QComboBox* exchange() const { return m_exchange; } ///< the fields: null before the bar was shown
    QComboBox* market() const { return m_market; }
    QLineEdit* symbols() const { return m_symbols; }
    QComboBox* timeframe() const { return m_frame; }
    QComboBox* time() const { return m_time; }
    QLabel* count() const { return m_count; }

signals:
    void fromChartRequested(); ///< the scope is to be what the chart shows
    void told(const QString& sentence);

private:
    void createActions();
    QAction* add(const QString& text, const QKeySequence& key);
    void createFields();
    QComboBox* addBox(const QString& name, const QString& any, int letters);
    void escape();
    void take(); ///< what the fields say becomes the scope
    void takeTime();
    void showScope();
    void fillExchanges();
    void showCount();

    DisplayScope& m_scope;
    std::shared_ptr<const StoredSeriesList> m_list;
    QList<QAction*> m_actions, m_links;
    QAction* m_clear = nullptr;
    QPointer<QWidget> m_before; ///< had the focus
    QComboBox* m_exchange = nullptr;
    QComboBox* m_market = nullptr;
    QLineEdit* m_symbols = nullptr;
    QComboBox* m_frame = nullptr;
    QComboBox* m_time = nullptr;
    QLabel* m_count = nullptr;
};

} // namespace mnemo
