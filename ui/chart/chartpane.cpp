#include "ui/chart/chartpane.h"

#include <QHBoxLayout>
#include <QSettings>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/chart/chartview.h"
#include "ui/widgets/statetext.h"

using namespace Qt::StringLiterals;

namespace mnemo {

ChartPane::ChartPane(ChartSource& source, QWidget* parent)
    : QFrame(parent)
    , m_source(source)
    , m_list(std::make_shared<const StoredSeriesList>())
{
    m_view = new ChartView([this](const TileCache::Request& request) {
        m_source.readTile(m_view, request,
            [this, key = request.key](Result<ChartTile> tile) { m_view->deliver(key, std::move(tile)); });
    });
    createHeader();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_header);
    layout->addWidget(m_view, 1);
    connect(m_view, &ChartView::activated, this, &ChartPane::activated);
    connect(m_view, &ChartView::backfillRequested, this, [this](TimeRange range) {
        if (m_key && m_source.canBackfill())
            emit backfillRequested(*m_key, range);
    });
    updateHeader();
}

void ChartPane::createHeader()
{
    m_header = new QWidget;
    m_title = new QToolButton;
    m_title->setAutoRaise(true);
    auto* layout = new QHBoxLayout(m_header);
    layout->setContentsMargins(4, 1, 4, 1);
    layout->addWidget(m_title);
    layout->addStretch(1);
}

void ChartPane::updateHeader()
{
    m_title->setText(m_key ? titleOf(*m_key) : tr("No series"));
}

void ChartPane::show(const SeriesKey& key)
{
    if (m_key == key)
        return;
    m_key = key;
    m_isShown = false;
    setSeriesList(m_list);
    if (!m_isShown)
        m_view->clear(tr("%1 is not stored yet.").arg(titleOf(key)));
    updateHeader();
    emit seriesChanged();
}

void ChartPane::setSeriesList(const std::shared_ptr<const StoredSeriesList>& list)
{
    m_list = list;
    const auto known = std::find_if(
        list->begin(), list->end(), [this](const StoredSeries& series) { return series.record.key == m_key; });
    if (known == list->end())
        return;
    if (m_isShown)
        return m_view->setExtent(known->known);
    m_isShown = true;
    m_view->setSeries(known->record, known->known);
}

void ChartPane::rowsChanged(const SeriesKey& series, TimeRange range)
{
    if (series == m_key && m_view->seriesId())
        m_view->invalidate(*m_view->seriesId(), range);
}

void ChartPane::setActive(bool isActive, bool isAlone)
{
    QFont font = m_title->font();
    font.setBold(isActive && !isAlone);
    m_title->setFont(font);
    m_view->setActive(isActive && !isAlone);
}

void ChartPane::save(QSettings& settings) const
{
    settings.setValue(u"scale"_s, static_cast<int>(m_view->priceMode()));
}

void ChartPane::restore(const QSettings& settings)
{
    m_view->setLogarithmic(settings.value(u"scale"_s).toInt() == static_cast<int>(PriceMode::Logarithmic));
}

} // namespace mnemo
