"use strict";
/* What the rule says: gap areas, isochrones, buildings, units, grids, borders. */
LC.draw.gaps = function (v) {
  if (!LC.gapsShown() || v.mpp > 8) return;
  const { ctx } = v;
  for (const gap of LC.gapsOf(LC.state.rule)) {
    if (!LC.inView(v, LC.g.gaps, gap)) continue;
    ctx.beginPath();
    LC.trace(v, LC.g.gaps, gap, true);
    ctx.fillStyle = LC.colours.gapFill;
    ctx.fill("evenodd");
    ctx.globalAlpha = 0.55;
    ctx.fillStyle = LC.hatch(ctx, LC.colours.gap, v.dpr, "diagonal", 6, 1.1);
    ctx.fill("evenodd");
    ctx.globalAlpha = 1;
    ctx.strokeStyle = LC.colours.gap;
    ctx.lineWidth = 1.5;
    ctx.stroke();
  }
};

LC.gapsShown = () =>
  LC.state.layers.gaps && LC.state.tab === "shortfalls" && LC.theme() === "minutes" &&
  LC.state.cls === LC.state.ruleClass && LC.gapsOf(LC.state.rule).length > 0;

LC.isochronesOf = function () {
  const { isochrones } = LC.data.layers;
  return LC.every(LC.g.isochrones)
    .filter((i) => isochrones.class[i] === LC.state.cls && isochrones.walker[i] === LC.state.walker)
    .sort((a, b) => isochrones.limit[b] - isochrones.limit[a]);
};

LC.draw.isochrones = function (v) {
  if (!LC.state.layers.isochrones) return;
  const { ctx } = v;
  const limit = LC.limitOf(LC.state.rule);
  ctx.lineJoin = "round";
  for (const i of LC.isochronesOf()) {
    const main = LC.data.layers.isochrones.limit[i] === limit;
    ctx.beginPath();
    LC.trace(v, LC.g.isochrones, i, true);
    ctx.strokeStyle = "rgba(255,255,255,0.85)";
    ctx.lineWidth = main ? 4.6 : 2.8;
    ctx.stroke();
    ctx.strokeStyle = "#1F4E79";
    ctx.lineWidth = main ? 2.4 : 1.2;
    ctx.setLineDash(main ? [] : [5, 3.5]);
    ctx.stroke();
    ctx.setLineDash([]);
  }
};

/* Buildings sorted into colour groups; kept until class, walker or rule change. */
LC.buildingGroups = function () {
  const theme = LC.theme();
  const judging = LC.judging();
  const key = [theme, LC.state.cls, LC.state.walker, LC.state.rule, judging].join("|");
  if (LC.groupsKey === key) return LC.groups;
  LC.groupsKey = key;
  const count = LC.g.buildings.count;
  const reach = LC.reach.get(`${LC.state.cls}|${LC.state.walker}`);
  if (theme !== "minutes" || !reach) {
    const fill = theme === "minutes" ? "#FFFFFF" : "#D9D5CB";
    LC.groups = [{ fill, edge: "#A9A498", list: LC.every(LC.g.buildings), dashed: theme === "minutes" }];
    return LC.groups;
  }
  const bands = LC.minuteBands(LC.limitOf(LC.state.rule));
  const groups = bands.map((band) => ({ fill: band.fill, edge: band.edge, list: [] }));
  const lost = { fill: LC.noPath[0], edge: LC.noPath[1], list: [], lost: true };
  const aside = {
    outside: { fill: "#E4E0D7", edge: "#C2BBAD", list: [], note: "legend_outside" },
    unknown: { fill: "#FFFFFF", edge: "#8A9096", list: [], note: "legend_unknown", dashed: true },
  };
  const scopes = LC.data.layers.communities.id.map((_, community) => LC.scopeOf(LC.state.rule, community));
  const home = LC.data.layers.buildings.community;
  const minutes = reach.min;
  for (let i = 0; i < count; i++) {
    const scope = judging ? scopes[home[i]] || "outside" : "judged";
    if (scope !== "judged") aside[scope].list.push(i);
    else if (minutes[i] < 0) lost.list.push(i);
    else groups[LC.bandOf(minutes[i], bands)].list.push(i);
  }
  LC.groups = [aside.outside, aside.unknown, ...groups, lost];
  return LC.groups;
};

