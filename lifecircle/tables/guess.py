"""What a layer seems to be: which table, which columns, which coordinates, and why.

A guess is never used for reading. It goes into a starter district file or onto the
screen, each with its evidence, for a person to confirm.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from lifecircle.tables.aliases import aliases, bare, spoken
from lifecircle.tables.cells import is_missing, to_number, to_text, to_year
from lifecircle.tables.facts import TABLES, schema_of
from lifecircle.tables.guess_crs import CrsGuess, guess_crs
from lifecircle.tables.guess_values import guess_provider, guess_values
from lifecircle.tables.labels import label_columns
from lifecircle.tables.persons import personal_columns
from lifecircle.tables.read import ROW_NUMBER
from lifecircle.tables.schemas import NUMERIC, OUTLINES, SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecircle.tables.schemas import Field
    from lifecircle.tables.survey import Layer

__all__ = ["Evidence", "Guess", "guess"]

_TRUNCATED_BYTES = 8
"""Names of shapefile columns end at ten bytes; a character cut there is dropped."""
_NONE = "none"
"""Among the words of aliases.toml: layers that are for no table."""

_LAYER_WORD, _FILE_WORD, _OWN_NAME, _SHARED_NAME, _LEAST = 10, 6, 3, 1, 4


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """One reason for a guess.

    Attributes
    ----------
    key : str
        Sentence of ``inspect``.
    values : Mapping
        What the sentence needs.
    """

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Guess:
    """What a layer seems to be.

    Attributes
    ----------
    table : str
        Of the district's tables; empty if it is like none.
    columns : Mapping[str, str]
        Ours -> the file's; ``"@row"`` where rows have to be numbered.
    x, y : str
        The file's coordinate columns; empty for layers with geometry.
    crs : CrsGuess or None
        Coordinates; None for tables without a place.
    values : Mapping[str, Mapping[str, str]]
        Our column -> the file's word -> ours.
    unknown : Mapping[str, tuple of str]
        Our column -> words that are not known.
    household_basis : str
        What the name of the column of households says.
    constants : Mapping[str, str]
        Our column -> what the layer's own name says of all rows.
    provider : str
        Whose labels facilities bear; their column is mapped to ``source_label``.
    personal : tuple of str
        Columns about single persons, for which a table is not used at all.
    missing : tuple of str
        Columns that the table must have and the file does not.
    reasons : tuple of Evidence
        Why this table.
    """

    table: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    x: str = ""
    y: str = ""
    crs: CrsGuess | None = None
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unknown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    household_basis: str = ""
    constants: Mapping[str, str] = field(default_factory=dict)
    provider: str = ""
    personal: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    reasons: tuple[Evidence, ...] = ()


def _names_of(table: str, ours: str) -> list[str]:
    own = aliases().get(table, {}).get(ours, [])
    return list(dict.fromkeys([*aliases()["shared"].get(ours, []), *own, ours]))


@cache
def _tables_with(name: str) -> int:
    """How many tables know a column of this name: few say much."""
    return sum(
        any(name in map(bare, _names_of(table, ours)) for ours in _readable(table))
        for table in TABLES
        if table not in OUTLINES
    )


def _readable(table: str) -> Mapping[str, Field]:
    return schema_of(table).readable


def _fits_name(theirs: str, plain: str, alias: str, *, truncated: bool) -> bool:
    wanted = bare(alias)
    if plain == wanted:
        return True
    cut = truncated and len(theirs.encode()) >= _TRUNCATED_BYTES
    return cut and bool(plain) and wanted.startswith(plain)


def _is_number(cell: Any, units: tuple[str, ...], *, year: bool = False) -> bool:
    try:
        to_year(cell) if year else to_number(cell, units)
    except ValueError:
        return False
    return True


def _fits_cells(cells: Sequence[Any], column: Field) -> bool:
    """Whether what stands in a column can be what its name says."""
    known = [cell for cell in cells if not is_missing(cell)]
    if column.unique and column.required:
        texts = [to_text(cell) for cell in cells]
        return None not in texts and len(set(texts)) == len(texts)
    if column.kind in NUMERIC and column.kind != "flag":
        year = column.kind == "year"
        good = sum(_is_number(cell, column.units, year=year) for cell in known)
        return good * 10 >= len(known) * 9
    return True


def _columns(layer: Layer, table: str) -> dict[str, str]:
    """Our columns -> the file's, the most trusted names first, each used once."""
    truncated = layer.path.suffix.lower() in (".shp", ".zip")
    cells = dict(zip(layer.names, layer.samples, strict=True))
    plain = spoken(layer)
    fits = [
        (rank, place, ours, theirs)
        for place, (ours, column) in enumerate(_readable(table).items())
        for rank, alias in enumerate(_names_of(table, ours))
        for theirs in layer.names
        if theirs
        and _fits_name(theirs, plain[theirs], alias, truncated=truncated)
        and _fits_cells(cells[theirs], column)
    ]
    found: dict[str, str] = {}
    for _, _, ours, theirs in sorted(fits):
        if ours not in found and theirs not in found.values():
            found[ours] = theirs
    return {ours: found[ours] for ours in _readable(table) if ours in found}


