#pragma once

#include <QObject>
#include <array>

#include "ui/widgets/scope.h"

namespace mnemo {

/// What can follow the scope.
enum class ScopePanel { Charts, Coverage, Validation, Jobs, Universe, Wall };
constexpr std::array scopePanels {
    ScopePanel::Charts, ScopePanel::Coverage, ScopePanel::Validation, ScopePanel::Jobs, ScopePanel::Universe, ScopePanel::Wall};

/// The scope of the whole window, and which panels follow it. Panels ask of() for what they show and follow changed().
/// Lives on the UI thread.
class DisplayScope : public QObject {
    Q_OBJECT
public:
    /// @p zone, in which times are told, outlives it
    explicit DisplayScope(const DisplayZone& zone, QObject* parent = nullptr);

    const Scope& scope() const { return m_scope; }
    void set(const Scope& scope);
    bool isLinked(ScopePanel panel) const { return m_linked[static_cast<std::size_t>(panel)]; }
    void setLinked(ScopePanel panel, bool isOn);
    Scope of(ScopePanel panel) const { return isLinked(panel) ? m_scope : Scope {}; }
    const DisplayZone& zone() const { return m_zone; }
    QString text() const { return m_scope.text(m_zone); }

    QJsonObject state() const;
    void applyState(const QJsonObject& state); ///< empty: any, and the usual panels follow

signals:
    void changed(); ///< the scope, or who follows it

private:
    const DisplayZone& m_zone;
    Scope m_scope;
    std::array<bool, scopePanels.size()> m_linked;
};

} // namespace mnemo
