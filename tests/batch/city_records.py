"""Records of finished districts, made by hand: small enough to add up in the head."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from lifecircle.batch.city import City, CityDistrict
from lifecircle.batch.journal import FORMAT, Journal, _write
from lifecircle.batch.keys import Ingredients
from lifecircle.batch.summary import FINDING_COLUMNS

SQUARE = "POLYGON ((117 31, 117.05 31, 117.05 31.05, 117 31.05, 117 31))"


def rule(edition="e1", *, force="must", level="community", **counts):
    return {
        "zh": "每百户面积",
        "en": "Area per 100 households",
        "book_id": "hefei",
        "force": force,
        "level": level,
        "draft": False,
        "edition": edition,
        "counts": counts,
    }


def finding(rule_id, unit_id, verdict, measured=None, shortfall=None, **more):
    row = dict.fromkeys(FINDING_COLUMNS)
    row |= {"rule_id": rule_id, "book_id": "hefei", "level": "community"}
    row |= {"unit_id": unit_id, "unit_name": f"{unit_id}社区", "verdict": verdict}
    row |= {"measured": measured, "shortfall": shortfall, "unit_of_measure": "m2"}
    return {**row, **more}


def reached(rule_id, amount, unserved, not_assessed=0):
    served = None if unserved is None else amount - unserved - not_assessed
    return {
        "rule_id": rule_id,
        "facility_class": "ELD.CANTEEN",
        "level": "district",
        "weight": "households",
        "amount": amount,
        "served": served,
        "unserved": unserved,
        "not_assessed": not_assessed,
    }


def missing(rule_id, missing_m2, not_assessed=0):
    return {
        "rule_id": rule_id,
        "facility_class": "SVC.COMM",
        "level": "district",
        "missing_m2": missing_m2,
        "short": 1,
        "met": 2,
        "not_assessed": not_assessed,
    }


def record(ident="d1", *, findings=(), rules=None, made_of=None, **told):
    """As the journal keeps it; ``told`` takes the place of parts of the summary."""
    about = {"id": ident, "name": ident, "name_en": "", "as_of": "2026-06-30"}
    about |= {"synthetic": False, "disclosure": "internal", "map_approval": ""}
    totals = {"households": 100, "households_estimated": 0, "communities": 3}
    rows = {"rows_read": 10, "rows_used": 9, "rows_rejected": 1, "rows_merged": 0}
    summary = {
        "district": {**about, **told.pop("district", {})},
        "totals": {**totals, **told.pop("totals", {})},
        "rows": rows,
        "requirements": {"must_met": 6, "must_assessed": 8},
        "reached": [],
        "missing_area": [],
        "findings": {name: [row[name] for row in findings] for name in FINDING_COLUMNS},
        "rules": rules or {},
        "outline": SQUARE,
        **told,
    }
    made = asdict(made_of or Ingredients({"a.shp": "1"}, {"hefei": "1"}))
    return {
        "district_id": ident,
        "key": "k",
        "made_of": made,
        "seconds": 1.5,
        "summary": summary,
        "files": {},
        "format": FORMAT,
    }


def city_of(names):
    """A city of districts by id and name; their folders are their ids."""
    districts = tuple(
        CityDistrict(ident, name, ident, Path(f"{ident}.toml"), None, {})
        for ident, name in names.items()
    )
    return City("c", "青城市", "Qingcheng", districts)


def journal_of(out, done, before=()):
    """A journal of an output folder that holds these records."""
    for part, records in (("done", done), ("before", before)):
        folder = out / ".batch" / part
        folder.mkdir(parents=True, exist_ok=True)
        for one in records:
            path = folder / f"{one['district_id']}.json"
            _write(path, one)
    return Journal(out)
