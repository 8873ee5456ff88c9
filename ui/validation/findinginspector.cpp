#include "ui/validation/findinginspector.h"

#include <QAction>
#include <QFontDatabase>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSignalBlocker>
#include <QTabWidget>
#include <QTableWidget>
#include <QTextBlock>
#include <QToolButton>
#include <QVBoxLayout>
#include <cmath>

#include "ui/widgets/findingtext.h"
#include "ui/widgets/flowlayout.h"
#include "ui/validation/neighbourchart.h"
#include "ui/validation/rawexcerpt.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int seriesRole = Qt::UserRole;

QTableWidget* table(const QStringList& headers, const QString& name)
{
    auto* view = new QTableWidget(0, static_cast<int>(headers.size()));
    view->setHorizontalHeaderLabels(headers);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setSelectionMode(QAbstractItemView::SingleSelection);
    view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view->setAlternatingRowColors(true);
    view->setShowGrid(false);
    view->setWordWrap(false);
    view->setTabKeyNavigation(false);
    view->verticalHeader()->hide();
    view->verticalHeader()->setDefaultSectionSize(view->fontMetrics().height() + 6);
    view->horizontalHeader()->setHighlightSections(false);
    view->horizontalHeader()->setStretchLastSection(true);
    view->setAccessibleName(name);
    return view;
}

QTableWidgetItem* item(const QString& text, bool isNumber = false)
{
    auto* one = new QTableWidgetItem(text);
    if (isNumber)
        one->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    one->setToolTip(text);
    return one;
}

QString number(double value)
{
    return QString::number(value, 'g', 12);
}

QLabel* note()
{
    auto* label = new QLabel;
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QWidget* under(QLabel* label, QWidget* widget)
{
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(label);
    layout->addWidget(widget, 1);
    return page;
}

/// "+12.5 bp" of the closes.
QString difference(double other, double ours)
{
    if (!(ours > 0) || !(other > 0))
        return {};
    const double bp = (other / ours - 1) * 1e4;
    return FindingInspector::tr("%1%2 bp").arg(
        bp > 0 ? u"+"_s : QString(), QString::number(bp, 'f', std::abs(bp) < 100 ? 1 : 0));
}

} // namespace

FindingInspector::FindingInspector(ValidationPort& port, DisplayZone& zone, QWidget* parent)
    : QWidget(parent)
    , m_port(port)
    , m_zone(zone)
    , m_title(note())
    , m_why(note())
    , m_message(note())
    , m_body(new QWidget)
    , m_chart(new NeighbourChart(zone))
    , m_tabs(new QTabWidget)
    , m_reason(new QLineEdit)
    , m_buttons(new FlowLayout(4))
{
    QFont strong = m_title->font();
    strong.setBold(true);
    m_title->setFont(strong);
    m_title->setTextFormat(Qt::PlainText);
    m_why->setAccessibleName(tr("The rule's arithmetic"));
    m_message->setAlignment(Qt::AlignCenter);
    m_message->setForegroundRole(QPalette::PlaceholderText);
    m_reason->setPlaceholderText(tr("Reason, one sentence (to accept and to replace)"));
    m_reason->setAccessibleName(tr("Reason of the decision"));
    m_tabs->addTab(createValues(), tr("Values"));
    m_tabs->addTab(createRaw(), tr("Raw answer"));
    m_tabs->addTab(createDecisions(), tr("Decisions"));
    auto* body = new QVBoxLayout(m_body);
    body->setContentsMargins(0, 0, 0, 0);
    body->addWidget(m_title);
    body->addWidget(m_why);
    body->addWidget(m_chart, 3);
    body->addWidget(m_reason);
    body->addLayout(m_buttons);
    body->addWidget(m_tabs, 2);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 0, 0, 0);
    layout->addWidget(m_message, 1);
    layout->addWidget(m_body, 1);
    connect(m_reason, &QLineEdit::returnPressed, this, &FindingInspector::reasonEntered);
    connect(&zone, &DisplayZone::changed, this, &FindingInspector::showState);
    showState();
}

QWidget* FindingInspector::createValues()
{
    m_values = table({tr("Source"), tr("Open"), tr("High"), tr("Low"), tr("Close"), tr("Close differs"), tr("Volume")},
        tr("The bar as each source tells it"));
    m_valuesNote = note();
    connect(m_values, &QTableWidget::itemSelectionChanged, this, &FindingInspector::replacementChanged);
    return under(m_valuesNote, m_values);
}

QWidget* FindingInspector::createRaw()
{
    m_raw = new QPlainTextEdit;
    m_raw->setReadOnly(true);
    m_raw->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_raw->setTabChangesFocus(true);
    m_raw->setAccessibleName(tr("What the source answered"));
    m_rawNote = note();
    m_url = new QLineEdit; // a word that no line could break
    m_url->setReadOnly(true);
    m_url->setAccessibleName(tr("Address that was asked"));
    QWidget* page = under(m_rawNote, m_raw);
    static_cast<QVBoxLayout*>(page->layout())->insertWidget(1, m_url);
    return page;
}

