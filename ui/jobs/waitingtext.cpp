#include "ui/jobs/waitingtext.h"

#include <QCoreApplication>

#include "ui/widgets/textformat.h"

namespace mnemo {

namespace {

struct Waiting {
    Q_DECLARE_TR_FUNCTIONS(Waiting)
};

/// What stands behind @p head; nothing where @p text does not begin so.
std::optional<std::string_view> after(std::string_view text, std::string_view head)
{
    if (!text.starts_with(head))
        return std::nullopt;
    return text.substr(head.size());
}

} // namespace

QString waitingText(std::string_view waitingFor)
{
    if (waitingFor.empty())
        return {};
    if (waitingFor == "its turn")
        return Waiting::tr("its turn");
    if (waitingFor == "market list")
        return Waiting::tr("market list");
    if (waitingFor == "rate limit")
        return Waiting::tr("rate limit");
    if (const auto time = after(waitingFor, "rate limit, "))
        return Waiting::tr("rate limit, %1").arg(toQString(*time));
    if (waitingFor == "retry")
        return Waiting::tr("another try");
    if (const auto time = after(waitingFor, "retry in "))
        return Waiting::tr("retry in %1").arg(toQString(*time));
    if (const auto host = after(waitingFor, "circuit breaker of "))
        return Waiting::tr("circuit breaker of %1").arg(toQString(*host));
    return toQString(waitingFor);
}

} // namespace mnemo
