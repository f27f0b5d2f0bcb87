"""Checks certificates and plans with code of its own: nothing of the solver's."""

from __future__ import annotations

import networkx as nx

from lifecircle.plans.certificates import Certificate
from lifecircle.plans.problem import PartitionProblem


def accepts(problem: PartitionProblem, found: Certificate) -> bool:
    """Whether the certificate really proves that nothing is within the band."""
    size = {atom: int(h) for atom, h in enumerate(problem.households)}
    if found.households != sum(size[atom] for atom in found.atoms):
        return False
    graph = _free_graph(problem)
    atoms = set(found.atoms)
    if found.kind == "oversize":
        # A building is not split, so its part is at least as large.
        return len(atoms) == 1 and found.households > problem.high
    if atoms not in list(nx.connected_components(graph)):
        return False
    if found.kind in {"arithmetic", "pocket"}:
        if (found.kind == "pocket") == (len(atoms) == len(size)):
            return False
        return not _some_number(found.households, problem)
    if found.kind == "enumerated":
        return not divides(graph.subgraph(atoms), size, problem)
    if found.kind == "compounds_intact":
        return not divides(*_whole(graph.subgraph(atoms), size, problem), problem)
    return False


def _free_graph(problem: PartitionProblem) -> nx.Graph:
    """Atoms that are neither locked nor over the band, and who touches whom."""
    graph = nx.Graph()
    for atom, lock in enumerate(problem.locked.tolist()):
        if lock < 0 and problem.households[atom] <= problem.high:
            graph.add_node(atom)
    for a, b in problem.edges.tolist():
        if a in graph and b in graph:
            graph.add_edge(a, b)
    return graph


def _some_number(total: int, problem: PartitionProblem) -> bool:
    return any(
        k * problem.low <= total <= k * problem.high
        for k in range(1, total // max(1, problem.low) + 2)
    )


def _whole(
    graph: nx.Graph, size: dict[int, int], problem: PartitionProblem
) -> tuple[nx.Graph, dict[int, int]]:
    """The graph with compounds that fit into one part merged, piece by piece."""
    total: dict[int, int] = {}
    for atom in graph:
        compound = int(problem.compound[atom])
        total[compound] = total.get(compound, 0) + size[atom]
    merged = nx.Graph(graph)
    sums = {atom: size[atom] for atom in graph}
    for a, b in list(graph.edges):
        compound = int(problem.compound[a])
        if compound < 0 or compound != int(problem.compound[b]):
            continue
        if total[compound] > problem.high:
            continue
        first, second = _stands_for(merged, a), _stands_for(merged, b)
        if first != second:
            sums[first] += sums.pop(second)
            gone = merged.nodes[second].get("of", {second})
            merged = nx.contracted_nodes(merged, first, second, self_loops=False)
            merged.nodes[first]["of"] = merged.nodes[first].get("of", {first}) | gone
    return merged, sums


def _stands_for(graph: nx.Graph, atom: int) -> int:
    for node, data in graph.nodes(data=True):
        if atom == node or atom in data.get("of", ()):
            return node
    raise KeyError(atom)


def divides(graph: nx.Graph, size: dict[int, int], problem: PartitionProblem) -> bool:
    """Whether some division into connected sets within the band exists, by trying."""
    if not graph:
        return True
    first = min(graph)
    grown = {frozenset([first])}
    seen = set(grown)
    while grown:
        following = set()
        for group in grown:
            total = sum(size[node] for node in group)
            if total > problem.high:
                continue
            if total >= problem.low:
                rest = graph.subgraph(set(graph) - group)
                if all(
                    _some_number(sum(size[n] for n in piece), problem)
                    and divides(graph.subgraph(piece), size, problem)
                    for piece in nx.connected_components(rest)
                ):
                    return True
            for node in set().union(*(graph[one] for one in group)) - group:
                following.add(group | {node})
        grown = following - seen
        seen |= grown
    return False
