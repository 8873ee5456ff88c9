// Which of a venue's files there are, which of them are worth fetching, and what must not be taken out of them.

#include <cstring>

#include "cataloguefixture.h"
#include "core/base/sha256.h"
#include "core/ingest/venuefiles/bucketlisting.h"
#include "core/ingest/venuefiles/filechoice.h"
#include "core/ingest/venuefiles/packedfile.h"
#include "zipfixture.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t mib = 1 << 20;

/// As S3 answers.
std::string listing(const std::string& inside)
{
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name>" + inside
        + "</ListBucketResult>";
}

const std::string oneObject = "<Contents><Key>data/a&amp;b.zip</Key><LastModified>2024-02-05T03:00:01.000Z</LastModified><ETag>&quot;1&quot;</ETag>"
                              "<Size>12345</Size><StorageClass>STANDARD</StorageClass></Contents>";

/// A zip whose two headers of its one file say something else: @p field is its place in the directory (APPNOTE.TXT 4.3.12).
std::string withDirectory(std::string zip, std::size_t field, int by)
{
    const std::size_t width = field < 12 ? 2 : 4;
    for (const std::size_t at : {zip.find("PK\x01\x02") + field, field - 2}) {
        std::uint32_t value = 0;
        std::memcpy(&value, zip.data() + at, width);
        value += static_cast<std::uint32_t>(by);
        std::memcpy(zip.data() + at, &value, width);
    }
    return zip;
}

TimeRange range(const char* from, const char* to)
{
    return {at(from), at(to)};
}

/// A choice in words: "2024-01 2024-02-01".
QString words(const FileChoice& choice)
{
    QStringList all;
    for (const ChosenFile& file : choice.files) {
        const auto key = QString::fromStdString(file.key);
        all << key.mid(key.lastIndexOf(u'/') + 1).section(u'-', 2).chopped(4);
    }
    return all.join(u' ');
}

FileUse useOf(const char* word)
{
    return fileUseFromText(word);
}

} // namespace

class TestVenueFiles : public QObject {
    Q_OBJECT
private slots:
    void listingIsRead()
    {
        const auto page = parseBucketListing(listing("<IsTruncated>false</IsTruncated>" + oneObject + "<CommonPrefixes><Prefix>data/x/</Prefix></CommonPrefixes>"));
        QVERIFY(page);
        QCOMPARE(page->objects, (std::vector<BucketObject> {{"data/a&b.zip", at("2024-02-05T03:00:01Z"), 12345}}));
        QVERIFY(!page->isTruncated);
    }

    void listingGoesOn_data()
    {
        QTest::addColumn<QString>("inside");
        QTest::addColumn<QString>("next");
        const auto object = QString::fromStdString(oneObject);
        QTest::newRow("the marker is told") << QStringLiteral("<NextMarker>m</NextMarker><IsTruncated>true</IsTruncated>") + object << QStringLiteral("m");
        QTest::newRow("without, it is the last key") << QStringLiteral("<IsTruncated>true</IsTruncated>") + object << QStringLiteral("data/a&b.zip");
        QTest::newRow("the end") << object << QString();
    }
    void listingGoesOn()
    {
        QFETCH(QString, inside);
        QFETCH(QString, next);
        const auto page = parseBucketListing(listing(inside.toStdString()));
        QVERIFY(page);
        QCOMPARE(QString::fromStdString(page->nextMarker), next);
        QCOMPARE(page->isTruncated, !next.isEmpty());
    }

