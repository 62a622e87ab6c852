"""Line charts as SVG, with the standard library only."""
import math
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 84, 24, 74, 56


@dataclass
class Line:
    """A series: its points are (x, y) in the order of the line."""
    name: str
    points: list
    colour: str
    dashed: bool = False


@dataclass
class Axis:
    title: str
    low: float
    high: float
    log: bool = False

    def place(self, value):
        """Where a value is, from 0 to 1."""
        if self.log:
            low, high, value = math.log(self.low), math.log(self.high), math.log(value)
        else:
            low, high = self.low, self.high
        return (value - low) / (high - low)

    def ticks(self):
        if not self.log:
            step = nice_step((self.high - self.low) / 6)
            first = math.ceil(self.low / step)
            return [number * step for number in range(first, int(self.high / step + 1e-9) + 1)]
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        leads = (1,) if math.log10(self.high / self.low) > 2.5 else (1, 2, 5)
        ticks = [lead * 10 ** power for power in powers for lead in leads]
        return [tick for tick in ticks if self.low / 1.001 <= tick <= self.high * 1.001]


def nice_step(rough):
    power = 10 ** math.floor(math.log10(rough))
    return next(lead * power for lead in (1, 2, 5, 10) if lead * power >= rough)


def axis(title, values, log):
    """An axis that has room for all values; one that is not logarithmic begins at 0."""
    low, high = min(values), max(values)
    if not log:
        return Axis(title, 0, (high or 1) * 1.08)
    if low == high:
        low, high = low / 2, high * 2
    room = (high / low) ** 0.03
    return Axis(title, low / room, high * room, True)


def short(number):
    """`1,500,000` is `1.5 M`."""
    for size, letter in ((1e6, ' M'), (1e3, ' k')):
        if abs(number) >= size:
            return f'{number / size:.3g}{letter}'
    return f'{number:.3g}'


def chart(title, x_title, y_title, lines, log_x=False, log_y=False):
    """The chart as the text of an SVG file."""
    points = [point for line in lines for point in line.points]
    x_axis = axis(x_title, [x for x, _ in points], log_x)
    y_axis = axis(y_title, [y for _, y in points], log_y)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="13">',
        f'<title>{escape(title)}</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        text(LEFT, 24, title, 'start', 'font-size="15" font-weight="bold"'),
        *grid(x_axis, y_axis), *legend(lines)]
    for line in lines:
        parts += drawn(line, x_axis, y_axis)
    return '\n'.join([*parts, '</svg>']) + '\n'


def at_x(x_axis, value):
    return round(LEFT + x_axis.place(value) * (WIDTH - LEFT - RIGHT), 1)


def at_y(y_axis, value):
    return round(HEIGHT - BOTTOM - y_axis.place(value) * (HEIGHT - TOP - BOTTOM), 1)


def grid(x_axis, y_axis):
    bottom, middle = HEIGHT - BOTTOM, (TOP + HEIGHT - BOTTOM) / 2
    for tick in y_axis.ticks():
        y = at_y(y_axis, tick)
        yield f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="#ddd"/>'
        yield text(LEFT - 8, y + 4, short(tick), 'end')
    for tick in x_axis.ticks():
        x = at_x(x_axis, tick)
        yield f'<path d="M{x} {TOP}V{bottom + 5}" stroke="#ddd"/>'
        yield text(x, bottom + 20, short(tick), 'middle')
    yield f'<path d="M{LEFT} {TOP}V{bottom}H{WIDTH - RIGHT}" fill="none" stroke="#444"/>'
    yield text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, x_axis.title, 'middle')
    yield text(20, middle, y_axis.title, 'middle', f'transform="rotate(-90 20 {middle})"')


def legend(lines):
    x = LEFT
    for line in lines:
        yield f'<path d="M{x} 48h26"{stroke(line)}/>'
        yield text(x + 30, 52, line.name)
        x += 42 + 6.6 * len(line.name)


def drawn(line, x_axis, y_axis):
    places = [(at_x(x_axis, x), at_y(y_axis, y)) for x, y in line.points]
    path = ' '.join(f'{x},{y}' for x, y in places)
    yield f'<polyline points="{path}"{stroke(line)}/>'
    for x, y in places:
        yield f'<circle cx="{x}" cy="{y}" r="3.5" fill="{line.colour}"/>'


def stroke(line):
    dashes = ' stroke-dasharray="6 4"' if line.dashed else ''
    return f' fill="none" stroke="{line.colour}" stroke-width="2"{dashes}'


def text(x, y, words, anchor='start', more=''):
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="#222" {more}>{escape(words)}</text>'
