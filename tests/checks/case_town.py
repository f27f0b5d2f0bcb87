"""Towns built from the cases of ``cases.tsv``: what a case gives, and nothing else.

Every case of a unit's rule is a place of its own, 12 km from the next, so that many
cases share one town. Cases of the whole share a city of ten urban and ten rural
communities, each with 1,000 persons, 400 households and 100 elderly.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from shapely import LineString, MultiPolygon, Point

from lifecircle.checks.evaluate import check
from lifecircle.columns import ACCESS
from lifecircle.conftest import at, make_config, make_district
from lifecircle.standards.facts import facts
from lifecircle.standards.rulebook import book_ids, read_rule_book
from tests.checks import conftest as by

APART_M = 12_000
SPEED_M_PER_MIN = {"adult": 66.0, "elderly": 48.0}
PEOPLE = ("households", "persons", "elderly", "children_0_3")
REACH = ("walk_minutes_coverage", "walk_distance_coverage", "service_radius")
CITY = [f"U{n:02}" for n in range(10)] + [f"R{n:02}" for n in range(10)]


BOOKS = [read_rule_book(book_id) for book_id in book_ids()]
RULES = {rule.rule_id: rule for book in BOOKS for rule in book.rules}
# Books without a rule that the towns adopt: they lie where these rules bind.
PLACES = [
    replace(BOOKS[0], book_id=f"place-{code}", jurisdiction=code, rules=())
    for code in sorted({rule.jurisdiction for rule in RULES.values()} - {""})
]


class Case(NamedTuple):
    rule_id: str
    name: str
    given: dict[str, str]
    arithmetic: str
    measured: str
    unit: str
    threshold: str
    verdict: str
    shortfall: str
    why: str

    @property
    def unit_id(self):
        return f"{self.rule_id} {self.name}"

    @property
    def is_partial(self):
        """Whether the lists of the rule's classes may lack facilities."""
        return "partial" in self.given


def given_of(text):
    parts = (part.partition("=") for part in text.split())
    return {name: value for name, _, value in parts}


def number(text: str) -> float:
    """``?`` is unknown."""
    return float("nan") if text == "?" else float(text)


@dataclass
class Town:
    """Rows of the tables of a town."""

    rows: dict[str, list] = field(default_factory=dict)
    registers: list = field(default_factory=list)
    walks: list = field(default_factory=list)
    complete: set = field(default_factory=set)
    partial: set = field(default_factory=set)
    taken: set = field(default_factory=set)
    rules: dict = field(default_factory=dict)
    cases: dict = field(default_factory=dict)
    places: int = 0

    def add(self, table, **row):
        self.rows.setdefault(table, []).append(row)

    def fits(self, rule, case) -> bool:
        """Whether no other case here says otherwise of the same classes or facts."""
        classes = classes_of(rule)
        clash = self.complete if case.is_partial else self.partial
        return not (classes & clash or keys_of(rule, case) & self.taken)

    def take(self, rule, case):
        (self.partial if case.is_partial else self.complete).update(classes_of(rule))
        self.taken |= keys_of(rule, case)
        self.rules[rule.rule_id] = rule
        self.cases.setdefault(rule.rule_id, []).append(case.name)
        if group_of(rule, case)[0] == "city":
            in_the_city(self, rule, case)
        else:
            at_a_place(self, rule, case, self.places * APART_M)
        self.places += 1

    def judged(self, **config):
        """Findings of the rules here, each by its own book, all adopted."""
        tables = {name: rows for name, rows in self.rows.items() if name != "registers"}
        adopted = tuple(book.book_id for book in (*BOOKS, *PLACES))
        config = {"profile": "full", "adopted_books": adopted, **config}
        district = make_district(
            config=make_config(**config),
            complete_classes=self.complete,
            **tables,
        )
        if "no subdistricts" in self.taken:
            nowhere = district.communities.assign(subdistrict_id=None)
            district = replace(district, communities=nowhere)
        columns = ["level", "unit_id", "fact", "value", "text"]
        district = replace(
            district, registers=pd.DataFrame(self.registers, columns=columns)
        )
        access = pd.DataFrame(self.walks, columns=list(ACCESS))
        wanted = set(self.rules)
        for rule in self.rules.values():
            wanted |= set(rule.of_rules)
        some = [
            replace(book, rules=tuple(r for r in book.rules if r.rule_id in wanted))
            for book in BOOKS
        ]
        some = [book for book in some if book.rules]
        return check(district, access, *some, *PLACES).rows


