#pragma once

#include <QTimer>
#include <QWidget>
#include <functional>
#include <optional>
#include <set>

#include "ui/metrics/metricreader.h"

class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QToolButton;

namespace mnemo {

class FlowLayout;
class MetricChart;

/// Numbers of one kind below a chart of candles: a line for each source, their change, their sum or their shares, or bars of
/// what is counted. Reads what is in view when the view stands still; what it has moves with the candles meanwhile. UI
/// thread only.
class MetricPane : public QWidget {
    Q_OBJECT
public:
    using Answer = std::function<void(Result<std::vector<MetricLine>>)>;
    /// Answers later, on the UI thread, or never where @p context is gone by then.
    using Read = std::function<void(QObject* context, const MetricRequest& request, Answer answer)>;
    MetricPane(Kind kind, Read read, QWidget* parent = nullptr);
    const std::vector<SeriesRecord>& series() const { return m_series; }

    void setSeries(std::vector<SeriesRecord> series, const QString& base); ///< @p base: the currency, as it is called
    /// The candles' view: ms since 1970 at the plot's edges, and its width in pixels.
    void setView(double from, double to, qreal plotWidth);
    void rowsChanged(const SeriesKey& series);
    /// The numbers of that moment are told; else the newest in view. @p line: where the crosshair stands, ms since 1970, if
    /// elsewhere (candles have theirs in the middle).
    void pointAt(std::optional<UtcMs> time, std::optional<double> line = {});
    void setMode(MetricMode mode);
    void setNumber(int index); ///< of the kind's picture
    MetricMode mode() const;
    int number() const;

    const std::vector<MetricLine>& lines() const { return m_lines; }
    MetricChart* chart() const { return m_chart; }
    QComboBox* modeBox() const { return m_mode; }
    QComboBox* numberBox() const { return m_number; }
    const std::vector<QToolButton*>& sources() const { return m_sources; } ///< in the order of the series; unticked: left out
    QString summary() const; ///< of all sources together
    QString message() const; ///< what stands in the place of the curves; empty where they are shown
    QPushButton* backfillButton() const { return m_backfill; }

signals:
    void stateChanged();
    void closeRequested();
    void backfillRequested();
    void pointed(std::optional<mnemo::UtcMs> time);
    void zoomWanted(double steps, qreal x);
    void panWanted(qreal pixels);

protected:
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void createHeader();
    void createMessage();
    void rebuildSources();
    void read();
    void arrived(Result<std::vector<MetricLine>> lines);
    void draw();
    void tell(); ///< numbers beside the sources
    void say(const QString& message, bool isBackfillOffered);
    QString nameOf(const SeriesKey& key) const;
    const MetricNumber& shown() const;
    QString numberText(const MetricLine& line, UtcMs time) const; ///< empty: not told
    QStringList explained(const Metric& row) const;
    QString explain(const MetricLine& line, const SeriesKey& key, const Metric* row) const;
    QString retentionText(const RetentionClock& clock) const;
    UtcMs toldTime() const;

    const Kind m_kind;
    const MetricPicture m_picture;
    Read m_read;
    std::vector<SeriesRecord> m_series;
    std::vector<MetricLine> m_lines;
    std::set<SeriesKey> m_leftOut;
    QString m_base;
    QTimer m_soon;
    std::optional<MetricRequest> m_asked; ///< the newest question; answers to others are dropped
    bool m_isOld = true;
    double m_from = 0, m_to = 0;
    qreal m_plotWidth = 0;
    std::optional<UtcMs> m_pointed;
    MetricChart* m_chart = nullptr;
    QComboBox* m_mode = nullptr;
    QComboBox* m_number = nullptr;
    QWidget* m_legend = nullptr;
    FlowLayout* m_legendLayout = nullptr;
    std::vector<QToolButton*> m_sources;
    QLabel* m_summary = nullptr;
    QStackedWidget* m_pages = nullptr;
    QLabel* m_message = nullptr;
    QPushButton* m_backfill = nullptr;
};

} // namespace mnemo
