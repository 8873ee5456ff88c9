#include "ui/widgets/actionreason.h"

#include <QAction>
#include <QCoreApplication>
#include <QVariant>

namespace mnemo {

namespace {

constexpr char property[] = "mnemoReason";

struct Actions {
    Q_DECLARE_TR_FUNCTIONS(Actions)
};

} // namespace

void setReason(QAction& action, const QString& reason)
{
    action.setProperty(property, reason);
}

QString reasonOf(const QAction& action)
{
    const QString reason = action.property(property).toString();
    return reason.isEmpty() ? Actions::tr("Not possible at the moment") : reason;
}

} // namespace mnemo
