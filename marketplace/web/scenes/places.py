"""Places where people meet, work, live: culture, health, workshop, homes, shared office, school."""

from marketplace.web.scenes.nature import bush, ground, poplar, sun, tree, windows


def theatre(light: int) -> str:
    """Draw a village theatre, its garland lit."""
    lamps = "".join(
        f'<circle cx="{60 + k * 65}" cy="{62 + (0, 14, 20, 22, 22, 20, 14, 8, 0)[k]}" r="8"/>' for k in range(9)
    )
    columns = "".join(f'<path d="M{x} 176h22v124h-22z"/>' for x in (192, 256, 362, 426))
    return (
        ground(300)
        + tree(70, 300, 130, light)
        + tree(572, 300, 116, light + 1)
        + '<path fill="#F3E7D2" d="M164 150h312v150H164z"/><path fill="#A3563F" d="M148 152 320 66l172 86z"/>'
        '<path fill="#E7D3B3" d="m204 142 116-58 116 58z"/><path fill="#8A4A36" d="M148 148h344v14H148z"/>'
        '<path fill="#C2512F" d="M284 176h72v124h-72z"/><path fill="#8A2F20" d="M318 176h4v124h-4z"/>'
        '<path fill="#FCE4B0" d="M222 196h26v70h-26zm170 0h26v70h-26z"/>'
        f'<g fill="#fff">{columns}</g><path fill="#DCCBAE" d="M150 290h340v12H150z"/>'
        '<g fill="#1C4B6E"><path d="M296 102c8 4 16 4 24 0 2 18-2 30-12 36-10-6-14-18-12-36z"/>'
        '<path fill="#C2512F" d="M322 110c8 4 16 4 24 0 2 18-2 30-12 36-10-6-14-18-12-36z"/></g>'
        '<path fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" '
        'd="M302 122c4 6 8 6 12 0m14 14c4-6 8-6 12 0"/>'
        '<path fill="none" stroke="#46586A" stroke-width="3" d="M20 48c120 50 460 60 600 0"/>'
        f'<g fill="#F2B233">{lamps}</g>' + bush(132, 300, 15) + bush(508, 300, 15)
    )


def health(light: int) -> str:
    """Draw a health centre and its green cross."""
    return (
        ground(300)
        + tree(66, 300, 120, light)
        + poplar(590, 300, 140)
        + poplar(560, 300, 104, 2)
        + '<path fill="#F7F3EA" d="M120 128h260v172H120z"/><path fill="#54687B" d="M104 112h292v18H104z"/>'
        '<path fill="#E6EEF0" d="M380 176h150v124H380z"/><path fill="#46586A" d="M372 162h172v16H372z"/>'
        + windows((146, 154), (212, 154), (296, 154), w=44, h=40)
        + windows((404, 202), (466, 202), w=44, h=44)
        + '<path fill="#1F6A43" d="M176 226h148v12H176z"/><path fill="#CFE4EF" d="M196 238h108v62H196z"/>'
        '<path stroke="#fff" stroke-width="5" d="M250 238v62"/><path fill="#2F7350" d="M340 204h32v28h-32z"/>'
        '<path stroke="#fff" stroke-width="7" d="M356 208v20m-10-10h20"/>'
        '<path fill="#1F6A43" d="M434 66h28v-28h34v28h28v34h-28v28h-34v-28h-28z"/>'
        '<path fill="none" stroke="#86D8A8" stroke-width="4" d="M444 76h28V48h14v28h28v14h-28v28h-14V90h-28z"/>'
        '<path stroke="#46586A" stroke-width="6" d="M479 128v36"/>'
        + bush(132, 300, 14)
        + bush(356, 300, 14)
        + '<path fill="none" stroke="#6B4A35" stroke-width="6" d="M404 276h92m-84 0v24m76-24v24m-84-40h92"/>'
    )


