"""The notebook runs from top to bottom, as a planner would run it."""

from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def test_first_study_runs_and_shows_its_results():
    notebook = nbformat.read(NOTEBOOKS / "first_study.ipynb", as_version=4)
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(NOTEBOOKS)}},
    )
    client.execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    shown = [
        "".join(
            output.get("text", "") or output["data"].get("text/plain", "")
            for output in cell.outputs
            if output.output_type != "display_data"
        )
        for cell in code
    ]
    assert "个社区" in shown[0]
    assert any("HF-R10" in text for text in shown)
    names = ["district.gpkg", "findings.xlsx", "manifest.json"]
    listed = str([*names, "quality.html", "report.html", "review.html"])
    # A list that is longer than a line is printed name by name.
    assert listed.replace(" ", "") in ["".join(text.split()) for text in shown]
    pictures = [
        output
        for cell in code
        for output in cell.outputs
        if output.output_type == "display_data" and "image/png" in output["data"]
    ]
    assert len(pictures) == 1
