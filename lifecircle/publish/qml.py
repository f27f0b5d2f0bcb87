"""Styles in QGIS's own words (QML): rules, their symbols, labels, names of fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Tree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Label", "Look", "filled", "line", "marker", "qml"]

_HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_VERSION = "3.22.0"


@dataclass(frozen=True, slots=True)
class Look:
    """What features look like that a filter finds.

    Attributes
    ----------
    filter : str
        A QGIS expression; empty = all.
    label : str
        In the legend.
    kind : {"fill", "line", "marker"}
        Of symbol.
    layers : tuple of (str, Mapping)
        Symbol layers, lowest first: class and properties.
    """

    filter: str
    label: str
    kind: str
    layers: tuple[tuple[str, Mapping[str, str]], ...]


@dataclass(frozen=True, slots=True)
class Label:
    """Names written on the map.

    Attributes
    ----------
    expression : str
        A QGIS expression.
    size_pt : float
        Of the letters.
    """

    expression: str
    size_pt: float = 9.0
    colour: str = "#1B1F23"
    bold: bool = field(default=False)


def _rgba(colour: str, opacity: float = 1.0) -> str:
    """QGIS's colour of #RRGGBB.

    Examples
    --------
    >>> _rgba("#DCE8F3", 0.5)
    '220,232,243,128'
    """
    parts = [str(int(colour[place : place + 2], 16)) for place in (1, 3, 5)]
    return ",".join([*parts, str(round(255 * opacity))])


def filled(
    colour: str,
    *,
    edge: str = "",
    edge_mm: float = 0.1,
    opacity: float = 1.0,
    style: str = "solid",
) -> tuple[str, dict[str, str]]:
    """A fill.

    Parameters
    ----------
    colour : str
        ``#RRGGBB``.
    edge : str
        Of the outline; empty = none.
    edge_mm : float
        Width of the outline.
    opacity : float
        Of the fill.
    style : str
        ``solid``, ``no``, ``b_diagonal``, ``horizontal``, ``vertical``.

    Returns
    -------
    tuple
        A symbol layer.

    Examples
    --------
    >>> filled("#FFFFFF")[1]["outline_style"]
    'no'
    """
    return "SimpleFill", {
        "color": _rgba(colour, opacity),
        "outline_color": _rgba(edge or colour),
        "outline_style": "solid" if edge else "no",
        "outline_width": f"{edge_mm:g}",
        "outline_width_unit": "MM",
        "style": style,
    }


def line(
    colour: str, width_mm: float, *, dash_mm: Sequence[float] = (), cap: str = "round"
) -> tuple[str, dict[str, str]]:
    """A line.

    Parameters
    ----------
    colour : str
        ``#RRGGBB``.
    width_mm : float
        On the screen and on paper.
    dash_mm : sequence of float
        Dashes and spaces; empty = a whole line.
    cap : {"round", "flat"}
        Ends.

    Returns
    -------
    tuple
        A symbol layer.

    Examples
    --------
    >>> line("#000000", 0.3, dash_mm=(1, 2))[1]["customdash"]
    '1;2'
    """
    return "SimpleLine", {
        "line_color": _rgba(colour),
        "line_width": f"{width_mm:g}",
        "line_width_unit": "MM",
        "line_style": "solid",
        "capstyle": "flat" if dash_mm else cap,
        "joinstyle": "round",
        "use_custom_dash": "1" if dash_mm else "0",
        "customdash": ";".join(f"{length:g}" for length in dash_mm) or "5;2",
        "customdash_unit": "MM",
    }


def marker(
    colour: str, *, shape: str = "square", size_mm: float = 2.4, edge: str = "#FFFFFF"
) -> tuple[str, dict[str, str]]:
    """A sign at a point.

    Parameters
    ----------
    colour, edge : str
        ``#RRGGBB``.
    shape : str
        ``square``, ``circle``, ``triangle``, ``diamond``.
    size_mm : float
        Across.

    Returns
    -------
    tuple
        A symbol layer.

    Examples
    --------
    >>> marker("#000000")[1]["name"]
    'square'
    """
    return "SimpleMarker", {
        "color": _rgba(colour),
        "name": shape,
        "outline_color": _rgba(edge),
        "outline_style": "solid",
        "outline_width": "0.3",
        "outline_width_unit": "MM",
        "size": f"{size_mm:g}",
        "size_unit": "MM",
    }


def qml(
    looks: Sequence[Look],
    *,
    label: Label | None = None,
    aliases: Mapping[str, str] | None = None,
) -> str:
    """A layer's style as QGIS saves it.

    Parameters
    ----------
    looks : sequence of Look
        In the order of the legend.
    label : Label, optional
        Names on the map.
    aliases : Mapping, optional
        Field to the name that a person reads.

    Returns
    -------
    str
        QML; the same looks give the same text.

    Examples
    --------
    >>> text = qml([Look("", "社区", "fill", (filled("#FFFFFF"),))])
    >>> text.count("<symbol "), "RuleRenderer" in text
    (1, True)
    """
    root = Tree.Element("qgis", version=_VERSION, labelsEnabled=str(int(bool(label))))
    renderer = Tree.SubElement(root, "renderer-v2", type="RuleRenderer")
    renderer.set("symbollevels", "0")
    rules = Tree.SubElement(renderer, "rules", key="all")
    symbols = Tree.SubElement(renderer, "symbols")
    for place, look in enumerate(looks):
        rule = Tree.SubElement(rules, "rule", key=f"rule{place}", symbol=str(place))
        rule.set("label", look.label)
        if look.filter:
            rule.set("filter", look.filter)
        symbol = Tree.SubElement(symbols, "symbol", type=look.kind, name=str(place))
        symbol.set("alpha", "1")
        for kind, properties in look.layers:
            layer = Tree.SubElement(symbol, "layer", enabled="1", locked="0")
            layer.set("class", kind)
            layer.set("pass", "0")
            for key, value in properties.items():
                Tree.SubElement(layer, "prop", k=key, v=value)
    if label:
        _labelled(root, label)
    if aliases:
        names = Tree.SubElement(root, "aliases")
        for place, (name, said) in enumerate(aliases.items()):
            Tree.SubElement(names, "alias", field=name, name=said, index=str(place))
    return _HEAD + Tree.tostring(root, encoding="unicode")


def _labelled(root: Tree.Element, label: Label) -> None:
    labeling = Tree.SubElement(root, "labeling", type="simple")
    settings = Tree.SubElement(labeling, "settings", calloutType="simple")
    style = Tree.SubElement(
        settings,
        "text-style",
        fieldName=label.expression,
        isExpression="1",
        fontFamily="Microsoft YaHei",
        fontSize=f"{label.size_pt:g}",
        fontSizeUnit="Point",
        fontWeight="75" if label.bold else "50",
        textColor=_rgba(label.colour),
    )
    Tree.SubElement(
        style,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.8",
        bufferSizeUnits="MM",
        bufferColor="255,255,255,255",
    )
    Tree.SubElement(settings, "placement", placement="0", priority="5")
    Tree.SubElement(settings, "rendering", obstacle="0", displayAll="0")
