#include "ui/alerts/alertspage.h"

#include <QAction>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTableView>
#include <algorithm>
#include <QVBoxLayout>

#include "ui/alerts/alertdetails.h"
#include "ui/alerts/alerttext.h"
#include "ui/alerts/silencedialog.h"
#include "ui/widgets/actionreason.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/glyphicon.h"
#include "ui/widgets/headline.h"
#include "ui/widgets/messagepage.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace mnemo {

namespace {

constexpr int lookEvery = 20'000; ///< ms

} // namespace

AlertsPage::AlertsPage(AlertsPort& port, const DisplayZone& zone, QWidget* parent)
    : QWidget(parent)
    , m_port(port)
    , m_zone(zone)
    , m_model(zone)
    , m_history(zone)
    , m_channels(zone)
    , m_silences(zone)
{
    createActions();
    m_view = createTable(m_model, tr("Open alerts"), {46, 13, 11, 13, 8});
    m_view->horizontalHeader()->setStretchLastSection(false);
    m_view->horizontalHeader()->setSectionResizeMode(AlertsModel::Title, QHeaderView::Stretch);
    m_details = new AlertDetails(zone, m_acknowledge, m_silenceActions);
    m_detailsArea = new QScrollArea;
    m_detailsArea->setWidget(m_details);
    m_detailsArea->setWidgetResizable(true);
    m_detailsArea->setFrameShape(QFrame::NoFrame);
    m_pages = new QStackedWidget;
    m_message = new MessagePage(3);
    m_pages->addWidget(m_message);
    m_pages->addWidget(m_view);
    auto* lower = new QSplitter(Qt::Horizontal);
    lower->addWidget(m_detailsArea);
    lower->addWidget(createTabs());
    lower->setStretchFactor(0, 2);
    lower->setStretchFactor(1, 3);
    auto* both = new QSplitter(Qt::Vertical); // the list has the whole width: its titles are sentences
    both->addWidget(m_pages);
    both->addWidget(lower);
    both->setStretchFactor(0, 2);
    both->setStretchFactor(1, 3);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(createHeader());
    layout->addWidget(both, 1);
    m_clock.setInterval(lookEvery);
    connect(&m_clock, &QTimer::timeout, this, &AlertsPage::refresh);
    connect(&zone, &DisplayZone::changed, this, &AlertsPage::refresh);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &AlertsPage::selectionChanged);
    connect(m_channelsView->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &AlertsPage::updateActions);
    connect(m_silencesView->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &AlertsPage::updateActions);
    connect(&m_silences, &QAbstractItemModel::modelReset, this, &AlertsPage::updateActions);
    connect(m_view, &QTableView::doubleClicked, m_open, &QAction::trigger);
    connect(m_details, &AlertDetails::openRequested, m_open, &QAction::trigger);
    m_askSilence = [this](const std::optional<Alert>& alert) -> std::optional<Silence> {
        SilenceDialog dialog(alert, m_port.now(), m_zone, this);
        return dialog.exec() == QDialog::Accepted ? std::optional(dialog.silence()) : std::nullopt;
    };
    refresh();
}

// --- its parts ---

QAction* AlertsPage::addAction(const QString& text, const QKeySequence& key, const std::function<void()>& run)
{
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(action, &QAction::triggered, this, run);
    QWidget::addAction(action);
    m_actions.push_back(action);
    return action;
}

void AlertsPage::createActions()
{
    m_open = addAction(tr("&Open where it is"), Qt::Key_O, [this] {
        if (const auto alert = current())
            emit causeRequested(*alert);
    });
    m_acknowledge = addAction(tr("&Acknowledge"), Qt::Key_A, [this] { acknowledge(); });
    m_acknowledge->setToolTip(tr("Somebody knows: it is not told again unless it worsens"));
    m_actions.push_back(nullptr);
    m_silenceActions = {addAction(tr("Silence for &1 hour"), Qt::Key_S, [this] { silenceFor(1h); }),
        addAction(tr("Silence for &8 hours"), {}, [this] { silenceFor(8h); }),
        addAction(tr("Silence for 1 &day"), {}, [this] { silenceFor(24h); }),
        addAction(tr("Silence &until\u2026"), QKeySequence(Qt::SHIFT | Qt::Key_S), [this] { askSilence(); })};
    m_unsilence = addAction(tr("&End the selected silence"), {}, [this] { unsilence(); });
    m_actions.push_back(nullptr);
    m_test = addAction(tr("Send a &test by the selected channel"), Qt::Key_T, [this] { testChannel(); });
    addAction(tr("&Check now"), Qt::Key_R, [this] { check(); })->setIcon(glyphIcon(Glyph::Refresh));
}

