#include "app/desktop/options.h"

#include <QCommandLineParser>
#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Desktop)
};

} // namespace

namespace {

void addOptions(QCommandLineParser& parser)
{
    parser.setApplicationDescription(Text::tr("Collect, watch and trust crypto market data."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addOptions({
        {u"config-dir"_s, Text::tr("Your settings (default: ~/.config/mnemo-quant)."), u"DIR"_s},
        {u"data-dir"_s, Text::tr("Where candles are kept (default: ~/.local/share/mnemo-quant)."), u"DIR"_s},
        {u"env"_s, Text::tr("dev (default), staging or prod; also MNEMO_ENV."), u"NAME"_s},
        {u"set"_s, Text::tr("One setting, as path.to.key=value; may be given again."), u"K=V"_s},
        {u"log-level"_s, Text::tr("trace, debug, info, warning, error, critical or off."), u"LEVEL"_s},
        {u"demo"_s, Text::tr("Run on a made-up market: no network, nothing is kept.")},
    });
}

DesktopOptions optionsOf(const QCommandLineParser& parser)
{
    DesktopOptions options;
    options.configDir = parser.value(u"config-dir"_s).toStdString();
    options.dataDir = parser.value(u"data-dir"_s).toStdString();
    options.env = parser.value(u"env"_s).toStdString();
    for (const QString& value : parser.values(u"set"_s))
        options.sets.push_back(value.toStdString());
    options.logLevel = parser.value(u"log-level"_s).toStdString();
    options.isDemo = parser.isSet(u"demo"_s);
    return options;
}

} // namespace

std::optional<DesktopOptions> peekOptions(int argc, char** argv)
{
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments.append(QString::fromLocal8Bit(argv[i]));
    QCommandLineParser parser;
    addOptions(parser);
    if (!parser.parse(arguments) || parser.isSet(u"help"_s) || parser.isSet(u"version"_s))
        return std::nullopt;
    return optionsOf(parser);
}

DesktopOptions readOptions(const QStringList& arguments)
{
    QCommandLineParser parser;
    addOptions(parser);
    parser.process(arguments);
    return optionsOf(parser);
}

Result<ConfigSources> sourcesOf(const DesktopOptions& options)
{
    ConfigSources sources;
    sources.shipped = shippedConfigDir();
    sources.user = options.configDir.empty() ? userConfigDir() : options.configDir;
    std::error_code ignored;
    if (!options.configDir.empty() && !std::filesystem::is_directory(options.configDir, ignored))
        return fail(ErrorCode::Config,
            "--config-dir " + options.configDir.string() + " is no folder; make it or leave the option out");
    sources.env = options.env.empty() ? configEnv() : options.env;
    if (sources.env != "dev" && sources.env != "staging" && sources.env != "prod")
        return fail(
            ErrorCode::Config, "the environment \"" + sources.env + "\" is unknown; there are dev, staging and prod");
    sources.sets = options.sets;
    if (!options.logLevel.empty())
        sources.sets.push_back("logging.level=" + options.logLevel);
    return sources;
}

} // namespace mnemo
