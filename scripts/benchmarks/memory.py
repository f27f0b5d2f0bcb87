"""Benchmarks that run in a process of their own: OSM files in, and peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks import networks
from benchmarks.harness import Row, Skip, ratio

RUNS = 5
REPORT = """
import json, time
def peak_gb():
    # ru_maxrss would count what the process that started this one had.
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024 / 1e9
"""
_OURS = (
    REPORT
    + """
import sys
import osmium
from benchmarks.networks import only_roads
from lifecircle.tables.openstreetmap import read_openstreetmap
from lifecircle.network.graph import build_network
base, start = peak_gb(), time.process_time()
{job}
print(json.dumps([time.process_time() - start, peak_gb() - base, size]))
"""
)
OSM_JOB = """
roads = read_openstreetmap(sys.argv[1], "roads").to_crs(32629)
network = build_network(only_roads(roads))
size = len(network.segment_nodes)
"""
_PYROSM = (
    REPORT
    + """
import sys, warnings
warnings.simplefilter("ignore")
from pyrosm import OSM
import networkx, igraph
base, start = peak_gb(), time.process_time()
osm = OSM(sys.argv[1])
nodes, edges = osm.get_network(network_type="walking", nodes=True)
graph = osm.to_graph(
    nodes, edges, graph_type="igraph", retain_all=True, network_type="walking",
    simplify=False,
)
print(json.dumps([time.process_time() - start, peak_gb() - base, graph.ecount()]))
"""
)
_PEAK = (
    REPORT
    + """
import sys
import numpy as np
from lifecircle.access.field import CostGraph, Places
from lifecircle.access.within import walks_within
base = peak_gb()
with np.load(sys.argv[1]) as given:
    graph = CostGraph(*(given[name] for name in CostGraph.__slots__))
    sources = Places(*(given[name] for name in Places.__slots__))
start = time.process_time()
triples = walks_within(graph, sources, limit_m=1200.0)
print(json.dumps([time.process_time() - start, peak_gb(), len(triples.node), base]))
"""
)


def in_own_process(code: str, *arguments: str) -> list[float]:
    """What the code prints, run by this interpreter in a process of its own."""
    if not Path("/proc/self/status").exists():
        message = "peak memory is read from /proc, which this system does not have"
        raise Skip(message)
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:]
        raise Skip(last[0] if last else f"exit {done.returncode}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def osm() -> Iterator[Row]:
    """Porto's ``.osm.pbf`` to a walk graph, against pyrosm."""
    folder = networks.data_folder()
    if folder is None:
        message = "the shared data are not here"
        raise Skip(message)
    path = str(folder / "osm" / "porto_portugal.osm.pbf")
    ours, peer = [], []
    for _ in range(RUNS):
        ours.append(in_own_process(_OURS.format(job=OSM_JOB), path))
        peer.append(in_own_process(_PYROSM, path))
    note = f"{ours[0][2]:.0f} segments, pyrosm {peer[0][2]:.0f} directed edges"
    yield ratio(
        "walk.osm_time",
        "Porto .osm.pbf to a walk graph, every vertex a node; imports not counted",
        [run[0] for run in ours],
        [run[0] for run in peer],
        bar=0.15,
        peer_name="pyrosm",
        note=note,
    )
    yield ratio(
        "walk.osm_memory",
        "the same: growth of peak memory",
        [run[1] for run in ours],
        [run[1] for run in peer],
        bar=0.15,
        unit="GB",
        peer_name="pyrosm",
    )


def peak() -> Iterator[Row]:
    """Peak memory of ten thousand searches at a million nodes."""
    from benchmarks.walk import big, some_nodes
    from lifecircle.access.within import place_nodes

    town, graph = big()
    sources = place_nodes(graph, some_nodes(town, 10_000, seed=2))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "given.npz"
        np.savez(
            path,
            **{name: getattr(graph, name) for name in graph.__slots__},
            **{name: getattr(sources, name) for name in sources.__slots__},
        )
        seconds, gigabytes, triples, base = in_own_process(_PEAK, str(path))
    yield Row(
        "walk.peak_gb",
        "peak memory of 10,000 searches at 1 M nodes, the whole process, GB",
        value=gigabytes,
        bar=1.0,
        ours=gigabytes,
        unit="GB",
        note=f"{triples:.0f} triples in {seconds:.2f} s; {base:.2f} GB are imports",
        raw={"gb": [gigabytes], "imports_gb": [base], "seconds": [seconds]},
    )
