#include "ui/shell/scopebar.h"

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QRegularExpression>
#include <QShortcut>
#include <QSignalBlocker>
#include <QToolButton>
#include <algorithm>
#include <array>
#include <set>

#include "ui/widgets/actionreason.h"
#include "ui/widgets/displayzone.h"
#include "ui/widgets/glyphicon.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr std::array offeredDays {1, 7, 30, 90, 365};

QString textOf(ScopePanel panel)
{
    switch (panel) {
    case ScopePanel::Charts: return ScopeBar::tr("&Charts follow the scope");
    case ScopePanel::Coverage: return ScopeBar::tr("C&overage follows the scope");
    case ScopePanel::Validation: return ScopeBar::tr("&Validation follows the scope");
    case ScopePanel::Jobs: return ScopeBar::tr("&Jobs follow the scope");
    case ScopePanel::Universe: return ScopeBar::tr("The &universe follows the scope");
    case ScopePanel::Wall: return ScopeBar::tr("The live &wall follows the scope");
    }
    return {};
}

} // namespace

ScopeBar::ScopeBar(DisplayScope& scope, QWidget* parent)
    : QToolBar(tr("Scope bar"), parent)
    , m_scope(scope)
    , m_list(std::make_shared<const StoredSeriesList>())
{
    setObjectName(u"ScopeBar"_s);
    setMovable(false);
    createActions();
    connect(&m_scope, &DisplayScope::changed, this, &ScopeBar::showScope);
    connect(&m_scope.zone(), &DisplayZone::changed, this, &ScopeBar::showScope);
    hide();
    showScope();
}

QAction* ScopeBar::add(const QString& text, const QKeySequence& key)
{
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    m_actions << action;
    return action;
}

void ScopeBar::createActions()
{
    connect(add(tr("&Go to the scope"), QKeySequence(Qt::CTRL | Qt::Key_L)), &QAction::triggered, this, &ScopeBar::edit);
    connect(add(tr("Scope to what the c&hart shows"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L)),
        &QAction::triggered, this, &ScopeBar::fromChartRequested);
    m_clear = add(tr("C&lear the scope"), {});
    m_clear->setIcon(glyphIcon(Glyph::Close));
    setReason(*m_clear, tr("No scope is set"));
    connect(m_clear, &QAction::triggered, this, [this] { m_scope.set({}); });
    m_actions << nullptr;
    for (const ScopePanel panel : scopePanels) {
        QAction* link = add(textOf(panel), {});
        link->setCheckable(true);
        m_links << link;
        connect(link, &QAction::triggered, this, [this, panel](bool isOn) { m_scope.setLinked(panel, isOn); });
    }
    m_links.front()->setToolTip(tr("A chart on its own, or those that are in a link group"));
    toggleViewAction()->setText(tr("Scope"));
    toggleViewAction()->setToolTip(tr("What all panels that follow it are limited to"));
    toggleViewAction()->setIcon(glyphIcon(Glyph::Scope));
    connect(toggleViewAction(), &QAction::triggered, this, [this](bool isOn) { isOn ? edit() : m_scope.set({}); });
    auto* leave = new QShortcut(Qt::Key_Escape, this); // an action without a button would have no key either
    leave->setContext(Qt::WidgetWithChildrenShortcut);
    connect(leave, &QShortcut::activated, this, &ScopeBar::escape);
}

QComboBox* ScopeBar::addBox(const QString& name, const QString& any, int letters)
{
    auto* box = new QComboBox;
    box->addItem(any);
    box->setAccessibleName(name);
    box->setToolTip(name);
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(letters);
    addWidget(box);
    return box;
}

void ScopeBar::createFields()
{
    addWidget(new QLabel(tr("Scope") + u' '));
    m_exchange = addBox(tr("Exchange of the scope"), tr("Any exchange"), 13);
    m_market = addBox(tr("Market of the scope"), tr("Any market"), 9);
    for (const MarketType market : {MarketType::Spot, MarketType::Linear, MarketType::Inverse})
        m_market->addItem(mnemo::textOf(market), toQString(toText(market)));
    m_symbols = new QLineEdit;
    m_symbols->setPlaceholderText(tr("All symbols"));
    m_symbols->setClearButtonEnabled(true);
    m_symbols->setAccessibleName(tr("Symbols of the scope"));
    m_symbols->setToolTip(tr("Symbols or parts of them, for example: btc eth/usdt. One of them has to fit."));
    m_symbols->setFixedWidth(fontMetrics().averageCharWidth() * 22);
    addWidget(m_symbols);
    m_frame = addBox(tr("Timeframe of the scope"), tr("Any timeframe"), 12);
    for (const Timeframe frame : Timeframe::all())
        m_frame->addItem(toQString(frame.name()), toQString(frame.name()));
    m_time = addBox(tr("Time of the scope"), tr("Any time"), 20);
    m_time->setEditable(true);
    m_time->setInsertPolicy(QComboBox::NoInsert);
    m_time->setToolTip(tr("A time such as 7d, 2024, 2024-03 or 2024-03-01 to 2024-03-08, the end not included"));
    m_time->lineEdit()->setPlaceholderText(tr("Any time"));
    for (const int days : offeredDays)
        m_time->addItem(ScopeTime {std::chrono::hours {24 * days}, {}}.text(m_scope.zone()), days);
    auto* follow = new QToolButton;
    follow->setText(tr("Followed by"));
    follow->setToolTip(tr("Which panels follow the scope"));
    follow->setPopupMode(QToolButton::InstantPopup);
    follow->setFocusPolicy(Qt::TabFocus);
    auto* menu = new QMenu(follow);
    menu->addActions(m_links);
    follow->setMenu(menu);
    addWidget(follow);
    m_count = new QLabel;
    m_count->setMargin(6);
    m_count->setMinimumWidth(1);
    m_count->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    addWidget(m_count);
    auto* clear = new QToolButton;
    clear->setDefaultAction(m_clear);
    clear->setFocusPolicy(Qt::TabFocus);
    addWidget(clear);
    for (QComboBox* box : {m_exchange, m_market, m_frame})
        connect(box, &QComboBox::currentIndexChanged, this, &ScopeBar::take);
    connect(m_symbols, &QLineEdit::editingFinished, this, &ScopeBar::take);
    connect(m_time, &QComboBox::activated, this, &ScopeBar::takeTime);
    connect(m_time->lineEdit(), &QLineEdit::editingFinished, this, &ScopeBar::takeTime);
}

