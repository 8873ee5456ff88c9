#include "ui/alerts/silencedialog.h"

#include <QComboBox>
#include <QDateTimeEdit>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include "ui/alerts/alerttext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

enum class Reach { Alert, Exchange, Rule, All };

} // namespace

Silence silenceOf(const std::optional<Alert>& alert, UtcMs until)
{
    Silence silence;
    silence.until = until;
    if (alert) {
        silence.rule = alert->rule;
        silence.group = alert->group;
        silence.isOfGroup = true;
    }
    return silence;
}

SilenceDialog::SilenceDialog(const std::optional<Alert>& alert, UtcMs now, const DisplayZone& zone, QWidget* parent)
    : QDialog(parent)
    , m_alert(alert)
    , m_now(now)
    , m_zone(zone)
    , m_what(new QComboBox)
    , m_until(new QDateTimeEdit)
    , m_why(new QLineEdit)
    , m_buttons(new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel))
{
    setWindowTitle(tr("Silence"));
    if (alert) {
        m_what->addItem(tr("This alert: %1").arg(alertTitle(*alert)), int(Reach::Alert));
        if (!alert->where.empty())
            m_what->addItem(tr("Everything about %1").arg(toQString(alert->where)), int(Reach::Exchange));
        m_what->addItem(tr("The rule %1").arg(toQString(alert->rule)), int(Reach::Rule));
    }
    m_what->addItem(tr("All alerts"), int(Reach::All));
    m_until->setTimeSpec(Qt::UTC); // it knows no zones before Qt 6.7: the digits are those of the shown zone, as if they were UTC
    m_until->setDisplayFormat(u"yyyy-MM-dd HH:mm"_s);
    m_until->setCalendarPopup(true);
    const QDateTime inAnHour = zone.at(now + std::chrono::hours {1});
    m_until->setDateTime(QDateTime(inAnHour.date(), inAnHour.time(), Qt::UTC));
    m_why->setPlaceholderText(tr("Why, for others"));
    auto* about = new QLabel(tr("What is silenced goes on being watched and shown here, but no channel is told. If it still lasts "
                                "when the silence ends, it is told then."));
    about->setWordWrap(true);
    about->setForegroundRole(QPalette::PlaceholderText);
    m_buttons->button(QDialogButtonBox::Ok)->setText(tr("Silence"));
    auto* layout = new QFormLayout(this);
    layout->addRow(tr("&What"), m_what);
    layout->addRow(tr("&Until (%1)").arg(zone.label(now)), m_until);
    layout->addRow(tr("Wh&y"), m_why);
    layout->addRow(about);
    layout->addRow(m_buttons);
    setMinimumWidth(fontMetrics().averageCharWidth() * 75);
    connect(m_buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_until, &QDateTimeEdit::dateTimeChanged, this, &SilenceDialog::check);
}

void SilenceDialog::check()
{
    m_buttons->button(QDialogButtonBox::Ok)->setEnabled(untilTime() > m_now);
}

UtcMs SilenceDialog::untilTime() const
{
    const QDateTime typed = m_until->dateTime();
    return fromMs(QDateTime(typed.date(), typed.time(), m_zone.zone()).toMSecsSinceEpoch());
}

Silence SilenceDialog::silence() const
{
    const UtcMs until = untilTime();
    const auto reach = static_cast<Reach>(m_what->currentData().toInt());
    Silence silence = silenceOf(reach == Reach::Alert ? m_alert : std::nullopt, until);
    if (reach == Reach::Exchange)
        silence.where = m_alert->where;
    if (reach == Reach::Rule)
        silence.rule = m_alert->rule;
    silence.why = m_why->text().trimmed().toStdString();
    return silence;
}

} // namespace mnemo
