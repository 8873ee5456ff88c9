#include "ui/metrics/metricpane.h"

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

#include "ui/metrics/metricchart.h"
#include "ui/metrics/linestyle.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/flowlayout.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int readAfter = 120; ///< ms, when the view stands still
constexpr qreal columnsPerRow = 1; ///< pixels

QString modeName(MetricMode mode)
{
    switch (mode) {
    case MetricMode::Lines:
        return MetricPane::tr("Sources");
    case MetricMode::Change:
        return MetricPane::tr("Change");
    case MetricMode::Sum:
        return MetricPane::tr("Sum");
    case MetricMode::Share:
        return MetricPane::tr("Shares");
    case MetricMode::Bars:
        break;
    }
    return MetricPane::tr("Bars");
}

/// A choice of one is none.
void finish(QComboBox& box, const QString& name)
{
    box.setAccessibleName(name);
    box.setToolTip(name);
    box.setVisible(box.count() > 1);
}

bool has(const MetricPicture& picture, MetricMode mode)
{
    return std::ranges::find(picture.modes, mode) != picture.modes.end();
}

} // namespace

MetricPane::MetricPane(Kind kind, Read read, QWidget* parent)
    : QWidget(parent)
    , m_kind(kind)
    , m_picture(pictureOf(kind))
    , m_read(std::move(read))
    , m_chart(new MetricChart)
    , m_mode(new QComboBox)
    , m_number(new QComboBox)
    , m_legend(new QWidget)
    , m_legendLayout(new FlowLayout(2, m_legend))
    , m_summary(new QLabel)
    , m_pages(new QStackedWidget)
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(readAfter);
    connect(&m_soon, &QTimer::timeout, this, &MetricPane::read);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    createHeader();
    layout->addWidget(m_legend);
    createMessage();
    layout->addWidget(m_pages, 1);
    connect(m_chart, &MetricChart::zoomWanted, this, &MetricPane::zoomWanted);
    connect(m_chart, &MetricChart::panWanted, this, &MetricPane::panWanted);
    connect(m_chart, &MetricChart::pointed, this, [this](std::optional<double> ms) {
        emit pointed(ms ? std::optional(fromMs(static_cast<std::int64_t>(*ms))) : std::nullopt);
    });
}

void MetricPane::createHeader()
{
    auto* controls = new QWidget; // one item of the flow: they stay beside each other
    auto* row = new QHBoxLayout(controls);
    row->setContentsMargins(0, 0, 4, 0);
    row->setSpacing(2);
    row->addWidget(new QLabel(m_picture.title));
    row->addWidget(m_mode);
    row->addWidget(m_number);
    for (const MetricMode mode : m_picture.modes)
        m_mode->addItem(modeName(mode), static_cast<int>(mode));
    for (const MetricNumber& number : m_picture.numbers)
        m_number->addItem(number.name);
    finish(*m_mode, tr("%1: how it is drawn").arg(m_picture.title));
    finish(*m_number, tr("%1: which number").arg(m_picture.title));
    m_legend->setAccessibleName(tr("%1: sources").arg(m_picture.title));
    m_legendLayout->setContentsMargins(6, 2, 4, 2);
    m_legendLayout->addWidget(controls);
    m_summary->setMinimumHeight(m_mode->sizeHint().height()); // beside boxes and buttons
    m_legendLayout->addWidget(m_summary);
    for (QComboBox* box : {m_mode, m_number}) {
        connect(box, &QComboBox::currentIndexChanged, this, [this] {
            draw();
            emit stateChanged();
        });
    }
}

void MetricPane::createMessage()
{
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    m_message = new QLabel;
    m_message->setAlignment(Qt::AlignCenter);
    m_message->setWordWrap(true);
    m_backfill = new QPushButton(m_picture.backfill);
    layout->addStretch();
    layout->addWidget(m_message);
    layout->addWidget(m_backfill, 0, Qt::AlignHCenter);
    layout->addStretch();
    m_pages->addWidget(m_chart);
    m_pages->addWidget(page);
    m_pages->setMinimumHeight(70);
    connect(m_backfill, &QPushButton::clicked, this, &MetricPane::backfillRequested);
}

// --- what is shown ---