/* Are buildings shown as the rule judges them, or only by their minutes? */
LC.judging = () => Boolean(LC.state.rule) && LC.state.tab === "shortfalls" &&
  LC.isCoverage(LC.state.rule) && LC.state.cls === LC.state.ruleClass;

/* From far away communities stand for their buildings, if any of them was assessed. */
LC.farView = function (mpp, from) {
  const { rule, tab } = LC.state;
  if (mpp <= from || tab !== "shortfalls" || !rule || LC.theme() !== "minutes") return false;
  return LC.level(rule) === "community" && LC.rowsOf(rule).some((row) => row.verdict !== "not_assessed");
};

LC.draw.buildings = function (v) {
  if (!LC.state.layers.buildings || LC.farView(v.mpp, 8) || v.mpp > 40) return;
  const { ctx } = v;
  const outline = v.mpp < 4.6;
  ctx.lineJoin = "miter";
  for (const group of LC.buildingGroups()) {
    ctx.fillStyle = group.fill;
    ctx.strokeStyle = group.dashed ? "#8A9096" : group.edge;
    ctx.lineWidth = v.mpp < 1.5 ? 0.9 : 0.65;
    if (group.dashed) ctx.setLineDash([2.5, 2]);
    LC.traceAll(v, LC.g.buildings, group.list, true, () => {
      ctx.fill();
      if (outline) ctx.stroke();
    });
    ctx.setLineDash([]);
    if (group.lost && outline) LC.crosses(v, group.list);
  }
};

/* White crosses on buildings that no path leads from. */
LC.crosses = function (v, list) {
  const { ctx } = v;
  ctx.strokeStyle = "#FFFFFF";
  ctx.lineWidth = 1.3;
  ctx.beginPath();
  for (const i of list) {
    if (!LC.inView(v, LC.g.buildings, i)) continue;
    const [x, y] = LC.middle(LC.g.buildings, i);
    const px = x * v.s - v.ox;
    const py = y * v.s - v.oy;
    ctx.moveTo(px - 2.6, py - 2.6);
    ctx.lineTo(px + 2.6, py + 2.6);
    ctx.moveTo(px + 2.6, py - 2.6);
    ctx.lineTo(px - 2.6, py + 2.6);
  }
  ctx.stroke();
};

/* Communities by shortfall: for area rules always, for walking rules when far away. */
LC.draw.units = function (v) {
  const theme = LC.theme();
  const far = LC.farView(v.mpp, 5.5);
  if (theme !== "units" && !far) return;
  const { ctx } = v;
  ctx.globalAlpha = far && v.mpp <= 8 ? 0.35 : theme === "units" ? 0.62 : 1;
  for (let i = 0; i < LC.g.communities.count; i++) {
    const row = LC.rowOf(LC.state.rule, i);
    const shade = LC.shortClass(row);
    ctx.beginPath();
    LC.trace(v, LC.g.communities, i, true);
    if (shade) {
      ctx.fillStyle = shade.fill;
      ctx.fill("evenodd");
    }
    if (row && row.verdict === "fail") {
      ctx.fillStyle = LC.hatch(ctx, "#9A360A", v.dpr, "diagonal", 8, 0.9);
      ctx.fill("evenodd");
    }
  }
  ctx.globalAlpha = 1;
};

LC.gridsShown = () => LC.theme() !== "plan" && (LC.state.layers.grids || LC.theme() === "grids");

