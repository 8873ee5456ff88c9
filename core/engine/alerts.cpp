#include "core/engine/alerts.h"

#include <algorithm>

namespace mnemo {

bool AlertSnapshot::isSilenced(AlertId id) const
{
    return std::ranges::find(silenced, id) != silenced.end();
}

const Alert* AlertSnapshot::find(AlertId id) const
{
    const auto found = std::ranges::find(open, id, &Alert::id);
    return found == open.end() ? nullptr : &*found;
}

int AlertSnapshot::count(AlertState state) const
{
    return static_cast<int>(std::ranges::count(open, state, &Alert::state));
}

int AlertSnapshot::unseen() const
{
    return static_cast<int>(std::ranges::count_if(open, [this](const Alert& alert) {
        return alert.state == AlertState::Firing && !alert.acknowledgedAt && !isSilenced(alert.id);
    }));
}

} // namespace mnemo
