"""What things are called: units by what they are, codes by their words."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

import pandas as pd

from lifecircle.publish.class_labels import class_label
from lifecircle.text import sentences

if TYPE_CHECKING:
    from collections.abc import Callable

    from geopandas import GeoDataFrame
    from pandas import DataFrame, Series

    from lifecircle.model import Assessment, District
    from lifecircle.text import Language

__all__ = [
    "LANGUAGES",
    "code_words",
    "level_names",
    "named_units",
    "naming",
    "short_name",
    "unit_names",
    "words",
]

Naming = Literal["community", "approximate", "mixed"]

LANGUAGES: tuple[Language, ...] = ("zh", "en")
CATCHMENT = "approximate_catchment"
MARK = "近似"
_NAMINGS = ("approximate", "mixed")


def naming(communities: GeoDataFrame) -> Naming:
    """What the units of a study are: communities, approximate catchments, or both.

    Parameters
    ----------
    communities : GeoDataFrame
        ``District.communities``.

    Returns
    -------
    {"community", "approximate", "mixed"}
        A walking catchment is never called a community.

    Examples
    --------
    >>> naming(toy.district.communities)
    'community'
    """
    rough = communities["unit_kind"] == CATCHMENT
    if not rough.any():
        return "community"
    return "approximate" if rough.all() else "mixed"


def unit_names(communities: GeoDataFrame) -> dict[str, str]:
    """Names of the units by id; those of approximate catchments carry their mark.

    Parameters
    ----------
    communities : GeoDataFrame
        ``District.communities``.

    Returns
    -------
    dict
        ``community_id`` to name.

    Examples
    --------
    >>> sorted(unit_names(toy.district.communities))
    ['C1', 'C2']
    """
    mark = sentences("publish", "zh")["name_mark"]
    rows = communities[["community_id", "name", "unit_kind"]]
    return {
        str(key): f"{name}{mark}"
        if kind == CATCHMENT and MARK not in str(name)
        else str(name)
        for key, name, kind in rows.itertuples(index=False)
    }


def level_names(study: Assessment) -> dict[tuple[str, str], str]:
    """Names of the communities and of all that they are part of.

    Parameters
    ----------
    study : Assessment
        A finished study.

    Returns
    -------
    dict
        Level and unit id to name.
    """
    communities, config = study.district.communities, study.district.config
    streets = zip(
        communities["subdistrict_id"], communities["subdistrict_name"], strict=True
    )
    return {
        **{("community", key): name for key, name in unit_names(communities).items()},
        **{("subdistrict", str(key)): str(name) for key, name in streets},
        **{(level, config.district_id): config.name for level in ("district", "city")},
        ("city", "city"): config.name,
    }


def short_name(name: str) -> str:
    """渡口社区 is 渡口; what stands in brackets at the end is left out.

    Examples
    --------
    >>> short_name("渡口社区"), short_name("双府社区（近似范围）"), short_name("社区")
    ('渡口', '双府', '社区')
    """
    bare = name.split("（", 1)[0] if name.endswith("）") else name
    bare = bare or name
    for ending in ("社区", "居委会"):
        if bare.endswith(ending) and len(bare) > len(ending):
            return bare.removesuffix(ending)
    return bare


def named_units(rows: DataFrame, district: District) -> Series[str]:
    """Names of findings' units: catchments with their mark, grids with their place.

    Parameters
    ----------
    rows : DataFrame
        ``level``, ``unit_id``, ``unit_name``.
    district : District
        Its communities and grids.

    Returns
    -------
    Series
        第4网格 alone says nothing: 望溪 第4网格.
    """
    names = unit_names(district.communities)
    grids = district.grids[["grid_id", "name", "community_id"]]
    homes = {
        str(key): f"{short_name(names[home])} {name}"
        for key, name, home in grids.itertuples(index=False)
        if home in names and short_name(names[home]) not in str(name)
    }
    known = {"community": names, "grid": homes}
    said = [
        known.get(level, {}).get(key, name)
        for level, key, name in zip(
            rows["level"], rows["unit_id"], rows["unit_name"], strict=True
        )
    ]
    return pd.Series(said, index=rows.index, dtype=object)


@cache
def _all_words(lang: Language) -> dict[str, str]:
    checks = {
        name: text
        for name, text in sentences("checks", lang).items()
        if name.startswith(("unit_", "basis_", "robust_"))
    }
    network = {
        f"network.{name}": text for name, text in sentences("network", lang).items()
    }
    return {
        **network,
        **{f"plans.{name}": text for name, text in sentences("plans", lang).items()},
        **checks,
        **sentences("verdicts", lang),
        **sentences("publish", lang),
    }


def words(kind: Naming, lang: Language) -> dict[str, str]:
    """Every sentence of the outputs, with the word that the units deserve.

    Parameters
    ----------
    kind : {"community", "approximate", "mixed"}
        From ``naming``.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    dict
        Key to sentence; the entry ``approximate.x`` takes the place of ``x``.

    Examples
    --------
    >>> words("approximate", "zh")["level.community"]
    '近似服务范围'
    """
    text = dict(_all_words(lang))
    instead: dict[str, str] = {}
    for name in list(text):
        prefix, _, rest = name.partition(".")
        if rest and prefix in _NAMINGS:
            sentence = text.pop(name)
            if prefix == kind:
                instead[rest] = sentence
    return {**text, **instead}


@cache
def _facts(lang: Language) -> dict[str, str]:
    source = files("lifecircle") / "standards" / "facts.toml"
    entries = tomllib.loads(source.read_text(encoding="utf-8"))
    return {name: entry[lang] for name, entry in entries.items() if lang in entry}


def code_words(kind: Naming, lang: Language) -> dict[str, Callable[[str], str]]:
    """What codes are called, column by column of the frames.

    Parameters
    ----------
    kind : {"community", "approximate", "mixed"}
        From ``naming``.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    dict
        Column name to a function from code to word.

    Examples
    --------
    >>> code_words("community", "zh")["depends_on"]("walking_speed+unknown_gates")
    '步速、未知的围墙与大门'
    """
    text = words(kind, lang)
    comma = text["list_comma"]
    facts = _facts(lang)

    def named(prefix: str) -> Callable[[str], str]:
        return lambda code: text.get(f"{prefix}{code}", code)

    def listed(one: Callable[[str], str]) -> Callable[[str], str]:
        return lambda codes: comma.join(one(code) for code in codes.split("+"))

    def of_class(code: str) -> str:
        label = class_label(code)
        return label.zh if lang == "zh" else label.en

    def of_input(code: str) -> str:
        return text.get(f"input.{code}", facts.get(code, code))

    return {
        "verdict": named(""),
        "verdict_tolerant": named(""),
        "facility_class": listed(of_class),
        "level": named("level."),
        "walker": named("walker."),
        "weight": named("number."),
        "affected_unit": named("number."),
        "authority": named("authority."),
        "threshold_origin": named("origin_"),
        "unit_of_measure": named("unit_"),
        "basis": listed(named("basis_")),
        "op": named("op."),
        "grade": named("grade."),
        "target_due": named("target."),
        "inputs_used": listed(of_input),
        "missing_inputs": listed(of_input),
        "robust": named("robust_"),
        "depends_on": listed(named("depends.")),
    }
