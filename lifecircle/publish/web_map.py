"""review.html: one file that works offline, our code and data inlined."""

from __future__ import annotations

import hashlib
import html
import re
import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from lifecircle.errors import ResultError
from lifecircle.publish.backdrop import backdrop_data, picture_text, tile_origins
from lifecircle.publish.bare_code import bare_script, bare_style
from lifecircle.publish.card_figures import board_columns, served_bands
from lifecircle.publish.disclosure import disclosed
from lifecircle.publish.headline import judged, opening_rule
from lifecircle.publish.layers import map_layers
from lifecircle.publish.pack import packed
from lifecircle.publish.records import (
    district_facts,
    findings_columns,
    provenance,
    rule_cards,
)
from lifecircle.publish.wording import LANGUAGES, naming, words
from lifecircle.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from lifecircle.model import Assessment
    from lifecircle.text import Language

__all__ = ["write_map"]

FORMAT = 3
STYLES = (
    "tokens.css",
    "page.css",
    "panel.css",
    "card.css",
    "table.css",
    "plan.css",
    "backdrop.css",
    "print.css",
)
SCRIPTS = (
    "i18n.js",
    "decode.js",
    "palette.js",
    "facts.js",
    "draw_ground.js",
    "draw_theme.js",
    "draw_marks.js",
    "labels.js",
    "along.js",
    "backdrop.js",
    "canvas_layer.js",
    "hit.js",
    "rule_menu.js",
    "panel.js",
    "community_card.js",
    "building_card.js",
    "legend.js",
    "plan.js",
    "units.js",
    "draw_plan.js",
    "swipe.js",
    "table.js",
    "menus.js",
    "measure.js",
    "about.js",
    "sheet.js",
    "keyboard.js",
    "main.js",
)
"""In the order they run."""

_SLOT = re.compile(r"<!-- slot:(\w+) -->")


def write_map(study: Assessment, path: str | Path, *, lang: Language = "zh") -> None:
    """Write the review map: one HTML file that asks the network for nothing.

    Parameters
    ----------
    study : Assessment
        A finished study.
    path : str or Path
        File to write.
    lang : {"zh", "en"}
        Language that the page opens in; it can switch.

    Raises
    ------
    ResultError
        If a vendored asset is not the one that its hash names.

    Examples
    --------
    >>> write_map(study, "out/review.html")  # doctest: +SKIP
    """
    from pathlib import Path

    Path(path).write_bytes(page(study, lang=lang).encode("utf-8"))


def page(study: Assessment, *, lang: Language = "zh") -> str:
    """The review map as text.

    Raises
    ------
    ResultError
        If a vendored asset is not the one that its hash names.
    """
    study = disclosed(study)
    static = files("lifecircle.publish") / "static"
    vendor = vendored(static / "vendor")
    config = study.district.config
    name = config.name if lang == "zh" else config.name_en or config.name
    data = packed(_data(study, lang))
    slots = {
        "lang": "zh-CN" if lang == "zh" else "en",
        "title": html.escape(say("publish.page_title", lang, {"name": name})),
        "styles": "\n".join(
            bare_style(sheet)
            for sheet in (
                vendor["leaflet/leaflet.css"],
                *(_text(static / name) for name in STYLES),
            )
        ),
        "leaflet": vendor["leaflet/leaflet.js"].replace("//# sourceMappingURL=", "// "),
        "core": bare_script(_text(static / "core.js")),
        "inflate": bare_script(
            _module("LC.inflate", _mended(vendor["tiny-inflate/tiny-inflate.js"]))
        ),
        "scripts": "\n".join(bare_script(_text(static / name)) for name in SCRIPTS),
        "data": data.text,
        "bytes": f"{data.stream_bytes},{data.bytes}",
        "picture": picture_text(study.district.picture),
        "origins": "".join(f" {one}" for one in tile_origins(config.base_map)),
        "licence": html.escape(_licences(vendor)),
    }
    template = _text(files("lifecircle.publish") / "templates" / "review.html")
    return _SLOT.sub(lambda slot: slots[slot[1]], template)


def _data(study: Assessment, lang: Language) -> dict[str, Any]:
    config = study.district.config
    return {
        "format": FORMAT,
        "lang": lang,
        "text": {
            one: words(naming(study.district.communities), one) for one in LANGUAGES
        },
        "facts": district_facts(study),
        "layers": map_layers(study),
        "backdrop": backdrop_data(study.district),
        "findings": findings_columns(study),
        "opening": opening_rule(study.findings),
        "judged": judged(study.findings.rows),
        **rule_cards(study.findings.books, config.adopted_books),
        "served": served_bands(study),
        "board": board_columns(study),
        "about": provenance(study),
    }


def _mended(inflate: str) -> str:
    """Its stored blocks: a whole byte is unread too, and no bit is left for the next.

    zlib stores a block where deflating it saves nothing.
    """
    return inflate.replace("d.bitcount > 8", "d.bitcount >= 8").replace(
        "d.bitcount = 0;", "d.bitcount = d.tag = 0;"
    )


def _module(name: str, script: str) -> str:
    """A CommonJS module as the value of a name; its own names stay inside."""
    head = f"{name} = (function () {{\nconst module = {{ exports: {{}} }};\n"
    return f"{head}{script}\nreturn module.exports;\n}})();"


def _licences(vendor: Mapping[str, str]) -> str:
    texts = [
        f"{name.partition('/')[0]}\n{text.strip()}"
        for name, text in sorted(vendor.items())
        if name.endswith("LICENSE")
    ]
    return "\n\n".join(texts)


def vendored(folder: Traversable) -> dict[str, str]:
    """Vendored files by name, each checked against its hash.

    Parameters
    ----------
    folder : Traversable
        Holds ``VENDORED.toml``.

    Returns
    -------
    dict
        File name to text.

    Raises
    ------
    ResultError
        If a file is not the one that its hash names.
    """
    found = {}
    listed = tomllib.loads(_text(folder / "VENDORED.toml"))
    for name, sha256 in (
        pair for entry in listed.values() for pair in entry["sha256"].items()
    ):
        content = folder.joinpath(*name.split("/")).read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ResultError(
                where=f"static/vendor/{name}",
                what="the file is not the one listed in VENDORED.toml.",
                fix="Install lifecircle again.",
            )
        found[name] = content.decode("utf-8")
    return found


def _text(file: Traversable) -> str:
    return file.read_text(encoding="utf-8")
