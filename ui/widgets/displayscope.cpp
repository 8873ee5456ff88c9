#include "ui/widgets/displayscope.h"

#include <QJsonArray>

#include "ui/widgets/displayzone.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

/// The universe is where one looks for what is not in the scope yet.
constexpr std::array<bool, scopePanels.size()> usualLinks {true, true, true, true, false, true};

} // namespace

DisplayScope::DisplayScope(const DisplayZone& zone, QObject* parent)
    : QObject(parent)
    , m_zone(zone)
    , m_linked(usualLinks)
{
}

void DisplayScope::set(const Scope& scope)
{
    if (m_scope == scope)
        return;
    m_scope = scope;
    emit changed();
}

void DisplayScope::setLinked(ScopePanel panel, bool isOn)
{
    bool& linked = m_linked[static_cast<std::size_t>(panel)];
    if (linked == isOn)
        return;
    linked = isOn;
    emit changed();
}

QJsonObject DisplayScope::state() const
{
    QJsonArray linked;
    for (const bool isOn : m_linked)
        linked.append(isOn);
    return {{u"scope"_s, m_scope.state()}, {u"linked"_s, linked}};
}

void DisplayScope::applyState(const QJsonObject& state)
{
    m_linked = usualLinks;
    const QJsonArray linked = state[u"linked"_s].toArray();
    for (std::size_t i = 0; i < m_linked.size(); ++i)
        m_linked[i] = linked.at(static_cast<qsizetype>(i)).toBool(m_linked[i]);
    m_scope = Scope::fromState(state[u"scope"_s].toObject());
    emit changed();
}

} // namespace mnemo
