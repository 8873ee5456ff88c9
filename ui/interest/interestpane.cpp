#include "ui/interest/interestpane.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/interest/interestchart.h"
#include "ui/interest/linestyle.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/flowlayout.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int readAfter = 120; ///< ms, when the view stands still
constexpr qreal columnsPerRow = 1; ///< pixels

void fill(QComboBox& box, const QString& name, const std::vector<std::pair<QString, int>>& items)
{
    for (const auto& [text, data] : items)
        box.addItem(text, data);
    box.setAccessibleName(name);
    box.setToolTip(name);
}

} // namespace

InterestPane::InterestPane(Read read, QWidget* parent)
    : QWidget(parent)
    , m_read(std::move(read))
    , m_chart(new InterestChart)
    , m_mode(new QComboBox)
    , m_unit(new QComboBox)
    , m_legend(new QWidget)
    , m_legendLayout(new FlowLayout(2, m_legend))
    , m_summary(new QLabel)
    , m_pages(new QStackedWidget)
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(readAfter);
    connect(&m_soon, &QTimer::timeout, this, &InterestPane::read);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    createHeader();
    layout->addWidget(m_legend);
    createMessage();
    layout->addWidget(m_pages, 1);
    connect(m_chart, &InterestChart::zoomWanted, this, &InterestPane::zoomWanted);
    connect(m_chart, &InterestChart::panWanted, this, &InterestPane::panWanted);
    connect(m_chart, &InterestChart::pointed, this, [this](std::optional<double> ms) {
        emit pointed(ms ? std::optional(fromMs(static_cast<std::int64_t>(*ms))) : std::nullopt);
    });
}

void InterestPane::createHeader()
{
    fill(*m_mode, tr("How open interest is drawn"),
        {{tr("Sources"), static_cast<int>(InterestMode::Lines)}, {tr("Change"), static_cast<int>(InterestMode::Change)},
            {tr("Sum"), static_cast<int>(InterestMode::Sum)}, {tr("Shares"), static_cast<int>(InterestMode::Share)}});
    fill(*m_unit, tr("Unit of open interest"),
        {{tr("Base"), static_cast<int>(InterestUnit::Base)}, {tr("USD"), static_cast<int>(InterestUnit::Usd)}});
    auto* controls = new QWidget; // one item of the flow: they stay beside each other
    auto* row = new QHBoxLayout(controls);
    row->setContentsMargins(0, 0, 4, 0);
    row->setSpacing(2);
    row->addWidget(new QLabel(tr("Open interest")));
    row->addWidget(m_mode);
    row->addWidget(m_unit);
    m_legend->setAccessibleName(tr("Sources of open interest"));
    m_legendLayout->setContentsMargins(6, 2, 4, 2);
    m_legendLayout->addWidget(controls);
    m_summary->setMinimumHeight(m_mode->sizeHint().height()); // beside boxes and buttons
    m_legendLayout->addWidget(m_summary);
    for (QComboBox* box : {m_mode, m_unit}) {
        connect(box, &QComboBox::currentIndexChanged, this, [this] {
            draw();
            emit stateChanged();
        });
    }
}

void InterestPane::createMessage()
{
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    m_message = new QLabel;
    m_message->setAlignment(Qt::AlignCenter);
    m_message->setWordWrap(true);
    m_backfill = new QPushButton(tr("Backfill open interest\u2026"));
    layout->addStretch();
    layout->addWidget(m_message);
    layout->addWidget(m_backfill, 0, Qt::AlignHCenter);
    layout->addStretch();
    m_pages->addWidget(m_chart);
    m_pages->addWidget(page);
    m_pages->setMinimumHeight(70);
    connect(m_backfill, &QPushButton::clicked, this, &InterestPane::backfillRequested);
}

// --- what is shown ---

void InterestPane::setSeries(std::vector<SeriesRecord> series, const QString& base)
{
    const bool isSame = series == m_series && base == m_base;
    m_base = base;
    if (isSame && !m_isOld)
        return;
    m_series = std::move(series);
    m_unit->setItemText(m_unit->findData(static_cast<int>(InterestUnit::Base)), base);
    m_lines.clear();
    m_isOld = true;
    rebuildSources();
    draw();
    m_soon.start();
}

void InterestPane::setView(double from, double to, qreal plotWidth)
{
    if (m_from == from && m_to == to && m_plotWidth == plotWidth)
        return;
    m_from = from;
    m_to = to;
    m_plotWidth = plotWidth;
    m_chart->setView(from, to, plotWidth);
    tell();
    m_isOld = true;
    m_soon.start();
}

