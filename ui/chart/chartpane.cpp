#include "ui/chart/chartpane.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonObject>
#include <QLabel>
#include <QMenu>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/chart/chartexport.h"
#include "ui/chart/chartoffers.h"
#include "ui/chart/chartprompt.h"
#include "ui/chart/charttable.h"
#include "ui/chart/chartview.h"
#include "ui/chart/findingcard.h"
#include "ui/chart/gapcard.h"
#include "ui/chart/rolledstored.h"
#include "ui/chart/serieskeytext.h"
#include "ui/metrics/metricpane.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/feedtext.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int examinedAfter = 400; ///< ms, when the view stands still

QString nameOf(PriceMode mode)
{
    switch (mode) {
    case PriceMode::Linear:
        return {};
    case PriceMode::Logarithmic:
        return ChartPane::tr("logarithmic");
    case PriceMode::Percent:
        return ChartPane::tr("percent");
    case PriceMode::Indexed:
        return ChartPane::tr("indexed to 100");
    }
    return {};
}

} // namespace

QColor linkColour(int group)
{
    static constexpr QRgb colours[] = {
        0xff7f7f7f, 0xff0072b2, 0xffd55e00, 0xff009e73, 0xffe69f00, 0xff56b4e9, 0xffcc79a7};
    return QColor::fromRgb(colours[std::clamp(group, 0, ChartPane::linkGroups)]);
}

QIcon linkIcon(int group)
{
    if (group == 0)
        return {};
    QPixmap mark(12, 12);
    mark.fill(linkColour(group));
    return mark;
}

ChartPane::ChartPane(ChartSource& source, QWidget* parent)
    : QFrame(parent)
    , m_source(source)
    , m_list(std::make_shared<const StoredSeriesList>())
{
    m_view = new ChartView([this](const TileCache::Request& request) {
        m_source.readTile(m_view, request,
            [this, key = request.key](Result<ChartTile> tile) { m_view->deliver(key, std::move(tile)); });
    });
    m_view->setDifferenceFetch([this](const TileCache::Request& request) {
        if (const auto two = pair())
            m_source.readDifferences(m_view, *two, request,
                [this, key = request.key](Result<ChartTile> tile) { m_view->deliver(key, std::move(tile)); });
    });
    m_examine.setSingleShot(true);
    m_examine.setInterval(examinedAfter);
    connect(&m_examine, &QTimer::timeout, this, &ChartPane::examine);
    m_table = new ChartTable(*m_view);
    m_prompt = new ChartPrompt(m_view);
    m_card = new GapCard(m_view);
    m_findingCard = new FindingCard(m_view);
    m_export = new ChartExport(*m_view, m_source, this);
    m_sides = new QStackedWidget;
    m_sides->addWidget(m_view);
    m_sides->addWidget(m_table);
    createHeader();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_header);
    m_body = new QSplitter(Qt::Vertical);
    m_body->setChildrenCollapsible(false);
    m_body->addWidget(m_sides);
    layout->addWidget(m_body, 1);
    setFocusProxy(m_view);
    connectView();
    updateHeader();
}

void ChartPane::connectView()
{
    connect(m_view, &ChartView::activated, this, &ChartPane::activated);
    connect(m_view, &ChartView::scaleChanged, this, &ChartPane::updateHeader);
    connect(m_view, &ChartView::latestLeft, this, &ChartPane::updateFollowing);
    connect(m_view, &ChartView::menuRequested, this, &ChartPane::menuRequested);
    connect(m_view, &ChartView::zoneMenuRequested, this, &ChartPane::askZone);
    connect(m_view, &ChartView::gapChosen, this, &ChartPane::showGapAt);
    connect(m_view, &ChartView::contentChanged, this, [this] {
        if (m_view->compared())
            m_examine.start();
    });
    connect(m_view, &ChartView::findingChosen, this, &ChartPane::showFindings);
    connect(m_findingCard, &FindingCard::decided, this, &ChartPane::findingDecided);
    connect(m_findingCard, &FindingCard::fetchAgainRequested, this, &ChartPane::fetchAgainRequested);
    connect(m_findingCard, &FindingCard::openRequested, this, [this](const Finding& finding) {
        if (m_key)
            emit findingOpenRequested(*m_key, finding);
    });
    connect(m_view, &ChartView::typed, this, [this](const QString& text) {
        const bool isFrame = text[0].isDigit() || text[0] == u',';
        isFrame ? askTimeframe(text) : askSeries(text);
    });
    connect(m_table, &ChartTable::leaveRequested, this, [this] { setTableShown(false); });
    connect(m_export, &ChartExport::messageRaised, this, &ChartPane::messageRaised);
    connect(m_card, &GapCard::fillRequested, this, [this](TimeRange range) {
        if (m_key && m_source.canBackfill())
            emit backfillRequested(*m_key, range);
    });
}

