#pragma once

#include <QObject>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ui/coverage/heatmap.h"

namespace mnemo {

/// Holds every series against the same one of another venue, a stretch of time after another and the newest first, and
/// makes of it a matrix in which cells tell disagreement instead of coverage. Lives on the UI thread; reading is
/// somebody else's.
class CoverageCompare : public QObject {
    Q_OBJECT
public:
    using Cells = Result<std::vector<DisagreementCell>>;
    /// Answers later on the UI thread, not at all once @p context is gone. Bounds are those of some columns.
    using Read = std::function<void(QObject* context, const SeriesPair& pair, std::vector<UtcMs> bounds,
        std::function<void(const Cells&)> answer)>;

    explicit CoverageCompare(Read read, QObject* parent = nullptr);

    void setVenue(const std::string& venue); ///< the other one; empty: nothing is compared
    const std::string& venue() const { return m_venue; }
    bool isOn() const { return !m_venue.empty(); }
    /// Of the coverage of all series; pairs that have not changed keep what was read of them.
    void setCoverage(std::shared_ptr<const Heatmap> coverage);
    const std::shared_ptr<const Heatmap>& heatmap() const { return m_heatmap; } ///< a row for each pair; never null
    bool isReading() const;
    QString sumText() const; ///< how many pairs, and how far they agree
    /// What stands at a place of the matrix, in sentences; empty where nothing does.
    static QString textAt(const Heatmap& heatmap, int row, int column);

signals:
    void changed(); ///< the heatmap is another one

private:
    void rebuild();
    void readNext();
    void arrived(std::size_t row, std::size_t first, const Cells& cells);

    Read m_read;
    std::string m_venue;
    std::shared_ptr<const Heatmap> m_coverage, m_heatmap;
    std::uint64_t m_run = 0; ///< answers of an older one are not wanted
};

} // namespace mnemo
