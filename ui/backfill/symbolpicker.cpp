#include "ui/backfill/symbolpicker.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

#include "ui/widgets/glyphicon.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"
#include "ui/widgets/theme.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr std::size_t namesShown = 12;

QString namesText(const std::vector<std::string>& symbols)
{
    QStringList names;
    for (std::size_t i = 0; i < std::min(namesShown, symbols.size()); ++i)
        names << toQString(symbols[i]);
    QString text = names.join(u", "_s);
    if (symbols.size() > namesShown)
        text += u", \u2026"_s;
    return text;
}

QLabel* resultLabel(const QString& name)
{
    auto* label = new QLabel;
    label->setWordWrap(true);
    label->setTextFormat(Qt::RichText);
    label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    label->setAccessibleName(name);
    label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    return label;
}

QString coloured(const QString& text, const QColor& colour)
{
    return u"<span style='color:%1'>%2</span>"_s.arg(colour.name(), text.toHtmlEscaped());
}

} // namespace

SymbolPicker::SymbolPicker(QWidget* parent)
    : QWidget(parent)
    , m_tabs(new QTabWidget)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    m_tabs->addTab(createPick(), tr("&Pick"));
    m_tabs->addTab(createPattern(), tr("Patter&n"));
    m_tabs->addTab(createPaste(), tr("Past&e"));
    m_tabs->setAccessibleName(tr("How symbols are chosen"));
    layout->addWidget(m_tabs, 1);
    m_status = resultLabel(tr("State of the symbol lists"));
    layout->addWidget(m_status);
    setFocusProxy(m_list->filter());
    connect(m_tabs, &QTabWidget::currentChanged, this, &SymbolPicker::wayChanged);
    patternChanged();
    pasteChanged();
    setStatus({}, false);
}

QWidget* SymbolPicker::createPick()
{
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->setSpacing(3);
    m_list = new CheckList(tr("Symbols"), CheckList::Layout::Column, true);
    m_list->setPlaceholder(tr("The symbols of the chosen exchanges are not known yet: fetch them, or paste names."));
    m_market = new QComboBox;
    m_market->addItem(tr("All markets"), -1);
    for (const MarketType market : {MarketType::Spot, MarketType::Linear, MarketType::Inverse})
        m_market->addItem(textOf(market), static_cast<int>(market));
    m_market->setAccessibleName(tr("Markets shown"));
    m_fetch = new QPushButton(tr("&Fetch symbols"));
    m_fetch->setIcon(glyphIcon(Glyph::Refresh));
    m_fetch->setToolTip(tr("Asks the chosen exchanges for the symbols that they list"));
    m_fetch->setAutoDefault(false);
    auto* line = new QHBoxLayout;
    line->addWidget(m_market, 1);
    line->addWidget(m_fetch);
    layout->addLayout(line);
    layout->addWidget(m_list, 1);
    m_list->setFilterRule([this](const QString& symbol) { return isShown(symbol); });
    connect(m_market, &QComboBox::currentIndexChanged, this,
        [this] { m_list->setFilterRule([this](const QString& symbol) { return isShown(symbol); }); });
    connect(&m_list->model(), &CheckListModel::checkedChanged, this, &SymbolPicker::changed);
    connect(m_fetch, &QPushButton::clicked, this, &SymbolPicker::fetchRequested);
    return page;
}

QWidget* SymbolPicker::createPattern()
{
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(4, 4, 4, 4);
    m_pattern = new QLineEdit;
    m_pattern->setPlaceholderText(tr("For example ^(BTC|ETH)/USDT$"));
    m_pattern->setClearButtonEnabled(true);
    m_pattern->setAccessibleName(tr("Regular expression for symbols"));
    m_patternResult = resultLabel(tr("What the expression fits"));
    layout->addWidget(m_pattern);
    layout->addWidget(m_patternResult, 1);
    connect(m_pattern, &QLineEdit::textChanged, this, &SymbolPicker::patternChanged);
    return page;
}

QWidget* SymbolPicker::createPaste()
{
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(4, 4, 4, 4);
    m_paste = new QPlainTextEdit;
    m_paste->setPlaceholderText(tr("BTC/USDT, ETH-USDT SOLUSDT \u2026 with any separators"));
    m_paste->setTabChangesFocus(true);
    m_paste->setAccessibleName(tr("Pasted symbols"));
    m_pasteResult = resultLabel(tr("What was understood"));
    layout->addWidget(m_paste, 1);
    layout->addWidget(m_pasteResult);
    connect(m_paste, &QPlainTextEdit::textChanged, this, &SymbolPicker::pasteChanged);
    return page;
}

bool SymbolPicker::isShown(const QString& symbol) const
{
    const int market = m_market->currentData().toInt();
    return market < 0 || market == static_cast<int>(m_book.marketOf(symbol.toStdString()));
}

void SymbolPicker::setBook(SymbolBook book)
{
    m_book = std::move(book);
    showItems();
    patternChanged();
    pasteChanged();
    emit changed();
}

