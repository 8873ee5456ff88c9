#include "ui/shell/jobsafety.h"

#include <QAction>
#include <QCloseEvent>
#include <QSettings>
#include <QWidget>

#include "ui/jobs/leftoverbanner.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

/// What is on the wire longer than that is fetched again next time.
constexpr milliseconds drainLimit {800};
const QString settingsKey = u"quitWithJobs"_s;

} // namespace

JobSafety::JobSafety(EngineBridge& bridge, QSettings& settings, QWidget& window)
    : QObject(&window)
    , m_bridge(bridge)
    , m_settings(settings)
    , m_window(window)
    , m_ask(new QAction(tr("&Ask before quitting"), this))
    , m_banner(new LeftOverBanner)
{
    m_ask->setCheckable(true);
    m_ask->setChecked(settings.value(settingsKey, 0).toInt() == static_cast<int>(QuitChoice::Ask));
    m_ask->setToolTip(tr("While jobs are not done; else they are kept for the next start"));
    connect(m_ask, &QAction::triggered, this, [this](bool isAsking) {
        m_settings.setValue(settingsKey, static_cast<int>(isAsking ? QuitChoice::Ask : QuitChoice::Keep));
    });
    connect(m_banner, &LeftOverBanner::resumeRequested, this, &JobSafety::resume);
    connect(m_banner, &LeftOverBanner::discardRequested, this, &JobSafety::discard);
}

void JobSafety::closeRequested(QCloseEvent& event, int unfinishedJobs)
{
    if (m_isSettled || unfinishedJobs == 0 || m_bridge.isReadOnly()) {
        event.accept();
        return;
    }
    event.ignore();
    const auto remembered = static_cast<QuitChoice>(m_settings.value(settingsKey, 0).toInt());
    if (remembered == QuitChoice::Ask)
        ask(unfinishedJobs);
    else
        settle(remembered);
}

void JobSafety::ask(int unfinishedJobs)
{
    if (std::exchange(m_isAsking, true))
        return;
    auto* dialog = new QuitDialog(unfinishedJobs, &m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::finished, this, [this, dialog] {
        m_isAsking = false;
        if (dialog->choice() == QuitChoice::Ask)
            return;
        if (dialog->isRemembered()) {
            m_settings.setValue(settingsKey, static_cast<int>(dialog->choice()));
            m_ask->setChecked(false);
        }
        settle(dialog->choice());
    });
    dialog->open();
}

void JobSafety::settle(QuitChoice choice)
{
    m_window.setEnabled(false);
    emit told(tr("Storing what is on its way\u2026"));
    m_bridge.run(EngineBridge::Channel::Commands, this,
        [this, choice, &engine = m_bridge.engine()](const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            if (choice == QuitChoice::Cancel)
                engine.cancelAll();
            engine.drain(drainLimit);
            return [this] {
                m_isSettled = true;
                m_window.close();
            };
        });
}

// --- the next start ---

void JobSafety::offerLeftOver()
{
    if (m_bridge.isReadOnly())
        return;
    m_bridge.run(EngineBridge::Channel::Commands, this,
        [this, &engine = m_bridge.engine()](const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            return [this, count = static_cast<int>(engine.leftOver().size())] { m_banner->setCount(count); };
        });
}

void JobSafety::resume()
{
    m_banner->setCount(0);
    m_bridge.run(EngineBridge::Channel::Commands, this,
        [this, &engine = m_bridge.engine()](const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            std::vector<std::string> problems;
            const int begun = engine.resumeLeftOver(&problems);
            return [this, begun, problems = std::move(problems)] {
                QString text = tr("Jobs that go on: %1.").arg(countText(std::int64_t {begun}));
                if (!problems.empty())
                    text += tr(" Not possible any more: %1. %2")
                                .arg(countText(static_cast<std::int64_t>(problems.size())), toQString(problems.front()));
                emit told(text);
            };
        });
}

void JobSafety::discard()
{
    m_banner->setCount(0);
    m_bridge.run(EngineBridge::Channel::Commands, this,
        [this, &engine = m_bridge.engine()](const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            engine.discardLeftOver();
            return [this] { emit told(tr("The jobs are forgotten; what they have stored stays.")); };
        });
}

} // namespace mnemo
