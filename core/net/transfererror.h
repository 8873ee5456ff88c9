#pragma once

#include <string>

#include <curl/curl.h>

#include "core/base/result.h"

namespace mnemo {

/// What libcurl tells about a transfer that failed.
struct TransferFailure {
    CURLcode code = CURLE_OK;
    std::string host; ///< with the port where the URL writes one
    std::string message; ///< libcurl's error buffer; may be empty
    long osError = 0; ///< errno of the failed connect
    long verifyResult = 0; ///< OpenSSL's X509_V_ERR_...
    bool isTooLarge = false;
    std::string caFile;
    std::string proxy;
    std::int64_t maxBodyMiB = 0;
};

/// The code that programs decide on, and one sentence: which host, what, what to do.
Error toError(const TransferFailure& failure);

} // namespace mnemo
