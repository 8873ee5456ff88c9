#include "ui/widgets/agotext.h"

#include <QCoreApplication>

#include "ui/widgets/textformat.h"

namespace mnemo {

namespace {

struct AgoTexts {
    Q_DECLARE_TR_FUNCTIONS(Ago)
};

} // namespace

QString agoText(milliseconds age)
{
    const auto minutes = std::chrono::floor<std::chrono::minutes>(age);
    if (minutes.count() < 1)
        return AgoTexts::tr("just now");
    if (minutes < std::chrono::hours {1})
        return AgoTexts::tr("%1 min ago").arg(countText(std::int64_t {minutes.count()}));
    if (minutes >= std::chrono::days {365})
        return AgoTexts::tr("%1 years ago").arg(countText(static_cast<double>(minutes.count()) / (60.0 * 24 * 365.25), 1));
    return AgoTexts::tr("%1 ago").arg(lengthText(minutes));
}

} // namespace mnemo
