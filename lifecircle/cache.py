"""A built network kept on disk, under a name made of all that it was built from.

One ``.npz`` a network: plain arrays, shapes as WKB, nothing pickled. The name is a
hash of the inputs, the settings and the code that builds, so that a cached network is
never older than any of them; a file that is damaged or of another version is built
again. Written beside its place and moved there at once: a reader never sees half.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from lifecircle.model import WalkNetwork
from lifecircle.network.graph import build_network

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    from pandas import DataFrame

    from lifecircle.model import District

__all__ = ["cached_network", "load_network", "network_key", "save_network"]

logger = logging.getLogger(__name__)

FORMAT = "lifecircle-network-1"
_WHOLE_TABLES = ("roads", "compounds", "gates", "barriers", "land")
_PLACES = ("buildings", "facilities")
_BROKEN = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile)


@cache
def _code() -> bytes:
    """Hash of the package that builds networks."""
    digest = hashlib.sha256()
    entries = [*files("lifecircle.network").iterdir()]
    entries.append(files("lifecircle") / "elevation.py")
    for entry in sorted(entries, key=lambda entry: entry.name):
        if entry.name.endswith(".py"):
            digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
    return digest.digest()


def network_key(district: District) -> str:
    """Content hash of what a district's network is built from.

    Parameters
    ----------
    district : District
        Roads, compounds, gates, barriers, land, the places of buildings and
        facilities, the heights, and the settings for walking.

    Returns
    -------
    str
        64 hexadecimal digits: another input, setting or program, another key.

    Examples
    --------
    >>> len(network_key(toy.district))
    64
    >>> network_key(toy.district) == network_key(toy.district)
    True
    """
    digest = hashlib.sha256(FORMAT.encode() + _code())
    config = district.config
    settings = [
        *(district.crs, repr(shapely.geos_version), repr(config.max_off_road_m)),
        *(repr(config.node_lines_m), repr(config.join_islands_m), config.walk_at),
    ]
    digest.update(json.dumps(settings).encode())
    ground = district.elevation
    if ground is not None:
        place = [ground.height_m.shape, ground.west_m, ground.north_m, ground.cell_m]
        digest.update(_sized(json.dumps(place).encode()))
        digest.update(_sized(ground.height_m.astype("<f8").tobytes()))
    for table in _WHOLE_TABLES:
        _add(digest, table, getattr(district, table))
    for table in _PLACES:
        _add(digest, table, getattr(district, table)[["geometry"]])
    return digest.hexdigest()


def _add(digest: Any, name: str, frame: DataFrame) -> None:
    """Add a table: names, then every column with the length of what follows."""
    for column in frame.columns:
        if column == "geometry":
            content = b"".join(_sized(shape) for shape in _to_wkb(frame[column]))
        elif frame[column].dtype.kind == "f":
            content = frame[column].to_numpy(dtype="<f8").tobytes()
        else:
            known = frame[column].notna()
            content = json.dumps(
                [
                    str(value) if there else None
                    for value, there in zip(frame[column], known, strict=True)
                ]
            ).encode()
        digest.update(_sized(f"{name}.{column}".encode()) + _sized(content))


def _sized(content: bytes) -> bytes:
    return len(content).to_bytes(8, "little") + content


def _to_wkb(shapes: Any) -> list[bytes]:
    made = shapely.to_wkb(np.asarray(shapes, dtype=object), byte_order=1)
    return [b"" if shape is None else bytes(shape) for shape in made]


def save_network(network: WalkNetwork, folder: Path, *, key: str) -> Path:
    """Save a network under its key, whole or not at all.

    Parameters
    ----------
    network : WalkNetwork
        What to save.
    folder : Path
        Made if it is not there.
    key : str
        As of ``network_key``.

    Returns
    -------
    Path
        The file.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save_network(toy.network, Path(folder), key="0" * 64)
    ...     again = load_network(Path(folder), key="0" * 64)
    >>> bool((again.edge_length_m == toy.network.edge_length_m).all())
    True
    """
    arrays: dict[str, npt.NDArray[Any]] = {}
    kinds: dict[str, str] = {}
    for field in fields(WalkNetwork):
        value = getattr(network, field.name)
        kinds[field.name] = _pack(arrays, field.name, value)
    head = {"format": FORMAT, "key": key, "kinds": kinds, "crs": network.crs}
    arrays["head"] = np.frombuffer(json.dumps(head).encode(), np.uint8)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    folder.mkdir(parents=True, exist_ok=True)
    path = _path(folder, key)
    handle, beside = tempfile.mkstemp(dir=folder, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(buffer.getbuffer())
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    return path


def _path(folder: Path, key: str) -> Path:
    return folder / f"{key[:32]}.npz"


def _pack(arrays: dict[str, npt.NDArray[Any]], name: str, value: Any) -> str:
    """Put a field's value among the arrays; its kind, to unpack it by."""
    if isinstance(value, gpd.GeoDataFrame):
        _pack_shapes(arrays, name, np.asarray(value.geometry, dtype=object))
        columns = {
            str(column): value[column].tolist()
            for column in value.columns
            if column != value.geometry.name
        }
        text = json.dumps(columns).encode()
        arrays[f"{name}.columns"] = np.frombuffer(text, np.uint8)
        return "frame"
    if isinstance(value, Mapping):
        arrays |= {f"{name}.{part}": array for part, array in sorted(value.items())}
        return "arrays"
    if not isinstance(value, np.ndarray):
        arrays[name] = np.frombuffer(json.dumps(value).encode(), np.uint8)
        return "texts" if isinstance(value, tuple) else "plain"
    if value.dtype != object:
        arrays[name] = value
        return "array"
    if len(value) and isinstance(value[0], str):
        words, codes = np.unique(value.astype(str), return_inverse=True)
        arrays[f"{name}.words"], arrays[f"{name}.codes"] = words, codes
        return "words"
    _pack_shapes(arrays, name, value)
    return "shapes"


