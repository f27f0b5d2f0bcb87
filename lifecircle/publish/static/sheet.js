"use strict";
/* The printed sheet: paper, shape, scale, and a column that ends with its last line. */
LC.scales = [2000, 5000, 10000, 15000, 20000, 25000, 30000, 40000, 50000, 100000, 200000];

/* Metres of the ground on a pixel of paper, at a scale of one to so many. */
LC.paperMetres = (scale) => (scale * 0.0254) / 96;

/* What stands beside the map is smaller on A4. */
LC.paperShrink = () => (LC.onSheet && LC.state.paper === "A4" ? 0.85 : 1);

/* Width that the legend takes from a sheet's map: none where it stands under the card. */
LC.sheetLegend = () => (LC.cardWidth() && LC.state.paper === "A3" ? 14 : 250 * LC.paperShrink());

/* The sheet that a browser prints on: it is asked for before printing begins. */
LC.setPaper = function () {
  LC.nodes.page = LC.nodes.page || document.head.appendChild(LC.h("style", {}));
  LC.nodes.page.textContent = `@page { size: ${LC.state.paper} landscape; }`;
};

/* Take the shape of a printed sheet, and give it back; the view stays the same. */
LC.sheet = function (on) {
  const root = document.documentElement;
  if (root.classList.contains("printing") === on) return;
  if (on) LC.beforeSheet = [LC.map.getCenter(), LC.map.getZoom()];
  root.classList.toggle("printing", on);
  root.classList.toggle("a4", on && LC.state.paper === "A4");
  LC.onSheet = on;
  LC.map.invalidateSize({ animate: false });
  if (on) LC.toScale();
  else {
    LC.sheetScale = 0;
    LC.map.setView(...LC.beforeSheet, { animate: false });
  }
  LC.panel.draw();
  if (on) LC.endColumn();
  LC.legend.draw();
};

/* The whole district, at the next of the usual scales. */
LC.toScale = function () {
  LC.fitHome();
  const least = LC.metresPerWorld / Math.pow(2, LC.map.getZoom());
  LC.sheetScale = LC.scales.find((one) => LC.paperMetres(one) >= least) || 0;
  if (!LC.sheetScale) return;
  const { zoomSnap } = LC.map.options;
  LC.map.options.zoomSnap = 0;
  LC.map.setView(LC.map.getCenter(), Math.log2(LC.metresPerWorld / LC.paperMetres(LC.sheetScale)), { animate: false });
  LC.map.options.zoomSnap = zoomSnap;
};

LC.scaleText = () => (LC.sheetScale ? `1:${String(LC.sheetScale).replace(/\B(?=(\d{3})+$)/g, " ")}` : "");

/* Who made the sheet, of what, and by which numbers: the foot of its column. */
LC.titleBlock = function () {
  const { facts } = LC.data;
  const row = (key, text) => [LC.h("dt", {}, LC.t(`sheet_${key}`)), LC.h("dd", {}, text)];
  return LC.h("dl.title-block", {},
    row("name", LC.state.rule ? LC.pick(LC.rule(LC.state.rule).title) : LC.pick(facts.name)), row("maker", facts.preparedBy),
    row("scale", LC.scaleText()), row("number", ""), row("crs", facts.crs), row("date", facts.asOf),
    row("drawn", ""), row("checked", ""), row("approval", facts.approval || LC.t("approval_none")));
};

/* Rows that the paper has no room for are counted: the last gap areas, then the last
   communities. */
LC.endColumn = function () {
  const column = LC.nodes.panel.querySelector(".panel-scroll");
  const rows = [...column.querySelectorAll(".bar-row"), ...column.querySelectorAll(".gap-row, .facility-row")];
  const told = LC.h("p.quiet.rows-left-out", {});
  let left = 0;
  while (column.scrollHeight > column.clientHeight && rows.length) {
    rows.pop().remove();
    left += 1;
    told.textContent = LC.t("rows_left_out", { n: LC.count(left) });
    column.appendChild(told);
  }
};