    void badListing_data()
    {
        QTest::addColumn<QByteArray>("xml");
        const QByteArray whole = QByteArray::fromStdString(listing(oneObject));
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("cut off") << whole.chopped(30);
        QTest::newRow("a page for people") << QByteArray("<html><body>blocked</body></html>");
        QTest::newRow("an error") << QByteArray("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>");
        QTest::newRow("an object without size") << QByteArray::fromStdString(listing("<Contents><Key>a</Key><LastModified>2024-01-01T00:00:00Z</LastModified></Contents>"));
        QTest::newRow("a size that is none") << QByteArray::fromStdString(listing("<Contents><Key>a</Key><LastModified>2024-01-01T00:00:00Z</LastModified><Size>9x</Size></Contents>"));
        QTest::newRow("a time that is none") << QByteArray::fromStdString(listing("<Contents><Key>a</Key><LastModified>soon</LastModified><Size>9</Size></Contents>"));
        QTest::newRow("cut off without a place to go on") << QByteArray::fromStdString(listing("<IsTruncated>true</IsTruncated>"));
        QTest::newRow("entities that grow") << QByteArray("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x \"xxxxxxxxxx\"><!ENTITY y \"&x;&x;&x;&x;\">]><ListBucketResult><Name>&y;</Name></ListBucketResult>");
        QTest::newRow("too long") << QByteArray(17 << 20, ' ');
    }
    void badListing()
    {
        QFETCH(QByteArray, xml);
        const auto page = parseBucketListing({xml.data(), static_cast<std::size_t>(xml.size())});
        QVERIFY(!page);
        QCOMPARE(page.error().code, ErrorCode::BadAnswer);
    }

