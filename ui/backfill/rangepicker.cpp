#include "ui/backfill/rangepicker.h"

#include <QComboBox>
#include <QDateTimeEdit>
#include <QHBoxLayout>
#include <QLabel>
#include <QSpinBox>
#include <QVBoxLayout>

#include "ui/widgets/theme.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

QDateTime toDateTime(UtcMs time)
{
    return QDateTime::fromMSecsSinceEpoch(toMs(time), Qt::UTC);
}

QDateTimeEdit* timeField(const QString& name, UtcMs time)
{
    auto* edit = new QDateTimeEdit;
    edit->setTimeSpec(Qt::UTC);
    edit->setDisplayFormat(u"yyyy-MM-dd HH:mm"_s);
    edit->setCalendarPopup(true);
    edit->setDateTime(toDateTime(time));
    edit->setAccessibleName(name);
    return edit;
}

} // namespace

RangePicker::RangePicker(UtcMs now, QWidget* parent)
    : QWidget(parent)
    , m_preset(new QComboBox)
    , m_count(new QSpinBox)
    , m_ends(new QWidget)
    , m_from(timeField(tr("From, UTC"), now - std::chrono::days {7}))
    , m_to(timeField(tr("To, UTC"), now))
    , m_problem(new QLabel)
{
    for (const RangePreset preset : rangePresets())
        m_preset->addItem(textOf(preset), static_cast<int>(preset));
    m_preset->setAccessibleName(tr("Range"));
    m_count->setRange(1, 10'000'000);
    m_count->setValue(500);
    m_count->setGroupSeparatorShown(true);
    auto* first = new QHBoxLayout;
    first->addWidget(m_preset, 1);
    first->addWidget(m_count);
    auto* ends = new QHBoxLayout(m_ends);
    ends->setContentsMargins(0, 0, 0, 0);
    ends->addWidget(m_from, 1);
    ends->addWidget(new QLabel(u"\u2013"_s));
    ends->addWidget(m_to, 1);
    ends->addWidget(new QLabel(tr("UTC")));
    m_problem->setWordWrap(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(3);
    layout->addLayout(first);
    layout->addWidget(m_ends);
    layout->addWidget(m_problem);
    connect(m_preset, &QComboBox::currentIndexChanged, this, &RangePicker::presetChanged);
    connect(m_count, &QSpinBox::valueChanged, this, &RangePicker::changed);
    connect(m_from, &QDateTimeEdit::dateTimeChanged, this, &RangePicker::changed);
    connect(m_to, &QDateTimeEdit::dateTimeChanged, this, &RangePicker::changed);
    setFocusProxy(m_preset);
    setProblem({});
    presetChanged();
}

void RangePicker::presetChanged()
{
    const auto preset = static_cast<RangePreset>(m_preset->currentData().toInt());
    m_count->setVisible(preset == RangePreset::LastDays || preset == RangePreset::LastBars);
    m_count->setAccessibleName(preset == RangePreset::LastBars ? tr("Number of bars") : tr("Number of days"));
    m_count->setSuffix(preset == RangePreset::LastBars ? tr(" bars") : tr(" days"));
    m_ends->setVisible(preset == RangePreset::Custom);
    emit changed();
}

RangeChoice RangePicker::choice() const
{
    RangeChoice choice;
    choice.preset = static_cast<RangePreset>(m_preset->currentData().toInt());
    choice.count = m_count->value();
    choice.custom = {fromMs(m_from->dateTime().toMSecsSinceEpoch()), fromMs(m_to->dateTime().toMSecsSinceEpoch())};
    return choice;
}

void RangePicker::choose(TimeRange range)
{
    m_from->setDateTime(toDateTime(range.from));
    m_to->setDateTime(toDateTime(range.to));
    setPreset(RangePreset::Custom);
}

void RangePicker::setPreset(RangePreset preset)
{
    m_preset->setCurrentIndex(m_preset->findData(static_cast<int>(preset)));
}

void RangePicker::setProblem(const QString& problem)
{
    m_problem->setVisible(!problem.isEmpty());
    m_problem->setTextFormat(Qt::RichText);
    m_problem->setText(u"<span style='color:%1'>\u2715 %2</span>"_s.arg(Theme::of(palette()).bad.name(), problem.toHtmlEscaped()));
}

} // namespace mnemo
