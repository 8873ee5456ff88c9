#include "ui/widgets/settingsfile.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

tl::unexpected<Error> fileError(ErrorCode code, const QString& file, const QString& reason)
{
    return fail(code, (file + u": "_s + reason).toStdString());
}

} // namespace

Result<QString> changeSettingsFile(
    const QString& folder, const QString& name, const std::function<Result<std::string>(const std::string&)>& change)
{
    if (folder.isEmpty())
        return fail(ErrorCode::Config, "this session has no folder for your settings: start with --config-dir");
    const QString path = QDir(folder).filePath(name);
    std::string before;
    if (QFile file(path); file.exists()) {
        if (!file.open(QIODevice::ReadOnly))
            return fileError(ErrorCode::Config, path, file.errorString());
        before = file.readAll().toStdString();
    }
    const auto text = change(before);
    if (!text)
        return fileError(text.error().code, path, QString::fromStdString(text.error().detail));
    if (*text == before)
        return path;
    const QString place = QFileInfo(path).path();
    if (!QDir().mkpath(place))
        return fileError(ErrorCode::Config, place, u"the folder cannot be made"_s);
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(QByteArray::fromStdString(*text)) < 0 || !file.commit())
        return fileError(ErrorCode::Config, path, file.errorString());
    return path;
}

} // namespace mnemo
