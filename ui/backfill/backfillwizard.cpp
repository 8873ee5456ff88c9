#include "ui/backfill/backfillwizard.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QShortcut>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QScreen>
#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/backfill/planpanel.h"
#include "ui/backfill/rangepicker.h"
#include "ui/backfill/symbolpicker.h"
#include "ui/widgets/checklist.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"
#include "ui/widgets/theme.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int planDelay = 250; // ms; typing asks once, not at every key
constexpr std::size_t mostSeries = 50'000;

QLabel* problemLabel()
{
    auto* label = new QLabel;
    label->setWordWrap(true);
    label->setTextFormat(Qt::RichText);
    label->hide();
    return label;
}

void say(QLabel* label, const QString& problem)
{
    label->setVisible(!problem.isEmpty());
    if (problem.isEmpty())
        return;
    label->setText(u"<span style='color:%1'>\u2715 %2</span>"_s.arg(Theme::of(label->palette()).bad.name(), problem.toHtmlEscaped()));
}

/// A caption above its field: Alt and its letter go there.
QLabel* caption(const QString& text, QWidget* field)
{
    auto* label = new QLabel(text);
    label->setBuddy(field);
    return label;
}

} // namespace

BackfillWizard::BackfillWizard(BackfillPort& port, QWidget* parent)
    : QDialog(parent)
    , m_port(port)
    , m_sources(port.sources())
    , m_plan(new PlanPanel(port))
    , m_message(new QLabel)
{
    setWindowTitle(tr("New backfill"));
    auto* layout = new QVBoxLayout(this);
    auto* columns = new QSplitter(Qt::Horizontal);
    columns->setChildrenCollapsible(false);
    columns->addWidget(createFields());
    auto* right = new QWidget;
    auto* rightLayout = new QVBoxLayout(right);
    rightLayout->setContentsMargins(8, 0, 0, 0);
    auto* heading = new QLabel(tr("Plan: nothing is sent before you start"));
    QFont bold = heading->font();
    bold.setBold(true);
    heading->setFont(bold);
    rightLayout->addWidget(heading);
    rightLayout->addWidget(m_plan, 1);
    columns->addWidget(right);
    columns->setStretchFactor(0, 2);
    columns->setStretchFactor(1, 3);
    columns->setSizes({400, 600});
    layout->addWidget(columns, 1);
    layout->addWidget(createButtons());
    m_start->setDefault(true);
    m_planTimer.setSingleShot(true);
    m_planTimer.setInterval(planDelay);
    connect(&m_planTimer, &QTimer::timeout, this, &BackfillWizard::updatePlan);
    connect(m_plan, &PlanPanel::changed, this, &BackfillWizard::updateStart);
    fillSources();
    fillExchanges();
    fillTimeframes();
    m_timeframes->model().setChecked({u"1h"_s});
    m_symbols->choose({"BTC/USDT"});
    m_range->setPreset(RangePreset::LastMonth);
    const int em = fontMetrics().horizontalAdvance(u'0');
    resize(QSize(146 * em, 46 * fontMetrics().height()).expandedTo(sizeHint()).boundedTo(screen()->availableSize() * 0.95));
    m_exchanges->setFocus();
    changed();
    updatePlan();
}

BackfillWizard::~BackfillWizard() = default;

