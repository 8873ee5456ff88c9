#include "core/engine/remarks.h"

#include <vector>

#include <pwd.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/config/ownentries.h"

namespace mnemo {

std::string sessionUser()
{
    passwd entry {};
    passwd* found = nullptr;
    std::vector<char> texts(16'384);
    if (getpwuid_r(getuid(), &entry, texts.data(), texts.size(), &found) == 0 && found && *found->pw_name)
        return found->pw_name;
    return "user " + std::to_string(getuid());
}

Annotation placeOf(const ListedOutage& outage)
{
    Annotation place;
    place.id = outage.id;
    place.exchange = outage.exchange;
    place.market = outage.market;
    place.symbols = outage.symbols;
    place.range = outage.range;
    place.text = outage.reason;
    return place;
}

Remarks::Remarks(std::filesystem::path folder, const std::filesystem::path& dataDir, const Clock& clock)
    : m_folder(std::move(folder))
    , m_clock(clock)
    , m_log(dataDir / "actions.jsonl")
{
}

Result<std::string> Remarks::add(const ListedOutage& outage)
{
    if (m_folder.empty())
        return fail(ErrorCode::Config, "there is no folder for your own settings: name one with --config-dir");
    auto id = addToFile(m_folder, outage);
    if (id) {
        Annotation place = placeOf(outage);
        place.id = *id;
        note("mark_outage", std::move(place));
    }
    return id;
}

Result<std::string> Remarks::add(const Annotation& annotation)
{
    if (m_folder.empty())
        return fail(ErrorCode::Config, "there is no folder for your own settings: name one with --config-dir");
    auto id = addToFile(m_folder, annotation);
    if (id) {
        Annotation what = annotation;
        what.id = *id;
        note("annotate", std::move(what));
    }
    return id;
}

Result<void> Remarks::remove(const ListedOutage& was)
{
    auto done = removeOutage(m_folder, was.id);
    if (done)
        note("unmark_outage", placeOf(was));
    return done;
}

Result<void> Remarks::remove(const Annotation& was)
{
    auto done = removeAnnotation(m_folder, was.id);
    if (done)
        note("remove_note", was);
    return done;
}

void Remarks::asked(const char* action, const SeriesKey& series, TimeRange hull, std::int64_t ranges)
{
    Annotation what;
    what.exchange = series.exchange;
    what.market = series.market;
    what.range = hull;
    note(action, std::move(what), series.text(), ranges);
}

/// What was done is done: a log that cannot be written is told, and holds up nothing.
void Remarks::note(const char* action, Annotation what, std::string series, std::int64_t ranges)
{
    const auto written = m_log.add({m_clock.now(), sessionUser(), action, std::move(series), std::move(what), ranges});
    if (!written)
        log::warning("engine", written.error().detail);
}

} // namespace mnemo
