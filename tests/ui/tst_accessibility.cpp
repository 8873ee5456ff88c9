// The whole window: names for assistive technology, keys that do not collide, every screen by its key.
#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QSettings>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <map>

#include "ui/log/logpanel.h"
#include "ui/settings/doctorpage.h"
#include "ui/shell/actionlist.h"
#include "ui/shell/commandpalette.h"
#include "ui/shell/infoscreens.h"
#include "ui/shell/mainwindow.h"
#include "ui/sources/limitspage.h"
#include "ui/validation/validationpage.h"
#include "ui/widgets/lazypage.h"
#include "places.h"

using namespace mnemo;

class tst_Accessibility : public QObject {
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void everythingHasAName();
    void keysDoNotCollide();
    void everyActionCanBeFound();
    void screensByTheirKeys();
    void paletteByItsKey();
    void badSettingsAreShown();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<QSettings> m_settings;
    std::unique_ptr<EngineBridge> m_bridge;
    std::unique_ptr<MainWindow> m_window;
    void open(const std::vector<std::string>& sets = {});
};

void tst_Accessibility::open(const std::vector<std::string>& sets)
{
    EngineOptions options;
    options.config.shipped = std::filesystem::path(MNEMO_SOURCE_DIR) / "config";
    options.config.sets = sets;
    options.dataDir = m_folder->path().toStdString();
    auto engine = Engine::open(std::move(options));
    QVERIFY2(engine.has_value(), engine ? "" : engine.error().detail.c_str());
    m_engine = std::move(*engine);
    m_settings = std::make_unique<QSettings>(m_folder->filePath(QStringLiteral("window.ini")), QSettings::IniFormat);
    m_bridge = std::make_unique<EngineBridge>(*m_engine, false);
    m_window = std::make_unique<MainWindow>(*m_bridge, *m_settings, WindowOptions {});
    m_window->show();
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
}

void tst_Accessibility::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    open();
}

void tst_Accessibility::cleanup()
{
    m_window.reset();
    m_bridge.reset();
    m_engine.reset();
}

void tst_Accessibility::everythingHasAName()
{
    LazyPage::makeAll(*m_window);
    QStringList nameless;
    QSet<const QWidget*> labelled; // a label in front of it is its name
    for (const QLabel* label : m_window->findChildren<QLabel*>())
        labelled.insert(label->buddy());
    for (const QWidget* widget : m_window->findChildren<QWidget*>()) {
        const QString name = widget->objectName();
        if (name.startsWith(QStringLiteral("qt_")) || widget->focusPolicy() == Qt::NoFocus)
            continue;
        bool isNamed = !widget->accessibleName().isEmpty() || labelled.contains(widget);
        if (const auto* button = qobject_cast<const QAbstractButton*>(widget))
            isNamed = isNamed || !button->text().isEmpty();
        else if (!qobject_cast<const QAbstractItemView*>(widget) && !qobject_cast<const QLineEdit*>(widget)
            && !qobject_cast<const QComboBox*>(widget))
            continue;
        if (qobject_cast<const QComboBox*>(widget->parentWidget()) || widget->inherits("QHeaderView")
            || widget->inherits("QComboBoxListView"))
            continue;
        if (!isNamed)
            nameless << QLatin1String(widget->metaObject()->className()) + u' ' + name + QStringLiteral(" in ")
                    + QLatin1String(widget->parentWidget()->metaObject()->className());
    }
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
}

void tst_Accessibility::keysDoNotCollide()
{
    std::map<QString, QString> window; // heard everywhere
    QStringList collisions;
    const auto actions = actionsOf(*m_window);
    for (const bool isWide : {true, false}) {
        for (const ActionEntry& entry : actions) {
            const auto context = entry.action->shortcutContext();
            if ((context == Qt::WindowShortcut || context == Qt::ApplicationShortcut) != isWide)
                continue;
            for (const QKeySequence& key : entry.action->shortcuts()) {
                const auto known = window.find(key.toString());
                if (known != window.end())
                    collisions << key.toString() + QStringLiteral(": ") + known->second + QStringLiteral(" and ") + entry.id();
                else if (isWide)
                    window.emplace(key.toString(), entry.id());
            }
        }
    }
    // An underlined letter that is also a shortcut answers to neither.
    const auto hear = [&](const QString& text) {
        const QString key = QKeySequence::mnemonic(text).toString();
        if (!key.isEmpty() && !window.emplace(key, text).second)
            collisions << key + QStringLiteral(": ") + window[key] + QStringLiteral(" and ") + text;
    };
    for (const QAction* menu : m_window->menuBar()->actions())
        hear(menu->text());
    for (const QAbstractButton* button : m_window->findChildren<QAbstractButton*>())
        hear(button->text());
    QVERIFY2(collisions.isEmpty(), qPrintable(collisions.join(u'\n')));
    QVERIFY(window.size() > 20);
}

void tst_Accessibility::everyActionCanBeFound()
{
    QStringList ids;
    for (const ActionEntry& entry : actionsOf(*m_window))
        ids << entry.id();
    const auto count = ids.size();
    ids.removeDuplicates();
    QCOMPARE(ids.size(), count); // what was used last is kept by them
    for (const char* wanted : {"File/Quit", "View/Command palette", "View \u203a Theme/High contrast", "Help/Keyboard shortcuts",
             "Series/Fetch the market list", "View \u203a Screens/Doctor"})
        QVERIFY2(ids.contains(QString::fromUtf8(wanted)), wanted);
}

void tst_Accessibility::screensByTheirKeys()
{
    const auto press = [this](Qt::Key key) { QTest::keyClick(m_window.get(), key, Qt::ControlModifier); };
    press(Qt::Key_6);
    QVERIFY(m_window->info()->limits()->isVisible());
    press(Qt::Key_7);
    QVERIFY(m_window->validation()->isVisible());
    press(Qt::Key_0);
    QVERIFY(m_window->info()->doctor()->isVisible());
    press(Qt::Key_1);
    QVERIFY(!m_window->info()->doctor()->isVisible());
    auto* log = m_window->findChild<QDockWidget*>(QStringLiteral("LogDock"));
    log->hide();
    press(Qt::Key_8);
    QVERIFY(log->isVisible());
    QVERIFY(m_window->info()->log()->isAncestorOf(QApplication::focusWidget()));
}

void tst_Accessibility::paletteByItsKey()
{
    QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
    auto* palette = m_window->findChild<CommandPalette*>();
    QVERIFY(palette && palette->isVisible());
    QTest::keyClicks(palette->edit(), QStringLiteral("doctor"));
    QTest::keyClick(palette->edit(), Qt::Key_Return);
    QTRY_VERIFY(m_window->info()->doctor()->isVisible());
}

void tst_Accessibility::badSettingsAreShown()
{
    cleanup();
    open({"logging.leve=debug"});
    const auto* dock = m_window->findChild<QDockWidget*>(QStringLiteral("ProblemsDock"));
    QVERIFY2(dock->windowTitle().contains(u'1'), qPrintable(dock->windowTitle()));
}

QTEST_MAIN(tst_Accessibility)
#include "tst_accessibility.moc"
