#!/usr/bin/env python3
"""Makes forms/fonts/HikitsugiFallback-Regular.ttf, the font for what BIZ UDPGothic lacks.

What goes in, and why:
  * every kanji of Adobe-Japan1 that BIZ UDPGothic has not (𠮷 槗 𠅘 …): the bases of the
    variation sequences that Noto Sans CJK JP knows are exactly that collection;
  * every variation sequence that BIZ UDPGothic has not, so that a name's shape is kept as typed;
  * the common characters of Chinese names (first level of GB 2312), Latin letters with
    Vietnamese tone marks, and symbols: staff and residents come from everywhere;
  * check boxes ☐ ☑ ☒ drawn here, heavy enough for fax, and raised and lowered digits.
Outlines become TrueType (quadratic), because a printed sheet promises TrueType outlines only.

Run (Debian packages fonts-morisawa-bizud-gothic and fonts-noto-cjk installed):
    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python derive.py
It prints the SHA-256 of what it read and wrote; the same input gives the same output.
"""

import hashlib
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.misc.transform import Transform
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

BIZ = Path("/usr/share/fonts/truetype/bizud-gothic/BIZUDPGothic-Regular.ttf")
NOTO = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
NOTO_BOLD = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc")
OUT = Path(__file__).resolve().parents[2] / "forms/fonts/HikitsugiFallback-Regular.ttf"
NAME = "Hikitsugi Fallback"
VERSION = "1.000"
# Largest deviation of a quadratic outline from the cubic one, in 1/1000 em: at 20 pt, 0.01 mm.
CURVE_ERROR = 1.5

SYMBOLS = [(0x00A0, 0x02FF), (0x1E00, 0x27BF), (0x2E80, 0x303F), (0x3200, 0x33FF)]
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
LOWERED = "₀₁₂₃₄₅₆₇₈₉"


def sequences(font):
    """Maps (base, selector) to the glyph name, the default glyph where the font says so."""
    table = next(t for t in font["cmap"].tables if t.format == 14)
    plain = font.getBestCmap()
    return {
        (base, selector): glyph or plain[base]
        for selector, pairs in table.uvsDict.items()
        for base, glyph in pairs
    }


def first_level_of_gb2312():
    for lead in range(0xB0, 0xD8):
        for trail in range(0xA1, 0xFF):
            try:
                yield ord(bytes([lead, trail]).decode("gb2312"))
            except UnicodeDecodeError:
                pass


def quadratic(draw, transform=None):
    """Runs `draw(pen)` with cubic, clockwise-outside contours and returns the TrueType glyph."""
    glyph_pen = TTGlyphPen(None)
    pen = Cu2QuPen(glyph_pen, CURVE_ERROR, reverse_direction=True)
    draw(TransformPen(pen, transform) if transform else pen)
    return glyph_pen.glyph()


def polygon(pen, points):
    pen.moveTo(points[0])
    for point in points[1:]:
        pen.lineTo(point)
    pen.closePath()


def box(mark):
    """A full-width check box with a 70-unit frame and a mark that a fax keeps."""

    def draw(pen):
        # Counter-clockwise outside, clockwise inside: quadratic() reverses both.
        polygon(pen, [(90, -30), (910, -30), (910, 790), (90, 790)])
        polygon(pen, [(160, 40), (160, 720), (840, 720), (840, 40)])
        if mark == "check":
            polygon(pen, [(240, 390), (430, 120), (800, 620), (710, 680), (435, 290), (330, 450)])
        if mark == "cross":
            polygon(pen, [(235, 165), (285, 115), (765, 595), (715, 645)])
            polygon(pen, [(715, 115), (765, 165), (285, 645), (235, 595)])

    return draw


def main():
    biz, noto, bold = TTFont(BIZ), TTFont(NOTO, fontNumber=0), TTFont(NOTO_BOLD, fontNumber=0)
    assert noto["name"].getDebugName(4) == "Noto Sans CJK JP"
    have, plain = set(biz.getBestCmap()), noto.getBestCmap()
    have_seq, noto_seq = sequences(biz), sequences(noto)
    outlines, metrics = noto.getGlyphSet(), noto["hmtx"]

    wanted = {base for base, _ in noto_seq} | set(first_level_of_gb2312())
    wanted |= {c for low, high in SYMBOLS for c in range(low, high + 1)}
    wanted = sorted(c for c in wanted if c in plain and c not in have)
    cmap = {c: plain[c] for c in wanted}
    uvs = sorted((b, s, g) for (b, s), g in noto_seq.items() if (b, s) not in have_seq)

    names = sorted(set(cmap.values()) | {g for _, _, g in uvs})
    glyphs = {n: quadratic(outlines[n].draw) for n in names}
    widths = {n: metrics[n][0] for n in names}

    for code, mark in [(0x2610, None), (0x2611, "check"), (0x2612, "cross")]:
        name = f"uni{code:04X}"
        glyphs[name], widths[name], cmap[code] = quadratic(box(mark)), 1000, name
    heavy, digits = bold.getGlyphSet(), bold.getBestCmap()
    for row, shift in [(RAISED, 330), (LOWERED, -140)]:
        for digit, char in enumerate(row):
            if ord(char) in have:
                continue
            source, name = digits[ord("0") + digit], f"uni{ord(char):04X}"
            glyphs[name] = quadratic(heavy[source].draw, Transform(0.6, 0, 0, 0.6, 0, shift))
            widths[name], cmap[ord(char)] = round(bold["hmtx"][source][0] * 0.6), name

    order = [".notdef"] + sorted(glyphs)
    glyphs[".notdef"], widths[".notdef"] = TTGlyphPen(None).glyph(), 1000

    fb = FontBuilder(noto["head"].unitsPerEm, isTTF=True)
    fb.font.recalcTimestamp = False
    fb.setupGlyphOrder(order)
    fb.setupCharacterMap(cmap, [(b, s, g) for b, s, g in uvs])
    fb.setupGlyf(glyphs)
    fb.setupHorizontalMetrics({n: (widths[n], glyphs[n].xMin if glyphs[n].numberOfContours else 0) for n in order})
    fb.setupHorizontalHeader(ascent=880, descent=-120)
    fb.setupOS2(sTypoAscender=880, sTypoDescender=-120, sTypoLineGap=0, usWinAscent=1160, usWinDescent=288, fsType=0)
    fb.setupNameTable({
        "copyright": noto["name"].getDebugName(0).replace("Noto Sans CJK JP ", ""),
        "familyName": NAME,
        "styleName": "Regular",
        "uniqueFontIdentifier": f"{NAME} {VERSION}",
        "fullName": f"{NAME} Regular",
        "psName": "HikitsugiFallback-Regular",
        "version": f"Version {VERSION}",
        "licenseDescription": "SIL Open Font License, Version 1.1",
        "licenseInfoURL": "https://openfontlicense.org",
    }, mac=False)
    fb.setupPost(keepGlyphNames=False)
    fb.font["head"].created = fb.font["head"].modified = 3_786_912_000  # 2024-01-01: fixed, so that bytes repeat
    fb.save(OUT)

    print(f"{len(cmap)} characters, {len(uvs)} sequences, {len(order)} glyphs, {OUT.stat().st_size} bytes")
    for path in (BIZ, NOTO, NOTO_BOLD, OUT):
        print(hashlib.sha256(path.read_bytes()).hexdigest(), path.name)


if __name__ == "__main__":
    main()
