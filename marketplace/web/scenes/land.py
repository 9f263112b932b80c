"""Fields and roofs: market garden, orchard with hives, solar barn."""

from marketplace.web.scenes.nature import poplar, sun, tree, windows


def market_garden(light: int) -> str:
    """Draw rows of vegetables, a tunnel and a crate of tomatoes."""
    rows = "".join(
        f'<path fill="{"#8A6A48" if k % 2 else "#4E8B57"}" '
        f'd="M{239 + k * 18} 232 {-355 + k * 150} 360h66L{247 + k * 18} 232z"/>'
        for k in range(10)
    )
    return (
        sun(520, 84)
        + '<path fill="#6F9C62" d="M0 230h640v130H0z"/>'
        + rows
        + '<path fill="#E9F4F2" opacity=".95" d="M60 236v-52a70 54 0 0 1 140 0v52z"/>'
        '<path fill="none" stroke="#8FB3B0" stroke-width="3" '
        'd="M60 236v-52a70 54 0 0 1 140 0v52M95 236v-92m35 92V130m35 106v-92"/>'
        '<path fill="#BBD8D3" d="M112 186h36v50h-36z"/>'
        + tree(256, 234, 56, light)
        + tree(288, 232, 44, 3)
        + poplar(440, 232, 84)
        + poplar(462, 232, 104, 3)
        + poplar(484, 232, 76)
        + '<g transform="translate(452 262)"><path fill="#B07F4C" d="M0 30h96l-10 52H10z"/>'
        '<path stroke="#8A5E33" stroke-width="4" d="M4 48h88M8 66h80"/>'
        '<circle cx="20" cy="22" r="15" fill="#B9402B"/><circle cx="48" cy="16" r="17" fill="#D9572F"/>'
        '<circle cx="76" cy="22" r="15" fill="#B9402B"/>'
        '<path fill="#2F7350" d="M44 2c-2-10 6-14 12-12-2 6-4 10-12 12z"/></g>'
    )


def orchard(light: int) -> str:
    """Draw fruit trees and three hives."""
    fruit = ("#D9572F", "#F2B233", "#B9402B", "#D9572F")[light % 4]
    apples = "".join(
        tree(x, y, h, colour)
        + "".join(
            f'<circle cx="{x + dx}" cy="{y - h * 0.62 + dy:.0f}" r="{h // 18}"/>'
            for dx, dy in ((-h // 6, -h // 8), (h // 8, -h // 5), (0, h // 10), (h // 5, h // 12))
        )
        for x, y, h, colour in ((196, 252, 72, 1), (280, 248, 60, 3), (74, 336, 152, 0), (236, 330, 124, 1))
    )
    hives = "".join(
        f'<g transform="translate({x} {y})"><path fill="#6B5138" d="M4 62h6v14H4zm44 0h6v14h-6z"/>'
        f'<path fill="{colour}" d="M0 16h58v46H0z"/><path fill="#FFF7E6" d="M0 34h58v5H0z"/>'
        '<path fill="#46586A" d="M-6 6h70v11H-6z"/><path fill="#2A333A" d="M19 52h20v5H19z"/></g>'
        for x, y, colour in ((384, 238, "#3A7CA5"), (466, 226, "#F2B233"), (548, 242, "#F6EDDD"))
    )
    bees = "".join(
        f'<g transform="translate({x} {y})"><ellipse rx="6" ry="4" fill="#F2B233"/>'
        f'<path stroke="#14232E" stroke-width="2" d="M-1-4v8m3-7v6"/>'
        '<ellipse cx="-2" cy="-6" rx="4" ry="3" fill="#fff" opacity=".9"/></g>'
        for x, y in ((438, 196), (520, 178), (566, 208))
    )
    return (
        sun(470, 92, 34) + '<path fill="#7FA766" d="M0 244c160-24 420-24 640 0v116H0z"/>'
        '<path fill="#6C985A" d="M0 300c200-22 420-14 640 8v52H0z"/>' + f'<g fill="{fruit}">{apples}</g>' + hives + bees
    )


def solar_barn(light: int) -> str:
    """Draw a barn whose roof makes electricity."""
    panels = "".join(f"M{214 + c * 44 + r * 11} {118 + r * 30}h40l9 25h-40z" for r in range(3) for c in range(5))
    return (
        '<circle cx="112" cy="82" r="40" fill="#F2B233"/>'
        '<path stroke="#F2B233" stroke-width="6" stroke-linecap="round" '
        'd="M112 22V8m0 148v-14M52 82H38m148 0h-14M70 40 60 30m104 104-10-10m0-84 10-10M60 134l10-10"/>'
        '<path fill="#7FA05F" d="M0 300h640v60H0z"/><path fill="#E7D9BF" d="M236 200h252v106H236z"/>'
        '<path fill="#D3C2A2" d="M488 200h70v106h-70z"/><path fill="#5D6E7C" d="M196 106h238l54 98H244z"/>'
        '<path fill="#48586A" d="m434 106 124 98h-70z"/>'
        f'<path fill="#1C4B6E" stroke="#8FB9D3" stroke-width="2" d="{panels}"/>'
        '<path fill="#7A4E37" d="M330 236h70v70h-70z"/>'
        '<path stroke="#5E3A28" stroke-width="4" d="m330 236 70 70m0-70-70 70"/>'
        + windows((262, 228), (428, 228), w=36, h=32)
        + tree(600, 304, 110, light)
        + tree(150, 304, 70)
        + tree(186, 304, 50, 3)
        + '<ellipse cx="60" cy="312" rx="22" ry="13" fill="#fff"/><circle cx="82" cy="304" r="8" fill="#46586A"/>'
        '<path stroke="#46586A" stroke-width="3" d="M50 322v10m18-10v10"/>'
    )


def mill(light: int) -> str:
    """Draw a river mill and its wheel: water, small industry, energy."""
    spokes = "".join(f'<path d="M0 0V-62" transform="rotate({a})"/>' for a in range(0, 360, 45))
    return (
        sun(560, 76, 30)
        + poplar(540, 236, 120)
        + poplar(572, 240, 92, 3)
        + tree(70, 244, 110, light)
        + '<path fill="#7FA05F" d="M0 240h640v120H0z"/>'
        '<path fill="#5F9BBA" d="M0 316c120-22 240 12 380-2s180-16 260-8v54H0z"/>'
        '<path stroke="#A9CFE2" stroke-width="4" stroke-linecap="round" d="M60 336h70m60 10h90m150-18h80m40 18h60"/>'
        '<path fill="#EFE2CB" d="M150 118h210v190H150z"/><path fill="#8A4A36" d="m134 120 40-58h162l40 58z"/>'
        '<path fill="#E0D0B2" d="M360 176h110v132H360z"/><path fill="#A3563F" d="m360 178-2-30h92l34 30z"/>'
        + windows((184, 142), (288, 142))
        + windows((394, 202), w=44, h=36)
        + '<path fill="#6B4A35" d="M236 206h48v102h-48z"/><path fill="#BFD6E2" d="M244 216h32v34h-32z"/>'
        '<g transform="translate(150 262)" fill="none" stroke="#6B4A35" stroke-width="8"><circle r="62"/>'
        '<circle r="42" stroke-width="5"/>'
        f'<g stroke-width="6">{spokes}</g></g><circle cx="150" cy="262" r="11" fill="#46352A"/>'
    )
