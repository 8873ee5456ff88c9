#pragma once

#include "places.h"

#include <QtTest>

#include <csignal>
#include <functional>

#include <QDir>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTimer>

/// What a program left behind.
struct Outcome {
    int status = -1; ///< 128 + signal where it was killed; -1 where it did not end in time
    QByteArray out, err;

    QJsonDocument json() const { return QJsonDocument::fromJson(out); }
    /// The last of several lines of JSON.
    QJsonObject lastLine() const { return QJsonDocument::fromJson(out.trimmed().split('\n').last()).object(); }
};

/// A command line, of arguments without spaces.
inline QStringList words(const QString& line)
{
    return line.split(u' ', Qt::SkipEmptyParts);
}

inline QString programPath(const char* name)
{
    return QStringLiteral(MNEMO_BIN_DIR "/") + QString::fromLatin1(name);
}

/// A folder of real market data, or nothing.
inline QString sharedFolder()
{
    for (const QString& folder : {qEnvironmentVariable("MNEMO_SHARED"), QStringLiteral(MNEMO_SOURCE_DIR "/../shared"), QStringLiteral(MNEMO_SOURCE_DIR "/../../shared")}) {
        if (!folder.isEmpty() && QDir(folder + QStringLiteral("/data/candles")).exists())
            return QDir(folder).absolutePath();
    }
    return {};
}

/// mnemo-quant-cli with a data folder and settings of its own. The event loop runs while the program does, so that
/// servers of the test answer.
class Cli {
public:
    Cli()
    {
        m_environment = QProcessEnvironment::systemEnvironment();
        for (const QString& name : m_environment.keys()) {
            if (name.startsWith(QStringLiteral("MNEMO_")) && name != QStringLiteral("MNEMO_SHARED"))
                m_environment.remove(name);
        }
        m_environment.insert(QStringLiteral("XDG_CONFIG_HOME"), m_folder.filePath(QStringLiteral("xdg-config")));
        m_environment.insert(QStringLiteral("XDG_DATA_HOME"), m_folder.filePath(QStringLiteral("xdg-data")));
        for (const char* name : {"http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"})
            m_environment.remove(QString::fromLatin1(name));
        QDir(m_folder.path()).mkpath(QStringLiteral("config"));
    }

    QString path(const QString& name) const { return m_folder.filePath(name); }
    QString dataDir() const { return m_dataDir.isEmpty() ? path(QStringLiteral("data")) : m_dataDir; }
    QString configDir() const { return path(QStringLiteral("config")); }
    void setDataDir(const QString& folder) { m_dataDir = folder; }
    void set(const QString& assignment) { m_sets << QStringLiteral("--set") << assignment; }
    void setVariable(const char* name, const char* value) { m_environment.insert(QString::fromLatin1(name), QString::fromLatin1(value)); }
    /// Retries quickly and gives up soon, for tests of what fails.
    void setImpatient()
    {
        for (const char* assignment : {"retry.attempts=2", "retry.base=1ms", "retry.cap=2ms", "breaker.failures=1000"})
            set(QString::fromLatin1(assignment));
    }

    QString writeFile(const QString& name, const QByteArray& content) const
    {
        const QString target = path(name);
        QDir().mkpath(QFileInfo(target).absolutePath());
        QFile file(target);
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("cannot write %s", qPrintable(target));
        return target;
    }

    QStringList arguments(const QStringList& command) const
    {
        return QStringList {QStringLiteral("--data-dir"), dataDir(), QStringLiteral("--config-dir"), configDir()} + m_sets + command;
    }

    std::unique_ptr<QProcess> start(const QStringList& command) const
    {
        auto process = std::make_unique<QProcess>();
        process->setProcessEnvironment(m_environment);
        process->start(programPath("mnemo-quant-cli"), arguments(command));
        if (!process->waitForStarted())
            qFatal("cannot start mnemo-quant-cli");
        return process;
    }

    /// Nothing where it has ended: its id is 0 then, and kill(0) would end the whole test run.
    static void send(const QProcess& process, int signal)
    {
        if (const auto pid = static_cast<pid_t>(process.processId()); pid > 0)
            ::kill(pid, signal);
    }

    static Outcome finish(QProcess& process, int timeoutMs = 60'000)
    {
        if (process.state() != QProcess::NotRunning) {
            QEventLoop loop;
            QObject::connect(&process, &QProcess::finished, &loop, &QEventLoop::quit);
            QTimer::singleShot(timeoutMs, &loop, &QEventLoop::quit);
            loop.exec();
        }
        Outcome outcome;
        if (process.state() == QProcess::NotRunning)
            outcome.status = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : 128 + process.exitCode();
        else
            process.kill(), process.waitForFinished();
        outcome.out = process.readAllStandardOutput();
        outcome.err = process.readAllStandardError();
        return outcome;
    }

    Outcome run(const QStringList& command, const QByteArray& input = {}) const
    {
        const auto process = start(command);
        process->write(input);
        process->closeWriteChannel();
        return finish(*process);
    }

    /// A line for the shell; $CLI stands for the program with its global options.
    Outcome shell(const QString& line) const
    {
        QStringList words {programPath("mnemo-quant-cli")};
        words += arguments({});
        auto environment = m_environment;
        environment.insert(QStringLiteral("CLI"), words.join(u' ')); // no blanks in temporary folders
        QProcess process;
        process.setProcessEnvironment(environment);
        process.start(QStringLiteral("bash"), {QStringLiteral("-c"), line});
        process.closeWriteChannel();
        return finish(process);
    }

private:
    QTemporaryDir m_folder;
    QString m_dataDir;
    QStringList m_sets;
    QProcessEnvironment m_environment;
};

/// mnemo-exchange-sim on a free port, ended with the object.
class Sim {
public:
    explicit Sim(const QStringList& arguments)
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(programPath("mnemo-exchange-sim"), arguments + QStringList {QStringLiteral("--die-with-parent")});
        QByteArray line;
        while (!line.endsWith('\n') && m_process.waitForReadyRead(20'000))
            line += m_process.readLine();
        const auto match = QRegularExpression(QStringLiteral("^listening on (http://127.0.0.1:\\d+) ws://")).match(QString::fromLatin1(line));
        m_url = match.captured(1);
    }
    ~Sim() { stop(); }
    void stop()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    bool isUp() const { return !m_url.isEmpty(); }
    QString url() const { return m_url; }

private:
    QProcess m_process;
    QString m_url;
};
