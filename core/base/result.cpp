#include "core/base/result.h"

namespace mnemo {

std::string_view toText(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidArgument:
        return "invalid_argument";
    case ErrorCode::Config:
        return "config";
    case ErrorCode::NotFound:
        return "not_found";
    case ErrorCode::Cancelled:
        return "cancelled";
    case ErrorCode::Network:
        return "network";
    case ErrorCode::Timeout:
        return "timeout";
    case ErrorCode::Tls:
        return "tls";
    case ErrorCode::TooLarge:
        return "too_large";
    case ErrorCode::ServerError:
        return "server_error";
    case ErrorCode::RateLimited:
        return "rate_limited";
    case ErrorCode::Banned:
        return "banned";
    case ErrorCode::CircuitOpen:
        return "circuit_open";
    case ErrorCode::Rejected:
        return "rejected";
    case ErrorCode::UnknownSymbol:
        return "unknown_symbol";
    case ErrorCode::Unsupported:
        return "unsupported";
    case ErrorCode::Maintenance:
        return "maintenance";
    case ErrorCode::BadAnswer:
        return "bad_answer";
    case ErrorCode::StorageFailed:
        return "storage_failed";
    case ErrorCode::StorageFull:
        return "storage_full";
    case ErrorCode::StorageReadOnly:
        return "storage_read_only";
    case ErrorCode::StorageLocked:
        return "storage_locked";
    case ErrorCode::StorageTooNew:
        return "storage_too_new";
    case ErrorCode::Corrupt:
        return "corrupt";
    case ErrorCode::Internal:
        return "internal";
    }
    return "internal";
}

bool isTransient(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Network:
    case ErrorCode::Timeout:
    case ErrorCode::ServerError:
    case ErrorCode::RateLimited:
    case ErrorCode::Banned:
    case ErrorCode::CircuitOpen:
    case ErrorCode::Maintenance:
    case ErrorCode::BadAnswer:
        return true;
    case ErrorCode::InvalidArgument:
    case ErrorCode::Config:
    case ErrorCode::NotFound:
    case ErrorCode::Cancelled:
    case ErrorCode::Tls:
    case ErrorCode::TooLarge:
    case ErrorCode::Rejected:
    case ErrorCode::UnknownSymbol:
    case ErrorCode::Unsupported:
    case ErrorCode::StorageFailed:
    case ErrorCode::StorageFull:
    case ErrorCode::StorageReadOnly:
    case ErrorCode::StorageLocked:
    case ErrorCode::StorageTooNew:
    case ErrorCode::Corrupt:
    case ErrorCode::Internal:
        return false;
    }
    return false;
}

} // namespace mnemo
