#include "ui/shell/infoscreens.h"

#include <QFileInfo>
#include <map>

#include "core/base/log.h"
#include "ui/log/logpanel.h"
#include "ui/log/problemspanel.h"
#include "ui/settings/doctorpage.h"
#include "ui/sources/limitspage.h"
#include "ui/widgets/textformat.h"

namespace mnemo {

namespace {

std::vector<StatedLane> lanesOf(const Catalogue& catalogue)
{
    std::map<std::string, StatedLane> lanes;
    for (const auto& venue : catalogue.venues()) {
        const LaneRules rules = venue->lane();
        StatedLane& lane = lanes[rules.id];
        lane.id = rules.id;
        lane.venues.push_back(venue->id());
        if (lane.budgets.size() < rules.budgets.size())
            lane.budgets = rules.budgets;
    }
    std::vector<StatedLane> list;
    for (auto& [id, lane] : lanes)
        list.push_back(std::move(lane));
    return list;
}

} // namespace

InfoScreens::InfoScreens(EngineBridge& bridge, StorageWatch& storage, const QString& settingsFolder, QObject* parent)
    : QObject(parent)
    , m_bridge(bridge)
    , m_storage(storage)
    , m_settingsFolder(settingsFolder)
    , m_log(new LogPanel(&log::linesAfter))
    , m_problems(new ProblemsPanel)
    , m_limits(new LimitsPage)
    , m_doctor(new DoctorPage)
{
    connect(&bridge, &EngineBridge::laneChanged, m_limits->model(), &LimitsModel::apply);
    connect(&bridge, &EngineBridge::settingsChanged, this, &InfoScreens::settingsChanged);
    connect(&storage, &StorageWatch::changed, m_doctor, &DoctorPage::showStorage);
    connect(&storage, &StorageWatch::changed, this, &InfoScreens::showPlaces);
    connect(m_doctor, &DoctorPage::examinationRequested, this, &InfoScreens::examine);
    m_problems->setProblems(bridge.engine().settings()->problems, false);
    showLanes();
    showPlaces();
}

void InfoScreens::showLanes()
{
    m_bridge.run(EngineBridge::Channel::Lists, this,
        [this, &engine = m_bridge.engine()](const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            return [this, lanes = lanesOf(*engine.catalogue())] { m_limits->model()->setLanes(lanes); };
        });
}

void InfoScreens::showPlaces()
{
    const auto loaded = m_bridge.engine().settings();
    DoctorPage::Places places;
    if (m_storage.state().store)
        places.data = QFileInfo(toQString(m_storage.state().store->location)).absolutePath();
    places.settings = m_settingsFolder;
    places.shipped = toQString(shippedConfigDir().string());
    places.logFile = places.data.isEmpty() ? QString() : toQString(log::defaultFile(places.data.toStdString()).string());
    for (const auto& file : loaded->files)
        places.files << toQString(file.string());
    m_doctor->setPlaces(places);
}

void InfoScreens::settingsChanged(const Problems& problems, bool isAccepted)
{
    m_problems->setProblems(problems, !isAccepted);
    if (isAccepted) {
        showLanes();
        showPlaces();
    }
    emit problemsChanged(static_cast<int>(problems.size()), !isAccepted);
}

void InfoScreens::examine()
{
    m_doctor->setExamining(true);
    m_bridge.run(EngineBridge::Channel::Network, m_doctor,
        [doctor = m_doctor, &engine = m_bridge.engine()](
            const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            return [doctor, lines = engine.doctor()] {
                doctor->setExamining(false);
                doctor->showLines(lines);
            };
        });
}

} // namespace mnemo
