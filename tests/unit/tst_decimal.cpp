#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include <QTest>

#include "core/base/decimal.h"

using namespace mnemo;

class TestDecimal : public QObject {
    Q_OBJECT
private slots:
    void parses_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("ok");
        QTest::addColumn<double>("value");
        const auto good = [](const char* text, double value) { QTest::newRow(text) << QByteArray(text) << true << value; };
        const auto bad = [](const char* name, const QByteArray& text) { QTest::newRow(name) << text << false << 0.0; };
        good("0", 0);
        good("-0", 0);
        good("42", 42);
        good("+42", 42);
        good("-3.25", -3.25);
        good("0.0000000012", 1.2e-9);
        good("1e-9", 1e-9);
        good("1.5E3", 1500);
        good("000123.4500", 123.45);
        good("1000000000000000", 1e15);
        bad("empty", "");
        bad("sign alone", "-");
        bad("plus alone", "+");
        bad("two signs", "+-5");
        bad("two pluses", "++5");
        bad("blank before", " 5");
        bad("blank behind", "5 ");
        bad("letters behind", "5x");
        bad("comma", "1,5");
        bad("nan", "nan");
        bad("inf", "inf");
        bad("-infinity", "-infinity");
        bad("too large", "1e999");
        bad("hexadecimal", "0x10");
        bad("exponent without digits", "1e");
        bad("zero byte", QByteArray("1\0", 2));
    }
    void parses()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, ok);
        QFETCH(double, value);
        const auto parsed = parseDecimal(text.toStdString());
        QCOMPARE(parsed.has_value(), ok);
        if (ok)
            QCOMPARE(*parsed, value);
    }

    void formats_data()
    {
        QTest::addColumn<double>("value");
        QTest::addColumn<QByteArray>("text");
        const auto row = [](double value, const char* text) { QTest::newRow(text) << value << QByteArray(text); };
        row(1.2e-9, "0.0000000012");
        row(100, "100");
        row(0.1, "0.1");
        row(-0.0, "0");
        row(1e15, "1000000000000000");
        row(1e22, "10000000000000000000000");
        row(-42.5, "-42.5");
        row(65000.01, "65000.01");
        row(std::numeric_limits<double>::quiet_NaN(), "nan");
        row(std::numeric_limits<double>::infinity(), "inf");
        row(-std::numeric_limits<double>::infinity(), "-inf");
    }
    void formats()
    {
        QFETCH(double, value);
        QFETCH(QByteArray, text);
        QCOMPARE(QByteArray::fromStdString(formatDecimal(value)), text);
    }

    void anyDoubleComesBack()
    {
        std::mt19937_64 random(20'240'131);
        for (int i = 0; i < 200'000; ++i) {
            const double value = std::bit_cast<double>(random());
            if (!std::isfinite(value))
                continue;
            const std::string text = formatDecimal(value);
            const auto back = parseDecimal(text);
            QVERIFY2(back && *back == value, text.c_str());
            QVERIFY2(text.find_first_of("eE") == std::string::npos, text.c_str());
        }
        for (const double value : {std::numeric_limits<double>::max(), std::numeric_limits<double>::denorm_min(), -std::numeric_limits<double>::denorm_min()})
            QCOMPARE(parseDecimal(formatDecimal(value)).value_or(0), value);
    }

    /// Decimals as venues send them: up to 15 significant digits, the point anywhere.
    void fifteenDigitsComeBackAsWritten()
    {
        std::mt19937_64 random(20'240'201);
        for (int i = 0; i < 200'000; ++i) {
            std::string digits = std::to_string(random() % 1'000'000'000'000'000 + 1);
            while (digits.back() == '0')
                digits.pop_back();
            const auto places = static_cast<std::size_t>(random() % 20);
            if (digits.size() <= places)
                digits.insert(0, places + 1 - digits.size(), '0');
            std::string text = digits;
            if (places > 0)
                text.insert(digits.size() - places, ".");
            const auto value = parseDecimal(text);
            QVERIFY2(value, text.c_str());
            QCOMPARE(QByteArray::fromStdString(formatDecimal(*value)), QByteArray::fromStdString(text));
        }
    }
};

QTEST_APPLESS_MAIN(TestDecimal)
#include "tst_decimal.moc"