QWidget* BackfillWizard::createFields()
{
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 4, 0);
    layout->setSpacing(4);
    const int line = fontMetrics().height() + 4;
    m_kind = new QComboBox;
    for (const auto& [kind, name] : {std::pair(Kind::Candles, tr("Candles")), {Kind::OpenInterest, tr("Open interest")},
             {Kind::Funding, tr("Funding")}, {Kind::Liquidations, tr("Liquidations")},
             {Kind::LongShortRatio, tr("Long/short ratio")}, {Kind::PredictedFunding, tr("Predicted funding")}})
        m_kind->addItem(name, static_cast<int>(kind));
    m_kind->setAccessibleName(tr("What is fetched"));
    m_exchanges = new CheckList(tr("Exchanges"), CheckList::Layout::Column, true);
    m_exchanges->setMinimumHeight(5 * line);
    m_exchanges->setPlaceholder(tr("No exchange fits the filter."));
    m_exchangeProblem = problemLabel();
    m_timeframes = new CheckList(tr("Timeframes"), CheckList::Layout::Flow, false);
    m_timeframes->view()->setFixedHeight(2 * line + 8);
    m_timeframeProblem = problemLabel();
    m_symbols = new SymbolPicker;
    m_symbols->setMinimumHeight(10 * line);
    m_symbolProblem = problemLabel();
    m_range = new RangePicker(m_port.now());
    m_exchangeCaption = caption({}, m_exchanges->filter());
    auto* what = new QHBoxLayout;
    what->addWidget(caption(tr("W&hat"), m_kind));
    what->addWidget(m_kind, 1);
    m_source = new QComboBox;
    m_source->setAccessibleName(tr("Who tells it"));
    m_sourceCaption = caption(tr("&By"), m_source);
    what->addWidget(m_sourceCaption);
    what->addWidget(m_source, 1);
    layout->addLayout(what);
    layout->addWidget(m_exchangeCaption);
    layout->addWidget(m_exchanges, 2);
    layout->addWidget(m_exchangeProblem);
    layout->addWidget(caption(tr("&Timeframes"), m_timeframes->view()));
    layout->addWidget(m_timeframes);
    layout->addWidget(m_timeframeProblem);
    m_symbolCaption = caption({}, m_symbols);
    layout->addWidget(m_symbolCaption);
    layout->addWidget(m_symbols, 4);
    layout->addWidget(m_symbolProblem);
    layout->addWidget(caption(tr("&Range"), m_range->preset()));
    layout->addWidget(m_range);
    layout->addWidget(createOptions());
    connect(m_kind, &QComboBox::currentIndexChanged, this, &BackfillWizard::kindChanged);
    connect(m_source, &QComboBox::currentIndexChanged, this, &BackfillWizard::sourceChanged);
    connect(&m_exchanges->model(), &CheckListModel::checkedChanged, this, &BackfillWizard::exchangesChanged);
    connect(&m_timeframes->model(), &CheckListModel::checkedChanged, this, &BackfillWizard::changed);
    connect(m_symbols, &SymbolPicker::changed, this, &BackfillWizard::changed);
    connect(m_symbols, &SymbolPicker::fetchRequested, this, qOverload<>(&BackfillWizard::fetchSymbols));
    connect(m_range, &RangePicker::changed, this, &BackfillWizard::changed);
    return page;
}

QWidget* BackfillWizard::createOptions()
{
    auto* page = new QWidget;
    auto* layout = new QHBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    m_newestFirst = new QCheckBox(tr("Ne&west first"));
    m_newestFirst->setToolTip(tr("The newest bars are there soon; older ones follow"));
    m_atOnce = new QSpinBox;
    m_atOnce->setRange(1, 100);
    m_atOnce->setValue(m_port.jobsAtOnce());
    m_atOnce->setToolTip(tr("So many series of one exchange are worked on together; further ones wait for their turn"));
    m_atOnce->setAccessibleName(tr("Jobs at once for each exchange"));
    auto* label = new QLabel(tr("&Jobs at once, for each exchange"));
    label->setBuddy(m_atOnce);
    layout->addWidget(m_newestFirst);
    layout->addStretch(1);
    layout->addWidget(label);
    layout->addWidget(m_atOnce);
    connect(m_newestFirst, &QCheckBox::toggled, this, &BackfillWizard::changed);
    return page;
}

