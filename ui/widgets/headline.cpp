#include "ui/widgets/headline.h"

namespace mnemo {

QLabel* headline(const QString& text)
{
    auto* label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    QFont large = label->font();
    large.setPointSizeF(large.pointSizeF() * 1.5);
    label->setFont(large);
    return label;
}

} // namespace mnemo
