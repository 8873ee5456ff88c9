#include "ui/shell/commandcentre.h"

#include <QMainWindow>
#include <QSettings>
#include <algorithm>

#include "ui/shell/actionlist.h"
#include "ui/shell/commandpalette.h"
#include "ui/shell/shortcutsheet.h"

namespace mnemo {

namespace {

/// Keys that are no actions: they belong to what has the focus.
std::vector<ShortcutSheet::Group> keysOfWidgets()
{
    return {
        {CommandCentre::tr("In a chart"),
            {{CommandCentre::tr("Left, Right"), CommandCentre::tr("One bar")},
                {CommandCentre::tr("Ctrl+Left, Ctrl+Right"), CommandCentre::tr("One page")},
                {CommandCentre::tr("Shift+Left, Shift+Right"), CommandCentre::tr("Crosshair from bar to bar")},
                {CommandCentre::tr("+, -, wheel"), CommandCentre::tr("Zoom")},
                {CommandCentre::tr("5, 1h, D, Return"), CommandCentre::tr("Another timeframe")},
                {CommandCentre::tr("Letters, Return"), CommandCentre::tr("Another symbol")},
                {CommandCentre::tr("Return"), CommandCentre::tr("What is known about the chosen gap")},
                {CommandCentre::tr("Escape"), CommandCentre::tr("No crosshair, no measure, no gap")},
                {CommandCentre::tr("Drag"), CommandCentre::tr("Move")},
                {CommandCentre::tr("Shift and drag"), CommandCentre::tr("Measure bars, time and percent")},
                {CommandCentre::tr("Ctrl held"), CommandCentre::tr("Crosshair between bars too")},
                {CommandCentre::tr("Drag on an axis"), CommandCentre::tr("Stretch; a double click resets it")},
                {CommandCentre::tr("Click on a gap"), CommandCentre::tr("What is known about it, and its backfill")}}},
        {CommandCentre::tr("In lists and tables"),
            {{CommandCentre::tr("/"), CommandCentre::tr("Filter")},
                {CommandCentre::tr("Letters"), CommandCentre::tr("Jump to a name")},
                {CommandCentre::tr("Menu key, Shift+F10"),
                    CommandCentre::tr("What can be done with the selected row")}}},
        {CommandCentre::tr("In the screen bar"),
            {{CommandCentre::tr("Up, Down"), CommandCentre::tr("Next screen")},
                {CommandCentre::tr("Return"), CommandCentre::tr("Open it")}}}};
}

} // namespace

CommandCentre::CommandCentre(QMainWindow& window, QSettings& settings, More more)
    : QObject(&window)
    , m_window(window)
    , m_settings(settings)
    , m_more(std::move(more))
{
}

void CommandCentre::openPalette()
{
    std::vector<PaletteItem> items;
    for (const ActionEntry& entry : actionsOf(m_window)) {
        items.push_back({entry.id(), entry.text, entry.group, entry.keys,
            entry.action->isEnabled() ? QString() : reasonOf(*entry.action), [action = entry.action] {
                if (action)
                    action->trigger();
            }});
    }
    for (PaletteItem& item : m_more())
        items.push_back(std::move(item));
    (new CommandPalette(std::move(items), m_settings, &m_window))->show();
}

void CommandCentre::openSheet()
{
    std::vector<ShortcutSheet::Group> groups;
    for (const ActionEntry& entry : actionsOf(m_window)) {
        auto place =
            std::find_if(groups.begin(), groups.end(), [&](const auto& group) { return group.title == entry.group; });
        if (place == groups.end())
            place = groups.insert(place, {entry.group, {}});
        place->rows.push_back({entry.keys, entry.text});
    }
    for (ShortcutSheet::Group& group : keysOfWidgets())
        groups.push_back(std::move(group));
    (new ShortcutSheet(groups, &m_window))->open();
}

} // namespace mnemo
