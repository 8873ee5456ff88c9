#pragma once

#include <QAbstractTableModel>
#include <QStringList>
#include <deque>

#include "core/base/log.h"

namespace mnemo {

/// The newest lines of the log, filtered by level and words. Rows come at the end and go at the front; a line's text is
/// made when it is painted.
class LogModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Time, Level, Area, Text, ColumnCount };
    static constexpr std::size_t mostLines = 10'000;

    explicit LogModel(QObject* parent = nullptr);

    /// Lines with growing sequence; what is too old goes.
    void append(std::vector<log::Line> lines);
    void clear(); ///< of what is shown; the file keeps everything
    void setLevel(log::Level least);
    /// Every word must stand in area, text or fields; "key=value" means the field of that name, exactly.
    void setWords(const QString& text);
    std::uint64_t lastSequence() const { return m_last; }
    int lineCount() const { return static_cast<int>(m_lines.size()); } ///< before the filter
    QString lineText(int row) const; ///< as it is copied

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    bool fits(const log::Line& line) const;
    void filterAgain();
    void dropOldest(std::size_t count);
    const log::Line& lineAt(int row) const;

    std::deque<log::Line> m_lines;
    std::deque<std::uint64_t> m_shown; ///< numbers of lines since the first one ever kept
    std::uint64_t m_first = 0;         ///< number of m_lines.front()
    std::uint64_t m_last = 0;          ///< its sequence
    log::Level m_least = log::Level::Info;
    QStringList m_words;
};

} // namespace mnemo