QWidget* AlertsPage::createHeader()
{
    m_status = new QLabel;
    m_status->setForegroundRole(QPalette::PlaceholderText);
    m_status->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto* again = new QPushButton(tr("Check now"));
    again->setIcon(glyphIcon(Glyph::Refresh));
    connect(again, &QPushButton::clicked, this, &AlertsPage::check);
    auto* header = new QWidget;
    auto* layout = new QHBoxLayout(header);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(headline(tr("Alerts")));
    layout->addSpacing(12);
    layout->addWidget(m_status, 1);
    layout->addWidget(again);
    return header;
}

QTableView* AlertsPage::createTable(QAbstractItemModel& model, const QString& name, const QList<int>& widths) const
{
    auto* table = new QTableView;
    table->setModel(&model);
    table->setAccessibleName(name);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setShowGrid(false);
    table->setAlternatingRowColors(true);
    table->setTabKeyNavigation(false);
    table->setWordWrap(false);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() + 8);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table->horizontalHeader()->setStretchLastSection(true);
    const int em = table->fontMetrics().horizontalAdvance(u'0');
    for (qsizetype i = 0; i < widths.size(); ++i)
        table->horizontalHeader()->resizeSection(static_cast<int>(i), widths[i] * em);
    return table;
}

QWidget* AlertsPage::createTabs()
{
    const auto withButton = [](QTableView* table, QPushButton* button, const QString& about) {
        auto* label = new QLabel(about);
        label->setForegroundRole(QPalette::PlaceholderText);
        label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        auto* row = new QHBoxLayout;
        row->addWidget(label, 1);
        row->addWidget(button);
        auto* page = new QWidget;
        auto* layout = new QVBoxLayout(page);
        layout->setContentsMargins(0, 6, 0, 0);
        layout->addLayout(row);
        layout->addWidget(table);
        return page;
    };
    m_channelsView = createTable(m_channels, tr("Channels"), {16, 24, 14, 18, 24, 30});
    m_silencesView = createTable(m_silences, tr("Silences"), {60, 40, 15});
    m_testButton = new QPushButton(tr("Send a test"));
    m_unsilenceButton = new QPushButton(tr("End silence"));
    connect(m_testButton, &QPushButton::clicked, m_test, &QAction::trigger);
    connect(m_unsilenceButton, &QPushButton::clicked, m_unsilence, &QAction::trigger);
    m_tabs = new QTabWidget;
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(createTable(m_history, tr("History of alerts"), {24, 60, 20, 8, 15}), tr("&History"));
    m_tabs->addTab(createTable(m_rules, tr("Rules"), {26, 15, 38, 15, 30}), tr("R&ules"));
    m_tabs->addTab(withButton(m_channelsView, m_testButton, tr("Slack, Discord, Telegram, webhooks and e-mail are added in alerts.yaml of your settings.")), tr("&Channels"));
    m_tabs->addTab(withButton(m_silencesView, m_unsilenceButton, tr("Nobody is told of these until their time is over.")), tr("&Silences"));
    return m_tabs;
}

// --- what is shown ---

std::optional<Alert> AlertsPage::current() const
{
    const int row = m_view->currentIndex().row();
    return row < 0 ? std::nullopt : std::optional(m_model.alertAt(row));
}

void AlertsPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_clock.start();
    refresh();
}

void AlertsPage::refresh()
{
    const auto alerts = m_port.snapshot();
    m_model.apply(alerts, m_port.now());
    m_channels.apply(alerts->channels);
    m_rules.apply(alerts);
    m_silences.apply(alerts->silences);
    m_pages->setCurrentIndex(alerts->open.empty() ? 0 : 1);
    m_detailsArea->setVisible(!alerts->open.empty());
    if (m_view->currentIndex().row() < 0 && m_model.rowCount() > 0)
        m_view->selectRow(0);
    m_tabs->setTabText(3, alerts->silences.empty() ? tr("&Silences") : tr("&Silences (%1)").arg(alerts->silences.size()));
    showStatus();
    selectionChanged();
    if (isVisible())
        readHistory();
    else
        m_clock.stop();
}

