#include "core/ingest/venuefiles/bucketlisting.h"

#include <charconv>
#include <memory>
#include <optional>

#include <expat.h>

#include "core/base/timetext.h"

namespace mnemo {

namespace {

struct FreeParser {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

/// Gathers objects from expat's events. Element names are taken without their namespace.
class ListingReader {
public:
    ListingReader()
        : m_parser(XML_ParserCreateNS(nullptr, ':'))
    {
        XML_SetUserData(m_parser.get(), this);
        XML_SetElementHandler(m_parser.get(), [](void* self, const XML_Char* name, const XML_Char**) { of(self).begin(name); },
            [](void* self, const XML_Char* name) { of(self).end(name); });
        XML_SetCharacterDataHandler(m_parser.get(),
            [](void* self, const XML_Char* text, int length) { of(self).m_text.append(text, static_cast<std::size_t>(length)); });
        XML_SetStartDoctypeDeclHandler(m_parser.get(), // none is needed, and entities can grow without end
            [](void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) { of(self).refuse("it declares a document type"); });
    }

    Result<BucketListing> read(std::string_view xml)
    {
        const auto state = XML_Parse(m_parser.get(), xml.data(), static_cast<int>(xml.size()), XML_TRUE);
        if (!m_problem.empty())
            return bad(m_problem);
        if (state != XML_STATUS_OK)
            return bad(std::string(XML_ErrorString(XML_GetErrorCode(m_parser.get()))) + " in line "
                + std::to_string(XML_GetCurrentLineNumber(m_parser.get())));
        if (m_listing.isTruncated && m_listing.nextMarker.empty()) { // told only where a delimiter is asked for
            if (m_listing.objects.empty())
                return bad("it is cut off and does not tell where to go on");
            m_listing.nextMarker = m_listing.objects.back().key;
        }
        return std::move(m_listing);
    }

private:
    static ListingReader& of(void* self) { return *static_cast<ListingReader*>(self); }
    static tl::unexpected<Error> bad(const std::string& why)
    {
        return fail(ErrorCode::BadAnswer, "the bucket's listing cannot be read: " + why);
    }
    static std::string_view localName(std::string_view name) { return name.substr(name.rfind(':') + 1); }

    void refuse(std::string problem)
    {
        if (m_problem.empty())
            m_problem = std::move(problem);
        XML_StopParser(m_parser.get(), XML_FALSE);
    }

    void begin(std::string_view qualified)
    {
        const std::string_view name = localName(qualified);
        if (m_depth == 0 && name != "ListBucketResult")
            refuse("its root is <" + std::string(name) + ">");
        if (m_depth == 1 && name == "Contents")
            m_object = Object {};
        ++m_depth;
        m_text.clear();
    }

    void end(std::string_view qualified)
    {
        const std::string_view name = localName(qualified);
        --m_depth;
        if (m_object && m_depth == 2)
            endMember(name);
        else if (m_object && m_depth == 1)
            endObject();
        else if (m_depth == 1 && name == "IsTruncated")
            m_listing.isTruncated = m_text == "true";
        else if (m_depth == 1 && name == "NextMarker")
            m_listing.nextMarker = m_text;
        m_text.clear();
    }

    void endMember(std::string_view name)
    {
        if (name == "Key") {
            m_object->key = m_text;
        } else if (name == "LastModified") {
            m_object->modified = parseTime(m_text);
        } else if (name == "Size") {
            std::int64_t size = 0;
            const char* const last = m_text.data() + m_text.size();
            if (const auto [end, error] = std::from_chars(m_text.data(), last, size); error == std::errc {} && end == last && size >= 0)
                m_object->size = size;
        }
    }

    void endObject()
    {
        if (m_object->key.empty() || !m_object->modified || !m_object->size)
            return refuse("an object lacks a key, a time or a size");
        m_listing.objects.push_back({std::move(m_object->key), *m_object->modified, *m_object->size});
        m_object.reset();
    }

    struct Object {
        std::string key;
        std::optional<UtcMs> modified;
        std::optional<std::int64_t> size;
    };
    const std::unique_ptr<std::remove_pointer_t<XML_Parser>, FreeParser> m_parser;
    BucketListing m_listing;
    std::optional<Object> m_object;
    std::string m_text, m_problem;
    int m_depth = 0;
};

/// A page of 1000 keys has some 400 KB.
constexpr std::size_t longestListing = 16U << 20U;

} // namespace

Result<BucketListing> parseBucketListing(std::string_view xml)
{
    if (xml.size() > longestListing)
        return fail(ErrorCode::BadAnswer, "the bucket's listing is too long: " + std::to_string(xml.size()) + " bytes");
    return ListingReader().read(xml);
}

} // namespace mnemo
