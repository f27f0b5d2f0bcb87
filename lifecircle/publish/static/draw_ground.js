"use strict";
/* Tracing of features, and the quiet ground: land, water, roads, veil. */
LC.draw = {};

/* Is the feature's box in view? */
LC.inView = (v, g, i) =>
  g.box[4 * i] <= v.x1 && g.box[4 * i + 2] >= v.x0 &&
  g.box[4 * i + 1] <= v.y1 && g.box[4 * i + 3] >= v.y0;

/* Add a feature to the path; points become small discs. */
LC.trace = function (v, g, i, closed) {
  const { ctx, s, ox, oy } = v;
  for (let p = g.first[i]; p < g.first[i + 1]; p++) {
    const start = g.from[p];
    const end = g.from[p + 1];
    if (end - start === 1) {
      const x = g.x[start] * s - ox;
      const y = g.y[start] * s - oy;
      ctx.moveTo(x + 4, y);
      ctx.arc(x, y, 4, 0, 7);
      continue;
    }
    ctx.moveTo(g.x[start] * s - ox, g.y[start] * s - oy);
    for (let k = start + 1; k < end; k++) ctx.lineTo(g.x[k] * s - ox, g.y[k] * s - oy);
    if (closed) ctx.closePath();
  }
};

/* Trace many features and call `flush` after every 64: long paths are slow. */
LC.traceAll = function (v, g, list, closed, flush) {
  let held = 0;
  v.ctx.beginPath();
  for (const i of list) {
    if (!LC.inView(v, g, i)) continue;
    LC.trace(v, g, i, closed);
    if (++held === 64) {
      flush();
      v.ctx.beginPath();
      held = 0;
    }
  }
  if (held) flush();
};

LC.every = (g) => Array.from({ length: g.count }, (_, i) => i);

/* A base map shows the ground itself: the plan's own is not drawn over it. A sheet is
   drawn on one canvas. */
LC.draw.ground = function (v) {
  if (LC.backdrop.chosen()) {
    if (LC.onSheet) LC.backdrop.paint(v);
    return;
  }
  v.ctx.fillStyle = LC.colours.ground;
  v.ctx.fillRect(0, 0, v.w, v.h);
  const { ctx } = v;
  const district = LC.g.district;
  ctx.beginPath();
  LC.trace(v, district, 0, true);
  ctx.fillStyle = LC.colours.otherBlock;
  ctx.fill("evenodd");
};

LC.landOrder = ["other", "industrial", "vacant", "village", "residential", "green", "water",
  "nonresidential_building"];
LC.landColour = {
  other: "#F1EEE8", industrial: "#EEEBE4", vacant: "#F1EFE6", village: "#F8F5EE",
  residential: "#F8F5EE", green: "#DFE9D6", water: "#CFE0E6", nonresidential_building: "#E2DED5",
};

LC.landOf = function (kind) {
  if (!LC.landByKind) {
    LC.landByKind = new Map();
    LC.data.layers.land.kind.forEach((one, i) => {
      if (!LC.landByKind.has(one)) LC.landByKind.set(one, []);
      LC.landByKind.get(one).push(i);
    });
  }
  return LC.landByKind.get(kind) || [];
};

LC.draw.land = function (v) {
  if (LC.backdrop.chosen()) return;
  const { ctx } = v;
  const g = LC.g.land;
  const paint = (kind) => {
    ctx.fillStyle = LC.landColour[kind];
    LC.traceAll(v, g, LC.landOf(kind), true, () => ctx.fill("evenodd"));
  };
  for (const kind of LC.landOrder.slice(0, 5)) paint(kind);
  if (LC.state.layers.compounds) {
    ctx.fillStyle = LC.colours.residential;
    LC.traceAll(v, LC.g.compounds, LC.every(LC.g.compounds), true, () => ctx.fill("evenodd"));
  }
  paint("green");
};

LC.draw.water = function (v) {
  if (LC.backdrop.chosen()) return;
  const { ctx } = v;
  const g = LC.g.land;
  ctx.fillStyle = LC.colours.water;
  ctx.strokeStyle = LC.colours.bank;
  ctx.lineWidth = 0.9;
  LC.traceAll(v, g, LC.landOf("water"), true, () => {
    ctx.fill("evenodd");
    ctx.stroke();
  });
};