void InterestPane::rowsChanged(const SeriesKey& series)
{
    const auto shown = std::any_of(
        m_series.begin(), m_series.end(), [&](const SeriesRecord& record) { return record.key == series; });
    if (!shown)
        return;
    m_isOld = true;
    if (!m_soon.isActive())
        m_soon.start();
}

void InterestPane::pointAt(std::optional<UtcMs> time, std::optional<double> line)
{
    m_pointed = time;
    m_chart->setCrosshair(time && !line ? std::optional(static_cast<double>(toMs(*time))) : line);
    tell();
}

void InterestPane::setMode(InterestMode mode)
{
    m_mode->setCurrentIndex(std::max(0, m_mode->findData(static_cast<int>(mode))));
}

void InterestPane::setUnit(InterestUnit unit)
{
    m_unit->setCurrentIndex(std::max(0, m_unit->findData(static_cast<int>(unit))));
}

InterestMode InterestPane::mode() const
{
    return static_cast<InterestMode>(m_mode->currentData().toInt());
}

InterestUnit InterestPane::unit() const
{
    return static_cast<InterestUnit>(m_unit->currentData().toInt());
}

QString InterestPane::summary() const
{
    return m_summary->text();
}

QString InterestPane::message() const
{
    return m_pages->currentIndex() == 0 ? QString() : m_message->text();
}

// --- reading ---

void InterestPane::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_isOld)
        m_soon.start();
}

void InterestPane::read()
{
    if (!isVisible() || m_series.empty() || m_to <= m_from || m_plotWidth < 1)
        return;
    // Half a view more on either side: a drag finds its curves there.
    const double half = (m_to - m_from) / 2;
    InterestRequest request {m_series,
        {fromMs(static_cast<std::int64_t>(m_from - half)), fromMs(static_cast<std::int64_t>(m_to + half))},
        milliseconds(static_cast<std::int64_t>((m_to - m_from) / m_plotWidth * columnsPerRow))};
    m_isOld = false;
    m_asked = request;
    m_read(this, request, [this, request](Result<std::vector<InterestLine>> lines) {
        if (m_asked == request)
            arrived(std::move(lines));
    });
}

void InterestPane::arrived(Result<std::vector<InterestLine>> lines)
{
    m_asked.reset();
    if (!lines) {
        say(tr("Open interest could not be read: %1").arg(errorText(lines.error())), false);
        return;
    }
    m_lines = std::move(*lines);
    draw();
}

// --- drawing ---

void InterestPane::rebuildSources()
{
    for (QToolButton* button : m_sources)
        delete button;
    m_sources.clear();
    const Theme theme = Theme::of(palette());
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        const SeriesKey& key = m_series[i].key;
        auto* button = new QToolButton;
        button->setAutoRaise(true);
        button->setCheckable(true);
        button->setChecked(!m_leftOut.contains(key));
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setIcon(lineIcon(static_cast<int>(i), theme));
        button->setIconSize({28, 12});
        button->setFocusPolicy(Qt::TabFocus);
        connect(button, &QToolButton::toggled, this, [this, key](bool isOn) {
            isOn ? void(m_leftOut.erase(key)) : void(m_leftOut.insert(key));
            draw();
        });
        m_legendLayout->addWidget(button);
        m_sources.push_back(button);
    }
}

void InterestPane::draw()
{
    std::vector<InterestLine> shown = m_lines;
    for (InterestLine& line : shown) {
        if (m_leftOut.contains(line.series.key))
            line.rows.clear(); // its place, so its pen, stays
    }
    const std::vector<InterestCurve> curves = curvesOf(shown, unit(), mode());
    m_chart->setCurves(curves, mode());
    tell();
    const bool isDrawn = std::any_of(
        curves.begin(), curves.end(), [](const InterestCurve& curve) { return !curve.stretches.empty(); });
    if (m_series.empty())
        say(tr("No open interest of %1 is stored.").arg(m_base), true);
    else if (!isDrawn && !m_lines.empty() && !m_asked && !m_isOld)
        say(unit() == InterestUnit::Usd ? tr("No source tells a value in USD here.")
                                        : tr("No source tells an amount in %1 here.").arg(m_base),
            true);
    else
        m_pages->setCurrentIndex(0);
}

