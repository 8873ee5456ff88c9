#include "tests/support/testcertificates.h"

#include <algorithm>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace mnemo::test {

namespace {

struct Deleter {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter>;
using Certificate = std::unique_ptr<X509, Deleter>;
using Bio = std::unique_ptr<BIO, Deleter>;

template <class T>
T check(T value, const char* what)
{
    if (!value)
        throw std::runtime_error(std::string("OpenSSL: ") + what);
    return value;
}

Key makeKey()
{
    return Key(check(EVP_EC_gen("P-256"), "key"));
}

std::string textOf(BIO* bio)
{
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string pemOf(X509* certificate)
{
    const Bio bio(check(BIO_new(BIO_s_mem()), "buffer"));
    check(PEM_write_bio_X509(bio.get(), certificate), "certificate text");
    return textOf(bio.get());
}

std::string pemOf(EVP_PKEY* key)
{
    const Bio bio(check(BIO_new(BIO_s_mem()), "buffer"));
    check(PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr), "key text");
    return textOf(bio.get());
}

void setName(X509_NAME* name, const std::string& text)
{
    const auto* bytes = static_cast<const unsigned char*>(static_cast<const void*>(text.c_str()));
    check(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, bytes, -1, -1, 0), "name");
}

void addExtension(X509* certificate, int nid, const std::string& value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, Deleter> extension(
        check(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()), "extension"));
    check(X509_add_ext(certificate, extension.get(), -1), "extension");
}

Certificate makeCertificate(const std::string& name, EVP_PKEY* key, UtcMs from, UtcMs until)
{
    static long serial = 1;
    Certificate certificate(check(X509_new(), "certificate"));
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
    check(ASN1_TIME_set(X509_getm_notBefore(certificate.get()), toMs(from) / 1000), "time");
    check(ASN1_TIME_set(X509_getm_notAfter(certificate.get()), toMs(until) / 1000), "time");
    setName(X509_get_subject_name(certificate.get()), name);
    check(X509_set_pubkey(certificate.get(), key), "public key");
    return certificate;
}

bool isAddress(const std::string& host)
{
    return std::ranges::all_of(host, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

} // namespace

struct TestAuthority::Private {
    Key key;
    Certificate certificate;
};

TestAuthority::TestAuthority(const std::string& name)
    : d(std::make_unique<Private>())
{
    const UtcMs now = SystemClock().now();
    d->key = makeKey();
    d->certificate = makeCertificate(name, d->key.get(), now - std::chrono::days{400}, now + std::chrono::days{400});
    check(X509_set_issuer_name(d->certificate.get(), X509_get_subject_name(d->certificate.get())), "issuer");
    addExtension(d->certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    addExtension(d->certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    check(X509_sign(d->certificate.get(), d->key.get(), EVP_sha256()), "signature");
}

TestAuthority::~TestAuthority() = default;

std::string TestAuthority::certificatePem() const
{
    return pemOf(d->certificate.get());
}

TlsIdentity TestAuthority::issue(const std::string& host, UtcMs from, UtcMs until) const
{
    const Key key = makeKey();
    const Certificate certificate = makeCertificate(host, key.get(), from, until);
    check(X509_set_issuer_name(certificate.get(), X509_get_subject_name(d->certificate.get())), "issuer");
    addExtension(certificate.get(), NID_subject_alt_name, (isAddress(host) ? "IP:" : "DNS:") + host);
    check(X509_sign(certificate.get(), d->key.get(), EVP_sha256()), "signature");
    return {pemOf(certificate.get()), pemOf(key.get())};
}

} // namespace mnemo::test