def workshop(light: int) -> str:
    """Draw a maker's bench under its tools."""
    apron = ("#D9572F", "#1C4B6E", "#1F6A43", "#F2B233")[light % 4]
    return (
        '<path fill="#EADCC3" d="M40 56h560v250H40z"/><path fill="#7A4E37" d="M40 56h560v14H40z"/>'
        + ground(300, "#C4B18F", "#B29D78")
        + '<path fill="#BFD6E2" stroke="#fff" stroke-width="7" d="M74 98h140v112H74z"/>'
        '<path stroke="#fff" stroke-width="5" d="M144 98v112m-70-56h140"/>'
        '<path fill="#86A585" d="M78 190c40-26 90-26 132 0v16H78z"/>'
        '<path fill="#8A5E33" d="M258 96h300v10H258z"/>'
        '<g fill="#46586A"><path d="M286 106h8v56h-8zM270 162h40l-6 22h-28zM340 106h8v40h-8zM330 146h28v12h-28z"/>'
        '<path d="M392 106h10v34h-10z"/><path fill="#9AA8B2" d="m386 140h22v52l-11 12-11-12z"/>'
        '<path d="M444 106h8v30h-8z"/>'
        '<circle cx="448" cy="152" r="18" fill="none" stroke="#46586A" stroke-width="8"/></g>'
        f'<path fill="{apron}" d="M500 106h44v16c8 12 8 70 2 92h-48c-6-22-6-80 2-92z"/>'
        f'<path fill="none" stroke="#fff" stroke-width="4" d="M508 168h28"/>'
        '<path fill="#B07F4C" d="M96 236h448v20H96z"/>'
        '<path fill="#8A5E33" d="M116 256h24v62h-24zm384 0h24v62h-24zm-360 26h360v10H140z"/>'
        '<path fill="#D9B98A" d="M300 214h150v22H300z"/>'
        '<path stroke="#B98F5A" stroke-width="3" d="M306 222h136m-130 8h120"/>'
        '<g transform="rotate(-8 250 226)"><path fill="#5D6E7C" d="M196 214h88v12h-88z"/>'
        '<path fill="#7A4E37" d="M206 200h16v14h-16zm46-8h16v22h-16z"/></g>'
        '<path fill="none" stroke="#E3C79B" stroke-width="6" stroke-linecap="round" '
        'd="M160 232c-8-8 2-16 8-10s-2 14-8 10m26 0c-6-6 2-12 6-8"/>'
        '<path fill="#F6EDDD" d="M470 204h36v32h-36z"/>'
        '<path fill="none" stroke="#F6EDDD" stroke-width="6" d="M506 212c12-2 12 16 0 14"/>'
    )


def homes(light: int) -> str:
    """Draw houses that share a garden."""
    roofs = ("#A3563F", "#46586A", "#8A4A36", "#54687B")

    def house(x: int, y: int, w: int, wall: str, roof: str) -> str:
        middle = x + w // 2
        return (
            f'<path fill="{wall}" d="M{x} {y}h{w}v{300 - y}H{x}z"/>'
            f'<path fill="{roof}" d="M{x - 12} {y + 2}L{middle} {y - 56}l{w // 2 + 12} 58z"/>'
            f'<circle cx="{middle}" cy="{y - 18}" r="10" fill="#BFD6E2" stroke="#fff" stroke-width="4"/>'
        )

    return (
        '<path fill="#8AAE6C" d="M0 296h640v64H0z"/>'
        + tree(40, 300, 112, light)
        + tree(606, 300, 132, light + 1)
        + house(84, 168, 132, "#F3E7D2", roofs[light % 4])
        + house(216, 142, 126, "#E4EDF1", roofs[(light + 1) % 4])
        + house(342, 168, 120, "#F1E0C6", roofs[(light + 2) % 4])
        + house(462, 150, 108, "#F7F3EA", roofs[(light + 3) % 4])
        + windows(
            (102, 190), (166, 190), (236, 172), (290, 172), (358, 190), (414, 190), (476, 176), (526, 176), w=30, h=34
        )
        + '<path fill="#1C4B6E" d="M132 244h36v56h-36z"/><path fill="#1F6A43" d="M262 234h36v66h-36z"/>'
        '<path fill="#C2512F" d="M386 244h34v56h-34z"/><path fill="#F2B233" d="M500 236h34v64h-34z"/>'
        '<path stroke="#6B4A35" stroke-width="5" d="M176 336V262m252 74V262"/>'
        '<path fill="none" stroke="#46586A" stroke-width="2.500" d="M176 266c84 16 168 16 252 0"/>'
        '<path fill="#fff" d="m206 270 30 3-2 34-30-3z"/><path fill="#D9572F" d="m248 275 26 1v26h-26z"/>'
        '<path fill="#3A7CA5" d="m290 277 34-1v38h-34z"/><path fill="#F2B233" d="m340 275 28-3 2 30-28 3z"/>'
        '<path fill="#8A6A48" d="M60 322h88v22H60zm412 0h88v22h-88z"/>'
        '<g fill="#2F7350"><circle cx="76" cy="320" r="9"/><circle cx="102" cy="317" r="11"/>'
        '<circle cx="130" cy="320" r="9"/>'
        '<circle cx="490" cy="320" r="9"/><circle cx="516" cy="317" r="11"/><circle cx="542" cy="320" r="9"/></g>'
    )