void AlertsPage::showStatus()
{
    const AlertSnapshot& alerts = m_model.snapshot();
    QStringList parts;
    if (alerts.error)
        parts << errorText(*alerts.error);
    if (alerts.checkedAt)
        parts << tr("looked at %1").arg(whenText(*alerts.checkedAt, m_zone));
    if (!alerts.noData.empty())
        parts << tr("some rules have no data");
    m_status->setText(parts.join(u", "_s));
    m_status->setToolTip(alerts.error ? errorTextWithDetail(*alerts.error) : toQString(alerts.noData));
    const bool isOff = !alerts.settings.isOn;
    const bool isKnown = alerts.checkedAt.has_value();
    m_message->setGlyph(isOff ? u"\u2013"_s : isKnown ? u"\u2713"_s : u"\u2026"_s);
    const auto watching = std::ranges::count_if(alerts.rules, [](const RuleStatus& rule) { return rule.state != RuleState::Off; });
    m_message->say(isOff ? tr("Alerts are off") : isKnown ? tr("No alert") : tr("Not looked yet"),
        isOff ? tr("alerts.yaml turns them off.")
            : isKnown ? tr("%1 rules are watching: exchanges that stop, bars about to be lost, failed jobs, series that are late, findings, "
                           "and the machine itself.").arg(countText(std::int64_t {watching}))
                      : tr("The first look comes a few seconds after the start."));
}

void AlertsPage::selectionChanged()
{
    m_details->apply(m_model.snapshot(), current());
    updateActions();
}

void AlertsPage::updateActions()
{
    const auto alert = current();
    const bool mayWrite = !m_port.isReadOnly();
    const QString reader = tr("This window only reads");
    const auto enable = [&](QAction* action, bool isPossible, const QString& reason) {
        action->setEnabled(isPossible && mayWrite);
        setReason(*action, mayWrite ? reason : reader);
    };
    m_open->setEnabled(alert.has_value());
    setReason(*m_open, tr("Select an alert first"));
    enable(m_acknowledge, alert && alert->state == AlertState::Firing && !alert->acknowledgedAt, tr("Select an alert that is firing first"));
    for (QAction* action : m_silenceActions)
        enable(action, true, {});
    enable(m_unsilence, m_silencesView->currentIndex().isValid(), tr("Select a silence first"));
    m_test->setEnabled(m_channelsView->currentIndex().isValid());
    setReason(*m_test, tr("Select a channel first"));
    m_testButton->setEnabled(m_test->isEnabled());
    m_unsilenceButton->setEnabled(m_unsilence->isEnabled());
}

void AlertsPage::readHistory()
{
    m_port.history(this, [this](const Result<std::shared_ptr<const AlertHistory>>& history) {
        if (history)
            m_history.apply(*history);
    });
}

void AlertsPage::showAlert(AlertId id)
{
    if (const int row = m_model.rowOf(id); row >= 0)
        m_view->selectRow(row);
    m_view->setFocus();
}

QString AlertsPage::status() const
{
    return m_status->text();
}

QString AlertsPage::message() const
{
    return m_pages->currentIndex() == 0 ? m_message->title() : QString();
}

// --- what somebody does ---

std::function<void(const Result<void>&)> AlertsPage::finished(const QString& sentence)
{
    return [this, sentence](const Result<void>& done) {
        emit told(done ? sentence : errorText(done.error()));
        refresh();
    };
}

void AlertsPage::check()
{
    m_port.check(this, finished(tr("Alerts were looked at.")));
}

void AlertsPage::acknowledge()
{
    if (const auto alert = current())
        m_port.acknowledge(this, alert->id, finished(tr("%1: acknowledged.").arg(alertTitle(*alert))));
}

void AlertsPage::silenceFor(milliseconds length)
{
    silence(silenceOf(current(), m_port.now() + length));
}

void AlertsPage::askSilence()
{
    if (const auto wanted = m_askSilence(current()))
        silence(*wanted);
}

void AlertsPage::silence(const Silence& wanted)
{
    m_port.silence(this, wanted, finished(tr("Silenced until %1.").arg(whenText(wanted.until, m_zone))));
}

void AlertsPage::unsilence()
{
    if (const int row = m_silencesView->currentIndex().row(); row >= 0)
        m_port.unsilence(this, m_silences.silenceAt(row).id, finished(tr("The silence is over.")));
}

void AlertsPage::testChannel()
{
    const int row = m_channelsView->currentIndex().row();
    if (row < 0)
        return;
    const QString name = toQString(m_channels.channelAt(row).channel.id);
    emit told(tr("%1: sending a test\u2026").arg(name));
    m_port.test(this, name.toStdString(), [this, name](const Result<AlertDelivery>& delivery) {
        if (!delivery)
            emit told(errorText(delivery.error()));
        else if (delivery->state == DeliveryState::Sent)
            emit told(tr("%1 has taken the test.").arg(name));
        else
            emit told(tr("%1 could not be reached: %2").arg(name, toQString(delivery->reason)));
        refresh();
    });
}

} // namespace mnemo
