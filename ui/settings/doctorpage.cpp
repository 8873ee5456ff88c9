#include "ui/settings/doctorpage.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/bridge/storagewatch.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/headline.h"
#include "ui/widgets/textformat.h"
#include "ui/widgets/theme.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

QString link(const QString& path)
{
    return u"<a href=\"%1\">%2</a>"_s.arg(QUrl::fromLocalFile(path).toString(QUrl::FullyEncoded), path.toHtmlEscaped());
}

QString row(const QString& name, const QString& html)
{
    return u"<tr><td style='padding-right:18px'>%1</td><td>%2</td></tr>"_s.arg(name.toHtmlEscaped(), html);
}

QLabel* richLabel()
{
    auto* label = new QLabel;
    label->setTextFormat(Qt::RichText);
    label->setWordWrap(true);
    label->setOpenExternalLinks(true);
    label->setTextInteractionFlags(Qt::TextBrowserInteraction | Qt::TextSelectableByKeyboard);
    return label;
}

} // namespace

DoctorPage::DoctorPage(QWidget* parent)
    : QWidget(parent)
    , m_places(richLabel())
    , m_storage(richLabel())
    , m_summary(new QLabel)
    , m_examine(new QPushButton(tr("Examine no&w")))
    , m_list(new QTreeWidget)
{
    m_list->setHeaderLabels({tr("Result"), tr("Area"), tr("What was found")});
    m_list->setRootIsDecorated(false);
    m_list->setAlternatingRowColors(true);
    m_list->setAccessibleName(tr("What the examination found"));
    m_list->header()->setStretchLastSection(true);
    m_places->setAccessibleName(tr("Where things live"));
    m_examine->setToolTip(tr("Looks at settings, store, archive and disk, and asks every exchange in use for one bar"));
    auto* line = new QHBoxLayout;
    line->addWidget(m_examine);
    line->addWidget(m_summary, 1);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(headline(tr("Settings & doctor")));
    layout->addWidget(m_places);
    layout->addWidget(m_storage);
    layout->addSpacing(m_list->fontMetrics().height() / 2);
    layout->addLayout(line);
    layout->addWidget(m_list, 1);
    connect(m_examine, &QPushButton::clicked, this, &DoctorPage::examinationRequested);
    m_summary->setText(tr("Not examined in this session."));
}

void DoctorPage::setPlaces(const Places& places)
{
    QString html = u"<table>"_s + row(tr("Data"), link(places.data)) + row(tr("Your settings"), link(places.settings))
        + row(tr("Shipped settings"), link(places.shipped)) + row(tr("Log file"), link(places.logFile));
    html += row(tr("Files read"), QString::number(places.files.size())) + u"</table>"_s;
    m_placesHtml = html;
    m_places->setToolTip(places.files.mid(0, 40).join(u'\n'));
    if (isVisible())
        m_places->setText(m_placesHtml);
}

/// Laying out the table costs as much as all else of a start, and the stack of screens asks each page for its size.
void DoctorPage::showEvent(QShowEvent* event)
{
    m_places->setText(m_placesHtml);
    QWidget::showEvent(event);
}

void DoctorPage::showStorage(const StorageState& state)
{
    QStringList parts;
    if (state.store)
        parts << tr("Store: %1, %2, schema %3")
                     .arg(toQString(state.store->engine), bytesText(state.store->bytes))
                     .arg(state.store->schemaVersion);
    if (state.storeError)
        parts << tr("\u2715 Store: %1").arg(errorText(*state.storeError));
    if (!state.hasArchive)
        parts << tr("Archive: off");
    else if (state.archiveBytes)
        parts << tr("Archive: %1").arg(bytesText(*state.archiveBytes));
    if (state.archiveError)
        parts << tr("\u2715 Archive: %1").arg(errorText(*state.archiveError));
    m_storage->setText(parts.join(u" \u00B7 "_s).toHtmlEscaped());
}

void DoctorPage::setExamining(bool isOn)
{
    m_examine->setEnabled(!isOn);
    if (isOn)
        m_summary->setText(tr("\u25B6 Examining\u2026 exchanges are asked for one bar each."));
}

void DoctorPage::showLines(const std::vector<DoctorLine>& lines)
{
    m_list->clear();
    const Theme theme = Theme::of(palette());
    int warnings = 0, errors = 0;
    for (const DoctorLine& line : lines) {
        const bool isError = line.status == "error", isWarning = line.status == "warn";
        warnings += isWarning ? 1 : 0;
        errors += isError ? 1 : 0;
        const QString result = isError ? tr("\u2715 error") : isWarning ? tr("\u26A0 warning") : tr("\u2713 fine");
        auto* item = new QTreeWidgetItem(m_list, {result, toQString(line.area), toQString(line.text)});
        item->setForeground(0, isError ? theme.bad : isWarning ? theme.warning : theme.good);
        item->setToolTip(2, toQString(line.text));
    }
    m_list->resizeColumnToContents(0);
    m_list->resizeColumnToContents(1);
    m_summary->setText(errors + warnings == 0 ? tr("\u2713 Everything is fine.")
                                              : tr("Errors: %1, warnings: %2.").arg(errors).arg(warnings));
}

} // namespace mnemo