/* Grids out of range: fewer households lilac with level lines, more peach, upright. */
LC.draw.gridFills = function (v) {
  if (LC.theme() !== "grids") return;
  const { ctx } = v;
  const g = LC.g.grids;
  for (const row of LC.rowsOf(LC.state.rule)) {
    const i = LC.gridIndex.get(row.unit);
    if (i === undefined || row.verdict !== "fail" || !LC.inView(v, g, i)) continue;
    const under = row.min !== null && row.measured < row.min;
    ctx.beginPath();
    LC.trace(v, g, i, true);
    ctx.fillStyle = under ? "#DDD8EA" : "#F3D0B3";
    ctx.globalAlpha = 0.9;
    ctx.fill("evenodd");
    ctx.globalAlpha = 0.5;
    ctx.fillStyle = LC.hatch(ctx, under ? "#6B5FA0" : "#B5420E", v.dpr,
      under ? "horizontal" : "vertical", 7, 0.9);
    ctx.fill("evenodd");
    ctx.globalAlpha = 1;
  }
};

LC.draw.grids = function (v) {
  if (!LC.gridsShown()) return;
  const { ctx } = v;
  const g = LC.g.grids;
  ctx.strokeStyle = "#7A7F85";
  ctx.lineWidth = 1.2;
  ctx.setLineDash([4, 2.5]);
  LC.traceAll(v, g, LC.every(g), true, () => ctx.stroke());
  ctx.setLineDash([]);
};

LC.borderStyle = {
  district: { colour: "#33383D", width: 1.8, dash: [11, 3, 2, 3], under: 4.4, farthest: Infinity },
  subdistrict: { colour: "#4A5057", width: 1.8, dash: [9, 3.2], under: 0, farthest: Infinity },
  community: { colour: "#6F767D", width: 1.1, dash: [5, 2.6], under: 0, farthest: 14 },
};

/* Where levels coincide their line is kept once, at the highest: it is drawn as the
   highest of those that are switched on. */
LC.borderLevels = ["district", "subdistrict", "community"];
LC.borderLayer = { district: "district", subdistrict: "subdistricts", community: "communities" };
LC.borderShown = (level) => LC.borderLevels.slice(LC.borderLevels.indexOf(level))
  .find((one) => LC.state.layers[LC.borderLayer[one]]);

LC.draw.boundaries = function (v) {
  const { ctx } = v;
  ctx.lineCap = "butt";
  ctx.lineJoin = "round";
  const levels = LC.data.layers.boundaries.level;
  for (let i = levels.length - 1; i >= 0; i--) {
    const style = LC.borderStyle[LC.borderShown(levels[i])];
    if (!style || v.mpp > style.farthest) continue;
    ctx.beginPath();
    LC.trace(v, LC.g.boundaries, i, false);
    if (style.under) {
      ctx.strokeStyle = "#FFFFFF";
      ctx.lineWidth = style.under;
      ctx.stroke();
    }
    ctx.strokeStyle = style.colour;
    ctx.lineWidth = style.width;
    ctx.setLineDash(style.dash);
    ctx.stroke();
    ctx.setLineDash([]);
  }
};

/* Walls and gates, close up. */
LC.draw.walls = function (v) {
  if (v.mpp > 1.5 || !LC.state.layers.compounds) return;
  const { ctx } = v;
  const gated = LC.data.layers.compounds.gated;
  ctx.strokeStyle = "#A39C8C";
  ctx.lineWidth = 1.3;
  const walled = LC.every(LC.g.compounds).filter((i) => gated[i] === "yes");
  LC.traceAll(v, LC.g.compounds, walled, true, () => ctx.stroke());
  ctx.fillStyle = "#FFFFFF";
  ctx.strokeStyle = LC.ink;
  ctx.lineWidth = 1.2;
  for (let i = 0; i < LC.g.gates.count; i++) {
    if (!LC.inView(v, LC.g.gates, i)) continue;
    const [x, y] = LC.middle(LC.g.gates, i);
    ctx.beginPath();
    ctx.arc(x * v.s - v.ox, y * v.s - v.oy, 2.8, 0, 7);
    ctx.fill();
    ctx.stroke();
  }
};