def group_of(rule, case):
    """Cases of one group may share a town."""
    if rule.level == "circle":
        return ("units" if "circles" in case.given else "circles"), ""
    own = ("structure_levels", "phase_portfolio", "coverage_share_people")
    if rule.kind in own and not rule.inputs:
        return "own", rule.rule_id
    if rule.level == "catchment":
        return "catchments", "+".join(rule.classes)
    whole = rule.level in ("city", "district")
    return ("city", "") if whole else ("units", "")


def classes_of(rule):
    """Its own, and those of the rules that it rests on."""
    beneath = (RULES[name].classes for name in rule.of_rules)
    return {*rule.classes, *(name for part in beneath for name in part)}


def keys_of(rule, case):
    """What a case has for itself: of the whole, its classes and facts."""
    if group_of(rule, case)[0] == "own":
        return {"all"}
    if group_of(rule, case)[0] != "city":
        return set()
    return {*classes_of(rule), *rule.inputs}


def at_a_place(town, rule, case, x):
    """One community at x with whatever the case gives of it."""
    unit, given = case.unit_id, case.given
    home = unit if rule.level == "community" else f"{unit}@"
    shape = community_at(town, rule, case, x, home)
    if rule.level == "compound" or (rule.build, rule.level) == ("new", "facility"):
        count = number(given.get("households", "500"))
        counted = "planned_dwellings" if rule.build == "new" else "households"
        town.add(
            "compounds",
            compound_id=unit if rule.level == "compound" else f"{unit}#",
            community_id=home,
            geometry=by.square(x + 200, 200, 400),
            **{counted: count},
        )
    if rule.level == "grid":
        town.add("grids", grid_id=unit, community_id=home, geometry=shape)
    if rule.level == "circle" and "circles" not in given:
        build = rule.build if rule.build in ("new", "old_city") else None
        tier = {"circle_id": unit, "tier": rule.circle, "build": build}
        town.add("circles", **tier, geometry=shape)
    if rule.level in ("grid", "catchment", "circle") and set(given) & set(PEOPLE):
        crowd = people(given, PEOPLE)
        home_at(town, f"{unit} B", home, x + 310, crowd, grid_id=grid_of(rule, unit))
    facilities_at(town, rule, case, x, home)
    projects_at(town, rule, case, x)
    homes_at(town, rule, case, x, home)
    addresses_at(town, case, x, home)
    streets_at(town, case, x)
    for name in given.keys() & (facts().keys() - set(PEOPLE)):
        say(town, rule.level, unit, name, given[name])
    if "levels" in given:
        only_levels(town, given["levels"].split("+"))


def community_at(town, rule, case, x, home):
    """Its ground, its neighbour where it overlaps one, and its people."""
    unit, given = case.unit_id, case.given
    width, height = sides(given.get("ground", "1000x1000"))
    shape = by.square(x, 0, width, height)
    if given.get("parts") == "2":
        shape = MultiPolygon([shape, by.square(x, height + 100, width, height)])
    if given.get("overlaps") == "1":
        other = by.square(x + width - 10, 0, width, height)
        town.add("communities", community_id=f"{unit}'", geometry=other)
    counted = rule.level in ("community", "subdistrict", "city", "district")
    town.add(
        "communities",
        community_id=home,
        geometry=Point(at(x, 0)) if given.get("ground") == "?" else shape,
        settlement="urban" if rule.settlement == "any" else first(rule.settlement),
        affiliation=None if rule.affiliation == "any" else rule.affiliation,
        subdistrict_id=unit if rule.level == "subdistrict" else f"S {unit}",
        unit_kind=given.get("unit_kind", "community"),
        **(people(given, PEOPLE[:3]) if counted else {}),
    )
    return shape