def shared_office(light: int) -> str:
    """Draw a shared office: a long table, screens, a lamp, the village outside."""
    seats = "".join(
        f'<path fill="{colour}" d="M{x} 262h46v10H{x}z"/>'
        f'<path stroke="#46586A" stroke-width="6" d="M{x + 8} 272v44m30-44v44"/>'
        for x, colour in ((136, "#D9572F"), (296, "#F2B233"), (456, "#3A7CA5"))
    )
    screens = "".join(
        f'<path fill="#2C3F4D" d="M{x} 164h84v54h-84z"/><path fill="{colour}" d="M{x + 6} 170h72v42h-72z"/>'
        f'<path fill="#fff" opacity=".9" d="M{x + 14} 180h34v5h-34zm0 12h50v5h-50z"/>'
        f'<path fill="#46586A" d="M{x + 36} 218h12v14h-12z"/>'
        for x, colour in ((118, "#3A7CA5"), (438, "#1F6A43"))
    )
    return (
        '<path fill="#F3ECDF" fill-rule="evenodd" '
        'd="M0 0h640v300H0zM60 50h160v96H60zm180 0h160v96H240zm180 0h160v96H420z"/>'
        '<path fill="none" stroke="#fff" stroke-width="7" '
        'd="M60 50h160v96H60zm180 0h160v96H240zm180 0h160v96H420zM140 50v96m180-96v96m180-96v96"/>'
        + ground(300, "#C4B18F", "#B29D78")
        + '<path stroke="#46586A" stroke-width="4" d="M320 0v92"/>'
        '<path fill="#F2B233" d="M276 124c4-26 20-36 44-36s40 10 44 36z"/>'
        '<path fill="#FCE4B0" opacity=".55" d="m276 124-52 108h192l-52-108z"/>'
        + screens
        + '<path fill="#B07F4C" d="M72 232h496v16H72z"/><path fill="#8A5E33" d="M90 248h16v72H90zm444 0h16v72h-16z"/>'
        + seats
        + '<path fill="#F6EDDD" d="M300 212h24v20h-24z"/><path fill="#B7644A" d="M344 210h30l-5 22h-20z"/>'
        '<path fill="#2F7350" d="M359 210c-20-8-20-26-14-34 10 6 14 20 14 34 0-14 6-26 16-30 4 10-2 26-16 30z"/>'
        + bush(608, 320, 16 + light % 2)
    )


def school(light: int) -> str:
    """Draw a small school, its courtyard and its flag-like bunting: learning and children."""
    flags = "".join(
        f'<path fill="{("#D9572F", "#F2B233", "#3A7CA5", "#1F6A43")[k % 4]}" '
        f'd="M{44 + k * 46} {70 + (k * (12 - k)) // 3}h26l-13 26z"/>'
        for k in range(12)
    )
    return (
        sun(566, 60, 26)
        + ground(296, "#D9D2C2", "#C7BEAB")
        + tree(72, 296, 132, light)
        + tree(584, 296, 118, light + 1)
        + '<path fill="#F3E7D2" d="M140 152h360v144H140z"/><path fill="#A3563F" d="m122 154 34-42h328l34 42z"/>'
        '<path fill="#F7F0E2" d="M268 110h104v186H268z"/><path fill="#8A4A36" d="m256 112 64-46 64 46z"/>'
        '<circle cx="320" cy="136" r="18" fill="#fff" stroke="#123651" stroke-width="5"/>'
        '<path stroke="#123651" stroke-width="4" stroke-linecap="round" d="M320 126v10l7 5"/>'
        + windows((162, 180), (216, 180), (388, 180), (442, 180), w=36, h=52)
        + '<path fill="#1C4B6E" d="M290 212h60v84h-60z"/>'
        '<path fill="#BFD6E2" d="M298 222h20v40h-20zm24 0h20v40h-20z"/><path fill="#46586A" d="M286 184h68v14h-68z"/>'
        '<path fill="none" stroke="#46586A" stroke-width="3" d="M30 64c150 40 430 40 580 0"/>' + flags
    )
