#pragma once

#include <QObject>
#include <functional>

#include "ui/chart/chartsource.h"

namespace mnemo {

class ChartView;

/// Takes a chart out of the program: its picture to a file or the clipboard, its rows to a CSV file. Asks for the file
/// without stopping the window; encodes and writes on other threads; says in one sentence how it went.
class ChartExport : public QObject {
    Q_OBJECT
public:
    ChartExport(ChartView& view, ChartSource& source, QObject* parent);
    void copyPicture();
    void askPictureFile();
    void askCsvFile();
    void askDifferencesFile(); ///< of the comparison
    void savePicture(const QString& file);
    void saveCsv(const QString& file);
    void saveDifferences(const QString& file);

signals:
    void messageRaised(const QString& text);

private:
    QString title() const;
    QString suggestedName(const QString& ending) const;
    void askFile(const QString& caption, const QString& filter, const QString& ending,
        const std::function<void(const QString&)>& take);

    ChartView& m_view;
    ChartSource& m_source;
};

} // namespace mnemo
