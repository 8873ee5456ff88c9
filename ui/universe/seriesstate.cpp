#include "ui/universe/seriesstate.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct States {
    Q_DECLARE_TR_FUNCTIONS(SeriesStates)
};

} // namespace

SeriesState stateOf(const StoredSeries* series)
{
    if (!series)
        return SeriesState::None;
    return series->answered >= series->expected ? SeriesState::Complete : SeriesState::Gaps;
}

QString glyphOf(SeriesState state)
{
    switch (state) {
    case SeriesState::None: return {};
    case SeriesState::Complete: return u"\u2713"_s;
    case SeriesState::Gaps: return u"\u25D0"_s;
    case SeriesState::Paused: return u"\u2016"_s;
    case SeriesState::Running: return u"\u25B6"_s;
    }
    return {};
}

QString textOf(SeriesState state)
{
    switch (state) {
    case SeriesState::None: return States::tr("nothing stored");
    case SeriesState::Complete: return States::tr("no gaps");
    case SeriesState::Gaps: return States::tr("gaps");
    case SeriesState::Paused: return States::tr("paused");
    case SeriesState::Running: return States::tr("running");
    }
    return {};
}

QColor colourOf(SeriesState state, const Theme& theme)
{
    switch (state) {
    case SeriesState::None: return theme.neutral;
    case SeriesState::Complete: return theme.good;
    case SeriesState::Gaps: return theme.warning;
    case SeriesState::Paused: return theme.paused;
    case SeriesState::Running: return theme.running;
    }
    return theme.neutral;
}

} // namespace mnemo
