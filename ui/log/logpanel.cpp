#include "ui/log/logpanel.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QShortcut>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

namespace mnemo {

namespace {

constexpr int lookEvery = 250; // ms

} // namespace

LogPanel::LogPanel(Source source, QWidget* parent)
    : QWidget(parent)
    , m_source(std::move(source))
    , m_level(new QComboBox)
    , m_filter(new QLineEdit)
    , m_table(new QTableView)
    , m_stack(new QStackedWidget)
    , m_nothing(new QLabel)
{
    for (const auto& [level, text] : {std::pair {log::Level::Trace, tr("Everything")},
             std::pair {log::Level::Info, tr("Info and above")}, std::pair {log::Level::Warning, tr("Warnings and errors")},
             std::pair {log::Level::Error, tr("Errors")}})
        m_level->addItem(text, static_cast<int>(level));
    m_level->setCurrentIndex(1);
    m_level->setAccessibleName(tr("Least level"));
    m_filter->setPlaceholderText(tr("Filter: words, or task=5 for one job"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setAccessibleName(tr("Filter of the log"));
    setFocusProxy(m_filter);
    createTable();
    createActions();
    m_nothing->setAlignment(Qt::AlignCenter);
    m_nothing->setForegroundRole(QPalette::PlaceholderText);
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_nothing);
    auto* top = new QHBoxLayout;
    top->addWidget(m_level);
    top->addWidget(m_filter, 1);
    for (QAction* action : m_actions) {
        auto* button = new QToolButton;
        button->setDefaultAction(action);
        button->setFocusPolicy(Qt::TabFocus);
        top->addWidget(button);
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 0);
    layout->setSpacing(4);
    layout->addLayout(top);
    layout->addWidget(m_stack);
    connect(m_level, &QComboBox::currentIndexChanged, this, [this] {
        m_model.setLevel(static_cast<log::Level>(m_level->currentData().toInt()));
        showState();
    });
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_model.setWords(text);
        showState();
    });
    m_timer.setInterval(lookEvery);
    connect(&m_timer, &QTimer::timeout, this, &LogPanel::refresh);
    showState();
}

void LogPanel::createTable()
{
    m_table->setModel(&m_model);
    m_table->setAccessibleName(tr("Log"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed); // ten thousand rows are not measured one by one
    m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().height() + 4);
    const int em = m_table->fontMetrics().horizontalAdvance(u'0');
    m_table->horizontalHeader()->resizeSection(LogModel::Time, 16 * em);
    m_table->horizontalHeader()->resizeSection(LogModel::Level, 12 * em);
    m_table->horizontalHeader()->resizeSection(LogModel::Area, 14 * em);
    m_table->horizontalHeader()->setStretchLastSection(true);
    auto* slash = new QShortcut(Qt::Key_Slash, m_table, nullptr, nullptr, Qt::WidgetShortcut);
    connect(slash, &QShortcut::activated, m_filter, qOverload<>(&QLineEdit::setFocus));
}

void LogPanel::createActions()
{
    m_follow = new QAction(tr("&Follow the log"), this);
    m_follow->setIconText(tr("Follow"));
    m_follow->setToolTip(tr("Keep the newest line in view"));
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    connect(m_follow, &QAction::toggled, this, [this](bool isOn) {
        if (isOn)
            m_table->scrollToBottom();
    });
    // Who scrolls up wants to read; at the end it follows again.
    connect(m_table->verticalScrollBar(), &QScrollBar::actionTriggered, this, [this] {
        const QScrollBar* bar = m_table->verticalScrollBar();
        m_follow->setChecked(bar->sliderPosition() >= bar->maximum());
    });
    auto* copyLines = new QAction(tr("&Copy log lines"), this);
    copyLines->setIconText(tr("Copy"));
    copyLines->setToolTip(tr("The selected lines, or all that are shown"));
    copyLines->setShortcut(QKeySequence::Copy);
    copyLines->setShortcutContext(Qt::WidgetShortcut);
    m_table->addAction(copyLines);
    connect(copyLines, &QAction::triggered, this, &LogPanel::copy);
    auto* clear = new QAction(tr("C&lear the log"), this);
    clear->setIconText(tr("Clear"));
    clear->setToolTip(tr("Empties this list; the log file keeps everything"));
    connect(clear, &QAction::triggered, this, [this] {
        m_model.clear();
        showState();
    });
    m_actions = {m_follow, copyLines, clear};
}

void LogPanel::refresh()
{
    m_model.append(m_source(m_model.lastSequence()));
    showState();
    if (m_follow->isChecked())
        m_table->scrollToBottom();
}

void LogPanel::showTask(std::uint64_t task)
{
    m_level->setCurrentIndex(0);
    m_filter->setText(QStringLiteral("task=%1").arg(task));
}

void LogPanel::showState()
{
    m_stack->setCurrentIndex(m_model.rowCount() > 0 ? 0 : 1);
    m_nothing->setText(m_model.lineCount() > 0 ? tr("No line of the log fits the filter.") : tr("Nothing was logged yet."));
}

void LogPanel::copy()
{
    QList<int> rows;
    for (const QModelIndex& index : m_table->selectionModel()->selectedRows())
        rows << index.row();
    if (rows.isEmpty()) {
        for (int row = 0; row < m_model.rowCount(); ++row)
            rows << row;
    }
    std::sort(rows.begin(), rows.end());
    QStringList lines;
    for (const int row : rows)
        lines << m_model.lineText(row);
    QGuiApplication::clipboard()->setText(lines.join(u'\n'));
}

void LogPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    refresh();
    m_timer.start();
}

void LogPanel::hideEvent(QHideEvent* event)
{
    m_timer.stop();
    QWidget::hideEvent(event);
}

} // namespace mnemo
