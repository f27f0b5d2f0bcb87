"""Rules of functions: a set that must be there, functions that share one site."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lifecircle.checks.facts import fact_texts, list_items
from lifecircle.checks.inputs import Inputs, cached
from lifecircle.checks.levels import scoped, units_at
from lifecircle.checks.measures.rows import begin_rows, shown_unit, told
from lifecircle.checks.measures.sites import site_units
from lifecircle.checks.places import canonical, level_key
from lifecircle.checks.serving import in_use, offered, serving
from lifecircle.checks.units import representative_points

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame

    from lifecircle.model import District, Rule

__all__ = ["CLASSES_OF", "co_location_rows", "function_rows", "functions_there"]

CLASSES_OF = {
    "公共安全": ("GOV.POLICE", "SAF.SHELTER"),
    "社会福利": ("ELD.", "CHD.HOME"),
    "娱乐休闲": ("OPEN.", "CUL.STATION"),
    "公共卫生": ("HLT.",),
    "文化体育": ("CUL.", "SPT."),
    "科普教育": ("EDU.CITIZEN", "CUL.STATION"),
    "社区金融": ("FIN.BANK",),
    "社区办公": ("SVC.COMM",),
    "养老": ("ELD.STATION", "ELD.DAYCARE"),
    "托育": ("CHD.NURSERY",),
    "儿童托管": ("CHD.HOME",),
    "助餐": ("ELD.CANTEEN",),
    "幼儿园": ("CHD.KG",),
    "社区基本公共服务配套": ("SVC.",),
    "公共服务设施": ("SVC.",),
    "社区便民商业配套": (
        *("COM.MARKET", "COM.SUPER", "COM.CONV", "COM.POST", "COM.SERVICE"),
    ),
    "交通设施": ("TRA.",),
    "绿地广场": ("OPEN.",),
    "绿地游园": ("OPEN.PARK",),
    "图书室": ("CUL.",),
    "体育活动室": ("SPT.",),
}
"""Words of the sources -> classes that offer the function (TAXONOMY, function
vocabularies). A function that no class offers must be named in a table."""


def functions_there(
    required: tuple[str, ...], *, named: set[str], classes: set[str]
) -> set[str]:
    """Which of the required functions are present.

    A function is there if a table names it, or a facility of a class that offers it
    is there; a class code (or its beginning, ``HLT.``) stands for itself.

    Parameters
    ----------
    required : tuple of str
        Functions in the words of the source, or class codes.
    named : set of str
        Functions that tables name.
    classes : set of str
        Facility classes present.

    Returns
    -------
    set of str
        Part of ``required``.

    Examples
    --------
    >>> there = functions_there(
    ...     ("公共卫生", "社区金融", "助餐"), named={"助餐"}, classes={"HLT.PHARM"}
    ... )
    >>> sorted(there)
    ['公共卫生', '助餐']
    """
    return {
        name
        for name in required
        if name in named
        or any(code.startswith(CLASSES_OF.get(name, (name,))) for code in classes)
    }


def function_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Count the functions that every unit has.

    ``superset``: how many of ``functions`` are there; ``count>=``: the same where
    the source names at least as many as it asks for, else how many there are at all
    (Decheng DC-R11: more than 20, five of them named). Functions come from the fact
    in ``inputs``; without one, from the function texts of facilities of ``classes``
    and from the classes present (RULES.md 3.1, TAXONOMY). Without any text the
    count is a lower bound; NaN where nothing is known.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``function_set``.

    Returns
    -------
    DataFrame
        Rows for ``judge``; numerator functions present, denominator functions named.

    Examples
    --------
    C1 has a canteen (meals) and home care; of C2, whose canteen is not yet open, no
    table names a function.

    >>> from dataclasses import replace
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(read_rule_book("hefei").rules[0], op="count>=", value_min=2.0)
    >>> rule = replace(rule, functions=("养老", "托育", "助餐"))
    >>> function_rows(prepare(toy.district, None), rule)["measured"].tolist()
    [2.0, nan]
    """
    units, take = scoped(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure=shown_unit(rule))
    texts = _texts(inputs, rule)
    classes = _classes(inputs, rule)
    asked = float(rule.value_min or rule.functions_min or len(rule.functions))
    if rule.functions_min is not None:
        asked = float(rule.functions_min)
    within_list = rule.op == "superset" or len(rule.functions) >= asked
    counts, unknown = np.zeros(len(take)), np.zeros(len(take), dtype=bool)
    for row, unit in enumerate(take.tolist()):
        named = set(texts[unit] or ())
        found = functions_there(rule.functions, named=named, classes=classes[unit])
        counts[row] = len(found) if within_list else len(found | named)
        unknown[row] = texts[unit] is None
    missing = rule.inputs[0] if rule.inputs else "functions"
    silent = unknown & (counts == 0)
    counts[silent] = np.nan
    return rows.assign(
        op=">=",
        measured=counts,
        numerator=counts,
        denominator=float(len(rule.functions)) if rule.functions else np.nan,
        threshold_min=asked,
        threshold_max=np.nan,
        exposed=units["households"].to_numpy(dtype=float),
        reason=told(silent, "checks.functions_unknown"),
        reason_if_short=told(unknown, "checks.functions_unknown"),
        missing_inputs=told(unknown, missing),
    )


