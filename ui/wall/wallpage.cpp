#include "ui/wall/wallpage.h"

#include <QAction>
#include <QLabel>
#include <QListView>
#include <QScrollBar>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <utility>

#include "ui/wall/tiledelegate.h"
#include "ui/widgets/displayscope.h"
#include "ui/widgets/headline.h"
#include "ui/widgets/messagepage.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr auto settleAfter = 300ms; ///< who scrolls past does not ask about each of them
constexpr auto ageEvery = 5s;

QListView* tileView(QAbstractItemModel& model, QAbstractItemDelegate& delegate)
{
    auto* view = new QListView;
    view->setModel(&model);
    view->setItemDelegate(&delegate);
    view->setViewMode(QListView::IconMode); // a list would be laid out anew, and painted, with every change of a tile
    view->setMovement(QListView::Static);
    view->setResizeMode(QListView::Adjust);
    view->setGridSize(TileDelegate::tileSize(view->fontMetrics()));
    view->setUniformItemSizes(true);
    view->setSelectionMode(QAbstractItemView::SingleSelection);
    view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    view->setFrameShape(QFrame::NoFrame);
    view->setContextMenuPolicy(Qt::ActionsContextMenu);
    return view;
}

} // namespace

WallPage::WallPage(WallPort& port, QWidget* parent)
    : QWidget(parent)
    , m_port(port)
    , m_pages(new QStackedWidget)
    , m_delegate(new TileDelegate(this))
    , m_message(new MessagePage(3))
    , m_note(new QLabel)
{
    m_view = tileView(m_model, *m_delegate);
    m_view->setAccessibleName(tr("Live wall"));
    m_view->setAccessibleDescription(tr("A tile for each instrument: last price, change, and how its newest bar comes."));
    m_note->setForegroundRole(QPalette::PlaceholderText);
    m_note->setWordWrap(true);
    m_pages->addWidget(m_view);
    m_pages->addWidget(m_message);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(headline(tr("Live wall")));
    layout->addWidget(m_note);
    layout->addWidget(m_pages, 1);
    setFocusProxy(m_view);
    createActions();
    m_settle.setSingleShot(true);
    m_settle.setInterval(settleAfter);
    connect(&m_settle, &QTimer::timeout, this, &WallPage::settle);
    m_age.setInterval(ageEvery);
    connect(&m_age, &QTimer::timeout, this, [this] { m_model.setNow(m_port.now()); });
    connect(m_view->verticalScrollBar(), &QScrollBar::valueChanged, this, [this] {
        if (isSeen())
            m_settle.start();
    });
    m_view->viewport()->installEventFilter(this);
    applyList();
}

QAction* WallPage::addAction(const QString& text, const QKeySequence& key, void (WallPage::*wish)(const SeriesKey&))
{
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    m_view->addAction(action);
    connect(action, &QAction::triggered, this, [this, wish] {
        if (const QModelIndex current = m_view->currentIndex(); current.isValid())
            emit(this->*wish)(m_model.tile(current.row()).record.key);
    });
    return action;
}

void WallPage::createActions()
{
    addAction(tr("&Open its chart"), Qt::Key_Return, &WallPage::chartRequested);
    addAction(tr("Show its &coverage"), Qt::Key_C, &WallPage::coverageRequested);
    addAction(tr("&Backfill\u2026"), Qt::Key_F, &WallPage::backfillRequested);
    connect(m_view, &QListView::doubleClicked, this,
        [this](const QModelIndex& at) { emit chartRequested(m_model.tile(at.row()).record.key); });
}

void WallPage::setSeriesList(const std::shared_ptr<const StoredSeriesList>& list)
{
    m_list = list;
    applyList();
}

void WallPage::followScope(DisplayScope& scope)
{
    const auto apply = [this, &scope] {
        if (std::exchange(m_scope, scope.of(ScopePanel::Wall)) != m_scope)
            applyList();
    };
    connect(&scope, &DisplayScope::changed, this, apply);
    apply();
}

