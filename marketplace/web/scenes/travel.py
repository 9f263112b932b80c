"""Getting about: train, bicycle workshop, shared bus."""

from math import cos, radians, sin

from marketplace.web.scenes.nature import ground, poplar, sun, tree


def train(light: int) -> str:
    """Draw a local train on its viaduct."""
    arches = "".join(f"M{-30 + k * 112} 360v-98a40 40 0 0 1 80 0v98z" for k in range(7))
    panes = "".join(f'<rect x="{178 + k * 46}" y="158" width="34" height="28" rx="4"/>' for k in range(7))
    body = ("#1C4B6E", "#8A3D2C", "#1F6A43", "#1C4B6E")[light % 4]
    return (
        sun(538, 74, 36)
        + poplar(40, 214, 80)
        + poplar(64, 214, 60, 2)
        + f'<path fill="#D8CBB2" d="M0 212h640v148H0z"/><path fill="#9FC3B2" d="{arches}"/>'
        '<path fill="#BCAE92" d="M0 206h640v12H0z"/><path fill="#5C5347" d="M0 200h640v6H0z"/>'
        f'<path fill="{body}" d="M120 190c0-34 26-52 60-52h340c20 0 30 10 30 24v36H120z"/>'
        '<path fill="#CFE4EF" d="M120 190c1-12 5-22 12-30h30v26h-42z"/>'
        '<path fill="#14232E" opacity=".35" d="M120 190h430v8H120z"/>'
        f'<path stroke="#F2B233" stroke-width="6" d="M150 190h400"/><g fill="#CFE4EF">{panes}</g>'
        '<path fill="#F2B233" d="M500 148h30v40h-30z"/><path d="M515 148v40" stroke="#123651" stroke-width="2"/>'
        '<g fill="#2A333A"><circle cx="186" cy="200" r="10"/><circle cx="222" cy="200" r="10"/>'
        '<circle cx="450" cy="200" r="10"/>'
        '<circle cx="486" cy="200" r="10"/>'
        '</g><path fill="#5F9BBA" d="M0 338c120-20 200 10 320 0s220-12 320 4v18H0z"/>'
    )


def halt(light: int) -> str:
    """Draw a small country station, its clock and its bench."""
    return (
        sun(88, 80, 30)
        + tree(60, 272, 110, light)
        + tree(590, 272, 130, light + 1)
        + '<path fill="#E4D6BC" d="M0 270h640v48H0z"/><path fill="#F2B233" d="M0 306h640v5H0z"/>'
        '<path fill="#8B8376" d="M0 318h640v42H0z"/>'
        '<path stroke="#5C5347" stroke-width="6" d="M0 332h640M0 350h640"/>'
        '<path fill="#F3E7D2" d="M170 124h300v148H170z"/><path fill="#A3563F" d="m150 126 50-56h240l50 56z"/>'
        '<path fill="#8A4A36" d="M226 46h26v34h-26z"/>'
        '<path fill="#C9A27A" d="M170 124h12v148h-12zm288 0h12v148h-12z"/>'
        '<path fill="#1C4B6E" d="M252 138h136v26H252z"/><path fill="#fff" d="M270 148h100v6H270z"/>'
        '<g fill="#BFD6E2" stroke="#fff" stroke-width="5"><path d="M204 184h40v44h-40zm192 0h40v44h-40z"/></g>'
        '<path fill="#3A7CA5" d="M188 182h14v48h-14zm58 0h14v48h-14zm134 0h14v48h-14zm58 0h14v48h-14z"/>'
        '<path fill="#1C4B6E" d="M292 184h56v88h-56z"/><path fill="#BFD6E2" d="M300 194h18v44h-18zm22 0h18v44h-18z"/>'
        '<path fill="none" stroke="#46586A" stroke-width="6" d="M520 272V150"/>'
        '<circle cx="520" cy="146" r="24" fill="#fff" stroke="#123651" stroke-width="6"/>'
        '<path stroke="#123651" stroke-width="4" stroke-linecap="round" d="M520 132v14l9 6"/>'
        '<path fill="none" stroke="#6B4A35" stroke-width="6" d="M84 252h72m-72-14h72M92 252v20m56-20v20"/>'
    )


