#include "ui/validation/rawexcerpt.h"

#include <QRegularExpression>
#include <algorithm>
#include <string_view>

#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

/// The start of the character that holds this byte.
std::size_t characterStart(std::string_view text, std::size_t at)
{
    while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U)
        --at;
    return std::min(at, text.size());
}

bool names(const QString& why, const std::string& field)
{
    const QString word = toQString(field).replace(u'_', u' ');
    return why.contains(QRegularExpression(
        u"\\b%1\\b"_s.arg(QRegularExpression::escape(word)), QRegularExpression::CaseInsensitiveOption));
}

} // namespace

RawExcerpt excerptOf(const RawAnswer& answer, const QString& why, std::size_t around)
{
    const std::string_view body = answer.body;
    const TextSpan row = answer.place ? answer.place->row : TextSpan {0, 0};
    const std::size_t from = characterStart(body, row.offset > around ? row.offset - around : 0);
    const std::size_t to = characterStart(body, std::min(body.size(), row.offset + row.length + around));
    RawExcerpt out;
    out.isCut = from > 0 || to < body.size();
    out.text = toQString(body.substr(from, to - from));
    if (!answer.place)
        return out;
    const auto place = [&](const TextSpan& span) {
        RawExcerpt::Mark mark;
        mark.from = static_cast<int>(toQString(body.substr(from, span.offset - from)).size());
        mark.length = static_cast<int>(toQString(body.substr(span.offset, span.length)).size());
        return mark;
    };
    out.marks.push_back(place(row));
    for (const RawPlace::Field& field : answer.place->fields) {
        RawExcerpt::Mark mark = place(field.text);
        mark.name = toQString(field.name);
        mark.isAtFault = names(why, field.name);
        out.marks.push_back(std::move(mark));
    }
    return out;
}

} // namespace mnemo