// --- header ---

QToolButton* ChartPane::headerButton(const QString& text, const QString& hint, const std::function<void()>& run)
{
    auto* button = new QToolButton;
    button->setAutoRaise(true);
    button->setText(text);
    button->setToolTip(hint);
    button->setAccessibleName(hint);
    button->setFocusPolicy(Qt::TabFocus);
    connect(button, &QToolButton::clicked, this, run);
    m_headerLayout->addWidget(button);
    return button;
}

void ChartPane::createHeader()
{
    m_header = new QWidget;
    m_headerLayout = new QHBoxLayout(m_header);
    m_headerLayout->setContentsMargins(4, 1, 4, 1);
    m_headerLayout->setSpacing(2);
    m_title = headerButton({}, tr("Choose a series, or type its letters on the chart"), [this] { askSeries(); });
    m_frame = headerButton({}, tr("Choose a timeframe, or type it on the chart: 5, 1h, D"), [this] { askTimeframe(); });
    m_live = new QLabel;
    m_live->setTextFormat(Qt::RichText);
    m_live->setMargin(2);
    m_headerLayout->addWidget(m_live);
    m_scale = new QLabel;
    m_headerLayout->addWidget(m_scale);
    // Many charts beside each other: the names give way first.
    m_title->setMinimumWidth(fontMetrics().averageCharWidth() * 8);
    m_scale->setMinimumWidth(1);
    m_header->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_headerLayout->addStretch(1);
    m_link = headerButton({}, tr("Link group of this chart"), [] {});
    auto* groups = new QMenu(m_link);
    for (int group = 0; group <= linkGroups; ++group)
        connect(groups->addAction(linkIcon(group), group == 0 ? tr("Not linked") : tr("Group %1").arg(group)), &QAction::triggered, this,
            [this, group] { setLinkGroup(group); });
    m_link->setMenu(groups);
    m_link->setPopupMode(QToolButton::InstantPopup);
    m_tableButton = headerButton(
        tr("Table"), tr("Show the bars in view as a table (Alt+T)"), [this] { setTableShown(!isTableShown()); });
    m_tableButton->setCheckable(true);
    m_maximise = headerButton(u"\u2922"_s, tr("Fill the whole area with this chart, or show all again (Alt+Enter)"),
        [this] { emit maximiseRequested(); });
    m_close = headerButton(u"\u2715"_s, tr("Close this chart (Alt+Delete)"), [this] { emit closeRequested(); });
}

/// What the header's other parts leave to the name, without the button's own frame, its arrow and the margins.
int ChartPane::titleRoom() const
{
    const int em = fontMetrics().averageCharWidth();
    int room = width() - 8 * em;
    for (const QWidget* other : std::initializer_list<QWidget*> {m_frame, m_live, m_scale, m_tableButton, m_link, m_maximise, m_close})
        room -= other->isHidden() ? 0 : other->sizeHint().width() + m_headerLayout->spacing();
    return std::max(room, 8 * em);
}

/// In a narrow chart the symbol alone is the name, and what the menu and the keys offer too makes room.
void ChartPane::fitHeader()
{
    const int em = fontMetrics().averageCharWidth();
    const bool isNarrow = width() < 56 * em, isTiny = width() < 30 * em;
    m_tableButton->setVisible(!isNarrow);
    m_link->setVisible(!m_isAlone && (!isNarrow || (m_linkGroup > 0 && !isTiny)));
    m_scale->setVisible(!isNarrow);
    m_live->setVisible(m_liveState.has_value() && !isTiny);
    m_maximise->setVisible(!m_isAlone && !isTiny);
    m_close->setVisible(!m_isAlone && !isTiny);
    const QFontMetrics metrics(m_title->font());
    const int room = titleRoom();
    QString title = tr("Choose a series\u2026");
    if (m_key)
        title = u"%1 %2 %3"_s.arg(toQString(m_key->exchange), textOf(m_key->market), toQString(m_key->symbol));
    if (m_key && (isNarrow || metrics.horizontalAdvance(title) > room))
        title = toQString(m_key->symbol);
    title = metrics.elidedText(title, Qt::ElideRight, room);
    m_title->setText(m_key ? title + u" \u25BE"_s : title);
}