def bicycle_workshop(light: int) -> str:
    """Draw a workshop where bicycles are mended."""
    rays = "".join(
        f"M{hub} 244l{60 * cos(radians(a)):.0f} {60 * sin(radians(a)):.0f}"
        for hub in (230, 404)
        for a in range(0, 360, 30)
    )
    frame = ("#D9572F", "#F2B233", "#3A7CA5", "#1F6A43")[light % 4]
    return (
        ground(306, "#C9C3B4", "#B9B2A1")
        + '<path fill="#E4EDF1" d="M60 70h520v236H60z"/><path fill="#A3563F" d="m44 70 36-36h480l36 36z"/>'
        '<path fill="#FFF7E6" d="M92 102h196v150H92z"/><path fill="#1C4B6E" d="M92 102h196v16H92z"/>'
        '<g stroke="#1C4B6E" stroke-width="5" fill="none"><path d="M120 140v40m30-40v54m30-54v30m30-30v60m30-60v36"/>'
        '<circle cx="120" cy="190" r="9"/><circle cx="210" cy="210" r="9"/>'
        '<path d="M143 200h14l4 12h-22z" fill="#F2B233" stroke="none"/></g>'
        '<path fill="#1F6A43" d="M452 124h90v182h-90z"/><path fill="#CFE4EF" d="M464 138h66v74h-66z"/>'
        '<circle cx="466" cy="238" r="5" fill="#F2B233"/>'
        f'<path stroke="#6E7F8B" stroke-width="2" d="{rays}"/>'
        '<g fill="none" stroke="#14232E" stroke-width="9"><circle cx="230" cy="244" r="62"/>'
        '<circle cx="404" cy="244" r="62"/></g>'
        f'<g fill="none" stroke="{frame}" stroke-width="11" stroke-linecap="round" stroke-linejoin="round">'
        '<path d="m230 244 46-86h94l34 86M276 158l40 86h-86m140-86-54 86m54-86-6-26"/></g>'
        '<path d="M256 148h44" stroke="#14232E" stroke-width="11" stroke-linecap="round"/>'
        '<path d="M364 132c14-10 30-6 36 6" stroke="#14232E" stroke-width="9" fill="none" stroke-linecap="round"/>'
        '<circle cx="316" cy="244" r="15" fill="#14232E"/>'
    )


def shared_bus(light: int) -> str:
    """Draw a minibus on a country road."""
    colour = ("#1F6A43", "#1C4B6E", "#D9572F", "#3A7CA5")[light % 4]
    return (
        sun(530, 80, 34)
        + poplar(60, 262, 110)
        + poplar(92, 262, 84, 2)
        + tree(590, 264, 104, light)
        + '<path fill="#8AAE6C" d="M0 258h640v102H0z"/><path fill="#6E7680" d="M0 284h640v56H0z"/>'
        '<path stroke="#F6F4EE" stroke-width="5" stroke-dasharray="40 30" d="M10 314h630"/>'
        f'<path fill="{colour}" d="M176 150c0-16 10-24 26-24h196c26 0 44 22 56 56l22 16c8 4 10 10 10 20v72H176z"/>'
        '<path fill="#CFE4EF" d="M194 146h66v48h-66zm78 0h66v48h-66zm78 0h40c18 0 30 20 38 48h-78z"/>'
        '<path fill="#fff" d="M176 214h310v12H176z"/><path fill="#F2B233" d="M466 240h20v16h-20z"/>'
        '<path fill="none" stroke="#14232E" stroke-opacity=".3" stroke-width="3" d="M344 132v158"/>'
        '<g fill="#2A333A"><circle cx="242" cy="290" r="30"/><circle cx="424" cy="290" r="30"/></g>'
        '<g fill="#C6D2DA"><circle cx="242" cy="290" r="13"/><circle cx="424" cy="290" r="13"/></g>'
        '<path stroke="#46586A" stroke-width="6" d="M112 284V176"/>'
        '<circle cx="112" cy="164" r="20" fill="#fff" stroke="#1C4B6E" stroke-width="6"/>'
        '<path fill="#1C4B6E" d="M103 158h18v10h-18z"/>'
    )
