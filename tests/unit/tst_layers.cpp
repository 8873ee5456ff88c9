// The layers of the source tree, as the README of core/ lists them: includes point down only.

#include "places.h"

#include <QtTest>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

namespace fs = std::filesystem;

namespace {

/// What each folder may include beside itself and base, by its own name. From the bottom up.
const std::map<std::string, std::vector<std::string>> allowed = {
    {"base", {}},
    {"market", {}},
    {"config", {"market"}},
    {"net", {"market", "config"}},
    {"exchange", {"market", "config", "net"}},
    {"quality/rules", {"market"}}, // a target of its own: rules are functions of rows alone, and the store runs some
    {"storage", {"market", "config", "quality/rules"}},
    {"quality", {"market", "config", "storage", "quality/rules"}}, // the interface of the store: gaps are counted from coverage and aggregates
    {"archive", {"market", "config"}},
    {"cache", {"market", "config"}},
    {"ingest", {"market", "config", "net", "exchange", "quality", "storage", "archive", "cache"}},
    {"pipeline", {"market", "config", "net", "exchange", "quality", "storage", "archive", "cache", "ingest"}},
    {"live", {"market", "config", "net", "exchange", "quality", "storage", "archive", "cache", "ingest"}},
    {"alert", {"market", "config", "net", "exchange", "quality", "storage", "archive", "cache"}},
    {"engine", {"market", "config", "net", "exchange", "quality", "storage", "archive", "cache", "ingest", "pipeline", "live", "alert", "api"}},
    {"api", {"market", "config", "net", "exchange", "quality", "storage", "archive", "cache", "engine"}},
};

struct Include {
    int line = 0;
    std::string name; ///< as written between the quotes or brackets
    bool isSystem = false;
};

std::vector<Include> includesOf(std::istream& text)
{
    static const std::regex pattern("^\\s*#\\s*include\\s*([<\"])([^>\"]+)[>\"]");
    std::vector<Include> found;
    std::string line;
    for (int number = 1; std::getline(text, line); ++number) {
        std::smatch match;
        if (std::regex_search(line, match, pattern))
            found.push_back({number, match[2], match[1] == "<"});
    }
    return found;
}

/// Empty where @p file (path from the root of the sources) may include @p include; else why not.
std::string objection(const std::string& file, const Include& include)
{
    const std::string& name = include.name;
    const bool isQt = std::regex_search(name, std::regex("^(Qt?[A-Z]|q[a-z]+\\.h$)"));
    if (name.rfind("QtWidgets/", 0) == 0 || name.rfind("QtGui/", 0) == 0 || name.rfind("QtCharts/", 0) == 0)
        return "name the class alone, so that the linked modules decide";
    const bool isCore = file.rfind("core/", 0) == 0;
    if (isCore && isQt && file.rfind("core/live/qt/", 0) != 0 && file != "core/mocprelude.h")
        return "core is built without Qt";
    if (file.rfind("app/cli/", 0) == 0 && isQt)
        return "the command line is built without Qt";
    if (include.isSystem || name.rfind("core/", 0) != 0)
        return isCore && (name.rfind("ui/", 0) == 0 || name.rfind("app/", 0) == 0) ? "core stands below ui and app" : "";
    if (!isCore)
        return "";
    const auto folderOf = [](const std::string& path) {
        const std::string rules = "quality/rules";
        return path.compare(5, rules.size() + 1, rules + '/') == 0 ? rules : path.substr(5, path.find('/', 5) - 5);
    };
    const std::string from = folderOf(file), to = folderOf(name);
    if (from == to || to == "base" || from.find('.') != std::string::npos)
        return "";
    const auto entry = allowed.find(from);
    if (entry == allowed.end())
        return "the folder is not in the list of layers in tst_layers.cpp";
    const auto allows = [entry](const std::string& folder) {
        return std::find(entry->second.begin(), entry->second.end(), folder) != entry->second.end();
    };
    if (!allows(to) && !(to == "quality/rules" && allows("quality")))
        return "core/" + from + " stands below or beside core/" + to;
    return "";
}

bool isSource(const fs::path& path)
{
    return path.extension() == ".h" || path.extension() == ".cpp";
}

} // namespace