QWidget* FindingInspector::createDecisions()
{
    m_decisions =
        table({tr("When (UTC)"), tr("Who"), tr("What"), tr("Why")}, tr("Decisions about this finding, newest last"));
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(m_decisions);
    return page;
}

void FindingInspector::addDecision(QAction* action)
{
    auto* button = new QToolButton;
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    button->setFocusPolicy(Qt::TabFocus);
    m_buttons->addWidget(button);
}

void FindingInspector::setReadOnly()
{
    m_reason->setEnabled(false);
    m_reason->setPlaceholderText(tr("This window only reads: decide in the window that collects"));
}

void FindingInspector::askForReason(const QString& hint)
{
    m_reason->setPlaceholderText(hint);
    m_reason->setFocus(Qt::ShortcutFocusReason);
}

void FindingInspector::show(std::optional<FindingId> finding)
{
    if (m_finding == finding)
        return;
    m_finding = finding;
    m_evidence.reset();
    m_reason->clear();
    reload();
}

void FindingInspector::reload()
{
    m_error.reset();
    if (m_finding)
        m_port.evidence(*m_finding, this,
            [this, finding = *m_finding](Result<FindingEvidence> evidence) { arrived(finding, std::move(evidence)); });
    if (!m_evidence)
        showState();
}

void FindingInspector::arrived(FindingId finding, Result<FindingEvidence> evidence)
{
    if (m_finding != finding)
        return; // another one was chosen meanwhile
    if (evidence)
        m_evidence = std::move(*evidence);
    else
        m_error = evidence.error();
    showState();
}

std::optional<SeriesRecord> FindingInspector::replacement() const
{
    if (!m_evidence || m_evidence->provenance.series.key.kind != Kind::Candles)
        return std::nullopt;
    const int row = m_values->currentRow(); // 0 is this series itself
    const SeriesId chosen = row > 0 ? m_values->item(row, 0)->data(seriesRole).toLongLong() : 0;
    for (const OtherValue& other : m_evidence->others) {
        if (other.bar && (chosen == 0 || chosen == other.series.id))
            return other.series;
    }
    return std::nullopt;
}

void FindingInspector::showState()
{
    const bool isHere = m_evidence && !m_error;
    m_body->setVisible(isHere);
    m_message->setVisible(!isHere);
    if (m_error)
        m_message->setText(tr("\u2715 This finding could not be read. %1").arg(errorTextWithDetail(*m_error)));
    else if (m_finding)
        m_message->setText(tr("Reading\u2026"));
    else
        m_message->setText(
            tr("Choose a finding to see the bar among its neighbours, what other exchanges say, and the raw answer."));
    m_chart->setEvidence(isHere ? m_evidence : std::nullopt);
    if (isHere) {
        showTitle();
        showValues();
        showRaw();
        showDecisions();
    }
    emit evidenceChanged();
}

void FindingInspector::showTitle()
{
    const Finding& finding = m_evidence->provenance.finding;
    const SeriesRecord& series = m_evidence->provenance.series;
    m_title->setText(tr("%1 %2 \u00B7 %3\n%4 %5 \u00B7 %6 \u00B7 %7 %8")
                         .arg(glyphOf(severityOf(finding)), ruleTitle(finding.rule), titleOf(series.key),
                             m_zone.timeText(finding.range.from), m_zone.label(finding.range.from),
                             tr("bars: %1").arg(countText(barsOf(finding, series.grid()))), glyphOf(stateOf(finding)),
                             textOf(stateOf(finding))));
    const QString why = whyOf(finding);
    m_why->setText(why.isEmpty() ? tr("The rule left no arithmetic.") : why);
}

