"""Lines and shapes: points in, SVG out. Nothing here knows what is being drawn."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from marketplace.demo.pictures.colour import NIGHT, SUN

Point = tuple[float, float]


def num(value: float) -> str:
    """A coordinate in as few letters as it needs."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def at(point: Point) -> str:
    return f"{num(point[0])} {num(point[1])}"


def line(points: Iterable[Point], *, close: bool = False) -> str:
    """Path data of straight lines through the points."""
    return "M" + "L".join(at(point) for point in points) + ("z" if close else "")


def smooth(points: Sequence[Point], *, close: bool = False) -> str:
    """Path data of a soft curve through the points (Catmull-Rom)."""
    count = len(points)

    def around(index: int) -> Point:
        return points[index % count] if close else points[min(max(index, 0), count - 1)]

    parts = [f"M{at(points[0])}"]
    for index in range(count if close else count - 1):
        before, start, end, after = (around(index + step) for step in (-1, 0, 1, 2))
        one = (start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6)
        two = (end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6)
        parts.append(f"C{at(one)} {at(two)} {at(end)}")
    return "".join(parts) + ("z" if close else "")


def oval(x: float, y: float, rx: float, ry: float) -> str:
    """Path data of an ellipse."""
    return (
        f"M{num(x - rx)} {num(y)}a{num(rx)} {num(ry)} 0 1 0 {num(2 * rx)} 0"
        f"a{num(rx)} {num(ry)} 0 1 0 {num(-2 * rx)} 0z"
    )


def box(x: float, y: float, width: float, height: float, radius: float = 0) -> str:
    """Path data of a rectangle with round corners."""
    r = min(radius, width / 2, height / 2)
    if r <= 0:
        return f"M{num(x)} {num(y)}h{num(width)}v{num(height)}h{num(-width)}z"
    corner = f"a{num(r)} {num(r)} 0 0 1"
    return (
        f"M{num(x + r)} {num(y)}h{num(width - 2 * r)}{corner} {num(r)} {num(r)}v{num(height - 2 * r)}"
        f"{corner} {num(-r)} {num(r)}h{num(2 * r - width)}{corner} {num(-r)} {num(-r)}v{num(2 * r - height)}"
        f"{corner} {num(r)} {num(-r)}z"
    )


def fill(data: str, colour: str, alpha: float = 1) -> str:
    """A filled shape."""
    see = "" if alpha >= 1 else f' fill-opacity="{alpha:.2f}"'
    return f'<path d="{data}" fill="{colour}"{see}/>'


def stroke(data: str, colour: str, width: float, *, alpha: float = 1, cap: str = "round") -> str:
    """A drawn line."""
    see = "" if alpha >= 1 else f' stroke-opacity="{alpha:.2f}"'
    return (
        f'<path d="{data}" fill="none" stroke="{colour}" stroke-width="{num(width)}" '
        f'stroke-linecap="{cap}" stroke-linejoin="round"{see}/>'
    )


def moved(svg: str, x: float = 0, y: float = 0, *, scale: float = 1, turn: float = 0) -> str:
    """The drawing somewhere else, larger or turned (degrees)."""
    parts = [f"translate({num(x)} {num(y)})"]
    if turn:
        parts.append(f"rotate({num(turn)})")
    if scale != 1:
        parts.append(f"scale({scale:.3f})")
    return f'<g transform="{" ".join(parts)}">{svg}</g>'


def clipped(svg: str, data: str, name: str) -> str:
    """The drawing inside a shape only. Dear to render: once or twice a picture."""
    return (
        f'<clipPath id="{name}"><path d="{data}"/></clipPath><g clip-path="url(#{name})">{svg}</g>'
    )


def dark(data: str, alpha: float = 0.2) -> str:
    """A shadow laid over what is there."""
    return fill(data, NIGHT, alpha)


def bright(data: str, alpha: float = 0.35) -> str:
    """A light laid over what is there."""
    return fill(data, SUN, alpha)


@dataclass
class Thing:
    """Something drawn around the middle of its foot at (0, 0), upwards; `shadow` holds its outlines."""

    svg: str
    shadow: list[str]
    width: float
    height: float
    # Things seen from above lie around their own middle instead.
    flat: bool = False
    foot: float = 0
    extra: dict[str, float] = field(default_factory=dict)