void WallPage::applyList()
{
    const auto list = m_list ? m_list : std::make_shared<const StoredSeriesList>();
    StoredSeriesList inScope;
    for (const StoredSeries& series : *list) {
        if (m_scope.accepts(series.record.key))
            inScope.push_back(series);
    }
    const auto finest = finestOf(inScope);
    m_model.setSeries(finest);
    m_model.setFeeds(*m_feeds, m_port.now());
    m_note->setText(finest.size() > WallModel::mostTiles
            ? tr("The first %1 of %2 instruments are shown: a narrower scope shows the others.")
                  .arg(WallModel::mostTiles)
                  .arg(finest.size())
            : tr("Of each instrument the finest stored timeframe. While this screen is shown, the tiles in sight are kept up to date."));
    m_pages->setCurrentIndex(finest.empty() ? 1 : 0);
    if (finest.empty() && m_list)
        list->empty() ? m_message->say(tr("Nothing is stored yet"), tr("A tile appears here for each instrument whose candles are stored."))
                      : m_message->say(tr("Nothing is in the scope"), tr("No stored series is within the scope of this window: widen it or clear it."));
    if (isSeen())
        m_settle.start();
}

QString WallPage::message() const
{
    return m_pages->currentIndex() == 1 ? m_message->title() : QString();
}

void WallPage::rowsChanged(const SeriesKey& series)
{
    if (m_read.erase(series) > 0 && !m_settle.isActive())
        m_settle.start();
}

void WallPage::barRunning(const BarRunning& bar)
{
    m_model.setRunning(bar, m_port.now());
}

void WallPage::feedsChanged(const std::shared_ptr<const FeedReport>& report)
{
    m_feeds = report;
    m_model.setFeeds(*report, m_port.now());
}

std::set<SeriesKey> WallPage::inSight() const
{
    std::set<SeriesKey> keys;
    if (!isSeen() || m_pages->currentIndex() != 0)
        return keys;
    const QRect sight = m_view->viewport()->rect();
    for (int row = 0; row < m_model.rowCount(); ++row) {
        if (m_view->visualRect(m_model.index(row)).intersects(sight))
            keys.insert(m_model.tile(row).record.key);
    }
    return keys;
}

void WallPage::settle()
{
    const std::set<SeriesKey> wanted = inSight();
    std::erase_if(m_followed, [&](const auto& known) { return !wanted.contains(known.first); });
    std::erase_if(m_read, [&](const SeriesKey& known) { return !wanted.contains(known); });
    for (const SeriesKey& key : wanted) {
        if (!m_followed.contains(key))
            m_followed.emplace(key, m_port.follow(key));
        if (m_read.insert(key).second)
            read(m_model.rowOf(key));
    }
}

void WallPage::read(int row)
{
    const SeriesRecord& record = m_model.tile(row).record;
    const UtcMs end = m_model.tile(row).stored;
    m_port.readCandles(this, record, {end - wallSpan(record.key.timeframe), UtcMs::max()},
        [this, key = record.key](const Result<std::vector<Candle>>& bars) {
            if (bars)
                m_model.setBars(key, *bars);
        });
}

bool WallPage::isSeen() const
{
    return isVisible() && !window()->isMinimized();
}

void WallPage::wake()
{
    m_model.setNow(m_port.now());
    m_age.start();
    m_settle.start();
}

void WallPage::rest()
{
    m_age.stop();
    m_settle.stop();
    m_followed.clear();
    m_read.clear();
}

void WallPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_window != window()) { // torn off, or put back
        if (m_window)
            m_window->removeEventFilter(this);
        m_window = window();
        m_window->installEventFilter(this);
    }
    if (isSeen())
        wake();
}

void WallPage::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    rest();
}

bool WallPage::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_window && event->type() == QEvent::WindowStateChange)
        isSeen() ? wake() : rest();
    else if (watched == m_view->viewport() && event->type() == QEvent::Resize && isSeen())
        m_settle.start();
    return QWidget::eventFilter(watched, event);
}

} // namespace mnemo
