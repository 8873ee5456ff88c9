#pragma once

#include <QColor>
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace mnemo::test {

// How colours look to people: CIE Lab (D65), the difference CIEDE2000 (Sharma, Wu, Dalal 2005), and deuteranopia by the
// matrix of Machado, Oliveira and Fernandes (2009) for full severity.

using Triple = std::array<double, 3>;

inline Triple linearOf(const QColor& colour)
{
    const auto linear = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
    return {linear(colour.redF()), linear(colour.greenF()), linear(colour.blueF())};
}

inline Triple multiplied(const std::array<Triple, 3>& matrix, const Triple& v)
{
    Triple result {};
    for (std::size_t i = 0; i < 3; ++i)
        result[i] = matrix[i][0] * v[0] + matrix[i][1] * v[1] + matrix[i][2] * v[2];
    return result;
}

inline Triple asDeuteranope(const Triple& linear)
{
    Triple seen = multiplied({{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413},
                                 {-0.011820, 0.042940, 0.968881}}},
        linear);
    for (double& v : seen)
        v = std::clamp(v, 0.0, 1.0);
    return seen;
}

inline Triple labOf(const Triple& linear)
{
    Triple xyz = multiplied({{{0.4124564, 0.3575761, 0.1804375}, {0.2126729, 0.7151522, 0.0721750},
                                {0.0193339, 0.1191920, 0.9503041}}},
        linear);
    xyz[0] /= 0.95047;
    xyz[2] /= 1.08883;
    const auto f = [](double t) { return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116; };
    return {116 * f(xyz[1]) - 16, 500 * (f(xyz[0]) - f(xyz[1])), 200 * (f(xyz[1]) - f(xyz[2]))};
}

inline double ciede2000(const Triple& one, const Triple& other)
{
    constexpr double degree = std::numbers::pi / 180;
    const auto pow7 = [](double v) { return std::pow(v, 7); };
    const double chroma = (std::hypot(one[1], one[2]) + std::hypot(other[1], other[2])) / 2;
    const double g = 0.5 * (1 - std::sqrt(pow7(chroma) / (pow7(chroma) + pow7(25))));
    const double a1 = (1 + g) * one[1], a2 = (1 + g) * other[1];
    const double c1 = std::hypot(a1, one[2]), c2 = std::hypot(a2, other[2]);
    const auto hue = [](double b, double a) {
        const double h = a == 0 && b == 0 ? 0 : std::atan2(b, a) / degree;
        return h < 0 ? h + 360 : h;
    };
    const double h1 = hue(one[2], a1), h2 = hue(other[2], a2);
    double dh = h2 - h1;
    double hm = h1 + h2;
    if (c1 * c2 == 0) {
        dh = 0;
    } else {
        if (std::abs(h1 - h2) > 180) {
            dh += dh > 0 ? -360 : 360;
            hm += hm < 360 ? 360 : -360;
        }
        hm /= 2;
    }
    const double dL = other[0] - one[0], dC = c2 - c1, dH = 2 * std::sqrt(c1 * c2) * std::sin(dh / 2 * degree);
    const double lm = (one[0] + other[0]) / 2, cm = (c1 + c2) / 2;
    const double t = 1 - 0.17 * std::cos((hm - 30) * degree) + 0.24 * std::cos(2 * hm * degree)
        + 0.32 * std::cos((3 * hm + 6) * degree) - 0.20 * std::cos((4 * hm - 63) * degree);
    const double turn = 30 * std::exp(-std::pow((hm - 275) / 25, 2));
    const double rc = 2 * std::sqrt(pow7(cm) / (pow7(cm) + pow7(25)));
    const double sl = 1 + 0.015 * std::pow(lm - 50, 2) / std::sqrt(20 + std::pow(lm - 50, 2));
    const double sc = 1 + 0.045 * cm, sh = 1 + 0.015 * cm * t;
    const double rt = -std::sin(2 * turn * degree) * rc;
    return std::sqrt(std::pow(dL / sl, 2) + std::pow(dC / sc, 2) + std::pow(dH / sh, 2) + rt * (dC / sc) * (dH / sh));
}

} // namespace mnemo::test