def projects_at(town, rule, case, x):
    """So many projects of each status; where lists are partial, facilities instead."""
    if rule.kind != "phase_portfolio":
        return
    for status in ("built", "under_construction", "planned"):
        for n in range(int(case.given.get(status, 0))):
            name = f"{case.unit_id} {status} {n}"
            made = by.facility(name, rule.classes[0], x + 500, 500, status=status)
            table = "facilities" if case.is_partial else "projects"
            town.add(table, project_id=name, **made)


def grid_of(rule, unit):
    return unit if rule.level == "grid" else None


def first(names):
    return names.split("+")[0]


def sides(text):
    return [number(side) for side in text.split("x")] if text != "?" else (1000, 1000)


def people(given, names):
    return {name: number(given[name]) for name in names if name in given}


def home_at(town, building_id, home, x, crowd, *, y=300, **values):
    """A building that is a point, so that metres to it are exact."""
    methods = {"persons_method": "declared", "elderly_method": "declared"}
    town.add(
        "buildings",
        building_id=building_id,
        community_id=home,
        geometry=Point(at(x, y)),
        **{"households": 1.0, **crowd},
        **methods,
        **values,
    )


def say(town, level, unit, fact, text):
    """A fact of a register: a number, or a list in words; ``?`` is not there."""
    unit = "toy" if level in ("city", "district") else unit
    if text == "?":
        return
    try:
        town.registers.append((level, unit, fact, float(text), None))
    except ValueError:
        town.registers.append((level, unit, fact, np.nan, text))


def facilities_at(town, rule, case, x, home):
    """Facilities of the rule's classes at (300, 300), as many as the case says."""
    given = case.given
    of_site = rule.level in ("facility", "catchment") or rule.kind in (
        *("min_area", "min_width", "co_location"),
    )
    areas = given.get("area", "").split("+")
    listed = given.get("functions", "?")
    names = rule.classes[: max(len(areas), 1)]
    if rule.kind in REACH and rule.level == "community":
        names = rule.classes
    for order, name in enumerate(names):
        count = int(given["count"]) if "count" in given else 1
        for n in range(0 if rule.kind == "phase_portfolio" else count):
            own = order == n == 0 and of_site
            shape = Point(at(x + 300, 300))
            if "site" in given and given["site"] != "?":
                shape = by.square(x + 300, 300, *sides(given["site"]))
            facility_id = case.unit_id if own else f"{case.unit_id} {name} {n}"
            town.add(
                "facilities",
                facility_id=facility_id,
                facility_class=name,
                community_id=home,
                geometry=shape,
                functions=None if listed == "?" else listed,
                status=given.get("status", "built"),
            )
            if areas != [""]:
                basis = {"unspecified": "floor"}.get(rule.area_basis, rule.area_basis)
                room = by.room(facility_id, name, number(areas[order]))
                town.add("rooms", **room | {"area_basis": given.get("basis", basis)})
    for n, name in enumerate(filter(None, given.get("also", "").split("+"))):
        spot = f"{case.unit_id} also {n}", name, x + 310, 310
        town.add("facilities", **by.facility(*spot), community_id=home)


def homes_at(town, rule, case, x, home):
    """``90@15+10@15.1``: people by their minutes or metres to the facility."""
    weight = "persons" if rule.population == "all" else rule.population
    for n, part in enumerate(filter(None, case.given.get("homes", "").split("+"))):
        count, far = (number(text) for text in part.split("@"))
        building_id = f"{case.unit_id} B{n}"
        timed = rule.kind in ("walk_minutes_coverage", "coverage_share_people")
        straight = not rule.kind.startswith("walk") and not timed
        crowd = {"households": 1.0 if np.isnan(count) else count, "persons": count}
        crowd[weight] = count
        start, y = x + 300, 300
        if rule.level == "circle":
            # Metres are those from the middle of the circle.
            width, height = sides(case.given["ground"])
            start, y = x + width / 2, height / 2
        along = start + (far if straight else 10 * n)
        home_at(town, building_id, home, along, crowd, y=y)
        pace = SPEED_M_PER_MIN[rule.walker]
        walk_min, walk_m = (far, far * pace) if timed else (far / pace, far)
        if case.given.get("walks") == "?":
            continue
        for name in rule.classes:
            status = "+".join(rule.statuses)
            place = building_id, name, rule.walker, status
            town.walks.append((*place, walk_m, walk_min, f"{case.unit_id} {name} 0"))


