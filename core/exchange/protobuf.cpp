#include "core/exchange/protobuf.h"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

namespace mnemo::description {

namespace {

using Json = nlohmann::json;

enum class WireType : unsigned { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

/// One field as it stands in the bytes.
struct RawField {
    std::uint64_t number = 0;
    WireType type = WireType::Varint;
    std::uint64_t value = 0; ///< of Varint
    std::string_view bytes; ///< of the rest
};

tl::unexpected<Error> broken(std::uint64_t number, std::string_view why)
{
    return fail(ErrorCode::BadAnswer, "is no protobuf: field " + std::to_string(number) + ' ' + std::string(why));
}

class Reader {
public:
    explicit Reader(std::string_view bytes)
        : m_rest(bytes)
    {
    }

    bool atEnd() const { return m_rest.empty(); }

    Result<RawField> next()
    {
        const auto tag = varint();
        if (!tag || *tag < 8)
            return fail(ErrorCode::BadAnswer, "is no protobuf: a field has no number");
        RawField field {*tag >> 3U, static_cast<WireType>(*tag & 7U), 0, {}};
        std::optional<std::uint64_t> size;
        switch (field.type) {
        case WireType::Varint:
            size = varint();
            if (!size)
                return broken(field.number, "is cut short");
            field.value = *size;
            return field;
        case WireType::Bytes:
            size = varint();
            break;
        case WireType::Fixed64:
            size = 8;
            break;
        case WireType::Fixed32:
            size = 4;
            break;
        }
        if (!size || *size > m_rest.size())
            return broken(field.number, "is cut short, or of a type that is not read");
        field.bytes = m_rest.substr(0, static_cast<std::size_t>(*size));
        m_rest.remove_prefix(field.bytes.size());
        return field;
    }

private:
    std::optional<std::uint64_t> varint()
    {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < std::min<std::size_t>(m_rest.size(), 10); ++i) {
            const auto byte = static_cast<unsigned char>(m_rest[i]);
            value |= static_cast<std::uint64_t>(byte & 0x7FU) << (7U * i);
            if (byte < 0x80U) {
                m_rest.remove_prefix(i + 1);
                return value;
            }
        }
        return std::nullopt;
    }

    std::string_view m_rest;
};

/// As deep as the names are, however deep the bytes.
Result<Json> readMessage(std::string_view bytes, std::span<const ProtobufField> fields)
{
    Json message = Json::object();
    for (Reader reader(bytes); !reader.atEnd();) {
        const auto raw = reader.next();
        if (!raw)
            return fail(raw.error());
        const auto field = std::ranges::find(fields, raw->number, &ProtobufField::number);
        if (field == fields.end())
            continue;
        const bool isMessage = !field->fields.empty();
        if (raw->type == WireType::Varint && !isMessage) {
            message[field->name] = static_cast<std::int64_t>(raw->value);
        } else if (raw->type != WireType::Bytes) {
            return broken(raw->number, isMessage ? "is a number, not a message" : "is a number of fixed width");
        } else if (!isMessage) {
            message[field->name] = std::string(raw->bytes);
        } else {
            auto inner = readMessage(raw->bytes, field->fields);
            if (!inner)
                return fail(std::move(inner.error()));
            message[field->name] = std::move(*inner);
        }
    }
    return message;
}

} // namespace

Result<std::string> protobufAsJson(std::string_view bytes, std::span<const ProtobufField> fields)
{
    const auto message = readMessage(bytes, fields);
    if (!message)
        return fail(message.error());
    return message->dump(-1, ' ', false, Json::error_handler_t::replace); // bytes that are no text match nothing later
}

} // namespace mnemo::description