class Turned:
    """A body made on a wheel or a lathe: a profile of (y, radius) from top to bottom, seen from a little above."""

    def __init__(self, profile: Sequence[Point], tilt: float = 0.16, steps: int = 10) -> None:
        self.tilt = tilt
        self.rows: list[Point] = []
        count = len(profile)
        for index in range(count - 1):
            before, start, end, after = (
                profile[min(max(index + step, 0), count - 1)] for step in (-1, 0, 1, 2)
            )
            for step in range(steps):
                t = step / steps
                y = _catmull(before[0], start[0], end[0], after[0], t)
                if not self.rows or y > self.rows[-1][0]:
                    self.rows.append(
                        (y, max(_catmull(before[1], start[1], end[1], after[1], t), 1))
                    )
        self.rows.append(profile[-1])
        self.top, self.bottom = profile[0][0], profile[-1][0]

    def radius(self, y: float) -> float:
        """How wide the body is at a height."""
        rows = self.rows
        for (y1, r1), (y2, r2) in itertools.pairwise(rows):
            if y1 <= y <= y2:
                return r1 + (r2 - r1) * ((y - y1) / (y2 - y1) if y2 > y1 else 0)
        return rows[0][1] if y < rows[0][0] else rows[-1][1]

    def point(self, y: float, turn: float) -> Point:
        """Where a point of the skin is seen; turn: degrees from the front, -90 to 90."""
        angle = math.radians(turn)
        radius = self.radius(y)
        return radius * math.sin(angle), y + radius * self.tilt * math.cos(angle)

    def outline(self) -> str:
        """The whole body."""
        left = [(-r, y) for y, r in self.rows]
        right = [(r, y) for y, r in reversed(self.rows)]
        foot = [self.point(self.bottom, turn) for turn in range(-80, 81, 10)]
        radius = self.rows[0][1]
        back = [
            (
                radius * math.sin(math.radians(turn)),
                self.top - radius * self.tilt * math.cos(math.radians(turn)),
            )
            for turn in range(80, -81, -10)
        ]
        return line([*left, *foot, *right, *back], close=True)

    def strip(
        self, start: float, end: float, top: float | None = None, bottom: float | None = None
    ) -> str:
        """An upright strip between two turns (degrees)."""
        low = self.bottom if bottom is None else bottom
        high = self.top if top is None else top
        rows = [high, *(y for y, _ in self.rows if high < y < low), low]
        down = [self.point(y, start) for y in rows]
        foot = [self.point(low, start + (end - start) * step / 6) for step in range(1, 6)]
        up = [self.point(y, end) for y in reversed(rows)]
        head = [self.point(high, end + (start - end) * step / 6) for step in range(1, 6)]
        return line([*down, *foot, *up, *head], close=True)

    def band(self, high: float, low: float) -> str:
        """A ring between two heights, its front half."""
        upper = [self.point(high, turn) for turn in range(-90, 91, 10)]
        rows = [y for y, _ in self.rows if high < y < low]
        right = [self.point(y, 90) for y in rows]
        lower = [self.point(low, turn) for turn in range(90, -91, -10)]
        left = [self.point(y, -90) for y in reversed(rows)]
        return line([*upper, *right, *lower, *left], close=True)

    def ring(self, y: float) -> str:
        """The front half of a line around the body."""
        return line(self.point(y, turn) for turn in range(-90, 91, 10))

    def wave(self, y: float, size: float, count: int, *, sharp: bool = False) -> str:
        """A waving or zigzag line around the body."""
        step = 180 / (count * 2)
        points = [
            self.point(y + (size if index % 2 else -size), -90 + index * step)
            for index in range(count * 2 + 1)
        ]
        return line(points) if sharp else smooth(points)

    def dots(self, y: float, size: float, count: int, phase: float = 0) -> str:
        """Dots around the body, narrower towards its sides."""
        parts = []
        for index in range(count):
            turn = -90 + 180 * (index + 0.5 + phase) / count
            if turn > 86:
                continue
            x, seen = self.point(y, turn)
            parts.append(oval(x, seen, max(size * math.cos(math.radians(turn)), 1), size))
        return "".join(parts)

    def mouth(self, inset: float = 0) -> str:
        """The opening at the top."""
        radius = self.rows[0][1] - inset
        return oval(0, self.top, radius, radius * self.tilt)

    def shading(self, gloss: float = 0.35, depth: float = 0.17) -> str:
        """Light from the left: shade on the right, a streak of light on the left."""
        span = self.bottom - self.top
        return (
            dark(self.strip(22, 90), depth)
            + dark(self.strip(55, 90), depth)
            + (
                bright(
                    self.strip(-62, -44, self.top + span * 0.06, self.bottom - span * 0.05), gloss
                )
                if gloss
                else ""
            )
        )


def _catmull(before: float, start: float, end: float, after: float, t: float) -> float:
    return 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t * t
        + (3 * start - before - 3 * end + after) * t * t * t
    )