/* True widths in metres: 24 main, 12 middle, 7 small, 3 paths. */
LC.roadWidths = {
  motorway: 24, trunk: 24, primary: 24, secondary: 18, tertiary: 12, motorway_link: 12,
  trunk_link: 12, primary_link: 12, secondary_link: 12, unclassified: 7, residential: 7,
  living_street: 7, service: 4, track: 4, pedestrian: 6, footway: 2.4, path: 2.4, steps: 2.4,
  cycleway: 2.4,
};
LC.roadGroups = function () {
  if (!LC.roadsByWidth) {
    const groups = new Map();
    const roads = LC.data.layers.roads;
    for (let i = 0; i < roads.kind.length; i++) {
      const kind = roads.kinds[roads.kind[i]];
      const width = LC.roadWidths[kind] || 7;
      if (!groups.has(width)) groups.set(width, { width, plain: [], bridges: [] });
      if (!roads.tunnel[i]) groups.get(width)[roads.bridge[i] ? "bridges" : "plain"].push(i);
    }
    LC.roadsByWidth = [...groups.values()].sort((a, b) => a.width - b.width);
  }
  return LC.roadsByWidth;
};

LC.draw.roads = function (v) {
  if (!LC.state.layers.roads) return;
  const { ctx, mpp } = v;
  const least = mpp > 8 ? 18 : mpp > 5 ? 12 : mpp > 2.6 ? 6 : mpp > 1.6 ? 4 : 0;
  const groups = LC.roadGroups().filter((one) => one.width >= least);
  ctx.lineCap = "round";
  ctx.lineJoin = "round";
  for (const step of ["casing", "road"]) {
    for (const { width, plain } of groups) {
      if (step === "casing" && width < 6) continue;
      const wide = Math.max(1.1, width / mpp);
      ctx.strokeStyle = step === "casing" ? LC.colours.casing : LC.colours.road;
      ctx.lineWidth = step === "casing" ? wide + 1.5 : wide;
      LC.traceAll(v, LC.g.roads, plain, false, () => ctx.stroke());
    }
  }
  ctx.lineCap = "butt";
  for (const { width, bridges } of groups) {
    const wide = Math.max(1.1, width / mpp);
    if (width >= 6) {
      ctx.strokeStyle = LC.colours.bridge;
      ctx.lineWidth = wide + 2.2;
      LC.traceAll(v, LC.g.roads, bridges, false, () => ctx.stroke());
    }
    ctx.strokeStyle = LC.colours.road;
    ctx.lineWidth = wide + 0.2;
    LC.traceAll(v, LC.g.roads, bridges, false, () => ctx.stroke());
  }
};

LC.draw.barriers = function (v) {
  if (!LC.state.layers.barriers) return;
  const { ctx, mpp } = v;
  const { kind } = LC.data.layers.barriers;
  const of = (wanted) => LC.every(LC.g.barriers).filter((i) => kind[i] === wanted);
  const stroke = () => ctx.stroke();
  const rails = of("railway");
  if (rails.length && mpp < 12) {
    ctx.lineCap = "butt";
    for (const [colour, width, dash] of [["#8B8881", 3.2, []], ["#FFFFFF", 1.8, [7, 7]]]) {
      ctx.strokeStyle = colour;
      ctx.lineWidth = width;
      ctx.setLineDash(dash);
      LC.traceAll(v, LC.g.barriers, rails, false, stroke);
    }
    ctx.setLineDash([]);
  }
  ctx.strokeStyle = "#8A8578";
  ctx.lineWidth = 1.2;
  const walls = mpp > 8 ? [] : of("wall");
  LC.traceAll(v, LC.g.barriers, [...walls, ...of("expressway")], false, stroke);
};

/* Outside the district everything recedes. */
LC.draw.veil = function (v) {
  const { ctx } = v;
  ctx.beginPath();
  ctx.rect(-2, -2, v.w + 4, v.h + 4);
  LC.trace(v, LC.g.district, 0, true);
  ctx.fillStyle = LC.colours.veil;
  ctx.fill("evenodd");
};

LC.draw.otherBuildings = function (v) {
  if (v.mpp > 4) return;
  const { ctx } = v;
  ctx.fillStyle = LC.colours.plain;
  LC.traceAll(v, LC.g.land, LC.landOf("nonresidential_building"), true, () => ctx.fill("evenodd"));
};