void ChartPane::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    fitHeader();
}

void ChartPane::updateHeader()
{
    QString title = tr("Choose a series\u2026");
    if (m_key)
        title = u"%1 %2 %3"_s.arg(toQString(m_key->exchange), textOf(m_key->market), toQString(m_key->symbol))
            + u" \u25BE"_s;
    m_frame->setVisible(m_key.has_value());
    if (m_key)
        m_frame->setText(frameText() + u" \u25BE"_s);
    m_frame->setToolTip(m_madeOf ? tr("The exchange's own bars of %1 are not stored: these are made of its bars of %2. Choose another timeframe here.")
                                       .arg(toQString(m_key->timeframe.name()), toQString(m_madeOf->timeframe.name()))
                                 : tr("Choose a timeframe, or type it on the chart: 5, 1h, D"));
    QStringList notes;
    if (const QString mode = nameOf(m_view->priceMode()); !mode.isEmpty())
        notes << mode;
    if (m_view->isInverted())
        notes << tr("inverted");
    if (m_comparedKey)
        notes << tr("with %1").arg(titleOf(*m_comparedKey));
    m_scale->setText(notes.join(u", "_s));
    m_scale->setToolTip(m_scale->text());
    m_title->setToolTip(tr("%1. Choose another series here, or type its letters on the chart.").arg(title));
    m_scale->setForegroundRole(QPalette::PlaceholderText);
    m_link->setText(m_linkGroup > 0 ? tr("Link %1").arg(m_linkGroup) : tr("Link"));
    m_link->setIcon(linkIcon(m_linkGroup));
    m_link->setToolButtonStyle(m_linkGroup > 0 ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonTextOnly);
    m_tableButton->setChecked(isTableShown());
    fitHeader(); // when the texts of all are known
}

/// "4h", or "4h of 1m" where its bars are made of others.
QString ChartPane::frameText() const
{
    const QString frame = toQString(m_key->timeframe.name());
    return m_madeOf ? tr("%1 of %2").arg(frame, toQString(m_madeOf->timeframe.name())) : frame;
}

void ChartPane::setActive(bool isActive, bool isAlone)
{
    m_isActive = isActive;
    QFont font = m_title->font();
    font.setBold(isActive);
    m_title->setFont(font);
    m_view->setActive(isActive && !isAlone);
    m_isAlone = isAlone;
    fitHeader();
}

void ChartPane::setTableShown(bool isShown)
{
    QWidget* side = isShown ? static_cast<QWidget*>(m_table) : m_view;
    if (m_sides->currentWidget() == side)
        return;
    const bool hadFocus = m_sides->currentWidget()->hasFocus() || m_header->isAncestorOf(QApplication::focusWidget());
    m_sides->setCurrentWidget(side);
    if (hadFocus)
        side->setFocus();
    updateHeader();
    emit stateChanged();
}

bool ChartPane::isTableShown() const
{
    return m_sides->currentWidget() == m_table;
}

void ChartPane::setLinkGroup(int group)
{
    m_linkGroup = std::clamp(group, 0, linkGroups);
    updateHeader();
    emit stateChanged();
}

// --- series ---

const StoredSeries* ChartPane::find(const std::optional<SeriesKey>& key) const
{
    if (!key)
        return nullptr;
    const auto known = std::lower_bound(m_list->begin(), m_list->end(), *key,
        [](const StoredSeries& series, const SeriesKey& wanted) { return series.record.key < wanted; });
    return known != m_list->end() && known->record.key == *key ? &*known : nullptr;
}

void ChartPane::show(const SeriesKey& key)
{
    if (m_key == key)
        return;
    m_key = key;
    m_liveState.reset(); // the workspace tells that of the other
    m_isShown = false;
    m_madeOf.reset();
    m_card->hide();
    m_findingCard->hide();
    forgetDoubts();
    takeSeries();
    sayIfMissing();
    updateFollowing();
    updateHeader();
    emit seriesChanged();
}

bool ChartPane::isShowing(const SeriesKey& series) const
{
    return series == m_key || series == m_madeOf;
}

