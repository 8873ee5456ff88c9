// A place whose page is made when somebody first wants it.
#include <QAction>
#include <QApplication>
#include <QLineEdit>
#include <QMenu>
#include <QStackedWidget>
#include <QTest>
#include <QVBoxLayout>

#include "ui/widgets/lazypage.h"

using namespace mnemo;

namespace {

/// Two lines, as the page of a screen: the first takes the focus.
struct TwoLines final : public QWidget {
    QLineEdit* first = new QLineEdit;
    QLineEdit* second = new QLineEdit;
    QAction* action = new QAction(QStringLiteral("Act"), this);
    TwoLines()
    {
        auto* layout = new QVBoxLayout(this);
        layout->addWidget(first);
        layout->addWidget(second);
        setFocusProxy(first);
    }
};

struct Window final : public QWidget {
    int made = 0;
    QLineEdit* before = new QLineEdit;
    QStackedWidget* pages = new QStackedWidget;
    QWidget* start = new QWidget;
    LazyPageOf<TwoLines>* place = nullptr;
    QLineEdit* after = new QLineEdit;
    Window()
    {
        place = new LazyPageOf<TwoLines>([this] {
            ++made;
            return new TwoLines;
        });
        pages->addWidget(start);
        pages->addWidget(place);
        auto* layout = new QVBoxLayout(this);
        for (QWidget* part : std::initializer_list<QWidget*> {before, pages, after})
            layout->addWidget(part);
        resize(300, 300);
    }
    bool open()
    {
        show();
        activateWindow();
        return QTest::qWaitForWindowActive(this);
    }
};

} // namespace

class tst_LazyPage : public QObject {
    Q_OBJECT
private slots:
    void isMadeWhenItComesIntoView();
    void isMadeForItsMenu();
    void menuOfAMadePage();
    void isMadeForWhoListsActions();
    void takesTheFocus();
};

void tst_LazyPage::isMadeWhenItComesIntoView()
{
    Window window;
    QVERIFY(window.open());
    QCOMPARE(window.made, 0);
    QVERIFY(!window.place->madePage());
    window.pages->setCurrentWidget(window.place);
    QCOMPARE(window.made, 1);
    const TwoLines* page = window.place->madePage();
    QVERIFY(page && page->isVisible()); // at once: no empty frame between
    QCOMPARE(page->geometry(), window.place->rect());
    QVERIFY(page->first->width() > 200);
    window.pages->setCurrentWidget(window.start);
    window.pages->setCurrentWidget(window.place);
    QCOMPARE(window.place->page(), page);
    QCOMPARE(window.made, 1);
}

void tst_LazyPage::isMadeForItsMenu()
{
    Window window;
    QMenu menu;
    window.place->setMenu(menu, [&] { menu.addAction(window.place->page()->action); });
    QVERIFY(window.open());
    QVERIFY(menu.isEmpty());
    QCOMPARE(window.made, 0);
    menu.popup(window.mapToGlobal(QPoint(0, 0)));
    QCOMPARE(menu.actions(), QList {window.place->madePage()->action});
    QVERIFY(!window.place->madePage()->isVisible());
    menu.close();
    menu.popup(window.mapToGlobal(QPoint(0, 0)));
    QCOMPARE(menu.actions().size(), 1);
}

void tst_LazyPage::menuOfAMadePage()
{
    Window window;
    QMenu menu;
    window.place->page();
    window.place->setMenu(menu, [&] { menu.addAction(window.place->page()->action); });
    QCOMPARE(menu.actions().size(), 1);
}

void tst_LazyPage::isMadeForWhoListsActions()
{
    Window window;
    LazyPage::makeAll(window);
    QCOMPARE(window.made, 1);
    LazyPage::makeAll(window);
    QCOMPARE(window.made, 1);
}

void tst_LazyPage::takesTheFocus()
{
    Window window;
    QVERIFY(window.open());
    window.pages->setCurrentWidget(window.place);
    window.place->setFocus();
    const TwoLines* page = window.place->page();
    QVERIFY(page->first->hasFocus());
    window.before->setFocus();
    for (const QLineEdit* line : {window.after, page->first, page->second, window.before}) {
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        QCOMPARE(QApplication::focusWidget(), line);
    }
}

QTEST_MAIN(tst_LazyPage)
#include "tst_lazypage.moc"
