#include "ui/shell/namedlayouts.h"

#include <QCryptographicHash>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr qsizetype sumLength = 8;

QByteArray sumOf(const QByteArray& state)
{
    return QCryptographicHash::hash(state, QCryptographicHash::Sha256).left(sumLength);
}

} // namespace

NamedLayouts::NamedLayouts(QSettings& settings)
    : m_settings(settings)
{
}

QByteArray NamedLayouts::sealed(const QByteArray& state)
{
    return sumOf(state) + state;
}

std::optional<QByteArray> NamedLayouts::opened(const QByteArray& bytes)
{
    const QByteArray state = bytes.mid(sumLength);
    if (state.isEmpty() || sumOf(state) != bytes.left(sumLength))
        return std::nullopt;
    return state;
}

QList<NamedLayouts::Entry> NamedLayouts::read() const
{
    QList<Entry> entries;
    const int count = std::clamp(m_settings.beginReadArray(u"layouts"_s), 0, most);
    for (int i = 0; i < count; ++i) {
        m_settings.setArrayIndex(i);
        const Entry entry {m_settings.value(u"name"_s).toString(), m_settings.value(u"state"_s).toByteArray()};
        if (!entry.name.isEmpty())
            entries << entry;
    }
    m_settings.endArray();
    return entries;
}

void NamedLayouts::write(QList<Entry> entries)
{
    std::sort(entries.begin(), entries.end(),
        [](const Entry& a, const Entry& b) { return a.name.localeAwareCompare(b.name) < 0; });
    m_settings.remove(u"layouts"_s);
    m_settings.beginWriteArray(u"layouts"_s, static_cast<int>(entries.size()));
    for (int i = 0; i < entries.size(); ++i) {
        m_settings.setArrayIndex(i);
        m_settings.setValue(u"name"_s, entries[i].name);
        m_settings.setValue(u"state"_s, entries[i].sealed);
    }
    m_settings.endArray();
}

QStringList NamedLayouts::names() const
{
    QStringList names;
    for (const Entry& entry : read())
        names << entry.name;
    return names;
}

std::optional<QByteArray> NamedLayouts::state(const QString& name) const
{
    for (const Entry& entry : read()) {
        if (entry.name == name)
            return opened(entry.sealed);
    }
    return std::nullopt;
}

bool NamedLayouts::save(const QString& name, const QByteArray& state)
{
    const QString clean = name.simplified();
    if (clean.isEmpty())
        return false;
    QList<Entry> entries = read();
    entries.removeIf([&](const Entry& entry) { return entry.name == clean; });
    if (entries.size() >= most)
        return false;
    entries << Entry {clean, sealed(state)};
    write(std::move(entries));
    return true;
}

bool NamedLayouts::rename(const QString& from, const QString& to)
{
    const QString clean = to.simplified();
    QList<Entry> entries = read();
    Entry* renamed = nullptr;
    for (Entry& entry : entries) {
        if (entry.name == clean)
            return false;
        if (entry.name == from)
            renamed = &entry;
    }
    if (!renamed || clean.isEmpty())
        return false;
    renamed->name = clean;
    write(std::move(entries));
    return true;
}

void NamedLayouts::remove(const QString& name)
{
    QList<Entry> entries = read();
    entries.removeIf([&](const Entry& entry) { return entry.name == name; });
    write(std::move(entries));
}

} // namespace mnemo
