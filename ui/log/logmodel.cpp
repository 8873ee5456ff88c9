#include "ui/log/logmodel.h"

#include <QGuiApplication>
#include <algorithm>

#include "core/base/timetext.h"
#include "ui/widgets/textformat.h"
#include "ui/widgets/theme.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

QString glyphOf(log::Level level)
{
    switch (level) {
    case log::Level::Warning: return u"\u26A0 "_s;
    case log::Level::Error:
    case log::Level::Critical: return u"\u2715 "_s;
    default: return {};
    }
}

QString messageOf(const log::Line& line)
{
    QString text = toQString(line.text);
    for (const auto& [key, value] : line.fields)
        text += u"  %1=%2"_s.arg(toQString(key), toQString(value));
    return text;
}

bool hasWord(const log::Line& line, const QString& word)
{
    if (const auto equals = word.indexOf(u'='); equals > 0) { // exactly: task=5 is not task=57
        const std::string key = word.left(equals).toStdString(), value = word.mid(equals + 1).toStdString();
        return std::any_of(line.fields.begin(), line.fields.end(),
            [&](const auto& field) { return field.first == key && field.second == value; });
    }
    return toQString(line.area).contains(word, Qt::CaseInsensitive)
        || messageOf(line).contains(word, Qt::CaseInsensitive);
}

} // namespace

LogModel::LogModel(QObject* parent)
    : QAbstractTableModel(parent)
{
}

bool LogModel::fits(const log::Line& line) const
{
    return line.level >= m_least
        && std::all_of(
            m_words.begin(), m_words.end(), [&line](const QString& word) { return hasWord(line, word); });
}

void LogModel::append(std::vector<log::Line> lines)
{
    if (lines.empty())
        return;
    if (lines.size() > mostLines)
        lines.erase(lines.begin(), lines.end() - mostLines);
    m_last = lines.back().sequence;
    const std::size_t sum = m_lines.size() + lines.size();
    if (sum > mostLines)
        dropOldest(sum - mostLines);
    std::vector<std::uint64_t> more;
    std::uint64_t number = m_first + m_lines.size();
    for (log::Line& line : lines) {
        if (fits(line))
            more.push_back(number);
        ++number;
        m_lines.push_back(std::move(line));
    }
    if (more.empty())
        return;
    const int row = static_cast<int>(m_shown.size());
    beginInsertRows({}, row, row + static_cast<int>(more.size()) - 1);
    m_shown.insert(m_shown.end(), more.begin(), more.end());
    endInsertRows();
}

void LogModel::dropOldest(std::size_t count)
{
    const std::uint64_t first = m_first + count;
    const auto end = std::lower_bound(m_shown.begin(), m_shown.end(), first);
    if (end != m_shown.begin())
        beginRemoveRows({}, 0, static_cast<int>(end - m_shown.begin()) - 1);
    const bool isSeen = end != m_shown.begin();
    m_shown.erase(m_shown.begin(), end);
    m_lines.erase(m_lines.begin(), m_lines.begin() + static_cast<std::ptrdiff_t>(count));
    m_first = first;
    if (isSeen)
        endRemoveRows();
}

void LogModel::clear()
{
    beginResetModel();
    m_first += m_lines.size();
    m_lines.clear();
    m_shown.clear();
    endResetModel();
}

void LogModel::setLevel(log::Level least)
{
    m_least = least;
    filterAgain();
}

void LogModel::setWords(const QString& text)
{
    m_words = text.split(u' ', Qt::SkipEmptyParts);
    filterAgain();
}

void LogModel::filterAgain()
{
    beginResetModel();
    m_shown.clear();
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        if (fits(m_lines[i]))
            m_shown.push_back(m_first + i);
    }
    endResetModel();
}

const log::Line& LogModel::lineAt(int row) const
{
    return m_lines[static_cast<std::size_t>(m_shown[static_cast<std::size_t>(row)] - m_first)];
}

QString LogModel::lineText(int row) const
{
    const log::Line& line = lineAt(row);
    return u"%1 %2 %3: %4"_s.arg(toQString(formatIso(line.time)), toQString(toText(line.level)), toQString(line.area),
        messageOf(line));
}

int LogModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int LogModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant LogModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const log::Line& line = lineAt(index.row());
    if (role == Qt::ForegroundRole && index.column() == Level) {
        const Theme theme = Theme::of(QGuiApplication::palette());
        return line.level >= log::Level::Error ? theme.bad : line.level == log::Level::Warning ? theme.warning : theme.neutral;
    }
    if (role == Qt::ToolTipRole && index.column() == Text)
        return messageOf(line);
    if (role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(index.column())) {
    case Time: return toQString(formatIso(line.time)).mid(11, 12); // the hour and what is below it: 10:20:30.123
    case Level: return glyphOf(line.level) + toQString(toText(line.level));
    case Area: return toQString(line.area);
    case Text: return messageOf(line);
    case ColumnCount: break;
    }
    return {};
}

QVariant LogModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole)
        return static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter);
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case Time: return tr("Time (UTC)");
    case Level: return tr("Level");
    case Area: return tr("Part");
    case Text: return tr("Message");
    case ColumnCount: break;
    }
    return {};
}

} // namespace mnemo