def addresses_at(town, case, x, home):
    """``grids=1+0+2``: addresses by the number of grids that each lies in."""
    for n, part in enumerate(filter(None, case.given.get("grids", "").split("+"))):
        spot = x + 100 + 100 * n
        home_at(town, f"{case.unit_id} A{n}", home, spot, {})
        for m in range(0 if part == "?" else int(part)):
            name = f"{case.unit_id} G{n}{m}"
            shape = by.square(spot - 20, 280, 40)
            town.add("grids", grid_id=name, community_id=home, geometry=shape)


def streets_at(town, case, x):
    """So many streets of the community's height, evenly over its width."""
    count = int(case.given.get("streets", 0))
    width, height = sides(case.given.get("ground", "1000x1000"))
    for n in range(count):
        here = x + (n + 0.5) * width / count
        line = LineString([at(here, 0), at(here, height)])
        town.add("roads", road_id=f"{case.unit_id} R{n}", geometry=line)


def only_levels(town, named):
    """``levels=community+grid``: tables with a row; subdistricts are a column."""
    if "subdistrict" not in named:
        town.taken.add("no subdistricts")
    home, shape = town.rows["communities"][0]["community_id"], by.square(100, 100)
    if "compound" in named:
        town.add("compounds", compound_id="K", community_id=home, geometry=shape)
    if "building" in named:
        home_at(town, "B", home, 100, {})
    if "grid" in named:
        town.add("grids", grid_id="G", community_id=home, geometry=shape)


def in_the_city(town, rule, case):
    """What a case gives of the whole city, or of its units one by one."""
    if "communities" not in town.rows:
        for n, name in enumerate(CITY):
            town.add(
                "communities",
                **by.community(name, n * 2000, households=400.0, persons=1000.0),
                elderly=100.0,
                subdistrict_id=f"S {name}",
                settlement="urban" if name.startswith("U") else "rural",
            )
    given = case.given
    letters = {"any": "UR", "rural": "R"}.get(rule.settlement, "U")
    units = [name for name in CITY if name[0] in letters]
    units = ["toy"] if rule.denominator == "district" else units
    if "units" in given:
        yes, _ = given["units"].split("/")
        unknown = int(given.get("unknown", 0))
        for n, name in enumerate(units):
            answer = "1" if n < int(yes) else "?" if n < int(yes) + unknown else "0"
            of_unit(town, rule, name, answer)
    for name in given.keys() & (facts().keys() - set(PEOPLE)):
        say(town, rule.level, "toy", name, given[name])
    if "count" in given or "area" in given or "tiers" in given:
        facilities_at(town, rule, case, 0, "U00")
    for name in given.get("tiers", "").split("+"):
        if name:
            spot = f"{case.unit_id} {name}", name, 500, 500
            town.add("facilities", **by.facility(*spot), community_id="U00")


def of_unit(town, rule, name, answer):
    """A community, or its subdistrict, has it, has it not, or nobody knows."""
    level = rule.denominator or "community"
    if rule.inputs:
        unit = f"S {name}" if level == "subdistrict" else name
        for fact in rule.inputs:
            say(town, level, unit, fact, answer)
    elif rule.of_rules:
        # 420 m² for 400 households pass both rules, 399 m² only the one; ? is open.
        area = {"1": 420.0, "0": 399.0}.get(answer, np.nan)
        spot = f"{rule.rule_id} {name}", "SVC.COMM", CITY.index(name) * 2000 + 500, 500
        town.add("facilities", **by.facility(*spot), community_id=name)
        town.add("rooms", **by.room(spot[0], "SVC.COMM", area))
    elif answer == "1":
        spot = CITY.index(name) * 2000 + 500, 500
        facility_id = f"{rule.rule_id} {name}"
        made = by.facility(facility_id, rule.classes[0], *spot)
        town.add("facilities", **made, community_id=name)
