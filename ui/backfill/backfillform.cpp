#include "ui/backfill/backfillform.h"

#include <QComboBox>
#include <QCompleter>
#include <QDateTimeEdit>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QGroupBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/backfill/plantext.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/glyphicon.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"
#include "ui/widgets/theme.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int planDelay = 200; // ms; typing a symbol asks once, not at every key

QDateTime toDateTime(UtcMs time)
{
    return QDateTime::fromMSecsSinceEpoch(toMs(time), Qt::UTC);
}

UtcMs fromDateTime(const QDateTime& time)
{
    return fromMs(time.toMSecsSinceEpoch());
}

QDateTimeEdit* timeField(const QString& name)
{
    auto* edit = new QDateTimeEdit;
    edit->setTimeSpec(Qt::UTC);
    edit->setDisplayFormat(u"yyyy-MM-dd HH:mm"_s);
    edit->setCalendarPopup(true);
    edit->setAccessibleName(name);
    return edit;
}

/// The same pair in another market: a linear BTC/USDT is BTC/USDT:USDT, an inverse one BTC/USD:BTC.
QString symbolIn(MarketType market, const QString& symbol)
{
    auto parts = parseSymbol(symbol.toStdString());
    if (!parts || parts->market() == market)
        return symbol;
    const bool wasInverse = parts->market() == MarketType::Inverse;
    parts->suffix.clear();
    switch (market) {
    case MarketType::Spot:
        parts->settle.clear();
        parts->quote = wasInverse && parts->quote == "USD" ? "USDT" : parts->quote;
        break;
    case MarketType::Linear:
        parts->quote = wasInverse && parts->quote == "USD" ? "USDT" : parts->quote;
        parts->settle = parts->quote;
        break;
    case MarketType::Inverse:
        parts->quote = "USD";
        parts->settle = parts->base;
        break;
    }
    return toQString(parts->text());
}

} // namespace

BackfillForm::BackfillForm(BackfillPort& port, QWidget* parent)
    : QDialog(parent)
    , m_port(port)
    , m_venues(port.venues())
{
    setWindowTitle(tr("New backfill"));
    auto* layout = new QVBoxLayout(this);
    auto* fields = new QFormLayout;
    fields->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    layout->addLayout(fields);
    createFields(fields);
    createRange(fields);
    createPlan();
    m_planTimer.setSingleShot(true);
    m_planTimer.setInterval(planDelay);
    connect(&m_planTimer, &QTimer::timeout, this, &BackfillForm::updatePlan);
    for (const VenueOffer& offer : m_venues)
        m_exchange->addItem(toQString(offer.name), toQString(offer.id));
    venueChanged();
    m_symbol->setEditText(m_symbol->currentText().isEmpty() ? u"BTC/USDT"_s : m_symbol->currentText());
    resize(sizeHint().expandedTo({520, 0}));
}

void BackfillForm::createFields(QFormLayout* layout)
{
    m_exchange = new QComboBox;
    m_market = new QComboBox;
    m_timeframe = new QComboBox;
    m_symbol = new QComboBox;
    m_symbol->setEditable(true);
    m_symbol->setInsertPolicy(QComboBox::NoInsert);
    m_symbol->setMinimumContentsLength(18);
    m_symbol->completer()->setFilterMode(Qt::MatchContains);
    m_symbol->completer()->setCompletionMode(QCompleter::PopupCompletion);
    m_symbol->lineEdit()->setPlaceholderText(u"BTC/USDT"_s);
    m_fetch = new QToolButton;
    m_fetch->setIcon(glyphIcon(Glyph::Refresh));
    m_fetch->setToolTip(tr("Ask the exchange for its list of symbols"));
    m_fetch->setAccessibleName(tr("Ask the exchange for its list of symbols"));
    auto* symbols = new QHBoxLayout;
    symbols->addWidget(m_symbol, 1);
    symbols->addWidget(m_fetch);
    layout->addRow(tr("&Exchange"), m_exchange);
    layout->addRow(tr("&Market"), m_market);
    layout->addRow(tr("&Symbol"), symbols);
    qobject_cast<QLabel*>(layout->labelForField(symbols))->setBuddy(m_symbol);
    layout->addRow(tr("&Timeframe"), m_timeframe);
    m_symbol->setAccessibleName(tr("Symbol"));
    connect(m_exchange, &QComboBox::currentIndexChanged, this, &BackfillForm::venueChanged);
    connect(m_market, &QComboBox::currentIndexChanged, this, &BackfillForm::marketChanged);
    connect(m_timeframe, &QComboBox::currentIndexChanged, this, &BackfillForm::changed);
    connect(m_symbol, &QComboBox::editTextChanged, this, &BackfillForm::changed);
    connect(m_fetch, &QToolButton::clicked, this, &BackfillForm::fetchSymbols);
}