void ChartPane::showInstrumentOf(const SeriesKey& key)
{
    SeriesKey wanted = key;
    if (m_key)
        wanted.timeframe = m_key->timeframe;
    show(find(wanted) || rolledOf(*m_list, wanted) ? wanted : key);
}

void ChartPane::setSeriesList(const std::shared_ptr<const StoredSeriesList>& list)
{
    const bool isFirst = !std::exchange(m_hasList, true);
    m_list = list;
    takeSeries();
    if (isFirst)
        sayIfMissing();
    updateFollowing();
}

// The frame of the chart alone until the list of what is stored has been read: a sentence would be gone at once.
void ChartPane::sayIfMissing()
{
    if (m_key && !m_isShown)
        m_view->clear(m_hasList ? tr("%1 is not stored yet.").arg(titleOf(*m_key)) : QString());
}

void ChartPane::takeSeries()
{
    const StoredSeries* series = find(m_key);
    const auto rolled = m_key && !series ? rolledOf(*m_list, *m_key) : std::nullopt;
    if (rolled)
        series = &rolled->series;
    if (series) {
        if (m_isShown && m_view->seriesId() == series->record.id)
            m_view->setExtent(series->known);
        else
            m_view->setSeries(series->record, series->known);
        m_isShown = true;
    }
    const auto madeOf = rolled ? std::optional(rolled->madeOf) : std::nullopt;
    if (std::exchange(m_madeOf, madeOf) != madeOf)
        updateHeader();
    updateCompared();
    updateMetrics();
}

void ChartPane::updateCompared()
{
    const StoredSeries* series = find(m_comparedKey);
    if (!series)
        return;
    const bool isShown = m_view->compared() && m_view->compared()->series() == series->record
        && m_view->compared()->scaleMode() == m_compareScale;
    if (isShown)
        return m_view->setComparedExtent(series->known);
    m_view->setCompared(series->record, series->known, m_compareScale);
    forgetDoubts();
}

void ChartPane::compare(const std::optional<SeriesKey>& key)
{
    m_comparedKey = key;
    if (!key)
        m_view->setCompared(std::nullopt, {}, m_compareScale);
    updateCompared();
    updateFollowing();
    updateHeader();
    emit stateChanged();
}

void ChartPane::setCompareScale(CompareScale scale)
{
    m_compareScale = scale;
    updateCompared();
    emit stateChanged();
}

void ChartPane::rowsChanged(const SeriesKey& series, TimeRange range)
{
    if (isShowing(series) && m_view->seriesId()) {
        const Grid grid = m_view->series()->grid();
        m_view->invalidate(*m_view->seriesId(), {grid.floor(range.from), grid.next(grid.floor(range.to))});
        renewFindings(range);
    } else if (series == m_comparedKey && m_view->compared())
        m_view->invalidate(m_view->compared()->series().id, range);
    else if (MetricPane* const pane = metric(series.kind))
        pane->rowsChanged(series);
}

// --- prompts ---

void ChartPane::askSeries(const QString& typed)
{
    setTableShown(false);
    m_prompt->open(tr("Series"), typed, [this](const QString& text) {
        return offerSeries(*m_list, text, [this](const SeriesKey& key) { show(key); });
    });
}

void ChartPane::askCompared()
{
    setTableShown(false);
    m_prompt->open(tr("Compare with"), {}, [this](const QString& text) {
        return offerSeries(
            *m_list, text, [this](const SeriesKey& key) { compare(key); }, m_key);
    });
}

void ChartPane::askTimeframe(const QString& typed)
{
    if (!m_key)
        return askSeries();
    setTableShown(false);
    m_prompt->open(tr("Timeframe"), typed, [this](const QString& text) {
        return offerTimeframe(
            *m_list, *m_key, text, [this](const SeriesKey& key) { show(key); },
            [this](const SeriesKey& key) {
                if (m_source.canBackfill())
                    emit backfillRequested(key, m_view->visibleRange());
            });
    });
}

void ChartPane::askDate()
{
    if (!m_view->series())
        return;
    setTableShown(false);
    m_prompt->open(tr("Go to date"), {}, [this](const QString& text) {
        return offerDate(m_view->zone(), m_view->extent(), text, [this](UtcMs time) { m_view->centreOn(time); });
    });
}

void ChartPane::askZone()
{
    setTableShown(false);
    m_prompt->open(tr("Time zone"), {}, [this](const QString& text) {
        return offerZones(text, [this](const ChartZone& zone) { emit zoneChosen(zone); });
    });
}