def _texts(inputs: Inputs, rule: Rule) -> list[tuple[str, ...] | None]:
    """Functions that tables name, by unit; None where none is named."""
    if rule.inputs:
        cells = [fact_texts(inputs, rule.level, fact) for fact in rule.inputs]
        return [
            tuple(item for text in texts if text for item in list_items(text))
            if any(texts)
            else None
            for texts in zip(*cells, strict=True)
        ]
    facilities = inputs.district.facilities.set_index("facility_id")["functions"]
    found: list[tuple[str, ...] | None]
    found = [None] * len(units_at(inputs, rule.level, rule.classes))
    links = (
        offered(inputs, rule)
        .drop_duplicates("facility_id")
        .merge(serving(inputs, canonical(rule.level), rule.classes), on="facility_id")
    )
    for facility, unit in zip(links["facility_id"], links["unit"], strict=True):
        text = facilities[facility]
        if isinstance(text, str) and text.strip():
            found[unit] = (*(found[unit] or ()), *list_items(text))
    return found


def _classes(inputs: Inputs, rule: Rule) -> list[set[str]]:
    """Facility classes in use in every unit."""
    key = (rule.statuses, *level_key("classes", rule.level, rule.classes))
    made: list[set[str]] = cached(inputs, key, lambda: _class_sets(inputs, rule))
    return made


def _class_sets(inputs: Inputs, rule: Rule) -> list[set[str]]:
    district = inputs.district
    ids = in_use(district, rule.statuses)["facility_id"]
    classes = district.facility_classes
    classes = classes[classes["facility_id"].isin(ids)]
    if canonical(rule.level) == "facility":
        return _on_sites(district, in_use(district, rule.statuses), classes)
    links = classes.merge(
        serving(inputs, canonical(rule.level), rule.classes), on="facility_id"
    )
    made: list[set[str]]
    made = [set() for _ in range(len(units_at(inputs, rule.level, rule.classes)))]
    for unit, name in links[["unit", "facility_class"]].to_numpy():
        made[unit].add(str(name))
    return made


def _on_sites(
    district: District, use: GeoDataFrame, classes: DataFrame
) -> list[set[str]]:
    """Classes on the site of every facility: its own and those inside its outline."""
    of: dict[str, set[str]] = {}
    for facility, name in classes[["facility_id", "facility_class"]].to_numpy():
        of.setdefault(str(facility), set()).add(str(name))
    facilities = district.facilities
    sets = [set(of.get(str(name), set())) for name in facilities["facility_id"]]
    ids = use["facility_id"].to_numpy(dtype=object)
    tree = shapely.STRtree(representative_points(use))
    sites = facilities.geometry.to_numpy()
    for site, other in zip(*tree.query(sites, predicate="covers"), strict=True):
        sets[site] |= of.get(str(ids[other]), set())
    return sets


def co_location_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Count the classes of facilities that share the site of each centre.

    ``number of classes offered on the site's polygon``, its own included (Baohe
    BH-R09, 集中布置; the source gives no distance, so functions share one site
    polygon; RULES.md 3.1). Where only one class is found, a site that is only a point
    is not assessed, nor one among lists that may lack facilities: that no other
    class was found there proves nothing (0b.10).

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``co_location``; ``classes`` are the centres.

    Returns
    -------
    DataFrame
        Rows for ``judge``, one a centre; measured classes on the site.

    Examples
    --------
    The community centre offers service rooms and home care.

    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = read_rule_book("hefei").rules[0]
    >>> co_location_rows(prepare(toy.district, None), rule)["measured"].tolist()
    [2.0]
    """
    units = site_units(inputs, rule).drop_duplicates("facility_id", ignore_index=True)
    rows = begin_rows(units, rule, unit_of_measure="classes")
    district = inputs.district
    sites = district.facilities.geometry.to_numpy()[units["position"]]
    on_site = _classes(inputs, replace(rule, level="facility"))
    count = np.array([len(on_site[row]) for row in units["position"]], dtype=float)
    flat = shapely.area(np.asarray(sites, dtype=object)) == 0
    alone = count < 2
    missing = np.where(flat, "checks.no_polygon", "checks.class_incomplete")
    unproven = alone & (flat | (not _others_complete(district, rule)))
    return rows.assign(
        measured=np.where(unproven, np.nan, count),
        numerator=count,
        exposed=1.0,
        affected_unit="facilities",
        reason=told(unproven, missing),
    )


def _others_complete(district: District, rule: Rule) -> bool:
    """Whether other classes than the rule's are listed, and every list is complete."""
    complete = district.complete_classes
    listed = set(district.facility_classes["facility_class"])
    return listed <= complete and bool(complete - set(rule.classes))
