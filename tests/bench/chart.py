# SPDX-License-Identifier: GPL-3.0-or-later
"""Line charts as SVG, side by side in one picture: readable on light and on dark, without colours, and by who does not see them.

A series is told from the others by its colour, its dashes and its marks; a picture has a title and a description in words.
"""
import collections
import math
import xml.etree.ElementTree as ET

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 320, 330, 58, 14, 96, 48  # of one panel; the last four are its margins
LINE = 17  # of a legend
NAMESPACE = "http://www.w3.org/2000/svg"
STYLE = """
text { font: 13px "DejaVu Sans", Verdana, sans-serif; fill: #1f2328 }
.small { font-size: 12px } .title { font-weight: bold } .paper { fill: #ffffff }
.grid { stroke: #d8dee4; stroke-width: 1 } .axis { stroke: #57606a; stroke-width: 1; fill: none }
.line { fill: none; stroke-width: 2 } .mark { stroke: none }
.s0 { stroke: #0550ae } .s1 { stroke: #bc4c00 } .s2 { stroke: #116329 } .s3 { stroke: #6e7781 } .s4 { stroke: #8250df }
.m0 { fill: #0550ae } .m1 { fill: #bc4c00 } .m2 { fill: #116329 } .m3 { fill: #6e7781 } .m4 { fill: #8250df }
.d1 { stroke-dasharray: 7 3 } .d2 { stroke-dasharray: 2 3 } .d3 { stroke-dasharray: 10 3 2 3 } .d4 { stroke-dasharray: 4 4 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .paper { fill: #0d1117 } .grid { stroke: #30363d } .axis { stroke: #8b949e }
.s0 { stroke: #79c0ff } .s1 { stroke: #ffa657 } .s2 { stroke: #7ee787 } .s3 { stroke: #b1bac4 } .s4 { stroke: #d2a8ff }
.m0 { fill: #79c0ff } .m1 { fill: #ffa657 } .m2 { fill: #7ee787 } .m3 { fill: #b1bac4 } .m4 { fill: #d2a8ff }
}
"""
# points: [(x, y)]; steps: the value holds until the next; marked: each point is one measurement; style: 0 to 4
Series = collections.namedtuple("Series", "name points style steps marked", defaults=(0, False, False))
Panel = collections.namedtuple("Panel", "title x_title y_title series")


def label_of(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3f}".rstrip("0").rstrip(".") if value < 1 else f"{value:g}"


class Scale:
    """Logarithmic: 1, 2, 5 of each power of ten are its marks."""

    def __init__(self, values, first, last):
        self.first, self.last = first, last
        self.low = max(mark for mark in self.all_marks() if mark <= min(values) * 1.001)
        self.high = min(mark for mark in self.all_marks() if mark >= max(values) * 0.999 and mark > self.low)

    @staticmethod
    def all_marks():
        return [mark * 10.0 ** power for power in range(-4, 9) for mark in (1, 2, 5)]

    def marks(self):
        found = [mark for mark in self.all_marks() if self.low * 0.999 <= mark <= self.high * 1.001]
        if len(found) > 8:  # the powers of ten alone, and the ends
            found = [mark for mark in found if math.isclose(math.log10(mark) % 1, 0, abs_tol=1e-6)
                     or math.isclose(math.log10(mark) % 1, 1, abs_tol=1e-6) or mark in (found[0], found[-1])]
        return found

    def at(self, value):
        share = math.log(min(max(value, self.low), self.high) / self.low) / math.log(self.high / self.low)
        return round(self.first + share * (self.last - self.first), 1)


def element(parent, tag, text=None, **attributes):
    names = {name.rstrip("_").replace("_", "-"): str(value) for name, value in attributes.items()}
    child = ET.SubElement(parent, tag, names)
    child.text = text
    return child


def draw_axes(group, panel, x, y):
    bottom, left = HEIGHT - BOTTOM, LEFT
    for mark in x.marks():
        element(group, "line", class_="grid", x1=x.at(mark), x2=x.at(mark), y1=TOP, y2=bottom)
        element(group, "text", label_of(mark), class_="small", x=x.at(mark), y=bottom + 16, text_anchor="middle")
    for mark in y.marks():
        element(group, "line", class_="grid", x1=left, x2=WIDTH - RIGHT, y1=y.at(mark), y2=y.at(mark))
        element(group, "text", label_of(mark), class_="small", x=left - 6, y=y.at(mark) + 4, text_anchor="end")
    element(group, "path", class_="axis", d=f"M{left},{TOP}V{bottom}H{WIDTH - RIGHT}")
    element(group, "text", panel.x_title, class_="small", x=(left + WIDTH - RIGHT) / 2, y=HEIGHT - 10, text_anchor="middle")
    element(group, "text", panel.title, class_="title", x=8, y=18)
    element(group, "text", panel.y_title, class_="small", x=8, y=36)


def draw_mark(group, style, x, y):
    """A disc, a square, a triangle, a diamond, a cross bar: told apart without colour."""
    shapes = (f"M{x - 4},{y}a4,4 0 1 0 8,0a4,4 0 1 0 -8,0", f"M{x - 4},{y - 4}h8v8h-8z", f"M{x},{y - 5}l5,9h-10z",
              f"M{x},{y - 5}l5,5l-5,5l-5,-5z", f"M{x - 5},{y - 1.5}h10v3h-10z")
    element(group, "path", class_=f"mark m{style}", d=shapes[style])


def draw_series(group, series, x, y, row):
    points = [(x.at(a), y.at(b)) for a, b in series.points]
    path = f"M{points[0][0]},{points[0][1]}"
    for a, b in points[1:]:
        path += f"H{a}V{b}" if series.steps else f"L{a},{b}"
    shape = f"line s{series.style} d{series.style}"
    element(group, "path", class_=shape, d=path)
    for a, b in points if series.marked else ():
        draw_mark(group, series.style, a, b)
    high = 52 + LINE * (row // 2)
    left = LEFT - 46 + (row % 2) * (WIDTH - 20) // 2
    element(group, "path", class_=shape, d=f"M{left},{high - 4}h26")
    if series.marked:
        draw_mark(group, series.style, left + 13, high - 4)
    element(group, "text", series.name, class_="small", x=left + 31, y=high)


def draw_panel(root, panel, number):
    group = element(root, "g", transform=f"translate({number * WIDTH},0)")
    points = [point for series in panel.series for point in series.points]
    x = Scale([a for a, _ in points], LEFT, WIDTH - RIGHT)
    y = Scale([b for _, b in points], HEIGHT - BOTTOM, TOP)
    draw_axes(group, panel, x, y)
    for row, series in enumerate(panel.series):
        draw_series(group, series, x, y, row)


def draw(title, description, panels):
    """The picture as a text. All values are above 0; each panel has at most six series, each with a point or more."""
    width = WIDTH * len(panels)
    root = ET.Element("svg", {"xmlns": NAMESPACE, "viewBox": f"0 0 {width} {HEIGHT}", "width": str(width), "height": str(HEIGHT),
                              "role": "img", "aria-labelledby": "title description"})
    element(root, "title", title, id="title")
    element(root, "desc", description, id="description")
    element(root, "style", STYLE)
    element(root, "rect", class_="paper", width=width, height=HEIGHT)
    for number, panel in enumerate(panels):
        draw_panel(root, panel, number)
    ET.indent(root, " ")
    return ET.tostring(root, encoding="unicode") + "\n"
