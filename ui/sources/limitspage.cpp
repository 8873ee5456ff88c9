#include "ui/sources/limitspage.h"

#include <QHeaderView>
#include <QLabel>
#include <QTreeView>
#include <QVBoxLayout>

#include "ui/sources/sharedelegate.h"
#include "ui/widgets/headline.h"

namespace mnemo {

LimitsPage::LimitsPage(QWidget* parent)
    : QWidget(parent)
    , m_view(new QTreeView)
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
             std::pair {LimitsModel::Used, 22}, std::pair {LimitsModel::Limit, 19}, std::pair {LimitsModel::InFlight, 12},
             std::pair {LimitsModel::Queued, 10}, std::pair {LimitsModel::Clock, 20}})
        m_view->header()->resizeSection(column, width * em);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(headline(tr("Sources & limits")));
    layout->addWidget(about);
    layout->addWidget(m_view);
    connect(&m_model, &QAbstractItemModel::modelReset, this, &LimitsPage::expandInUse);
}

void LimitsPage::expandInUse()
{
    for (int row = 0; row < m_model.rowCount(); ++row) {
        if (!m_model.index(row, LimitsModel::InFlight).data().toString().isEmpty())
            m_view->expand(m_model.index(row, 0));
    }
}

} // namespace mnemo