void FindingInspector::showValues()
{
    const QSignalBlocker quiet(m_values);
    const SeriesRecord& series = m_evidence->provenance.series;
    const UtcMs open = series.grid().floor(m_evidence->provenance.finding.range.from);
    const auto ours = std::ranges::find_if(m_evidence->bars, [&](const ChartBar& bar) { return bar.time >= open; });
    const ChartBar* mine = ours != m_evidence->bars.end() && ours->time < series.grid().next(open) ? &*ours : nullptr;
    const bool hasOneNumber = isMetric(series.key.kind);
    m_values->clearContents();
    m_values->setRowCount(static_cast<int>(m_evidence->others.size()) + 1);
    for (const int column : {1, 2, 3})
        m_values->setColumnHidden(column, hasOneNumber);
    m_values->setHorizontalHeaderItem(4, new QTableWidgetItem(hasOneNumber ? tr("Amount") : tr("Close")));
    m_values->setColumnHidden(6, hasOneNumber);
    const auto fill = [&](int row, const SeriesRecord& record, const ChartBar* bar, bool isOurs) {
        const QString source = record.key.source == record.key.exchange
            ? toQString(record.key.exchange)
            : tr("%1 by %2").arg(toQString(record.key.exchange), toQString(record.key.source));
        auto* name = item(isOurs ? tr("\u25B8 %1 (this series)").arg(source) : source);
        name->setData(seriesRole, static_cast<qlonglong>(record.id));
        m_values->setItem(row, 0, name);
        if (!bar) {
            m_values->setItem(row, 4, item(tr("no bar here"), true));
            return;
        }
        int column = 1;
        for (const double value : {bar->open, bar->high, bar->low, bar->close})
            m_values->setItem(row, column++, item(number(value), true));
        m_values->setItem(row, 5, item(isOurs || !mine ? QString() : difference(bar->close, mine->close), true));
        m_values->setItem(row, 6, item(number(bar->volume), true));
    };
    fill(0, series, mine, true);
    int row = 1;
    for (const OtherValue& other : m_evidence->others)
        fill(row++, other.series, other.bar ? &*other.bar : nullptr, false);
    m_values->resizeColumnsToContents();
    m_valuesNote->setText(
        m_evidence->others.empty() ? tr(
            "No other exchange or source holds this instrument at this timeframe. Fetch its history there to compare.")
                                   : tr("The first bar of the finding at %1 %2, as each source tells it.")
                                         .arg(m_zone.timeText(open), m_zone.label(open)));
    emit replacementChanged();
}

void FindingInspector::showRaw()
{
    const Provenance& provenance = m_evidence->provenance;
    m_raw->setVisible(provenance.answer.has_value());
    m_url->setVisible(provenance.answer.has_value());
    if (!provenance.answer) {
        m_rawNote->setText(tr("There is no raw answer: %1.").arg(toQString(provenance.problem)));
        return;
    }
    const RawAnswer& answer = *provenance.answer;
    const RawExcerpt excerpt = excerptOf(answer, whyOf(provenance.finding));
    m_url->setText(toQString(answer.manifest.method + " " + answer.manifest.url));
    m_url->setCursorPosition(0);
    QStringList told {tr("Status %1, fetched %2 UTC, %3")
                          .arg(answer.manifest.status)
                          .arg(timeText(answer.manifest.fetchedAt), bytesText(std::ssize(answer.body)))};
    m_raw->setPlainText(excerpt.text);
    const Theme theme = Theme::of(palette());
    QList<QTextEdit::ExtraSelection> selections;
    QStringList fields;
    for (const RawExcerpt::Mark& mark : excerpt.marks) {
        QTextEdit::ExtraSelection selection;
        selection.cursor = QTextCursor(m_raw->document());
        selection.cursor.setPosition(mark.from);
        selection.cursor.setPosition(mark.from + mark.length, QTextCursor::KeepAnchor);
        if (mark.name.isEmpty()) {
            selection.format.setBackground(palette().color(QPalette::AlternateBase).darker(theme.isDark ? 70 : 108));
        } else {
            const QString value = excerpt.text.mid(mark.from, mark.length);
            fields << (mark.isAtFault ? tr("\u25B6 %1 %2").arg(mark.name, value) : u"%1 %2"_s.arg(mark.name, value));
            selection.format.setFontUnderline(true);
            if (mark.isAtFault) {
                selection.format.setFontWeight(QFont::Bold);
                selection.format.setBackground(theme.bad);
                selection.format.setForeground(theme.background);
            }
        }
        selections << selection;
    }
    m_raw->setExtraSelections(selections);
    if (!answer.place)
        told << tr("Where the row stands in it could not be determined; the beginning is shown.");
    else if (!fields.isEmpty())
        told << tr("Read from it: %1").arg(fields.join(u", "_s));
    if (excerpt.isCut)
        told << tr("A part is shown.");
    m_rawNote->setText(told.join(u'\n'));
    if (!excerpt.marks.empty()) {
        QTextCursor cursor(m_raw->document());
        cursor.setPosition(excerpt.marks.front().from);
        m_raw->setTextCursor(cursor);
        m_raw->centerCursor();
    }
}

void FindingInspector::showDecisions()
{
    const auto& decisions = m_evidence->provenance.decisions;
    m_decisions->clearContents();
    m_decisions->setRowCount(static_cast<int>(decisions.size()));
    int row = 0;
    for (const Decision& decision : decisions) {
        m_decisions->setItem(row, 0, item(timeText(decision.at)));
        m_decisions->setItem(row, 1, item(toQString(decision.who)));
        m_decisions->setItem(row, 2, item(actionText(decision.action)));
        m_decisions->setItem(row++, 3, item(toQString(decision.reason)));
    }
    m_decisions->resizeColumnsToContents();
    m_tabs->setTabText(2, decisions.empty() ? tr("Decisions") : tr("Decisions (%1)").arg(decisions.size()));
}

} // namespace mnemo
