"""Commands about walks: which gates to open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from lifecircle.console import Console, Lang, Quiet, Verbose
from lifecircle.text import say

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from lifecircle.access.gate_choice import GateChoice
    from lifecircle.access.gate_model import Weight
    from lifecircle.model import District

__all__ = ["gates"]


def gates(
    district: Annotated[
        Path,
        typer.Argument(metavar="DISTRICT.toml", help="区县配置文件 · district file"),
    ],
    facility_class: Annotated[
        str, typer.Option("--class", metavar="ELD.CANTEEN", help="设施类别 · class")
    ],
    limit_min: Annotated[
        float, typer.Option("--limit", help="步行分钟上限 · minutes at most")
    ],
    k: Annotated[
        int,
        typer.Option("--open", min=1, help="最多开几个大门 · gates to open at most"),
    ] = 1,
    weight: Annotated[
        str,
        typer.Option(metavar="elderly|households|persons", help="算谁 · who counts"),
    ] = "elderly",
    walker: Annotated[str, typer.Option(help="步行者 · walker profile")] = "elderly",
    at: Annotated[
        str, typer.Option(metavar="HH:MM", help="按该时刻开着的门 · hour of the day")
    ] = "",
    lang: Lang = "zh",
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """开哪几个大门使最多人新走得到 · which gates to open to newly reach most people."""
    console = Console(lang, quiet=quiet, verbose=verbose)
    from lifecircle.access.gate_choice import which_gates_to_open
    from lifecircle.access.gate_sites import gate_sites
    from lifecircle.network.gate_hours import gates_at
    from lifecircle.tables.district import read_district

    with console.guard():
        read = read_district(district)
        if at:
            read = gates_at(read, at)
        sites = gate_sites(read)
        choice = which_gates_to_open(
            read,
            sites,
            facility_class=facility_class,
            limit_min=limit_min,
            k=k,
            walker=walker,
            weight=cast("Weight", weight),
        )
    hour = read.config.walk_at
    console.tell(
        "gates_asked",
        name=read.config.name,
        facility_class=_class_name(facility_class, console),
        walker=say(f"publish.walker.{walker}", console.lang),
        limit=f"{limit_min:g}",
        hour=say(f"cli.gates_{'at' if hour else 'by_day'}", console.lang, {"at": hour}),
        sites=len(sites),
        k=k,
    )
    _show(console, read, sites, choice, weight)


def _class_name(code: str, console: Console) -> str:
    from lifecircle.standards.catalogue import read_catalogue

    catalogue = read_catalogue()
    labels = catalogue.labels_zh if console.lang == "zh" else catalogue.labels_en
    return labels.get(code, code)


def _show(
    console: Console,
    district: District,
    sites: GeoDataFrame,
    choice: GateChoice,
    weight: str,
) -> None:
    """The gates chosen, one a line, and what they are worth."""
    who = say(f"cli.gates_{weight}", console.lang)
    if not choice.gate_ids:
        typer.echo(say("cli.gates_none", console.lang, {"who": who}))
        return
    known = set(district.gates["gate_id"])
    compounds = district.compounds.set_index("compound_id")["name"].to_dict()
    chosen = sites.set_index("gate_id").loc[list(choice.gate_ids)]
    for gate_id, gate in chosen.iterrows():
        kind = "shut" if gate_id in known else "new"
        owner = gate["compound_id"]
        typer.echo(
            say(
                "cli.gates_row",
                console.lang,
                {
                    "gate": gate_id,
                    "kind": say(f"cli.gates_kind_{kind}", console.lang),
                    "compound": compounds.get(owner) or owner,
                    "x": f"{gate['geometry'].x:.0f}",
                    "y": f"{gate['geometry'].y:.0f}",
                },
            )
        )
    homes = district.buildings["building_id"].isin(choice.building_ids)
    method = district.buildings.loc[homes, f"{weight}_method"]
    console.tell(
        "gates_worth",
        who=who,
        about="≈" if (method.notna() & (method != "declared")).any() else "",
        gained=f"{choice.gained:,.0f}",
        buildings=len(choice.building_ids),
        before=f"{choice.reached_before:,.0f}",
    )
    console.tell(
        "gates_proof",
        bound=f"{choice.bound:,.0f}",
        choices=f"{choice.choices:,}",
        walked=f"{choice.walked:,}",
    )
