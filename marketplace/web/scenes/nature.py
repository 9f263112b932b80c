"""What stands around every scene: sky, sun, hills, trees, people's small things."""

from dataclasses import dataclass

GREENS = ("#2F7350", "#3B7D58", "#4B8E68", "#3F8460")


@dataclass(frozen=True)
class Light:
    """The hour of a scene: three bands of sky, two hills."""

    sky: tuple[str, str, str]
    hills: tuple[str, str]


LIGHTS = (
    Light(("#CFE4EF", "#DCEBF2", "#EAF3F5"), ("#A9C9AF", "#8AB08D")),
    Light(("#FBE3C0", "#FCEACF", "#FDF3DF"), ("#B4CBA9", "#8DB08F")),
    Light(("#F3C9A5", "#F6D8BB", "#F9E6CF"), ("#A8BC98", "#86A585")),
    Light(("#D6EAE0", "#E2F0E8", "#EEF6F0"), ("#A9C9A6", "#86B08A")),
)

_HILLS = (
    ("M0 236c90-44 170-50 260-26s210 10 380-34v184H0z", "M0 268c130-34 220-8 330-14s210-30 310-16v122H0z"),
    ("M0 214c120-30 210 22 330 20s190-60 310-40v166H0z", "M0 262c100-10 190 20 320 2s200-28 320-2v98H0z"),
    ("M0 226c70-60 150-40 220-16s230 40 420-20v170H0z", "M0 274c150-40 260-20 360-6s190-10 280-30v122H0z"),
)


def landscape(light: Light, shape: int) -> str:
    """Return sky in three bands and two lines of hills."""
    top, middle, low = light.sky
    far, near = _HILLS[shape % len(_HILLS)]
    return (
        f'<path fill="{top}" d="M0 0h640v360H0z"/>'
        f'<path fill="{middle}" d="M0 84c160-22 300 16 640-14v290H0z"/>'
        f'<path fill="{low}" d="M0 158c200-26 380 18 640-10v212H0z"/>'
        f'<path fill="{light.hills[0]}" d="{far}"/><path fill="{light.hills[1]}" d="{near}"/>'
    )


def sun(x: int, y: int, r: int = 38) -> str:
    """Return a low sun with its halo."""
    return (
        f'<circle cx="{x}" cy="{y}" r="{r * 1.7:.0f}" fill="#F2B233" opacity=".16"/>'
        f'<circle cx="{x}" cy="{y}" r="{r}" fill="#F2B233" opacity=".92"/>'
    )


def tree(x: int, y: int, h: int = 60, colour: int = 0) -> str:
    """Return a round tree standing at (x, y)."""
    trunk = h * 0.35
    return (
        f'<path fill="#6B5138" d="M{x - 3} {y - trunk:.0f}h6v{trunk:.0f}h-6z"/>'
        f'<ellipse cx="{x}" cy="{y - h * 0.62:.0f}" rx="{h * 0.3:.0f}" ry="{h * 0.4:.0f}" fill="{GREENS[colour % 4]}"/>'
    )


def poplar(x: int, y: int, h: int = 90, colour: int = 1) -> str:
    """Return a tall narrow tree standing at (x, y)."""
    return f'<ellipse cx="{x}" cy="{y - h / 2:.0f}" rx="{h * 0.13:.0f}" ry="{h / 2:.0f}" fill="{GREENS[colour % 4]}"/>'


def ground(y: int, colour: str = "#D9D2C2", edge: str = "#C7BEAB") -> str:
    """Return the street or the yard in front."""
    return f'<path fill="{colour}" d="M0 {y}h640v{360 - y}H0z"/><path fill="{edge}" d="M0 {y}h640v5H0z"/>'


def windows(*places: tuple[int, int], w: int = 38, h: int = 34) -> str:
    """Return panes with white frames."""
    panes = "".join(f'<path d="M{x} {y}h{w}v{h}h-{w}z"/>' for x, y in places)
    return f'<g fill="#BFD6E2" stroke="#fff" stroke-width="5">{panes}</g>'


def bush(x: int, y: int, r: int = 11) -> str:
    """Return a potted bush."""
    return (
        f'<path fill="#B7644A" d="M{x - 9} {y}h18l-3-14h-12z"/><circle cx="{x}" cy="{y - 19}" r="{r}" fill="#2F7350"/>'
    )