def _axis(layer: Layer, axis: str) -> str:
    cells = dict(zip(layer.names, layer.samples, strict=True))
    plain = spoken(layer)
    for alias in aliases()["coordinates"][axis]:
        for theirs in layer.names:
            known = [cell for cell in cells[theirs] if not is_missing(cell)]
            if (
                known
                and plain[theirs] == bare(alias)
                and all(_is_number(cell, ("°", "m", "米", "度")) for cell in known)
            ):
                return theirs
    return ""


def _word(name: str) -> tuple[str, str]:
    """The table that a name speaks of, by its longest word, and that word."""
    plain = bare(name)
    hits = [
        (len(word), table, word)
        for table, words in aliases()["words"].items()
        for word in words
        if bare(word) in plain
    ]
    _, table, word = max(hits, default=(0, "", ""), key=lambda hit: hit[0])
    return table, word


def _allowed(layer: Layer, table: str, *, located: bool) -> bool:
    shapes = schema_of(table).shapes
    if layer.shapes:
        return bool(set(layer.shapes) & set(shapes))
    return ("Point" in shapes) if located else not shapes


def _one_each(layer: Layer, columns: Mapping[str, str]) -> str:
    """The column that names another subdistrict in every row, if none is of less.

    Of columns that one table alone knows all are among those given, and have no value
    twice.
    """
    plain, cells = spoken(layer), dict(zip(layer.names, layer.samples, strict=True))
    own = [
        theirs
        for table in SCHEMAS
        for theirs in _columns(layer, table).values()
        if _tables_with(plain[theirs]) == 1
    ]
    key = _readable("subdistricts")["subdistrict_id"]
    alone = {*own} <= {*columns.values()}
    alone = alone and all(_fits_cells(cells[theirs], key) for theirs in own)
    return own[-1] if own and alone and layer.rows > 1 else ""


def _scored(layer: Layer, table: str) -> tuple[int, dict[str, str], list[Evidence]]:
    """How much speaks for a table, its columns, and what speaks."""
    columns = _columns(layer, table)
    plain = spoken(layer)
    score = sum(
        _OWN_NAME if _tables_with(plain[theirs]) == 1 else _SHARED_NAME
        for theirs in columns.values()
    )
    reasons = []
    layer_says, word = _word(layer.name)
    file_says, file_word = _word(layer.path.stem)
    if layer_says == table:
        score += _LAYER_WORD
        reasons.append(Evidence("by_layer_name", {"word": word}))
    elif file_says == table and not layer_says:
        score += _LAYER_WORD
        reasons.append(Evidence("by_file_name", {"word": file_word}))
    elif file_says == table:
        score += _FILE_WORD
    each = _one_each(layer, columns) if table == "subdistricts" else ""
    if each:
        score += _FILE_WORD
        reasons.append(Evidence("by_one_each", {"column": each}))
    if columns:
        told = "、".join(columns.values())
        reasons.append(Evidence("by_columns", {"columns": told}))
    return score, columns, reasons


