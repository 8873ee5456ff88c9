#include "app/cli/exitstatus.h"

#include <algorithm>

namespace mnemo::cli {

ExitStatus exitStatusOf(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidArgument:
    case ErrorCode::Config:
    case ErrorCode::NotFound:
    case ErrorCode::UnknownSymbol:
    case ErrorCode::Unsupported:
        return ExitStatus::Usage;
    case ErrorCode::Cancelled:
        return ExitStatus::Cancelled;
    case ErrorCode::StorageFailed:
    case ErrorCode::StorageFull:
    case ErrorCode::StorageReadOnly:
    case ErrorCode::StorageLocked:
    case ErrorCode::StorageTooNew:
    case ErrorCode::Corrupt:
        return ExitStatus::Storage;
    case ErrorCode::Network:
    case ErrorCode::Timeout:
    case ErrorCode::Tls:
    case ErrorCode::TooLarge:
    case ErrorCode::ServerError:
    case ErrorCode::RateLimited:
    case ErrorCode::Banned:
    case ErrorCode::CircuitOpen:
    case ErrorCode::Rejected:
    case ErrorCode::Maintenance:
    case ErrorCode::BadAnswer:
    case ErrorCode::Internal:
        return ExitStatus::Incomplete;
    }
    return ExitStatus::Incomplete;
}

ExitStatus worst(ExitStatus a, ExitStatus b)
{
    return std::max(a, b); // the numbers happen to be in this order
}

} // namespace mnemo::cli