void BackfillForm::createRange(QFormLayout* layout)
{
    m_preset = new QComboBox;
    for (const RangePreset preset : rangePresets())
        m_preset->addItem(textOf(preset), static_cast<int>(preset));
    m_preset->setCurrentIndex(2); // the last 30 days
    m_from = timeField(tr("From, UTC"));
    m_to = timeField(tr("To, UTC, not included"));
    auto* times = new QHBoxLayout;
    times->addWidget(m_from, 1);
    times->addWidget(new QLabel(tr("to")));
    times->addWidget(m_to, 1);
    times->addWidget(new QLabel(tr("UTC")));
    layout->addRow(tr("&Range"), m_preset);
    layout->addRow(QString(), times);
    connect(m_preset, &QComboBox::currentIndexChanged, this, &BackfillForm::presetChanged);
    connect(m_from, &QDateTimeEdit::dateTimeChanged, this, &BackfillForm::changed);
    connect(m_to, &QDateTimeEdit::dateTimeChanged, this, &BackfillForm::changed);
    presetChanged();
}

void BackfillForm::createPlan()
{
    auto* group = new QGroupBox(tr("Plan"));
    m_plan = new QLabel;
    m_plan->setTextFormat(Qt::RichText);
    m_plan->setWordWrap(true);
    m_plan->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_plan->setMinimumHeight(m_plan->fontMetrics().height() * 8);
    m_plan->setAccessibleName(tr("Plan of the backfill"));
    m_plan->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* inside = new QVBoxLayout(group);
    inside->addWidget(m_plan);
    m_message = new QLabel;
    m_message->setWordWrap(true);
    m_message->setAccessibleName(tr("Message"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    m_start = buttons->addButton(tr("&Start backfill"), QDialogButtonBox::AcceptRole);
    m_start->setObjectName(u"StartBackfill"_s);
    m_start->setDefault(true);
    m_start->setEnabled(false);
    buttons->button(QDialogButtonBox::Close)
        ->setAutoDefault(false);                           // else Return closes while there is nothing to start
    buttons->button(QDialogButtonBox::Close)->setIcon({}); // the style's picture is made for light palettes
    connect(buttons, &QDialogButtonBox::accepted, this, &BackfillForm::start);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    layout()->addWidget(group);
    layout()->addWidget(m_message);
    layout()->addWidget(buttons);
}

const VenueOffer* BackfillForm::venue() const
{
    const int index = m_exchange->currentIndex();
    return index >= 0 && static_cast<std::size_t>(index) < m_venues.size() ? &m_venues[static_cast<std::size_t>(index)]
                                                                           : nullptr;
}

std::optional<MarketType> BackfillForm::market() const
{
    return m_market->currentIndex() < 0 ? std::nullopt
                                        : std::optional(static_cast<MarketType>(m_market->currentData().toInt()));
}

std::optional<Timeframe> BackfillForm::timeframe() const
{
    return Timeframe::fromName(m_timeframe->currentText().toStdString());
}

RangePreset BackfillForm::preset() const
{
    return static_cast<RangePreset>(m_preset->currentData().toInt());
}

void BackfillForm::venueChanged()
{
    m_instruments.clear();
    const auto before = market();
    {
        const QSignalBlocker quiet(m_market);
        m_market->clear();
        if (const VenueOffer* offer = venue()) {
            for (const auto& [type, frames] : offer->frames)
                m_market->addItem(textOf(type), static_cast<int>(type));
        }
        m_market->setCurrentIndex(before ? std::max(0, m_market->findData(static_cast<int>(*before))) : 0);
    }
    marketChanged();
    loadSymbols();
}

void BackfillForm::marketChanged()
{
    const QString before = m_timeframe->currentText();
    {
        const QSignalBlocker quiet(m_timeframe);
        m_timeframe->clear();
        if (const VenueOffer* offer = venue(); offer && market()) {
            for (const Timeframe frame : offer->frames.at(*market()))
                m_timeframe->addItem(toQString(frame.name()));
        }
        m_timeframe->setCurrentIndex(std::max(0, m_timeframe->findText(before)));
    }
    showSymbols();
    changed();
}

void BackfillForm::presetChanged()
{
    const bool isCustom = preset() == RangePreset::Custom;
    m_from->setEnabled(isCustom);
    m_to->setEnabled(isCustom);
    if (!isCustom) {
        const TimeRange range = rangeOf(preset(), m_port.now());
        const QSignalBlocker quietFrom(m_from);
        const QSignalBlocker quietTo(m_to);
        m_from->setDateTime(toDateTime(range.from));
        m_to->setDateTime(toDateTime(range.to));
    }
    changed();
}

void BackfillForm::loadSymbols()
{
    const VenueOffer* offer = venue();
    if (!offer)
        return;
    m_port.symbols(offer->id, this, [this, id = offer->id](std::vector<Instrument> instruments) {
        if (!venue() || venue()->id != id)
            return;
        m_instruments = std::move(instruments);
        showSymbols();
    });
}

void BackfillForm::fetchSymbols()
{
    const VenueOffer* offer = venue();
    if (!offer)
        return;
    m_fetch->setEnabled(false);
    say(tr("Asking %1 for its symbols\u2026").arg(toQString(offer->name)), false);
    m_port.fetchSymbols(offer->id, this, [this, id = offer->id](const Result<std::vector<Instrument>>& fetched) {
        m_fetch->setEnabled(true);
        if (!venue() || venue()->id != id)
            return;
        if (!fetched) {
            say(errorText(fetched.error()), true);
            m_message->setToolTip(errorTextWithDetail(fetched.error()));
            return;
        }
        m_instruments = *fetched;
        say(tr("Symbols known: %1").arg(countText(static_cast<std::int64_t>(m_instruments.size()))), false);
        showSymbols();
    });
}

void BackfillForm::showSymbols()
{
    const auto type = market();
    if (!type)
        return;
    const QString text = symbolIn(*type, m_symbol->currentText());
    QStringList symbols;
    for (const Instrument& instrument : m_instruments) {
        if (instrument.market == *type)
            symbols << toQString(instrument.symbol);
    }
    symbols.sort();
    symbols.removeDuplicates();
    const QSignalBlocker quiet(m_symbol);
    m_symbol->clear();
    m_symbol->addItems(symbols);
    m_symbol->setEditText(text);
}

void BackfillForm::choose(const SeriesKey& series, std::optional<TimeRange> range)
{
    m_exchange->setCurrentIndex(m_exchange->findData(toQString(series.exchange)));
    m_market->setCurrentIndex(m_market->findData(static_cast<int>(series.market)));
    m_symbol->setEditText(toQString(series.symbol));
    m_timeframe->setCurrentIndex(m_timeframe->findText(toQString(series.timeframe.name())));
    if (range) {
        m_preset->setCurrentIndex(m_preset->findData(static_cast<int>(RangePreset::Custom)));
        m_from->setDateTime(toDateTime(range->from));
        m_to->setDateTime(toDateTime(range->to));
    }
    changed();
}

TimeRange BackfillForm::range() const
{
    if (preset() != RangePreset::Custom)
        return rangeOf(preset(), m_port.now());
    return {fromDateTime(m_from->dateTime()), fromDateTime(m_to->dateTime())};
}

QString BackfillForm::reasonNotToAsk() const
{
    if (m_venues.empty())
        return tr("No exchange can be used: the descriptions in the configuration have errors.");
    if (!venue() || !market())
        return tr("Choose an exchange and a market.");
    if (!timeframe())
        return tr("Choose a timeframe.");
    const auto parts = parseSymbol(m_symbol->currentText().trimmed().toStdString());
    if (!parts)
        return tr("Write the symbol as BASE/QUOTE, for example BTC/USDT; contracts as BTC/USDT:USDT or BTC/USD:BTC.");
    const TimeRange wanted = range();
    if (wanted.isEmpty())
        return tr("The range is empty: its end must be later than its beginning.");
    if (wanted.from >= m_port.now())
        return tr("The range lies in the future: choose an earlier beginning.");
    return {};
}

std::optional<BackfillRequest> BackfillForm::request() const
{
    if (!reasonNotToAsk().isEmpty())
        return std::nullopt;
    BackfillRequest request;
    request.exchange = venue()->id;
    request.symbol = m_symbol->currentText().trimmed().toStdString();
    request.timeframe = *timeframe();
    request.market = market();
    request.range = range();
    return request;
}

void BackfillForm::changed()
{
    ++m_planNumber;
    if (m_start)
        m_start->setEnabled(false);
    m_planTimer.start();
}

void BackfillForm::updatePlan()
{
    const auto wanted = request();
    if (!wanted) {
        m_plan->clear();
        say(reasonNotToAsk(), true);
        return;
    }
    m_port.plan(*wanted, this, [this, number = m_planNumber](const Result<BackfillPlan>& plan) {
        if (number == m_planNumber)
            showPlan(plan);
    });
}

void BackfillForm::showPlan(const Result<BackfillPlan>& plan)
{
    if (!plan) {
        m_plan->clear();
        say(errorText(plan.error()), true);
        m_message->setToolTip(errorTextWithDetail(plan.error()));
        return;
    }
    m_plan->setText(planText(*plan));
    m_start->setEnabled(hasWork(*plan));
    say({}, false);
}

void BackfillForm::say(const QString& text, bool isProblem)
{
    m_problem = isProblem ? text : QString();
    const QColor colour = isProblem ? Theme::of(palette()).bad : palette().color(QPalette::WindowText);
    m_message->setTextFormat(Qt::RichText);
    m_message->setText(text.isEmpty() ? QString()
                                      : u"<span style='color:%1'>%2%3</span>"_s.arg(
                                          colour.name(), isProblem ? u"\u2715 "_s : QString(), text.toHtmlEscaped()));
    m_message->setToolTip({});
}

void BackfillForm::start()
{
    const auto wanted = request();
    if (!wanted || !m_start->isEnabled())
        return;
    m_start->setEnabled(false);
    SeriesKey series {
        wanted->exchange, wanted->exchange, *wanted->market, wanted->symbol, wanted->kind, wanted->timeframe};
    m_port.start(*wanted, this, [this, series](const Result<JobId>& job) {
        if (!job) {
            say(errorText(job.error()), true);
            m_message->setToolTip(errorTextWithDetail(job.error()));
            m_start->setEnabled(true);
            return;
        }
        emit started(*job, series);
        accept();
    });
}

} // namespace mnemo