def _pack_shapes(
    arrays: dict[str, npt.NDArray[Any]], name: str, shapes: npt.NDArray[np.object_]
) -> None:
    raw = _to_wkb(shapes)
    arrays[f"{name}.wkb"] = np.frombuffer(b"".join(raw), np.uint8)
    arrays[f"{name}.ends"] = np.cumsum([len(shape) for shape in raw], dtype=np.int64)


def load_network(folder: Path, *, key: str) -> WalkNetwork | None:
    """A saved network, if there is one of this key that is whole.

    Parameters
    ----------
    folder : Path
        As of ``save_network``.
    key : str
        As of ``network_key``.

    Returns
    -------
    WalkNetwork or None
        None if it was never saved, is damaged, or of another version.

    Examples
    --------
    >>> from pathlib import Path
    >>> load_network(Path("no_such_folder"), key="0" * 64) is None
    True
    """
    path = _path(folder, key)
    if not path.is_file():
        return None
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
            head = json.loads(arrays["head"].tobytes())
            names = [field.name for field in fields(WalkNetwork)]
            if (head["format"], head["key"]) != (FORMAT, key) or list(
                head["kinds"]
            ) != names:
                logger.info("network cache: %s is of another version", path.name)
                return None
            found = {
                name: _unpack(arrays, name, kind, crs=head["crs"])
                for name, kind in head["kinds"].items()
            }
    except (*_BROKEN, zlib.error, shapely.errors.ShapelyError) as error:
        logger.warning("network cache: %s is damaged (%s)", path.name, error)
        return None
    return WalkNetwork(**found)


def _unpack(arrays: Any, name: str, kind: str, *, crs: str) -> Any:
    if kind == "array":
        return arrays[name]
    if kind == "arrays":
        parts = [part for part in arrays.files if part.startswith(f"{name}.")]
        return {part.removeprefix(f"{name}."): arrays[part] for part in parts}
    if kind in ("texts", "plain"):
        value = json.loads(arrays[name].tobytes())
        return tuple(value) if kind == "texts" else value
    if kind == "words":
        return arrays[f"{name}.words"].astype(object)[arrays[f"{name}.codes"]]
    raw, ends = arrays[f"{name}.wkb"].tobytes(), arrays[f"{name}.ends"].tolist()
    pieces = [raw[low:high] for low, high in zip([0, *ends], ends, strict=False)]
    shapes = np.asarray(shapely.from_wkb(np.array(pieces, dtype=object)), dtype=object)
    if kind == "shapes":
        return shapes
    columns = {
        column: np.array(values, dtype=object)
        for column, values in json.loads(arrays[f"{name}.columns"].tobytes()).items()
    }
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes, crs=crs), crs=crs)


def cached_network(
    district: District,
    folder: Path,
    *,
    build: Callable[[District], WalkNetwork] = build_network,
) -> WalkNetwork:
    """A district's network, from the cache where it is there.

    Parameters
    ----------
    district : District
        As of ``build_network``.
    folder : Path
        Of the cache.
    build : callable
        Builds what is not there.

    Returns
    -------
    WalkNetwork
        The same either way. A folder that cannot be written is no error: the network
        is built each time.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     first = cached_network(toy.district, Path(folder))
    ...     again = cached_network(toy.district, Path(folder))
    >>> first is again, bool((first.node_xy == again.node_xy).all())
    (False, True)
    """
    key = network_key(district)
    found = load_network(folder, key=key)
    if found is not None:
        logger.info("network: from the cache, %d segments", len(found.segment_nodes))
        return found
    network = build(district)
    try:
        save_network(network, folder, key=key)
    except OSError as error:
        logger.warning("network cache: %s cannot be written (%s)", folder, error)
    return network