def guess(layer: Layer) -> Guess:
    """Guess what a layer is.

    Parameters
    ----------
    layer : Layer
        As looked at.

    Returns
    -------
    Guess
        With ``table`` empty if it is like no table of ours.

    Examples
    --------
    >>> from pathlib import Path
    >>> from lifecircle.tables.survey import Layer
    >>> sheet = Layer(
    ...     Path("药店点位.csv"),
    ...     names=("编号", "名称", "类型", "高德经度", "lng", "lat"),
    ...     samples=(["a"], ["甲药店"], ["药店"], ["-"], [117.2], [31.8]),
    ...     rows=1,
    ... )
    >>> found = guess(sheet)
    >>> found.table, found.columns["facility_class"], found.x, found.crs.declared
    ('facilities', '类型', 'lng', 'gcj02')
    """
    if layer.osm_table:
        reason = Evidence("by_osm", {"table": layer.osm_table})
        return Guess(layer.osm_table, reasons=(reason,))
    said, word = next(filter(all, map(_word, (layer.name, layer.path.stem))), ("", ""))
    if said == _NONE:
        return Guess(reasons=(Evidence("by_none", {"word": word}),))
    x, y = ("", "") if layer.shapes else (_axis(layer, "x"), _axis(layer, "y"))
    located = bool(x and y)
    scored = [
        (*_scored(layer, table), table)
        for table in TABLES
        if _allowed(layer, table, located=located)
    ]
    score, columns, reasons, table = max(
        scored, key=lambda one: one[0], default=(0, {}, [], "")
    )
    if table in ("", "registers") or score < _LEAST:
        personal = personal_columns(layer.names, layer.samples)
        if personal and not layer.shapes:
            return Guess(personal=tuple(personal))
    if score < _LEAST:
        return Guess()
    return _whole(layer, table, columns, (x, y) if located else ("", ""), reasons)


def _constants(
    layer: Layer,
    fields: Mapping[str, Field],
    columns: Mapping[str, str],
    missing: Sequence[str],
) -> dict[str, str]:
    """Choices that no column gives, as a name says.

    Required ones by the name of the layer or the file; on what floor is measured by
    the name of the column of areas.
    """
    named = {ours: bare(layer.name or layer.path.stem) for ours in missing}
    if "area_basis" in fields and "area_basis" not in columns:
        named["area_basis"] = bare(columns.get("floor_area_m2", ""))
    found = {}
    for ours, name in named.items():
        words = aliases()["values"].get(ours, {}) if fields[ours].choices else {}
        said = [word for word in words if bare(word) in name]
        if said:
            found[ours] = words[max(said, key=len)]
    return found


def _whole(
    layer: Layer,
    table: str,
    columns: dict[str, str],
    axes: tuple[str, str],
    reasons: list[Evidence],
) -> Guess:
    """The guess of a table with all that follows from it."""
    fields = _readable(table)
    schema = schema_of(table)
    provider, label = "", ""
    if table == "facilities":
        provider, label = guess_provider(layer)
    if provider:
        labelled = {"source_label": label}
        columns = {
            ours: theirs
            for ours, theirs in columns.items()
            if ours != "facility_class" and theirs not in label_columns(labelled)
        } | labelled
    missing = [
        ours
        for ours, column in fields.items()
        if column.required
        and ours not in columns
        and not (provider and ours == "facility_class")
    ]
    if schema.key in missing and fields[schema.key].unique:
        missing.remove(schema.key)
        name = columns.get("name", ROW_NUMBER) if table in OUTLINES else ROW_NUMBER
        columns = {schema.key: name, **columns}
    constants = _constants(layer, fields, columns, missing)
    missing = [ours for ours in missing if ours not in constants]
    cells = dict(zip(layer.names, layer.samples, strict=True))
    values, unknown = guess_values(
        {ours: cells[theirs] for ours, theirs in columns.items() if theirs in cells},
        fields,
        aliases()["values"],
    )
    name = bare(columns.get("households", ""))
    bases = [
        basis
        for basis, words in aliases()["bases"].items()
        if any(word in name for word in words)
    ]
    crs = None
    if schema.shapes:
        crs = guess_crs(layer, aliases()["datums"], axes=axes)
    x, y = reversed(axes) if crs and crs.swapped else axes
    return Guess(
        table=table,
        columns=columns,
        x=x,
        y=y,
        crs=crs,
        values=values,
        unknown=unknown,
        household_basis=bases[0] if bases else "",
        constants=constants,
        provider=provider,
        missing=tuple(missing),
        reasons=tuple(reasons),
    )