void InterestPane::say(const QString& message, bool isBackfillOffered)
{
    m_message->setText(message);
    m_backfill->setVisible(isBackfillOffered);
    m_pages->setCurrentIndex(1);
}

UtcMs InterestPane::toldTime() const
{
    if (m_pointed)
        return *m_pointed;
    const UtcMs edge = fromMs(static_cast<std::int64_t>(m_to));
    UtcMs newest {};
    for (const InterestLine& line : m_lines) {
        for (const OpenInterest& row : line.rows)
            newest = row.time <= edge ? std::max(newest, row.time) : newest;
    }
    return newest;
}

void InterestPane::tell()
{
    static const InterestLine unread;
    const UtcMs time = toldTime();
    double sum = 0;
    bool isWhole = !m_lines.empty();
    for (std::size_t i = 0; i < m_sources.size(); ++i) {
        const SeriesKey& key = m_series[i].key;
        const InterestLine& line = i < m_lines.size() ? m_lines[i] : unread;
        const auto number = numberAt(line, time, unit());
        const QString text = number ? numberText(*number) : tr("no data");
        m_sources[i]->setText(u"%1 %2"_s.arg(nameOf(key), text));
        m_sources[i]->setAccessibleName(tr("%1: %2").arg(nameOf(key), text));
        m_sources[i]->setToolTip(explain(line, key, rowAt(line, time)));
        const bool isCounted = !m_leftOut.contains(key) && std::none_of(m_series.begin(), m_series.end(), [&](const SeriesRecord& other) {
            return !m_leftOut.contains(other.key) && isRepeated(key, other.key);
        });
        if (!isCounted)
            continue;
        if (number)
            sum += *number;
        else
            isWhole = false;
    }
    m_summary->setText(isWhole && m_sources.size() > 1 ? tr("\u03A3 %1").arg(numberText(sum)) : QString());
    m_summary->setToolTip(tr("The ticked sources together, where each of them is known"));
    m_summary->setVisible(!m_summary->text().isEmpty());
}

QString InterestPane::numberText(double number) const
{
    return unit() == InterestUnit::Usd ? tr("%1 USD").arg(volumeText(number)) : u"%1 %2"_s.arg(volumeText(number), m_base);
}

QString InterestPane::nameOf(const SeriesKey& key) const
{
    QString name = toQString(key.exchange);
    const auto others = std::count_if(m_series.begin(), m_series.end(), [&](const SeriesRecord& record) {
        return record.key.exchange == key.exchange && record.key.source == key.source;
    });
    if (others > 1)
        name += u' ' + toQString(key.symbol);
    return key.source == key.exchange ? name : tr("%1 by %2").arg(name, toQString(key.source));
}

/// What the source soon forgets.
QString InterestPane::retentionText(const RetentionClock& clock) const
{
    const QString kept = tr("The source keeps %1.").arg(lengthText(clock.kept));
    if (!clock.lostAt)
        return tr("%1 Nothing of that is missing here.").arg(kept);
    return tr("%1 Rows of that missing here: %2; the first is lost for good at %3 UTC.")
        .arg(kept, countText(clock.missing), timeText(*clock.lostAt));
}

/// What the source states, and what it means.
QString InterestPane::explain(const InterestLine& line, const SeriesKey& key, const OpenInterest* row) const
{
    QStringList lines {toQString(key.text())};
    const auto add = [&](const QString& what, const std::optional<double>& stated, const std::optional<double>& stored,
                         const QString& unit) {
        if (!stored)
            return;
        const QString number = volumeText(*stored);
        if (stated && *stated != *stored)
            lines << tr("%1: the source states %2; one-sided that is %3 %4.").arg(what, volumeText(*stated), number, unit);
        else
            lines << (stated ? tr("%1: %2 %3, as the source states it.") : tr("%1: %2 %3, computed."))
                         .arg(what, number, unit);
    };
    if (row) {
        add(tr("Amount"), row->rawAmount, row->amount, m_base);
        add(tr("Value"), row->rawValue, row->value, tr("USD"));
    }
    if (line.retention)
        lines << retentionText(*line.retention);
    lines << tr("Untick it to leave it out of the picture and of the sum.");
    return lines.join(u'\n');
}

void InterestPane::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() != QEvent::PaletteChange || !m_chart)
        return;
    const Theme theme = Theme::of(palette());
    for (std::size_t i = 0; i < m_sources.size(); ++i)
        m_sources[i]->setIcon(lineIcon(static_cast<int>(i), theme));
}

} // namespace mnemo
