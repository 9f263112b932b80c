"""Out of doors: a wetland, a sports ground, a community forest."""

from marketplace.web.scenes.nature import ground, poplar, sun, tree, windows


def wetland(light: int) -> str:
    """Draw a marsh, its reeds and a heron."""
    reeds = "".join(
        f'<path d="M{x} 356c-4-40 2-70 {lean} -{height}"/>'
        f'<ellipse cx="{x + lean}" cy="{356 - height - 14}" rx="5" ry="16"/>'
        for x, height, lean in ((36, 96, 4), (58, 124, 8), (82, 88, -4), (560, 104, -6), (586, 132, 4), (612, 92, 6))
    )
    return (
        sun(150, 92, 34)
        + poplar(452, 232, 100)
        + poplar(480, 236, 78, 3)
        + tree(330, 236, 66, light)
        + tree(372, 238, 50, 3)
        + '<path fill="#8AAE6C" d="M0 232c200-14 440-10 640 2v126H0z"/>'
        '<path fill="#7FB6CF" d="M70 268c120-28 420-30 560 4 40 34-120 84-340 84S10 312 70 268z"/>'
        '<path fill="none" stroke="#CFE4EF" stroke-width="4" stroke-linecap="round" '
        'd="M150 296h84m120-18h60m-120 50h96m70-26h70"/>'
        '<g fill="none" stroke="#46586A" stroke-width="5" stroke-linecap="round"><path d="M268 300v-44m22 44v-44"/>'
        "</g>"
        '<path fill="#E4EDF1" d="M236 232c14-26 56-28 78-2 4 22-28 34-52 28-16-4-28-14-26-26z"/>'
        '<path fill="#7C8E9A" d="M232 240c30-16 60-14 76 0-22 14-56 16-76 0z"/>'
        '<path fill="none" stroke="#E4EDF1" stroke-width="11" stroke-linecap="round" d="M308 232c24-14 4-44 18-64"/>'
        '<circle cx="328" cy="164" r="11" fill="#E4EDF1"/><path fill="#F2B233" d="m336 158 34 8-34 6z"/>'
        '<path fill="none" stroke="#14232E" stroke-width="4" stroke-linecap="round" d="M326 156c-10-4-18-2-26 4"/>'
        f'<g fill="#7A4E37" stroke="#4B8E68" stroke-width="5">{reeds}</g>'
    )


def sports_ground(light: int) -> str:
    """Draw a village pitch, its goal and its club house."""
    shirt = ("#D9572F", "#1C4B6E", "#F2B233", "#1F6A43")[light % 4]
    net = "".join(f"M{406 + k * 22} 180v92" for k in range(8)) + "".join(f"M390 {196 + k * 18}h186" for k in range(4))
    return (
        sun(552, 70, 28)
        + tree(40, 242, 110, light)
        + tree(612, 240, 96, light + 1)
        + '<path fill="#F3E7D2" d="M92 150h210v92H92z"/><path fill="#A3563F" d="m74 152 34-46h178l34 46z"/>'
        + windows((112, 170), (164, 170), w=34, h=30)
        + f'<path fill="{shirt}" d="M228 172h50v70h-50z"/><path fill="#FCE4B0" d="M236 182h34v26h-34z"/>'
        '<path fill="#6FA05F" d="M0 238h640v122H0z"/><path fill="#7FB06C" d="M0 264h640v30H0zm0 60h640v36H0z"/>'
        '<path fill="none" stroke="#fff" stroke-width="5" d="M0 300h640M330 300c20-30 282-30 302 0"/>'
        f'<path stroke="#fff" stroke-opacity=".55" stroke-width="2" d="{net}"/>'
        '<path fill="none" stroke="#fff" stroke-width="8" stroke-linejoin="round" d="M388 276v-98h190v98"/>'
        '<circle cx="262" cy="318" r="22" fill="#fff"/><path fill="#14232E" d="m262 308 10 7-4 12h-12l-4-12z"/>'
        '<path stroke="#14232E" stroke-width="3" d="M262 308v-11m10 18 11-4m-15 16 7 9m-19-9-7 9m3-21-11-4"/>'
    )


def post(light: int) -> str:
    """Draw a village counter: parcels, letters and a helping hand."""
    front = ("#F2B233", "#3A7CA5", "#F2B233", "#1F6A43")[light % 4]
    return (
        ground(298)
        + tree(62, 298, 128, light)
        + poplar(596, 298, 130)
        + '<path fill="#F3E7D2" d="M130 112h380v186H130z"/><path fill="#54687B" d="m112 114 40-54h336l40 54z"/>'
        + windows((166, 130), (300, 130), (434, 130))
        + f'<path fill="{front}" d="M150 178h340v24H150z"/>'
        f'<path fill="#14232E" opacity=".25" d="M150 198h340v4H150z"/>'
        '<path fill="#fff" d="M300 181h40v18h-40z"/>'
        '<path fill="none" stroke="#1C4B6E" stroke-width="3" d="m300 181 20 11 20-11"/>'
        '<path fill="#2C3F4D" d="M166 208h150v72H166z"/><path fill="#FBE3B4" d="M174 214h134v66H174z"/>'
        '<path fill="#B07F4C" d="M184 248h44v32h-44zm50 12h34v20h-34zm10-28h30v28h-30z"/>'
        '<path stroke="#F6EDDD" stroke-width="4" d="M206 248v32m45-20v20m8-48v28"/>'
        '<path fill="#1C4B6E" d="M348 208h58v90h-58z"/><path fill="#BFD6E2" d="M356 216h42v50h-42z"/>'
        '<path fill="#E4EDF1" d="M428 214h46v48h-46z"/>'
        '<path stroke="#46586A" stroke-width="3" d="M436 226h30m-30 10h30m-30 10h20"/>'
        f'<path fill="{front}" d="M530 232h38v44h-38z"/><path fill="#14232E" d="M536 242h26v6h-26z"/>'
        '<path fill="#46586A" d="M545 276h8v22h-8z"/>'
    )