    void checksum_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("isGood");
        const QByteArray hash(64, 'a');
        QTest::newRow("as sha256sum writes it") << hash + "  F.zip\n" << true;
        QTest::newRow("read as binary") << hash + " *F.zip\n" << true;
        QTest::newRow("without a line end") << hash + "  F.zip" << true;
        QTest::newRow("with CRLF") << hash + "  F.zip\r\n" << true;
        QTest::newRow("capitals") << hash.toUpper() + "  F.zip\n" << true;
        QTest::newRow("among others") << QByteArray(64, 'b') + "  G.zip\n" + hash + "  F.zip\n" << true;
        QTest::newRow("of another file") << hash + "  G.zip\n" << false;
        QTest::newRow("too short") << hash.chopped(1) + "  F.zip\n" << false;
        QTest::newRow("no hex") << QByteArray(64, 'g') + "  F.zip\n" << false;
        QTest::newRow("empty") << QByteArray() << false;
        QTest::newRow("a page") << QByteArray("<html></html>") << false;
    }
    void checksum()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, isGood);
        const auto hash = readChecksum({text.data(), static_cast<std::size_t>(text.size())}, "F.zip");
        QCOMPARE(hash.has_value(), isGood);
        if (hash)
            QCOMPARE(*hash, std::string(64, 'a'));
        else
            QCOMPARE(hash.error().code, ErrorCode::BadAnswer);
    }

    void unpacks_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("as it is, where packing saves nothing") << QByteArray("1,2\n");
        QTest::newRow("deflated") << QByteArray("1704067200000,42283.58,42298.62,42261.02,42298.61\n").repeated(2000);
        QTest::newRow("empty") << QByteArray();
    }
    void unpacks()
    {
        QFETCH(QByteArray, text);
        const auto out = unpackedCsv(zipOf({{"F-1m.csv", text.toStdString()}}), "F-1m.zip", mib);
        QVERIFY2(out, out ? "" : out.error().detail.c_str());
        QCOMPARE(QByteArray::fromStdString(*out), text);
    }

    void badZips_data()
    {
        QTest::addColumn<QByteArray>("zip");
        QTest::addColumn<int>("code");
        const auto row = [](const char* name, const std::string& zip, ErrorCode code) { QTest::newRow(name) << QByteArray::fromStdString(zip) << static_cast<int>(code); };
        const std::string whole = zipOf({{"F.csv", std::string(5000, '1') + "2345"}});
        row("empty", "", ErrorCode::Corrupt);
        row("no zip", "hello, world", ErrorCode::Corrupt);
        row("cut off", whole.substr(0, whole.size() / 2), ErrorCode::Corrupt);
        std::string damaged = whole;
        for (std::size_t i = 38; i < 48; ++i)
            damaged[i] = static_cast<char>(damaged[i] ^ 0x5a);
        row("damaged", damaged, ErrorCode::Corrupt);
        row("another sum", withDirectory(whole, 16, 1), ErrorCode::Corrupt);
        row("longer than it says", withDirectory(whole, 24, -1), ErrorCode::Corrupt);
        row("shorter than it says", withDirectory(whole, 24, 1), ErrorCode::Corrupt);
        row("packed longer than it is", withDirectory(whole, 20, 100'000), ErrorCode::Corrupt);
        row("packed by bzip2", withDirectory(whole, 10, ZIP_CM_BZIP2 - ZIP_CM_DEFLATE), ErrorCode::Corrupt);
        row("encrypted", withDirectory(whole, 8, 1), ErrorCode::Corrupt);
        row("nothing in it", zipOf({}), ErrorCode::Corrupt);
        row("two files", zipOf({{"F.csv", "1"}, {"G.csv", "2"}}), ErrorCode::Corrupt);
        row("another file", zipOf({{"G.csv", "1"}}), ErrorCode::Corrupt);
        row("a way out of the folder", zipOf({{"../F.csv", "1"}}), ErrorCode::Corrupt);
        row("a whole path", zipOf({{"/etc/F.csv", "1"}}), ErrorCode::Corrupt);
        row("Windows' way out", zipOf({{"..\\F.csv", "1"}}), ErrorCode::Corrupt);
        row("a bomb", zipOf({{"F.csv", std::string(64 * mib, '0')}}), ErrorCode::TooLarge);
    }
    void badZips()
    {
        QFETCH(QByteArray, zip);
        QFETCH(int, code);
        const auto out = unpackedCsv({zip.data(), static_cast<std::size_t>(zip.size())}, "F.zip", mib);
        QVERIFY(!out);
        QCOMPARE(static_cast<int>(out.error().code), code);
    }

    void addresses_data()
    {
        QTest::addColumn<QString>("venue");
        QTest::addColumn<QString>("symbol");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("frame");
        QTest::addColumn<QString>("month"); // of 2024-03-05; empty: there are no such files
        QTest::addColumn<QString>("day");
        const auto row = [](const char* name, const char* venue, const char* symbol, const char* kind, const char* frame, const char* month, const char* day) {
            QTest::newRow(name) << QString::fromLatin1(venue) << QString::fromLatin1(symbol) << QString::fromLatin1(kind) << QString::fromLatin1(frame) << QString::fromLatin1(month) << QString::fromLatin1(day);
        };
        // github.com/binance/binance-public-data, README
        row("spot", "binance", "BTC/USDT", "candles", "1m", "data/spot/monthly/klines/BTCUSDT/1m/BTCUSDT-1m-2024-03.zip", "data/spot/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2024-03-05.zip");
        row("a month is 1mo", "binance", "BTC/USDT", "candles", "1M", "data/spot/monthly/klines/BTCUSDT/1mo/BTCUSDT-1mo-2024-03.zip", "");
        row("weeks are in months alone", "binance", "BTC/USDT", "candles", "1w", "data/spot/monthly/klines/BTCUSDT/1w/BTCUSDT-1w-2024-03.zip", "");
        row("USD-M", "binanceusdm", "BTC/USDT:USDT", "candles", "1h", "data/futures/um/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-2024-03.zip", "data/futures/um/daily/klines/BTCUSDT/1h/BTCUSDT-1h-2024-03-05.zip");
        row("COIN-M", "binance", "BTC/USD:BTC", "candles", "1m", "data/futures/cm/monthly/klines/BTCUSD_PERP/1m/BTCUSD_PERP-1m-2024-03.zip", "data/futures/cm/daily/klines/BTCUSD_PERP/1m/BTCUSD_PERP-1m-2024-03-05.zip");
        row("open interest", "binance", "BTC/USDT:USDT", "open_interest", "5m", "", "data/futures/um/daily/metrics/BTCUSDT/BTCUSDT-metrics-2024-03-05.zip");
        row("open interest of other frames", "binance", "BTC/USDT:USDT", "open_interest", "1h", "", "");
        row("another company's", "binanceus", "BTC/USDT", "candles", "1m", "", "");
        row("an exchange without", "kraken", "BTC/USD", "candles", "1m", "", "");
    }
    void addresses()
    {
        QFETCH(QString, venue);
        QFETCH(QString, symbol);
        QFETCH(QString, kind);
        QFETCH(QString, frame);
        QFETCH(QString, month);
        QFETCH(QString, day);
        const auto found = shipped().venue(venue.toStdString()).value();
        const auto market = parseSymbol(symbol.toStdString())->market();
        const auto files = found->files(found->instrument(market, symbol.toStdString(), {}).value(), kind == QStringLiteral("candles") ? Kind::Candles : Kind::OpenInterest, Timeframe::fromName(frame.toStdString()).value());
        const auto keyOf = [&](FilePeriod length) {
            const auto* period = files ? files->period(length) : nullptr;
            return period ? QString::fromStdString(fileKey(*period, periodOf(length, at("2024-03-05T10:00")).from)) : QString();
        };
        QCOMPARE(keyOf(FilePeriod::Month), month);
        QCOMPARE(keyOf(FilePeriod::Day), day);
        if (!files)
            return;
        const VenueFiles::Period& period = files->periods.front();
        QCOMPARE(checksumRequest(*files, "data/x.zip").url, std::string("https://data.binance.vision/data/x.zip.CHECKSUM"));
        QVERIFY(QString::fromStdString(listingRequest(*files, period, "m/1").url).startsWith(QStringLiteral("https://s3-ap-northeast-1.amazonaws.com/data.binance.vision?delimiter=/&prefix=data%2F")));
        QVERIFY(QString::fromStdString(listingRequest(*files, period, "m/1").url).endsWith(QStringLiteral("%2F&marker=m%2F1")));
    }

    void redirects_data()
    {
        QTest::addColumn<QString>("over");
        QTest::addColumn<QString>("url"); // of a file; empty: there are none
        QTest::newRow("archive_url") << QStringLiteral("archive_url: {all: 'http://127.0.0.1:1/x/'}") << QStringLiteral("http://127.0.0.1:1/x/k.zip");
        QTest::newRow("of this market") << QStringLiteral("archive_url: {spot: 'http://127.0.0.1:1'}") << QStringLiteral("http://127.0.0.1:1/k.zip");
        QTest::newRow("of another market") << QStringLiteral("archive_url: {linear: 'http://127.0.0.1:1'}") << QStringLiteral("https://data.binance.vision/k.zip");
        QTest::newRow("base_url alone takes them away") << QStringLiteral("base_url: {all: 'http://127.0.0.1:1'}") << QString();
        QTest::newRow("both") << QStringLiteral("{base_url: {all: 'http://127.0.0.1:1'}, archive_url: {all: 'http://127.0.0.1:2'}}") << QStringLiteral("http://127.0.0.1:2/k.zip");
    }
    void redirects()
    {
        QFETCH(QString, over);
        QFETCH(QString, url);
        Problems problems;
        const auto loaded = shipped({{"binance", over.toStdString()}}, &problems);
        QVERIFY2(problems.empty(), problems.empty() ? "" : problems.front().text().c_str());
        const auto venue = loaded.venue("binance").value();
        const auto files = venue->files(venue->instrument(MarketType::Spot, "BTC/USDT", {}).value(), Kind::Candles, Timeframe::fromName("1m").value());
        QCOMPARE(files ? QString::fromStdString(fileRequest(*files, "k.zip").url) : QString(), url);
    }

    void problemsOfDescriptions_data()
    {
        QTest::addColumn<QString>("archive"); // line 2 on
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* name, const char* archive, const char* line, const char* message) {
            QTest::newRow(name) << QString::fromLatin1(archive) << QString::fromLatin1(line) << QString::fromLatin1(message);
        };
        const auto with = [](const char* inside) {
            return std::string("  archive:\n    url: https://f.example\n    listing: https://l.example/b\n    checksum: .C\n    candles:\n") + inside;
        };
        const std::string frames = "      frames: {1m: 1m}\n", columns = "      columns: [time, open, high, low, close, volume]\n", daily = "      daily: {path: '/{start}.zip'}\n";
        row("no map", "  archive: yes\n", ":3:12", "a map is expected");
        row("no checksum", "  archive:\n    url: https://f.example\n    listing: https://l.example/b\n", ":4:5", "`checksum` is missing");
        row("an address with a path", "  archive:\n    url: https://f.example/x\n    listing: https://l.example\n    checksum: .C\n", ":4:10", "without a path");
        row("no listing", "  archive:\n    url: https://f.example\n    checksum: .C\n", ":4:5", "listing");
        row("path without start", with((frames + columns + "      daily: {path: '/x.zip'}\n").c_str()).c_str(), ":10:21", "{start}");
        row("start in a folder", with((frames + columns + "      daily: {path: '/{start}/x.zip'}\n").c_str()).c_str(), ":10:21", "{start}");
        row("unknown column", with((frames + daily + "      columns: [time, open, high, low, close, volumee]\n").c_str()).c_str(), ":10:16", "volume");
        row("no columns", with((frames + daily).c_str()).c_str(), ":8:7", "lacks time");
        row("no frames", with((columns + daily).c_str()).c_str(), ":8:7", "`frames` is missing");
        row("a frame that is none", with((columns + daily + "      frames: {7m: 7m}\n").c_str()).c_str(), ":10:20", "7m");
        row("unknown key", with((frames + columns + daily + "      dayly: 1\n").c_str()).c_str(), ":11:", "daily");
    }
    void problemsOfDescriptions()
    {
        QFETCH(QString, archive);
        QFETCH(QString, line);
        QFETCH(QString, message);
        const std::string text = "name: Small\nspot:\n" + archive.toStdString() + "  symbol: '{base}{quote}'\nnote: n\n";
        Problems problems;
        (void)Catalogue::load({{"small", yaml(text, "small.yaml")}}, problems);
        QStringList all;
        for (const Problem& problem : problems)
            all << QString::fromStdString(problem.text());
        const bool isTold = std::ranges::any_of(all, [&](const QString& each) { return each.contains(QStringLiteral("small.yaml") + line) && each.contains(message); });
        QVERIFY2(isTold, qPrintable(all.join(u'\n')));
    }

    void choice_data()
    {
        QTest::addColumn<TimeRange>("wanted");
        QTest::addColumn<QString>("symbol");
        QTest::addColumn<QString>("use");
        QTest::addColumn<QString>("chosen");
        const auto row = [](const char* name, TimeRange wanted, const char* symbol, const char* use, const char* chosen) {
            QTest::newRow(name) << wanted << QString::fromLatin1(symbol) << QString::fromLatin1(use) << QString::fromLatin1(chosen);
        };
        const char* const spot = "BTC/USDT";
        const char* const linear = "BTC/USDT:USDT";
        row("whole months", range("2024-01-01", "2024-03-01"), spot, "auto", "2024-01 2024-02");
        row("most of a month", range("2024-01-10", "2024-02-01"), spot, "auto", "2024-01");
        row("little of a month", range("2024-01-30", "2024-03-01"), spot, "auto", "2024-02");
        row("days where pages cost more", range("2024-01-30", "2024-03-01"), linear, "auto", "2024-01-30 2024-01-31 2024-02");
        row("days always", range("2024-01-30", "2024-02-01"), spot, "always", "2024-01-30 2024-01-31");
        row("half a day", range("2024-01-30T13:00", "2024-01-31"), spot, "always", "");
        row("an hour", range("2024-01-30T13:00", "2024-01-30T14:00"), linear, "auto", "");
        row("never", range("2024-01-01", "2024-03-01"), spot, "never", "");
        row("the month that is not out yet", range("2024-04-01", "2024-05-20"), linear, "auto", "2024-04 2024-05-01 2024-05-02 2024-05-03 2024-05-04 2024-05-05 2024-05-06 2024-05-07 2024-05-08 2024-05-09 2024-05-10 2024-05-11 2024-05-12 2024-05-13 2024-05-14 2024-05-15 2024-05-16 2024-05-17 2024-05-18");
    }
    void choice()
    {
        QFETCH(TimeRange, wanted);
        QFETCH(QString, symbol);
        QFETCH(QString, use);
        QFETCH(QString, chosen);
        const auto venue = shipped().venue("binance").value();
        const auto market = parseSymbol(symbol.toStdString())->market();
        auto args = argsFor(*venue, market, symbol.toStdString(), "1m");
        args.now = at("2024-05-20T12:00");
        const auto files = venue->files(args.instrument, Kind::Candles, args.timeframe).value();
        const auto rules = venue->pageRules(market, Kind::Candles, args.timeframe).value();
        const IntervalSet todo(wanted);
        const auto choice = chooseFiles(todo, todo, files, rules, fileCosts(*venue, args, rules, files, 1), useOf(use.toLatin1()), publishedBy(files, args.now));
        QCOMPARE(words(choice), chosen);
        QVERIFY(subtracted(choice.taken, todo).isEmpty());
    }

    void hoursAreAskedFor() // a page has more of them than a month
    {
        const auto venue = shipped().venue("binance").value();
        auto args = argsFor(*venue, MarketType::Spot, "BTC/USDT", "1h");
        const auto files = venue->files(args.instrument, Kind::Candles, args.timeframe).value();
        const auto rules = venue->pageRules(MarketType::Spot, Kind::Candles, args.timeframe).value();
        const IntervalSet todo(range("2018-01-01", "2024-01-01"));
        QVERIFY(chooseFiles(todo, todo, files, rules, fileCosts(*venue, args, rules, files, 1), FileUse::Auto, publishedBy(files, args.now)).files.empty());
    }

    void filesAreTheOnlyWay() // to what the API keeps no more
    {
        const auto venue = shipped().venue("binance").value();
        auto args = argsFor(*venue, MarketType::Linear, "BTC/USDT:USDT", "5m", Kind::OpenInterest);
        const auto files = venue->files(args.instrument, args.kind, args.timeframe).value();
        const auto rules = venue->pageRules(MarketType::Linear, args.kind, args.timeframe).value();
        const auto chosen = [&](const char* from, const char* to, FileUse use = FileUse::Auto) {
            return words(chooseFiles(IntervalSet(range(from, to)), {}, files, rules, fileCosts(*venue, args, rules, files, 1), use, publishedBy(files, args.now)));
        };
        QCOMPARE(chosen("2024-01-01", "2024-01-03"), QStringLiteral("2024-01-01 2024-01-02"));
        QCOMPARE(chosen("2024-01-01T10:00", "2024-01-01T10:05"), QStringLiteral("2024-01-01")); // however little
        QCOMPARE(chosen("2024-01-01T10:00", "2024-01-01T10:05", FileUse::Never), QString());
    }

    void weeksAcrossMonths() // belong to the month in which they open
    {
        const auto venue = shipped().venue("binance").value();
        auto args = argsFor(*venue, MarketType::Spot, "BTC/USDT", "1w");
        const auto files = venue->files(args.instrument, Kind::Candles, args.timeframe).value();
        const auto rules = venue->pageRules(MarketType::Spot, Kind::Candles, args.timeframe).value();
        const IntervalSet todo(range("2024-01-01", "2024-02-26")); // Mondays
        const auto choice = chooseFiles(todo, todo, files, rules, {}, FileUse::Always, publishedBy(files, args.now));
        QCOMPARE(words(choice), QStringLiteral("2024-01 2024-02"));
        QCOMPARE(choice.files[0].wanted, IntervalSet(range("2024-01-01", "2024-02-05")));
        QCOMPARE(choice.taken, todo);
    }
};

QTEST_GUILESS_MAIN(TestVenueFiles)
#include "tst_venuefiles.moc"
