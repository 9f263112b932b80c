"""Streets: bakery, café, grocery."""

from marketplace.web.scenes.nature import bush, ground, poplar, tree, windows


def _awning(x: int, y: int, count: int, width: int, colour: str) -> str:
    half = width / 2
    return "".join(
        f'<path fill="{colour if k % 2 == 0 else "#fff"}" '
        f'd="M{x + k * width} {y}h{width}v34a{half} 13 0 0 1-{width} 0z"/>'
        for k in range(count)
    )


def bicycle(x: int, y: int) -> str:
    """Return a small bicycle leaning at (x, y), its rear wheel's hub."""
    return (
        f'<g transform="translate({x} {y})" fill="none" stroke="#123651" stroke-width="5" stroke-linecap="round">'
        '<circle r="25"/><circle cx="68" r="25"/>'
        '<path d="m0 0 24-38h30L68 0M24-38 40 0H0M54-38 40 0M16-44h16M52-44l12-6"/></g>'
    )


def bakery(light: int) -> str:
    """Draw a village bakery with its bread in the window."""
    loaves = (
        '<g fill="#C9853F"><ellipse cx="236" cy="262" rx="24" ry="11"/><ellipse cx="286" cy="264" rx="22" ry="10"/>'
        '<ellipse cx="326" cy="263" rx="15" ry="10"/></g>'
        '<path stroke="#9C5F26" stroke-width="3" stroke-linecap="round" d="m226 258 8 8m4-10 8 8m30-4 8 7m4-8 8 7"/>'
        '<g fill="#D99A4E"><rect x="222" y="216" width="8" height="34" rx="4" transform="rotate(12 226 233)"/>'
        '<rect x="240" y="214" width="8" height="36" rx="4" transform="rotate(6 244 232)"/>'
        '<rect x="258" y="216" width="8" height="34" rx="4"/></g>'
    )
    return (
        ground(306)
        + poplar(96, 306, 120)
        + poplar(124, 306, 96, 2)
        + tree(560, 306, 96, light)
        + '<path fill="#F4EBDA" d="M176 110h288v196H176z"/><path fill="#46586A" d="m164 112 44-54h224l44 54z"/>'
        '<path fill="#C98A6B" d="M392 34h26v44h-26z"/>'
        '<path d="M402 34c-8-10 10-12 4-22" stroke="#fff" stroke-width="5" fill="none" '
        'stroke-linecap="round" opacity=".8"/>'
        + windows((222, 126), (301, 126), (380, 126))
        + '<path fill="#2C3F4D" d="M200 196h150v86H200z"/><path fill="#FCE4B0" d="M206 200h138v78H206z"/>'
        + loaves
        + '<rect x="300" y="222" width="34" height="22" rx="3" fill="#fff"/>'
        '<path d="M306 230h22M306 237h14" stroke="#1C4B6E" stroke-width="3"/>'
        '<path fill="#1C4B6E" d="M370 198h62v108h-62z"/><path fill="#BFD6E2" d="M378 206h46v62h-46z"/>'
        '<circle cx="380" cy="280" r="3.500" fill="#F2B233"/><path fill="#123651" d="M196 170h248v10H196z"/>'
        + _awning(196, 176, 8, 31, "#1C4B6E")
        + bicycle(94, 290)
        + bush(205, 306)
        + bush(349, 306)
    )


def _terrace(x: int, colour: str) -> str:
    return (
        f'<path d="M{x} 176v124" stroke="#46586A" stroke-width="6"/>'
        f'<path fill="{colour}" d="M{x - 78} 190c16-58 140-58 156 0z"/>'
        f'<path fill="#fff" opacity=".9" d="M{x - 26} 190c4-36 12-50 26-58 14 8 22 22 26 58z"/>'
        f'<ellipse cx="{x}" cy="262" rx="46" ry="9" fill="#7A4E37"/>'
        f'<path d="M{x - 58} 300v-46h-4m4 22h24v24m92 0v-46h4m-4 22h-24v24" stroke="#123651" '
        f'stroke-width="6" fill="none"/>'
        f'<path fill="#F6F4EE" d="M{x - 14} 252h14v-10h-14zm20 0h8v-14h-8z"/>'
    )


def cafe(light: int) -> str:
    """Draw a café on a square, two tables out."""
    front = ("#1F6A43", "#1C4B6E", "#8A3D2C", "#1F6A43")[light % 4]
    return (
        ground(296, "#D6CDBB", "#C2B79F")
        + '<path fill="#EFE2CB" d="M20 86h170v214H20z"/><path fill="#46586A" d="m10 88 34-44h122l34 44z"/>'
        '<path fill="#F6EDDD" d="M190 120h250v180H190z"/><path fill="#A3563F" d="m180 122 28-38h214l28 38z"/>'
        '<path fill="#E8D8BC" d="M440 70h180v230H440z"/><path fill="#54687B" d="m430 72 40-46h130l30 46z"/>'
        + windows((50, 112), (124, 112), (472, 98), (548, 98), w=36, h=48)
        + '<path fill="#3A7CA5" d="M36 110h12v52H36zm52 0h12v52H88zm22 0h12v52h-12zm52 0h12v52h-12z"/>'
        f'<path fill="{front}" d="M216 150h200v26H216zM362 176h54v124h-54z"/>'
        '<path fill="#2C3F4D" d="M216 176h130v90H216z"/><path fill="#FBE3B4" d="M224 184h114v76H224z"/>'
        '<path fill="#BFD6E2" d="M370 186h38v60h-38z"/>' + _terrace(120, "#1C4B6E") + _terrace(520, "#C2512F")
    )


def grocery(light: int) -> str:
    """Draw a village grocery with its crates of fruit."""
    crates = "".join(
        f'<path fill="#B07F4C" d="M{x} 262h62v34h-62z"/>'
        f'<path stroke="#8A5E33" stroke-width="3" d="M{x} 274h62m-62 11h62"/>'
        + "".join(f'<circle cx="{x + 10 + k * 14}" cy="{258 - k % 2 * 3}" r="9" fill="{colour}"/>' for k in range(4))
        for x, colour in ((132, "#D9572F"), (202, "#6FA04B"), (272, "#F2B233"))
    )
    return (
        ground(296)
        + tree(54, 296, 120, light)
        + tree(598, 296, 96, light + 1)
        + '<path fill="#F1E4CC" d="M104 92h330v204H104z"/><path fill="#A3563F" d="m90 94 40-52h278l40 52z"/>'
        '<path fill="#E7D9BF" d="M434 132h124v164H434z"/><path fill="#8A4A36" d="m424 134 24-34h100l24 34z"/>'
        + windows((140, 108), (250, 108), (360, 108))
        + windows((468, 160), w=52, h=44)
        + '<path fill="#2C3F4D" d="M124 188h216v72H124z"/><path fill="#FBE3B4" d="M132 196h200v64H132z"/>'
        '<path fill="#1F6A43" d="M358 188h54v108h-54z"/><path fill="#BFD6E2" d="M366 198h38v56h-38z"/>'
        '<path fill="#14432B" d="M116 152h304v10H116z"/>'
        + _awning(116, 160, 10, 30, "#1F6A43")
        + crates
        + bush(500, 296, 14)
    )
