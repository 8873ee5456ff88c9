#include "ui/shell/shortcutsheet.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

QString tableOf(const std::vector<ShortcutSheet::Group>& groups)
{
    QString html = u"<table cellspacing='0' cellpadding='4'>"_s;
    for (const auto& group : groups) {
        html += u"<tr><td colspan='2'><br><b>%1</b></td></tr>"_s.arg(group.title.toHtmlEscaped());
        for (const auto& [keys, text] : group.rows)
            html += u"<tr><td style='white-space:pre'>%1&nbsp;&nbsp;&nbsp;</td><td>%2</td></tr>"_s.arg(
                keys.toHtmlEscaped(), text.toHtmlEscaped());
    }
    return html + u"</table>"_s;
}

} // namespace

ShortcutSheet::ShortcutSheet(const std::vector<Group>& groups, QWidget* parent)
    : QDialog(parent)
{
    setWindowTitle(tr("Keyboard shortcuts"));
    auto* text = new QLabel(tableOf(groups));
    text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    text->setMargin(8);
    text->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    auto* area = new QScrollArea;
    area->setWidget(text);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(area);
    layout->addWidget(buttons);
    resize(text->sizeHint().width() + 60, 560);
}

} // namespace mnemo
