// What a key in the filter of the universe costs on the UI thread, over 100,000 instruments: search, tree and repaint.
#include <QApplication>
#include <QElapsedTimer>
#include <QLineEdit>
#include <algorithm>
#include <cstdio>
#include <vector>

#include "tests/ui/universefixture.h"
#include "ui/universe/universemodel.h"
#include "ui/universe/universepanel.h"

using namespace mnemo;

int main(int argc, char** argv)
{
    qputenv("QT_QPA_PLATFORM", qgetenv("QT_QPA_PLATFORM").isEmpty() ? "offscreen" : qgetenv("QT_QPA_PLATFORM"));
    const QApplication application(argc, argv);
    QElapsedTimer timer;
    timer.start();
    const auto index = test::largeUniverse(argc > 1 ? std::atoi(argv[1]) : 100'000);
    std::printf("%zu instruments, index built in %lld ms\n", index->entries().size(), timer.elapsed());
    UniverseModel model;
    UniversePanel panel(model, false);
    panel.resize(480, 700);
    panel.show();
    model.setIndex(index, {});
    std::vector<double> all;
    for (int round = 0; round < 7; ++round) {
        for (const char* text : {"btc venue7 usdt", "usdt linear", "eur", "1m zx"}) {
            const QString whole = QString::fromLatin1(text);
            for (qsizetype i = 1; i <= whole.size() + 1; ++i) {
                const QString typed = i <= whole.size() ? whole.left(i) : QString();
                timer.restart();
                panel.filter()->setText(typed);
                QApplication::processEvents();
                const double ms = static_cast<double>(timer.nsecsElapsed()) / 1e6;
                all.push_back(ms);
                if (round == 0)
                    std::printf("  \"%s\": %.1f ms, %zu found\n", qPrintable(typed), ms, model.hitCount());
            }
        }
    }
    std::sort(all.begin(), all.end());
    std::printf("per key: median %.1f ms, p99 %.1f ms, worst %.1f ms (to reach: below 30 ms)\n", all[all.size() / 2],
        all[all.size() * 99 / 100], all.back());
    return all[all.size() * 99 / 100] < 30 ? 0 : 1;
}
