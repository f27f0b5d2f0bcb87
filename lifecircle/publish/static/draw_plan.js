"use strict";
/* Grids of today and of the plan on the map, each on its side of the swipe bar. */

/* From where to where a side is drawn, in pixels of the canvas. */
LC.planSpan = function (v, side) {
  if (LC.state.planView !== "swipe") return [0, v.w];
  const bar = v.seen[0] + LC.state.swipe * LC.map.getSize().x;
  return side === "today" ? [0, bar] : [bar, v.w];
};

LC.draw.plan = function (v) {
  if (LC.theme() !== "plan") return;
  const { ctx } = v;
  for (const side of LC.plan.sides()) {
    const [from, to] = LC.planSpan(v, side);
    ctx.save();
    ctx.beginPath();
    ctx.rect(from, 0, Math.max(0, to - from), v.h);
    ctx.clip();
    LC.planFills(v, side);
    LC.planLines(v, side);
    ctx.restore();
  }
  LC.planMoved(v);
  if (LC.state.planGrid >= 0 && LC.plan.sides().includes("proposed")) {
    for (const [colour, width] of [["#FFFFFF", 4.4], [LC.ink, 2.6]]) {
      ctx.beginPath();
      LC.trace(v, LC.plan.side("proposed").g, LC.state.planGrid, true);
      ctx.strokeStyle = colour;
      ctx.lineWidth = width;
      ctx.stroke();
    }
  }
};

LC.planStyle = {
  today: { colour: "#7A7F85", width: 1.2, dash: [4, 2.5] },
  proposed: { colour: LC.ink, width: 1.6, dash: [] },
};

/* Under the band lilac with level lines, over it peach with upright ones. */
LC.planFills = function (v, side) {
  const { ctx } = v;
  const { rows, g, at } = LC.plan.side(side);
  rows.outside.forEach((outside, row) => {
    const i = at(row);
    if (!outside || i < 0 || !LC.inView(v, g, i)) return;
    ctx.beginPath();
    LC.trace(v, g, i, true);
    ctx.globalAlpha = 0.62;
    ctx.fillStyle = outside < 0 ? "#DDD8EA" : "#F3D0B3";
    ctx.fill("evenodd");
    ctx.globalAlpha = 0.5;
    ctx.fillStyle = LC.hatch(ctx, outside < 0 ? "#6B5FA0" : "#B5420E", v.dpr, outside < 0 ? "horizontal" : "vertical", 7, 0.9);
    ctx.fill("evenodd");
    ctx.globalAlpha = 1;
  });
};

LC.planLines = function (v, side) {
  const { ctx } = v;
  const { g } = LC.plan.side(side);
  const style = LC.planStyle[side];
  ctx.strokeStyle = style.colour;
  ctx.lineWidth = style.width;
  ctx.setLineDash(style.dash);
  LC.traceAll(v, g, LC.every(g), true, () => ctx.stroke());
  ctx.setLineDash([]);
};

/* Buildings that change grid, on both sides. */
LC.planMoved = function (v) {
  if (v.mpp > 10 || LC.units.on()) return;
  const { ctx } = v;
  ctx.strokeStyle = LC.ink;
  ctx.lineWidth = v.mpp < 2 ? 1.8 : 1.2;
  const moved = LC.data.layers.planChanges.building.filter((i) => i >= 0);
  LC.traceAll(v, LC.g.buildings, moved, true, () => ctx.stroke());
};

/* Households at the middle of every grid; a grid that stays as it is carries its lock. */
LC.planLabels = function (v, placed) {
  if (v.mpp > (LC.units.on() ? 40 : 8)) return;
  for (const side of LC.plan.sides()) {
    const { rows, g, at } = LC.plan.side(side);
    const [from, to] = LC.planSpan(v, side);
    rows.households.forEach((households, row) => {
      const i = at(row);
      if (i < 0 || !LC.inView(v, g, i)) return;
      const [wx, wy] = LC.insidePoint(g, i);
      const x = wx * v.s - v.ox;
      if (x < from + 16 || x > to - 16) return;
      const out = Boolean(rows.outside[row]);
      const lock = rows.locked && rows.locked[row] ? LC.t("plan_lock") : "";
      LC.smallLabel(v, placed, LC.units.prefix(side, row) + LC.plan.sign(rows.outside[row]) + LC.count(households) + lock, x, wy * v.s - v.oy,
        { font: LC.font(11.5, out ? 700 : 400), colour: out ? LC.ink : side === "today" ? "#5B636B" : LC.ink });
    });
  }
};

/* The grid under the pointer, on the side that is seen there. */
LC.planAt = function (latlng) {
  const x = LC.worldX(latlng.lng);
  const y = LC.worldY(latlng.lat);
  const along = LC.map.latLngToContainerPoint(latlng).x / LC.map.getSize().x;
  const side = LC.state.planView === "swipe" ? (along < LC.state.swipe ? "today" : "proposed") : LC.state.planView;
  const { rows, g, at } = LC.plan.side(side);
  for (let row = 0; row < rows.id.length; row++) {
    if (at(row) >= 0 && LC.contains(g, at(row), x, y)) return { side, row };
  }
  return null;
};

LC.planTip = function (found) {
  const { rows } = LC.plan.side(found.side);
  return LC.t("plan_tip", { view: LC.t(`plan_view.${found.side}`), id: rows.name ? rows.name[found.row] : rows.id[found.row],
    households: LC.plan.sign(rows.outside[found.row]) + LC.count(rows.households[found.row]) });
};

/* Legend of the plan: only what the view shows. */
LC.legend.plan = () => [
  LC.legend.title(LC.t(LC.units.on() ? "legend_units" : "legend_grids"), LC.unit("households")),
  LC.legend.row(null, LC.legend.swatch("#DDD8EA", "#6B5FA0", false, "horizontal"), LC.t("grid_under")),
  LC.legend.row(null, LC.legend.swatch("#FFFFFF", "#7A7F85"), LC.t("grid_within")),
  LC.legend.row(null, LC.legend.swatch("#F3D0B3", "#B5420E", false, "vertical"), LC.t("grid_over")),
  LC.plan.sides().map((side) => LC.legend.row(null, LC.legend.line(LC.planStyle[side]), LC.t(`${LC.units.on() ? "legend_units" : "legend_plan"}.${side}`))),
  LC.units.on() ? null : LC.data.layers.planChanges.building.length
    ? LC.legend.row(null, LC.h("i.key", { style: { "background-color": "#D9D5CB", "border-color": LC.ink, "border-width": "1.6px" } }), LC.t("legend_plan.moved")) : null,
  !LC.units.on() && LC.data.layers.planGrids.locked.some(Boolean) ? LC.legend.row(null, LC.h("b.plan-lock", {}, LC.t("plan_lock")), LC.t("legend_plan.locked")) : null];
