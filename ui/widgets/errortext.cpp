#include "ui/widgets/errortext.h"

#include <QCoreApplication>

#include "ui/widgets/textformat.h"

namespace mnemo {

namespace {

struct Errors {
    Q_DECLARE_TR_FUNCTIONS(Errors)
};

QString sentence(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidArgument: return Errors::tr("What was asked for cannot be: check symbol and range.");
    case ErrorCode::Config: return Errors::tr("Something in the settings is missing or wrong: correct the place named in the detail.");
    case ErrorCode::NotFound: return Errors::tr("It does not exist: check the name.");
    case ErrorCode::Cancelled: return Errors::tr("Cancelled on request.");
    case ErrorCode::Network: return Errors::tr("The exchange could not be reached: check the network, then retry.");
    case ErrorCode::Timeout: return Errors::tr("The exchange did not answer in time: retry later.");
    case ErrorCode::Tls:
        return Errors::tr(
            "The exchange's certificate was refused: check the clock and the certificates of this computer.");
    case ErrorCode::TooLarge:
        return Errors::tr("The answer was larger than allowed: raise http.max_body_mib or ask for less.");
    case ErrorCode::ServerError: return Errors::tr("The exchange had an internal error: retry later.");
    case ErrorCode::RateLimited: return Errors::tr("The exchange asks to slow down: the work goes on by itself.");
    case ErrorCode::Banned:
        return Errors::tr("The exchange refuses this address for now: nothing is sent until it allows it again.");
    case ErrorCode::CircuitOpen:
        return Errors::tr("The exchange failed too often: it is left alone for a while, then tried again.");
    case ErrorCode::Rejected: return Errors::tr("The exchange refused the request: check symbol, timeframe and range.");
    case ErrorCode::UnknownSymbol:
        return Errors::tr("The exchange does not know this symbol: check the spelling, or pick it from the list.");
    case ErrorCode::Unsupported:
        return Errors::tr("The exchange does not offer this market or timeframe: choose another one.");
    case ErrorCode::Maintenance: return Errors::tr("The exchange is down for maintenance: retry later.");
    case ErrorCode::BadAnswer:
        return Errors::tr(
            "The answer of the exchange could not be read: retry; if it stays so, its description needs mending.");
    case ErrorCode::StorageFailed: return Errors::tr("The store could not be read or written: see the detail.");
    case ErrorCode::StorageFull:
        return Errors::tr("The disk is full: make room, then retry. Nothing that was stored is lost.");
    case ErrorCode::StorageReadOnly:
        return Errors::tr("The store cannot be written: this window only reads, or the folder is read-only.");
    case ErrorCode::StorageLocked:
        return Errors::tr("Another process is collecting into this store: close it, or use its window.");
    case ErrorCode::StorageTooNew: return Errors::tr("The store was written by a newer version: update this program.");
    case ErrorCode::Corrupt:
        return Errors::tr("Stored bytes do not read back: restore a copy, or rebuild from the archive.");
    case ErrorCode::Internal:
        return Errors::tr("Something went wrong inside the program: please report it with the detail.");
    }
    return {};
}

} // namespace

QString errorText(const Error& error)
{
    if (!error.retryAfter)
        return sentence(error.code);
    return Errors::tr("%1 It may be tried again in %2.").arg(sentence(error.code), lengthText(*error.retryAfter));
}

QString errorReason(const Error& error)
{
    return error.code == ErrorCode::Config && !error.detail.empty() ? toQString(error.detail) : errorText(error);
}

QString errorTextWithDetail(const Error& error)
{
    if (error.detail.empty())
        return errorText(error);
    return Errors::tr("%1\nDetail: %2").arg(errorText(error), toQString(error.detail));
}

} // namespace mnemo
