#include "ui/shell/infoscreens.h"

#include <QFileInfo>
#include <algorithm>
#include <iterator>
#include <map>

#include "core/base/log.h"
#include "ui/log/logpanel.h"
#include "ui/log/problemspanel.h"
#include "ui/settings/doctorpage.h"
#include "ui/sources/enginesymbolsport.h"
#include "ui/sources/limitspage.h"
#include "ui/sources/symbolsdialog.h"
#include "ui/widgets/textformat.h"

namespace mnemo {

namespace {

std::vector<StatedLane> lanesOf(const Catalogue& catalogue)
{
    std::map<std::string, StatedLane> lanes;
    auto venues = catalogue.venues();
    std::ranges::copy(catalogue.providers(), std::back_inserter(venues));
    for (const auto& venue : venues) {
        const LaneRules rules = venue->lane();
        StatedLane& lane = lanes[rules.id];
        lane.id = rules.id;
        lane.venues.push_back(venue->id());
        if (venue->isProvider())
            lane.provider = venue->id();
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
    , m_log(new LazyPageOf<LogPanel>([this] { return makeLog(); }))
    , m_problems(new LazyPageOf<ProblemsPanel>([this] { return makeProblems(); }))
    , m_limits(new LazyPageOf<LimitsPage>([this] { return makeLimits(); }))
    , m_doctor(new LazyPageOf<DoctorPage>([this] { return makeDoctor(); }))
    , m_lastProblems(bridge.engine().settings()->problems)
{
    connect(&bridge, &EngineBridge::settingsChanged, this, &InfoScreens::settingsChanged);
}

LogPanel* InfoScreens::makeLog()
{
    return new LogPanel(&log::linesAfter);
}

ProblemsPanel* InfoScreens::makeProblems()
{
    auto* panel = new ProblemsPanel;
    panel->setProblems(m_lastProblems, m_isRefused);
    return panel;
}

LimitsPage* InfoScreens::makeLimits()
{
    auto* page = new LimitsPage;
    for (const LaneSnapshot& lane : m_bridge.engine().lanes())
        page->model()->apply(lane);
    connect(&m_bridge, &EngineBridge::laneChanged, page->model(), &LimitsModel::apply);
    page->model()->applyFeeds(*m_bridge.engine().live());
    connect(&m_bridge, &EngineBridge::feedsChanged, page->model(),
        [page](const std::shared_ptr<const FeedReport>& report) { page->model()->applyFeeds(*report); });
    connect(page, &LimitsPage::testRequested, this,
        [this, page](const std::string& exchange) { testSource(*page, exchange); });
    connect(page, &LimitsPage::symbolsRequested, this, [this, page](const std::string& provider) { showSymbols(*page, provider); });
    showLanes(*page);
    return page;
}

void InfoScreens::showSymbols(LimitsPage& limits, const std::string& provider)
{
    const auto venue = m_bridge.engine().catalogue()->venue(provider);
    if (!venue)
        return; // its description became wrong meanwhile
    auto* dialog = new SymbolsDialog(
        std::make_unique<EngineSymbolsPort>(m_bridge, m_settingsFolder), provider, toQString((*venue)->name()), limits.window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(&m_bridge, &EngineBridge::settingsChanged, dialog, [dialog](const Problems&, bool isAccepted) {
        if (isAccepted)
            dialog->settingsChanged();
    });
    dialog->open();
}

DoctorPage* InfoScreens::makeDoctor()
{
    auto* page = new DoctorPage;
    if (const StorageState& state = m_storage.state(); state.store || state.storeError)
        page->showStorage(state);
    connect(&m_storage, &StorageWatch::changed, page, [this, page](const StorageState& state) {
        page->showStorage(state);
        showPlaces(*page);
    });
    connect(page, &DoctorPage::examinationRequested, this, [this, page] { examine(*page); });
    showPlaces(*page);
    return page;
}

void InfoScreens::showLanes(LimitsPage& limits)
{
    m_bridge.run(EngineBridge::Channel::Lists, &limits,
        [&limits, &engine = m_bridge.engine()](
            const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            return [&limits, lanes = lanesOf(*engine.catalogue())] { limits.model()->setLanes(lanes); };
        });
}

void InfoScreens::testSource(LimitsPage& limits, const std::string& exchange)
{
    m_bridge.run(EngineBridge::Channel::Network, &limits,
        [&limits, &engine = m_bridge.engine(), exchange](
            const Result<StoreReader*>&, const std::stop_token& stop) -> EngineBridge::Deliver {
            const auto begun = engine.clock().steady();
            const auto list = engine.fetchMarkets(exchange, stop);
            const SourceTest test {std::chrono::duration_cast<milliseconds>(engine.clock().steady() - begun),
                list.map([](const auto& instruments) { return static_cast<std::int64_t>(instruments.size()); })};
            return [&limits, exchange, test] { limits.setTested(exchange, test); };
        });
}

void InfoScreens::showPlaces(DoctorPage& doctor)
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
    doctor.setPlaces(places);
}

void InfoScreens::settingsChanged(const Problems& problems, bool isAccepted)
{
    m_lastProblems = problems;
    m_isRefused = !isAccepted;
    if (ProblemsPanel* panel = m_problems->madePage())
        panel->setProblems(problems, m_isRefused);
    if (LimitsPage* limits = m_limits->madePage(); limits && isAccepted)
        showLanes(*limits);
    if (DoctorPage* doctor = m_doctor->madePage(); doctor && isAccepted)
        showPlaces(*doctor);
    emit problemsChanged(static_cast<int>(problems.size()), m_isRefused);
}

void InfoScreens::examine(DoctorPage& doctor)
{
    doctor.setExamining(true);
    m_bridge.run(EngineBridge::Channel::Network, &doctor,
        [&doctor, &engine = m_bridge.engine()](
            const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            return [&doctor, lines = engine.doctor()] {
                doctor.setExamining(false);
                doctor.showLines(lines);
            };
        });
}

} // namespace mnemo
