#include "ui/chart/chartexport.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QImageWriter>
#include <QPointer>
#include <QThreadPool>

#include "ui/chart/chartview.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

ChartExport::ChartExport(ChartView& view, ChartSource& source, QObject* parent)
    : QObject(parent)
    , m_view(view)
    , m_source(source)
{
}

QString ChartExport::title() const
{
    if (!m_view.series())
        return {};
    return tr("%1, %2 %3")
        .arg(titleOf(m_view.series()->key), m_view.zone().rangeText(m_view.visibleRange()), m_view.zone().shortName());
}

QString ChartExport::suggestedName(const QString& ending) const
{
    QString name = m_view.series() ? titleOf(m_view.series()->key) : u"chart"_s;
    for (QChar& letter : name) {
        if (!letter.isLetterOrNumber() && letter != u'-')
            letter = u'-';
    }
    return name + u'.' + ending;
}

void ChartExport::copyPicture()
{
    QGuiApplication::clipboard()->setImage(m_view.picture(title()));
    emit messageRaised(tr("The chart's picture is in the clipboard."));
}

void ChartExport::askFile(const QString& caption, const QString& filter, const QString& ending,
    const std::function<void(const QString&)>& take)
{
    auto* dialog = new QFileDialog(&m_view, caption);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(filter);
    dialog->setDefaultSuffix(ending);
    dialog->selectFile(suggestedName(ending));
    connect(dialog, &QFileDialog::fileSelected, this, take);
    dialog->open();
}

void ChartExport::askPictureFile()
{
    askFile(tr("Save the chart's picture"), tr("Pictures (*.png)"), u"png"_s,
        [this](const QString& file) { savePicture(file); });
}

void ChartExport::askCsvFile()
{
    if (!m_view.series())
        return;
    askFile(tr("Save the candles in view"), tr("Comma separated values (*.csv)"), u"csv"_s,
        [this](const QString& file) { saveCsv(file); });
}

void ChartExport::askDifferencesFile()
{
    if (m_view.series() && m_view.compared())
        askFile(tr("Save the differences in view"), tr("Comma separated values (*.csv)"), u"csv"_s,
            [this](const QString& file) { saveDifferences(file); });
}

void ChartExport::savePicture(const QString& file)
{
    QThreadPool::globalInstance()->start(
        [image = m_view.picture(title()), file, self = QPointer<ChartExport>(this), app = qApp] {
            QImageWriter writer(file, "png");
            const QString problem = writer.write(image) ? QString() : writer.errorString();
            QMetaObject::invokeMethod(
                app,
                [self, file, problem] {
                    if (self)
                        emit self->messageRaised(problem.isEmpty()
                                ? tr("The picture is saved in %1.").arg(file)
                                : tr("The picture could not be written to %1: %2").arg(file, problem));
                },
                Qt::QueuedConnection);
        });
}

void ChartExport::saveCsv(const QString& file)
{
    if (!m_view.series())
        return;
    emit messageRaised(tr("Writing %1\u2026").arg(file));
    m_source.exportCsv(this, *m_view.series(), m_view.visibleRange().intersected(m_view.extent()), file,
        [this, file](const Result<std::int64_t>& rows) {
            emit messageRaised(rows ? tr("%Ln candle(s) are saved in %1.", nullptr, static_cast<int>(*rows)).arg(file)
                                    : errorTextWithDetail(rows.error()));
        });
}

void ChartExport::saveDifferences(const QString& file)
{
    if (!m_view.series() || !m_view.compared())
        return;
    emit messageRaised(tr("Writing %1\u2026").arg(file));
    m_source.exportDifferences(this, {*m_view.series(), m_view.compared()->series()},
        m_view.visibleRange().intersected(m_view.extent()), file, [this, file](const Result<std::int64_t>& rows) {
            emit messageRaised(rows ? tr("The differences of %Ln bar(s) are saved in %1.", nullptr, static_cast<int>(*rows)).arg(file)
                                    : errorTextWithDetail(rows.error()));
        });
}

} // namespace mnemo