void ScopeBar::setVisible(bool isVisible)
{
    if (isVisible && !m_exchange) {
        createFields();
        fillExchanges();
        showScope();
    }
    QToolBar::setVisible(isVisible);
}

void ScopeBar::setSeriesList(const std::shared_ptr<const StoredSeriesList>& list)
{
    m_list = list;
    if (m_exchange) {
        fillExchanges();
        showScope();
    }
}

void ScopeBar::edit()
{
    if (QWidget* focused = QApplication::focusWidget(); focused && !isAncestorOf(focused))
        m_before = focused;
    show();
    m_exchange->setFocus(Qt::ShortcutFocusReason);
}

void ScopeBar::escape()
{
    if (!m_scope.scope().isAny()) {
        m_scope.set({});
        return;
    }
    hide();
    if (m_before)
        m_before->setFocus();
}

void ScopeBar::take()
{
    Scope scope = m_scope.scope();
    scope.exchange = m_exchange->currentData().toString().toStdString();
    scope.market = marketTypeFromText(m_market->currentData().toString().toStdString());
    scope.symbols = m_symbols->text().split(QRegularExpression(u"[\\s,;]+"_s), Qt::SkipEmptyParts);
    scope.timeframe = Timeframe::fromName(m_frame->currentData().toString().toStdString());
    m_scope.set(scope);
}

void ScopeBar::takeTime()
{
    const QString typed = m_time->currentText().trimmed();
    Scope scope = m_scope.scope();
    if (typed == scope.time.text(m_scope.zone()))
        return;
    const int offered = m_time->findText(typed);
    std::optional<ScopeTime> time;
    if (offered == 0)
        time = ScopeTime {};
    else if (offered > 0)
        time = ScopeTime {std::chrono::hours {24 * m_time->itemData(offered).toInt()}, {}};
    else
        time = ScopeTime::fromText(typed, m_scope.zone());
    if (!time) {
        emit told(tr("\"%1\" is no time: write 7d, 2024, 2024-03 or 2024-03-01 to 2024-03-08.").arg(typed));
        return;
    }
    scope.time = *time;
    m_scope.set(scope);
    showScope();
}

void ScopeBar::showScope()
{
    const Scope& scope = m_scope.scope();
    m_clear->setEnabled(!scope.isAny());
    for (qsizetype i = 0; i < m_links.size(); ++i)
        m_links[i]->setChecked(m_scope.isLinked(scopePanels[static_cast<std::size_t>(i)]));
    if (!m_exchange) {
        if (!scope.isAny())
            show();
        return;
    }
    const auto choose = [](QComboBox& box, const QString& wanted) {
        const QSignalBlocker quiet(box);
        box.setCurrentIndex(wanted.isEmpty() ? 0 : std::max(0, box.findData(wanted)));
    };
    if (!scope.exchange.empty() && m_exchange->findData(toQString(scope.exchange)) < 0)
        fillExchanges();
    choose(*m_exchange, toQString(scope.exchange));
    choose(*m_market, scope.market ? toQString(toText(*scope.market)) : QString());
    choose(*m_frame, scope.timeframe ? toQString(scope.timeframe->name()) : QString());
    m_symbols->setText(scope.symbols.join(u' '));
    const QSignalBlocker quiet(m_time);
    m_time->setEditText(scope.time.text(m_scope.zone()));
    showCount();
    if (!scope.isAny())
        show();
}

/// Those of which something is stored, and the chosen one whatever it is.
void ScopeBar::fillExchanges()
{
    std::set<std::string> known;
    for (const StoredSeries& series : *m_list)
        known.insert(series.record.key.exchange);
    if (!m_scope.scope().exchange.empty())
        known.insert(m_scope.scope().exchange);
    const QSignalBlocker quiet(m_exchange);
    while (m_exchange->count() > 1)
        m_exchange->removeItem(1);
    for (const std::string& exchange : known)
        m_exchange->addItem(toQString(exchange), toQString(exchange));
}

void ScopeBar::showCount()
{
    const auto all = static_cast<std::int64_t>(m_list->size());
    const auto inside = std::ranges::count_if(
        *m_list, [this](const StoredSeries& series) { return m_scope.scope().accepts(series.record.key); });
    if (m_scope.scope().isAny())
        m_count->setText({});
    else if (inside == 0)
        m_count->setText(tr("\u26A0 nothing stored fits"));
    else
        m_count->setText(tr("%1 of %2 series").arg(countText(std::int64_t {inside}), countText(all)));
    m_count->setToolTip(m_count->text());
}

} // namespace mnemo