void MetricPane::setSeries(std::vector<SeriesRecord> series, const QString& base)
{
    const bool isSame = series == m_series && base == m_base;
    m_base = base;
    if (isSame && !m_isOld)
        return;
    m_series = std::move(series);
    for (int i = 0; i < m_number->count(); ++i) {
        if (m_picture.numbers[static_cast<std::size_t>(i)].name.isEmpty())
            m_number->setItemText(i, base);
    }
    m_lines.clear();
    m_isOld = true;
    rebuildSources();
    draw();
    m_soon.start();
}

void MetricPane::setView(double from, double to, qreal plotWidth)
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

void MetricPane::rowsChanged(const SeriesKey& series)
{
    const auto shown = std::any_of(
        m_series.begin(), m_series.end(), [&](const SeriesRecord& record) { return record.key == series; });
    if (!shown)
        return;
    m_isOld = true;
    if (!m_soon.isActive())
        m_soon.start();
}

void MetricPane::pointAt(std::optional<UtcMs> time, std::optional<double> line)
{
    m_pointed = time;
    m_chart->setCrosshair(time && !line ? std::optional(static_cast<double>(toMs(*time))) : line);
    tell();
}

void MetricPane::setMode(MetricMode mode)
{
    m_mode->setCurrentIndex(std::max(0, m_mode->findData(static_cast<int>(mode))));
}

void MetricPane::setNumber(int index)
{
    m_number->setCurrentIndex(index >= 0 && index < m_number->count() ? index : 0);
}

MetricMode MetricPane::mode() const
{
    return static_cast<MetricMode>(m_mode->currentData().toInt());
}

int MetricPane::number() const
{
    return m_number->currentIndex();
}

const MetricNumber& MetricPane::shown() const
{
    return m_picture.numbers[static_cast<std::size_t>(std::max(0, number()))];
}

QString MetricPane::summary() const
{
    return m_summary->text();
}

QString MetricPane::message() const
{
    return m_pages->currentIndex() == 0 ? QString() : m_message->text();
}

// --- reading ---

void MetricPane::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_isOld)
        m_soon.start();
}

void MetricPane::read()
{
    if (!isVisible() || m_series.empty() || m_to <= m_from || m_plotWidth < 1)
        return;
    // Half a view more on either side: a drag finds its curves there.
    const double half = (m_to - m_from) / 2;
    MetricRequest request {m_series,
        {fromMs(static_cast<std::int64_t>(m_from - half)), fromMs(static_cast<std::int64_t>(m_to + half))},
        milliseconds(static_cast<std::int64_t>((m_to - m_from) / m_plotWidth * columnsPerRow))};
    m_isOld = false;
    m_asked = request;
    m_read(this, request, [this, request](Result<std::vector<MetricLine>> lines) {
        if (m_asked == request)
            arrived(std::move(lines));
    });
}

void MetricPane::arrived(Result<std::vector<MetricLine>> lines)
{
    m_asked.reset();
    if (!lines) {
        say(tr("%1 could not be read: %2").arg(m_picture.title, errorText(lines.error())), false);
        return;
    }
    m_lines = std::move(*lines);
    draw();
}

// --- drawing ---

void MetricPane::rebuildSources()
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

void MetricPane::draw()
{
    std::vector<MetricLine> shown = m_lines;
    for (MetricLine& line : shown) {
        if (m_leftOut.contains(line.series.key))
            line.rows.clear(); // its place, so its pen, stays
    }
    const MetricNumber& number = this->shown();
    const std::vector<MetricCurve> curves = curvesOf(shown, number, mode());
    m_chart->setCurves(curves, mode(), number.format);
    tell();
    const auto isEmpty = [](const MetricCurve& curve) { return curve.isEmpty(); };
    if (m_series.empty())
        say(m_picture.none.contains(u"%1") ? m_picture.none.arg(m_base) : m_picture.none, true);
    else if (std::ranges::all_of(curves, isEmpty) && !m_lines.empty() && !m_asked && !m_isOld)
        say(number.none.contains(u"%1") ? number.none.arg(m_base) : number.none, true);
    else
        m_pages->setCurrentIndex(0);
}