QWidget* BackfillWizard::createButtons()
{
    auto* page = new QWidget;
    auto* layout = new QHBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    m_message->setWordWrap(true);
    m_message->setTextFormat(Qt::RichText);
    m_message->setAccessibleName(tr("What is still missing"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_start = buttons->addButton(tr("&Start"), QDialogButtonBox::AcceptRole);
    m_start->setObjectName(u"StartBackfill"_s);
    buttons->button(QDialogButtonBox::Cancel)->setAutoDefault(false);
    m_start->setToolTip(tr("Start (Ctrl+Return)"));
    layout->addWidget(m_message, 1);
    layout->addWidget(buttons);
    connect(m_start, &QPushButton::clicked, this, &BackfillWizard::start);
    connect(buttons, &QDialogButtonBox::rejected, this, &BackfillWizard::reject);
    for (const Qt::Key key : {Qt::Key_Return, Qt::Key_Enter}) {
        auto* shortcut = new QShortcut(QKeySequence(Qt::CTRL | key), this);
        connect(shortcut, &QShortcut::activated, this, &BackfillWizard::start);
    }
    return page;
}

// --- what can be chosen ---

/// What is chosen stays so where it tells the kind.
void BackfillWizard::fillSources()
{
    const QSignalBlocker blocker(m_source);
    const QVariant chosen = m_source->currentData();
    m_source->clear();
    for (const SourceOffer& source : m_sources) {
        if (std::ranges::any_of(source.venues, [&](const VenueOffer& venue) { return venue.has(chosenKind()); }))
            m_source->addItem(source.id.empty() ? tr("The exchange itself") : toQString(source.name), toQString(source.id));
    }
    m_source->setCurrentIndex(std::max(0, m_source->findData(chosen)));
    m_source->setVisible(m_source->count() > 1);
    m_sourceCaption->setVisible(m_source->count() > 1);
}

void BackfillWizard::fillExchanges()
{
    std::vector<CheckListModel::Item> items;
    for (const VenueOffer& venue : chosenSource().venues) {
        if (!venue.has(chosenKind()))
            continue;
        QStringList markets;
        for (const auto& [market, frames] : venue.of(chosenKind()))
            markets << textOf(market);
        items.push_back({toQString(venue.id), toQString(venue.name), markets.join(u", "_s)});
    }
    m_exchanges->model().setItems(std::move(items));
}

/// Those of the chosen exchanges; of all where none is chosen.
void BackfillWizard::fillTimeframes()
{
    const auto chosen = chosenExchanges();
    std::set<Timeframe> frames;
    for (const VenueOffer& venue : chosenSource().venues) {
        if (!chosen.empty() && std::find(chosen.begin(), chosen.end(), venue.id) == chosen.end())
            continue;
        for (const auto& [market, offered] : venue.of(chosenKind()))
            frames.insert(offered.begin(), offered.end());
    }
    std::vector<CheckListModel::Item> items;
    for (const Timeframe frame : frames)
        items.push_back({toQString(frame.name()), toQString(frame.name()), {}});
    m_timeframes->model().setItems(std::move(items));
}

Kind BackfillWizard::chosenKind() const
{
    return static_cast<Kind>(m_kind->currentData().toInt());
}

const SourceOffer& BackfillWizard::chosenSource() const
{
    const auto source = std::ranges::find(m_sources, m_source->currentData().toString().toStdString(), &SourceOffer::id);
    return source == m_sources.end() ? m_sources.front() : *source;
}

void BackfillWizard::sourceChanged()
{
    fillExchanges();
    m_exchanges->showFirstChecked();
    exchangesChanged();
}

/// What is ticked stays so. A spot market has none of a contract's numbers: its swap of the same name is taken instead.
void BackfillWizard::kindChanged()
{
    fillSources();
    fillExchanges();
    if (factsOf(chosenKind()).isOfContracts) {
        std::vector<std::string> symbols = m_symbols->symbols();
        for (std::string& symbol : symbols) {
            if (const auto parts = parseSymbol(symbol); parts && parts->market() == MarketType::Spot)
                symbol += ":" + parts->quote;
        }
        if (symbols != m_symbols->symbols())
            m_symbols->choose(symbols);
    }
    exchangesChanged();
}

/// Those that are ticked and can be asked for the kind: others keep their tick for another kind.
std::vector<std::string> BackfillWizard::chosenExchanges() const
{
    const auto& offered = chosenSource().venues;
    std::vector<std::string> ids;
    for (const QString& id : m_exchanges->model().checked()) {
        const auto venue = std::ranges::find(offered, id.toStdString(), &VenueOffer::id);
        if (venue != offered.end() && venue->has(chosenKind()))
            ids.push_back(venue->id);
    }
    return ids;
}

void BackfillWizard::exchangesChanged()
{
    fillTimeframes();
    for (const std::string& exchange : chosenExchanges()) {
        if (m_asked.insert(exchange).second)
            loadSymbols(exchange);
    }
    if (m_fetching.empty())
        showFetchErrors();
    rebuildBook();
    changed();
}

void BackfillWizard::loadSymbols(const std::string& exchange)
{
    m_port.symbols(exchange, this, [this, exchange](std::vector<Instrument> instruments) {
        if (instruments.empty())
            fetchSymbols(exchange); // never asked before
        else
            symbolsArrived(exchange, std::move(instruments));
    });
}

void BackfillWizard::fetchSymbols()
{
    const auto exchanges = chosenExchanges();
    if (exchanges.empty())
        m_symbols->setStatus(tr("Choose an exchange first: it is asked for its symbols."), true);
    for (const std::string& exchange : exchanges)
        fetchSymbols(exchange);
}

void BackfillWizard::fetchSymbols(const std::string& exchange)
{
    m_fetchErrors.erase(exchange);
    if (!m_fetching.insert(exchange).second)
        return;
    m_symbols->setFetching(true);
    m_symbols->setStatus(tr("Asking exchanges for their symbols\u2026"), false);
    m_port.fetchSymbols(exchange, this, [this, exchange](const Result<std::vector<Instrument>>& fetched) {
        m_fetching.erase(exchange);
        if (!fetched)
            m_fetchErrors[exchange] = tr("%1: %2").arg(toQString(exchange), errorText(fetched.error()));
        if (m_fetching.empty()) {
            m_symbols->setFetching(false);
            showFetchErrors();
        }
        if (fetched)
            symbolsArrived(exchange, *fetched);
    });
}

/// Of the chosen exchanges alone: what failed for another one matters to nobody.
void BackfillWizard::showFetchErrors()
{
    QStringList errors;
    for (const std::string& exchange : chosenExchanges()) {
        if (const auto failed = m_fetchErrors.find(exchange); failed != m_fetchErrors.end())
            errors << failed->second;
    }
    m_symbols->setStatus(errors.join(u' '), !errors.isEmpty());
}

void BackfillWizard::symbolsArrived(const std::string& exchange, std::vector<Instrument> instruments)
{
    std::erase_if(instruments, [](const Instrument& instrument) { return !instrument.active && instrument.id.empty(); });
    m_instruments[exchange] = std::move(instruments);
    rebuildBook();
}

void BackfillWizard::rebuildBook()
{
    SymbolBook book;
    for (const std::string& exchange : chosenExchanges()) {
        if (const auto known = m_instruments.find(exchange); known != m_instruments.end())
            book.add(known->second);
    }
    m_symbols->setBook(std::move(book));
}

void BackfillWizard::choose(const SeriesKey& series, std::optional<TimeRange> range)
{
    m_kind->setCurrentIndex(m_kind->findData(static_cast<int>(series.kind)));
    m_source->setCurrentIndex(std::max(0, m_source->findData(toQString(series.source))));
    m_exchanges->model().setChecked({toQString(series.exchange)});
    m_timeframes->model().setChecked({toQString(series.timeframe.name())});
    m_symbols->choose({series.symbol});
    m_exchanges->showFirstChecked();
    m_timeframes->showFirstChecked();
    if (range)
        m_range->choose(*range);
    changed();
}

void BackfillWizard::chooseHoles(const SeriesKey& series)
{
    choose(series);
    m_range->setPreset(RangePreset::OnlyHoles);
}

BackfillChoice BackfillWizard::choice() const
{
    BackfillChoice choice;
    choice.kind = chosenKind();
    choice.source = chosenSource().id;
    choice.exchanges = chosenExchanges();
    for (const QString& name : m_timeframes->model().checked()) {
        if (const auto frame = Timeframe::fromName(name.toStdString()))
            choice.timeframes.push_back(*frame);
    }
    choice.symbols = m_symbols->symbols();
    choice.range = m_range->choice();
    choice.order = m_newestFirst->isChecked() ? WalkOrder::NewestFirst : WalkOrder::OldestFirst;
    return choice;
}

// --- the plan ---

void BackfillWizard::changed()
{
    if (!m_symbolCaption)
        return; // still being built
    // A filter hides what is ticked: the captions say how much that is.
    m_exchangeCaption->setText(tr("E&xchanges: %1 chosen").arg(countText(static_cast<std::int64_t>(chosenExchanges().size()))));
    m_symbolCaption->setBuddy(m_symbols->focusProxy());
    m_symbolCaption->setText(tr("S&ymbols: %1 chosen").arg(countText(static_cast<std::int64_t>(m_symbols->symbols().size()))));
    if (m_start)
        m_start->setEnabled(false);
    m_planTimer.start();
}

void BackfillWizard::updatePlan()
{
    RequestList list = requestsOf(choice(), chosenSource().venues, m_symbols->book(), m_port.now());
    if (list.field == RequestList::Field::Symbol && m_symbols->symbols().empty())
        list.problem = m_symbols->problem();
    if (list.requests.size() > mostSeries) {
        list.problem = tr("These are %1 series, more than %2 at a time: choose fewer.")
                           .arg(countText(static_cast<std::int64_t>(list.requests.size())), countText(static_cast<std::int64_t>(mostSeries)));
        list.field = RequestList::Field::Symbol;
    }
    showProblem(list.field, list.problem);
    if (!list.problem.isEmpty())
        m_plan->clear(tr("There is no plan yet: see the mark beside the fields."));
    else
        m_plan->plan(std::move(list.requests), list.leftOut);
    updateStart();
}

void BackfillWizard::showProblem(RequestList::Field field, const QString& problem)
{
    using Field = RequestList::Field;
    m_problem = problem;
    say(m_exchangeProblem, field == Field::Exchange ? problem : QString());
    say(m_timeframeProblem, field == Field::Timeframe ? problem : QString());
    say(m_symbolProblem, field == Field::Symbol ? problem : QString());
    m_range->setProblem(field == Field::Range ? problem : QString());
}

void BackfillWizard::updateStart()
{
    m_start->setEnabled(m_plan->canStart() && !m_planTimer.isActive() && !m_isStarting);
    if (!m_isStarting)
        m_message->clear();
    const auto count = static_cast<std::int64_t>(m_plan->model().withWork().size());
    m_start->setText(m_plan->canStart() && count > 1 ? tr("&Start %1 jobs").arg(countText(count)) : tr("&Start"));
}

void BackfillWizard::start()
{
    if (!m_start->isEnabled())
        return;
    m_isStarting = true;
    m_start->setEnabled(false);
    m_message->setText(tr("Starting\u2026"));
    m_port.start(m_plan->model().withWork(), m_atOnce->value(), this, [this](const StartOutcome& outcome) { startsArrived(outcome); });
}

void BackfillWizard::startsArrived(const StartOutcome& outcome)
{
    m_isStarting = false;
    if (outcome.jobs.empty()) {
        updateStart();
        m_problem = outcome.errors.empty() ? tr("Nothing was started.") : errorText(outcome.errors.front());
        say(m_message, m_problem);
        if (!outcome.errors.empty())
            m_message->setToolTip(errorTextWithDetail(outcome.errors.front()));
        return;
    }
    const auto requests = m_plan->model().withWork();
    const BackfillRequest& first = requests.front();
    emit started(static_cast<int>(outcome.jobs.size()),
        SeriesKey {first.source.empty() ? first.exchange : first.source, first.exchange, first.market.value_or(MarketType::Spot), first.symbol, first.kind, first.timeframe});
    accept();
}

} // namespace mnemo
