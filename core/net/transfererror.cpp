#include "core/net/transfererror.h"

#include <string_view>
#include <system_error>

#include <openssl/x509_vfy.h>

namespace mnemo {

namespace {

bool contains(std::string_view text, std::string_view part)
{
    return text.find(part) != text.npos;
}

/// What libcurl says, in brackets; its general text for the code where it said nothing.
std::string reason(const TransferFailure& failure)
{
    const std::string_view text =
        failure.message.empty() ? curl_easy_strerror(failure.code) : std::string_view(failure.message);
    return " (" + std::string(text) + ")";
}

std::string viaProxy(const TransferFailure& failure)
{
    return failure.proxy.empty() ? std::string() : " through proxy " + failure.proxy;
}

Error networkError(const TransferFailure& failure)
{
    const std::string host = failure.host + viaProxy(failure);
    switch (failure.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return {ErrorCode::Network,
            "no address found for " + failure.host + ": check the name, this machine's network and its DNS"};
    case CURLE_COULDNT_RESOLVE_PROXY:
        return {ErrorCode::Network, "no address found for the proxy" + reason(failure) + ": check the proxy setting"};
    case CURLE_COULDNT_CONNECT: {
        const auto code = std::error_code(static_cast<int>(failure.osError), std::generic_category());
        return {ErrorCode::Network,
            "cannot connect to " + host + (failure.osError != 0 ? " (" + code.message() + ")" : reason(failure))
                + ": check that the server is up, and this machine's network and proxy"};
    }
    case CURLE_GOT_NOTHING:
        return {ErrorCode::Network, host + " closed the connection without an answer"};
    case CURLE_PARTIAL_FILE:
        return {ErrorCode::Network, host + " cut its answer short" + reason(failure)};
    default:
        return {ErrorCode::Network, "the connection to " + host + " broke" + reason(failure)};
    }
}

std::string certificateTrouble(const TransferFailure& failure)
{
    const std::string whose = "the certificate of " + failure.host;
    switch (failure.verifyResult) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return whose + " has expired: check this machine's clock and CA file";
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return whose + " is not valid yet: check this machine's clock";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return whose
            + " is signed by an authority that this machine does not trust: install the authority's certificate, or "
              "name it as the CA file";
    case X509_V_ERR_CERT_REVOKED:
        return whose + " has been revoked: do not use this host until its owner has replaced it";
    default:
        break;
    }
    if (contains(failure.message, "subject name") || failure.verifyResult == X509_V_ERR_HOSTNAME_MISMATCH)
        return whose + " is for another host" + reason(failure) + ": check the URL and the proxy";
    return whose + " was refused" + reason(failure) + ": check this machine's clock and CA file";
}

Error tlsError(const TransferFailure& failure)
{
    switch (failure.code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_ISSUER_ERROR:
        return {ErrorCode::Tls, certificateTrouble(failure)};
    case CURLE_SSL_CACERT_BADFILE:
        return {ErrorCode::Tls,
            "cannot read the CA file" + (failure.caFile.empty() ? reason(failure) : " " + failure.caFile)
                + ": check that it exists, is readable and holds PEM certificates"};
    default:
        return {ErrorCode::Tls,
            "no secure connection to " + failure.host + reason(failure)
                + ": check the URL, the proxy and the TLS versions of both sides"};
    }
}

/// A handshake that the network cut looks to OpenSSL like one that was refused; only the former may succeed later.
bool isCutHandshake(const TransferFailure& failure)
{
    return failure.code == CURLE_SSL_CONNECT_ERROR
        && (contains(failure.message, "SYSCALL") || contains(failure.message, "reset")
            || contains(failure.message, "unexpected eof") || failure.message.empty());
}

} // namespace

Error toError(const TransferFailure& failure)
{
    if (failure.isTooLarge)
        return {ErrorCode::TooLarge,
            failure.host + " sent more than " + std::to_string(failure.maxBodyMiB)
                + " MiB: ask for less at once, or raise the size cap"};
    if (isCutHandshake(failure))
        return networkError(failure);
    switch (failure.code) {
    case CURLE_URL_MALFORMAT:
        return {
            ErrorCode::InvalidArgument, "the URL of a request to " + failure.host + " is malformed" + reason(failure)};
    case CURLE_OPERATION_TIMEDOUT:
        return {ErrorCode::Timeout, failure.host + viaProxy(failure) + " was too slow" + reason(failure)};
    case CURLE_FILESIZE_EXCEEDED:
        return {
            ErrorCode::TooLarge, failure.host + " announced more than " + std::to_string(failure.maxBodyMiB) + " MiB"};
    case CURLE_UNSUPPORTED_PROTOCOL: // the scheme was checked before: what came back is not HTTP/1 or later
    case CURLE_WEIRD_SERVER_REPLY:
        return {ErrorCode::BadAnswer,
            failure.host + " answered something that is not HTTP" + reason(failure) + ": check the URL and the port"};
    case CURLE_BAD_CONTENT_ENCODING:
        return {ErrorCode::BadAnswer, failure.host + " sent a body that does not decompress" + reason(failure)};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_USE_SSL_FAILED:
        return tlsError(failure);
    case CURLE_OUT_OF_MEMORY:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_FAILED_INIT:
    case CURLE_NOT_BUILT_IN:
    case CURLE_UNKNOWN_OPTION:
    case CURLE_WRITE_ERROR: // only our own callback, when memory ran out
        return {ErrorCode::Internal, "the request to " + failure.host + " could not be made" + reason(failure)};
    default: // a hundred codes of a library that adds to them; what is left are broken transfers
        return networkError(failure);
    }
}

} // namespace mnemo