void SymbolPicker::showItems()
{
    std::vector<CheckListModel::Item> items;
    items.reserve(m_book.symbols().size());
    for (const std::string& symbol : m_book.symbols()) {
        const int exchanges = m_book.exchangesOf(symbol);
        const QString text = toQString(symbol);
        items.push_back({text, text,
            exchanges > 1 ? tr("%1, listed at %2 of the chosen exchanges").arg(textOf(m_book.marketOf(symbol)), countText(std::int64_t {exchanges}))
                          : textOf(m_book.marketOf(symbol))});
    }
    // What is ticked and not listed stays visible: it was chosen, and can be unticked.
    for (const QString& chosen : m_list->model().checked()) {
        if (m_book.exchangesOf(chosen.toStdString()) == 0)
            items.insert(items.begin(), {chosen, chosen, tr("The chosen exchanges are not known to list it")});
    }
    m_list->model().setItems(std::move(items));
    m_list->showFirstChecked();
}

void SymbolPicker::setStatus(const QString& text, bool isProblem)
{
    m_status->setVisible(!text.isEmpty());
    const Theme theme = Theme::of(palette());
    m_status->setText(coloured(isProblem ? u"\u2715 "_s + text : text, isProblem ? theme.bad : palette().color(QPalette::WindowText)));
}

void SymbolPicker::setFetching(bool isFetching)
{
    m_fetch->setEnabled(!isFetching);
}

void SymbolPicker::choose(const std::vector<std::string>& symbols)
{
    QStringList ids;
    for (const std::string& symbol : symbols)
        ids << toQString(symbol);
    m_list->model().setChecked(ids);
    showItems();
    setWay(Way::Pick);
}

void SymbolPicker::setWay(Way way)
{
    m_tabs->setCurrentIndex(static_cast<int>(way));
}

void SymbolPicker::wayChanged()
{
    QWidget* const fields[] = {m_list->filter(), m_pattern, m_paste};
    setFocusProxy(fields[m_tabs->currentIndex()]);
    // Who comes by the key of a tab wants to write; who walks along the tabs goes on there.
    if (isVisible() && !m_tabs->tabBar()->hasFocus())
        focusProxy()->setFocus(Qt::ShortcutFocusReason);
    emit changed();
}

void SymbolPicker::patternChanged()
{
    m_matching = matching(m_pattern->text(), m_book.symbols(), m_patternProblem);
    const Theme theme = Theme::of(palette());
    if (!m_patternProblem.isEmpty())
        m_patternResult->setText(coloured(u"\u2715 "_s + m_patternProblem, theme.bad));
    else if (m_book.isEmpty())
        m_patternResult->setText(tr("The symbols are not known yet: fetch them first.").toHtmlEscaped());
    else if (!m_pattern->text().isEmpty())
        m_patternResult->setText(tr("Symbols that fit: %1. %2").arg(countText(static_cast<std::int64_t>(m_matching.size())), namesText(m_matching)).toHtmlEscaped());
    else
        m_patternResult->clear();
    emit changed();
}

void SymbolPicker::pasteChanged()
{
    m_pasted = readPasted(m_paste->toPlainText(), m_book);
    QString text = m_pasted.found.empty() ? QString() : tr("Symbols: %1. %2").arg(countText(static_cast<std::int64_t>(m_pasted.found.size())), namesText(m_pasted.found)).toHtmlEscaped();
    QStringList unknown;
    for (const PastedSymbols::Unknown& word : m_pasted.unknown)
        unknown << (word.nearest.empty() ? word.written : tr("%1 (nearest: %2)").arg(word.written, toQString(word.nearest)));
    if (!unknown.isEmpty()) {
        const qsizetype hidden = unknown.size() - static_cast<qsizetype>(namesShown);
        if (hidden > 0)
            unknown = unknown.first(static_cast<qsizetype>(namesShown)) << u"\u2026"_s;
        text += u"<br>"_s + coloured(tr("\u2715 not known: %1").arg(unknown.join(u", "_s)), Theme::of(palette()).bad);
    }
    m_pasteResult->setText(text);
    emit changed();
}

std::vector<std::string> SymbolPicker::symbols() const
{
    switch (static_cast<Way>(m_tabs->currentIndex())) {
    case Way::Pick: {
        std::vector<std::string> symbols;
        for (const QString& id : m_list->model().checked())
            symbols.push_back(id.toStdString());
        return symbols;
    }
    case Way::Pattern: return m_matching;
    case Way::Paste: return m_pasted.found;
    }
    return {};
}

QString SymbolPicker::problem() const
{
    switch (static_cast<Way>(m_tabs->currentIndex())) {
    case Way::Pick: return symbols().empty() ? tr("Tick at least one symbol, or paste names.") : QString();
    case Way::Pattern:
        if (!m_patternProblem.isEmpty())
            return m_patternProblem;
        return m_matching.empty() ? tr("Write an expression that fits at least one symbol.") : QString();
    case Way::Paste:
        return m_pasted.found.empty() ? tr("Paste at least one symbol that is known.") : QString();
    }
    return {};
}

} // namespace mnemo