// --- following ---

void ChartPane::setForming(const SeriesKey& series, const FormingBar& bar)
{
    if (m_isShown && m_key == series)
        m_view->setForming(bar);
}

void ChartPane::setLive(bool isLive)
{
    m_isLive = isLive;
    if (!isLive)
        m_view->setForming(std::nullopt);
    updateFollowing();
}

void ChartPane::updateFollowing()
{
    const bool isWatched = m_isLive && isVisible() && !window()->isMinimized() && m_isShown && m_view->isAtLatest();
    const std::array<std::optional<SeriesKey>, 2> wanted {m_madeOf ? m_madeOf : m_key, m_view->compared() ? m_comparedKey : std::nullopt};
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const auto key = isWatched ? wanted[i] : std::nullopt;
        if (m_followed[i] == key)
            continue;
        m_followed[i] = key;
        m_follows[i] = key ? m_source.follow(*key) : nullptr;
    }
    followMetrics(isWatched);
}

void ChartPane::setLiveState(const std::optional<FollowedSeries>& state)
{
    if (m_liveState == state)
        return;
    m_liveState = state;
    updateLive();
}

void ChartPane::updateLive()
{
    if (m_liveState) {
        const FollowState how = m_liveState->state;
        m_live->setText(u"<span style='color:%1'>%2</span> %3"_s.arg(
            colourOf(how, Theme::of(palette())).name(), glyphOf(how), textOf(how).toHtmlEscaped()));
        m_live->setToolTip(sentenceOf(*m_liveState));
        m_live->setAccessibleName(tr("Newest bar: %1").arg(textOf(how)));
        m_live->setAccessibleDescription(m_live->toolTip());
    }
    fitHeader();
}

void ChartPane::changeEvent(QEvent* event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        updateLive();
}

void ChartPane::showEvent(QShowEvent* event)
{
    QFrame::showEvent(event);
    updateFollowing();
}

void ChartPane::hideEvent(QHideEvent* event)
{
    QFrame::hideEvent(event);
    updateFollowing();
}

void ChartPane::requestBackfill()
{
    if (m_key && m_source.canBackfill())
        emit backfillRequested(*m_key, m_view->visibleRange());
}

// --- session ---

QJsonObject ChartPane::state() const
{
    QJsonObject state {{u"compareScale"_s, static_cast<int>(m_compareScale)},
        {u"scale"_s, static_cast<int>(m_view->priceMode())}, {u"inverted"_s, m_view->isInverted()},
        {u"volume"_s, m_view->panes().share(PaneKind::Volume)},
        {u"difference"_s, m_view->panes().share(PaneKind::Difference)}, {u"link"_s, m_linkGroup},
        {u"table"_s, isTableShown()}};
    if (!m_metrics.empty())
        state[u"metrics"_s] = metricsState();
    if (m_key)
        state[u"series"_s] = QJsonArray::fromStringList(textOfKey(*m_key));
    if (m_comparedKey)
        state[u"compared"_s] = QJsonArray::fromStringList(textOfKey(*m_comparedKey));
    return state;
}

void ChartPane::applyState(const QJsonObject& state)
{
    const auto keyOf = [&](const QString& name) {
        QStringList words;
        for (const QJsonValue& word : state[name].toArray())
            words << word.toString();
        return keyFromText(words);
    };
    const int mode = state[u"scale"_s].toInt();
    m_view->setPriceMode(
        mode >= 0 && mode <= static_cast<int>(PriceMode::Indexed) ? static_cast<PriceMode>(mode) : PriceMode::Linear);
    m_view->setInverted(state[u"inverted"_s].toBool());
    m_view->setPaneShare(PaneKind::Volume, state[u"volume"_s].toDouble(PaneShares::usual));
    m_view->setPaneShare(PaneKind::Difference, state[u"difference"_s].toDouble(PaneShares::usual));
    const int own = static_cast<int>(CompareScale::Own);
    m_compareScale = state[u"compareScale"_s].toInt(own + 1) == own ? CompareScale::Own : CompareScale::Percent;
    setLinkGroup(state[u"link"_s].toInt());
    if (const auto key = keyOf(u"series"_s))
        show(*key);
    compare(keyOf(u"compared"_s));
    applyMetricsState(state[u"metrics"_s].toObject());
    setTableShown(state[u"table"_s].toBool());
}

} // namespace mnemo