void MetricPane::say(const QString& message, bool isBackfillOffered)
{
    m_message->setText(message);
    m_backfill->setVisible(isBackfillOffered);
    m_pages->setCurrentIndex(1);
}

UtcMs MetricPane::toldTime() const
{
    if (m_pointed)
        return *m_pointed;
    const UtcMs edge = fromMs(static_cast<std::int64_t>(m_to));
    UtcMs newest {};
    for (const MetricLine& line : m_lines) {
        for (const Metric& row : line.rows)
            newest = row.time <= edge ? std::max(newest, row.time) : newest;
    }
    return newest;
}

void MetricPane::tell()
{
    static const MetricLine unread;
    const UtcMs time = toldTime();
    double sum = 0;
    bool isWhole = !m_lines.empty();
    for (std::size_t i = 0; i < m_sources.size(); ++i) {
        const SeriesKey& key = m_series[i].key;
        const MetricLine& line = i < m_lines.size() ? m_lines[i] : unread;
        const auto number = numberAt(line, time, shown());
        const QString told = numberText(line, time);
        const QString text = told.isEmpty() ? tr("no data") : told;
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
    const bool isSummed = isWhole && m_sources.size() > 1 && has(m_picture, MetricMode::Sum);
    m_summary->setText(isSummed ? tr("\u03A3 %1").arg(metricText(sum, shown().format, m_base)) : QString());
    m_summary->setToolTip(tr("The ticked sources together, where each of them is known"));
    m_summary->setVisible(!m_summary->text().isEmpty());
}

QString MetricPane::numberText(const MetricLine& line, UtcMs time) const
{
    const Metric* const row = rowAt(line, time);
    const auto text = [&](std::size_t column) {
        const auto& number = row->numbers[column];
        return number ? metricText(*number, shown().format, m_base) : tr("no data");
    };
    if (!row || (!shown().of(*row) && !shown().below))
        return {};
    return shown().below ? tr("\u2191 %1 \u2193 %2").arg(text(shown().column), text(*shown().below)) : text(shown().column);
}

QString MetricPane::nameOf(const SeriesKey& key) const
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
QString MetricPane::retentionText(const RetentionClock& clock) const
{
    const QString kept = tr("The source keeps %1.").arg(lengthText(clock.kept));
    if (!clock.lostAt)
        return tr("%1 Nothing of that is missing here.").arg(kept);
    return tr("%1 Rows of that missing here: %2; the first is lost for good at %3 UTC.")
        .arg(kept, countText(clock.missing), timeText(*clock.lostAt));
}

/// What the source states, and what it means where that is another number.
QStringList MetricPane::explained(const Metric& row) const
{
    const std::size_t told = m_picture.columns.size();
    const bool isStatedApart = factsOf(m_kind).columns.size() > told; // what was stated is kept beside
    QStringList lines;
    for (std::size_t i = 0; i < told; ++i) {
        const auto& [title, format] = m_picture.columns[i];
        if (!row.numbers[i])
            continue;
        const QString number = metricText(*row.numbers[i], format, m_base);
        const auto stated = isStatedApart ? row.numbers[told + i] : row.numbers[i];
        if (!isStatedApart)
            lines << tr("%1: %2.").arg(title, number);
        else if (!stated)
            lines << tr("%1: %2, computed.").arg(title, number);
        else if (*stated == *row.numbers[i])
            lines << tr("%1: %2, as the source states it.").arg(title, number);
        else
            lines << tr("%1: the source states %2; one-sided that is %3.").arg(title, volumeText(*stated), number);
    }
    return lines;
}

QString MetricPane::explain(const MetricLine& line, const SeriesKey& key, const Metric* row) const
{
    QStringList lines {toQString(key.text())};
    if (row)
        lines << explained(*row);
    if (line.retention)
        lines << retentionText(*line.retention);
    lines << tr("Untick it to leave it out of the picture.");
    return lines.join(u'\n');
}

void MetricPane::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() != QEvent::PaletteChange || !m_chart)
        return;
    const Theme theme = Theme::of(palette());
    for (std::size_t i = 0; i < m_sources.size(); ++i)
        m_sources[i]->setIcon(lineIcon(static_cast<int>(i), theme));
}

} // namespace mnemo
