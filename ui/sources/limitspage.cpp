#include "ui/sources/limitspage.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

#include "ui/sources/sharedelegate.h"
#include "ui/widgets/actionreason.h"
#include "ui/widgets/headline.h"
#include "ui/widgets/textformat.h"

namespace mnemo {

LimitsPage::LimitsPage(QWidget* parent)
    : QWidget(parent)
    , m_view(new QTreeView)
    , m_test(new QAction(tr("&Test the exchange"), this))
    , m_symbols(new QAction(tr("&Symbols\u2026"), this))
    , m_result(new QLabel)
{
    auto* about = new QLabel(tr("Everything that is sent to one exchange goes through one lane with its limits. What is "
                                "used here includes what the exchange itself says."));
    about->setWordWrap(true);
    about->setForegroundRole(QPalette::PlaceholderText);
    m_view->setModel(&m_model);
    m_view->setItemDelegateForColumn(LimitsModel::Used, new ShareDelegate(LimitsModel::ShareRole, m_view));
    m_view->setAlternatingRowColors(true);
    m_view->setUniformRowHeights(true);
    m_view->setAccessibleName(tr("Exchanges and their limits"));
    const int em = m_view->fontMetrics().horizontalAdvance(u'0');
    for (const auto& [column, width] : {std::pair {LimitsModel::Name, 25}, std::pair {LimitsModel::State, 17},
             std::pair {LimitsModel::Feed, 24}, std::pair {LimitsModel::Messages, 12}, std::pair {LimitsModel::Latency, 11},
             std::pair {LimitsModel::Reconnects, 13}, std::pair {LimitsModel::Used, 22}, std::pair {LimitsModel::Limit, 19},
             std::pair {LimitsModel::InFlight, 12}, std::pair {LimitsModel::Queued, 10}, std::pair {LimitsModel::Clock, 20},
             std::pair {LimitsModel::Test, 26}})
        m_view->header()->resizeSection(column, width * em);
    m_view->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_view->addAction(m_test);
    m_test->setToolTip(tr("Asks the exchange of the chosen row for its market list, and tells how long that took (V)"));
    m_test->setShortcut(Qt::Key_V);
    m_test->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    setReason(*m_test, tr("Choose an exchange first"));
    m_view->addAction(m_symbols);
    m_symbols->setToolTip(tr("Shows what this provider calls the markets of the exchanges, and lets you correct that"));
    auto* button = new QToolButton;
    button->setDefaultAction(m_test);
    auto* symbols = new QToolButton;
    symbols->setDefaultAction(m_symbols);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(headline(tr("Sources & limits")));
    layout->addWidget(about);
    layout->addWidget(m_view);
    auto* testing = new QHBoxLayout;
    testing->addWidget(button);
    testing->addWidget(symbols);
    testing->addWidget(m_result, 1);
    layout->addLayout(testing);
    connect(m_test, &QAction::triggered, this, &LimitsPage::test);
    connect(m_symbols, &QAction::triggered, this, [this] {
        if (const std::string provider = m_model.providerOf(m_view->currentIndex()); !provider.empty())
            emit symbolsRequested(provider);
    });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &LimitsPage::currentChanged);
    connect(&m_model, &QAbstractItemModel::modelAboutToBeReset, this, [this] { m_chosen = m_model.exchangeOf(m_view->currentIndex()); });
    connect(&m_model, &QAbstractItemModel::modelReset, this, &LimitsPage::expandInUse);
    connect(&m_model, &QAbstractItemModel::modelReset, this, &LimitsPage::chooseAgain);
    currentChanged();
}

/// A reset loses the current row, and tells nobody.
void LimitsPage::chooseAgain()
{
    for (int row = 0; row < m_model.rowCount() && !m_chosen.empty(); ++row)
        if (const QModelIndex lane = m_model.index(row, 0); m_model.exchangeOf(lane) == m_chosen)
            m_view->setCurrentIndex(lane);
    currentChanged();
}

void LimitsPage::currentChanged()
{
    const QModelIndex current = m_view->currentIndex();
    m_test->setEnabled(current.isValid());
    m_symbols->setEnabled(!m_model.providerOf(current).empty());
    setReason(*m_symbols, current.isValid() ? tr("Only who tells of other exchanges has names of its own for their markets") : tr("Choose a provider first"));
}

void LimitsPage::test()
{
    const std::string exchange = m_model.exchangeOf(m_view->currentIndex());
    if (exchange.empty())
        return;
    m_model.setTesting(exchange);
    showResult(exchange);
    emit testRequested(exchange);
}

void LimitsPage::setTested(const std::string& exchange, const SourceTest& test)
{
    m_model.setTested(exchange, test);
    showResult(exchange);
}

/// The column may be out of sight.
void LimitsPage::showResult(const std::string& exchange)
{
    m_result->setText(tr("%1: %2").arg(toQString(exchange), m_model.testText(exchange)));
}

QString LimitsPage::testResult() const
{
    return m_result->text();
}

void LimitsPage::expandInUse()
{
    for (int row = 0; row < m_model.rowCount(); ++row) {
        if (!m_model.index(row, LimitsModel::InFlight).data().toString().isEmpty())
            m_view->expand(m_model.index(row, 0));
    }
}

} // namespace mnemo