class TestLayers : public QObject {
    Q_OBJECT

private slots:
    void includesPointDown();
    void objections_data();
    void objections();
    void topLevelIsFixed();
};

void TestLayers::includesPointDown()
{
    const fs::path root = MNEMO_SOURCE_DIR;
    QStringList wrong;
    int files = 0;
    for (const char* top : {"core", "ui", "app"}) {
        for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
            if (!entry.is_regular_file() || !isSource(entry.path()))
                continue;
            ++files;
            const std::string file = fs::relative(entry.path(), root).generic_string();
            std::ifstream text(entry.path());
            for (const Include& include : includesOf(text)) {
                const std::string why = objection(file, include);
                if (!why.empty())
                    wrong << QString::fromStdString(file + ":" + std::to_string(include.line) + ": " + include.name + ": " + why);
            }
        }
    }
    QVERIFY2(files > 30, "the sources were not found");
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
}

void TestLayers::objections_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("line");
    QTest::addColumn<bool>("isAllowed");
    QTest::newRow("down") << "core/ingest/lane.cpp" << "#include \"core/net/http.h\"" << true;
    QTest::newRow("up") << "core/net/http.cpp" << "#include \"core/ingest/lane.h\"" << false;
    QTest::newRow("beside") << "core/storage/store.h" << "#include \"core/archive/archive.h\"" << false;
    QTest::newRow("own folder") << "core/storage/sqlite/sqlitestore.cpp" << "#include \"core/storage/store.h\"" << true;
    QTest::newRow("window from core") << "core/engine/engine.cpp" << "#include \"ui/bridge/bridge.h\"" << false;
    QTest::newRow("Qt in core") << "core/net/http.cpp" << "#include <QString>" << false;
    QTest::newRow("Qt in core by module") << "core/net/http.cpp" << "#  include <QtCore/QString>" << false;
    QTest::newRow("Qt in core by file") << "core/net/http.cpp" << "#include <qstring.h>" << false;
    QTest::newRow("Qt in the stream sockets") << "core/live/qt/socket.cpp" << "#include <QWebSocket>" << true;
    QTest::newRow("module in ui") << "ui/shell/mainwindow.h" << "#include <QtWidgets/QMainWindow>" << false;
    QTest::newRow("class in ui") << "ui/shell/mainwindow.h" << "#include <QMainWindow>" << true;
    QTest::newRow("Qt in the command line") << "app/cli/main.cpp" << "#include <QCoreApplication>" << false;
    QTest::newRow("new folder") << "core/surprise/a.cpp" << "#include \"core/net/http.h\"" << false;
    QTest::newRow("standard library") << "core/net/http.cpp" << "#include <queue>" << true;
}

void TestLayers::objections()
{
    QFETCH(QString, file);
    QFETCH(QString, line);
    QFETCH(bool, isAllowed);
    std::istringstream text(line.toStdString());
    const auto includes = includesOf(text);
    QCOMPARE(includes.size(), std::size_t {1});
    QCOMPARE(objection(file.toStdString(), includes.front()).empty(), isAllowed);
}

void TestLayers::topLevelIsFixed()
{
    const std::vector<std::string> known = {"CMakeLists.txt", "app", "core", "ui", "resources", "config", "translations", "packaging", "tests",
        "README.md", "LICENSE", "CMakePresets.json", "build"};
    for (const auto& entry : fs::directory_iterator(fs::path(MNEMO_SOURCE_DIR))) {
        const std::string name = entry.path().filename().string();
        const bool isKnown = name.front() == '.' || name == "compile_commands.json" || name == "CMakeUserPresets.json"
            || std::find(known.begin(), known.end(), name) != known.end();
        QVERIFY2(isKnown, qPrintable(QString::fromStdString(name + " does not belong at the top level")));
    }
}

QTEST_APPLESS_MAIN(TestLayers)
#include "tst_layers.moc"
