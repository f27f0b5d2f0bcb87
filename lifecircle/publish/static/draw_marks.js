"use strict";
/* Marks above the map: selection, walks, facilities, numbers of gap areas. */
LC.font = (size, weight) =>
  `${weight || 400} ${size}px Arial, "Helvetica Neue", "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", sans-serif`;

LC.draw.selection = function (v) {
  const { ctx } = v;
  const outline = (g, i, widths) => {
    for (const [colour, width] of widths) {
      ctx.beginPath();
      LC.trace(v, g, i, true);
      ctx.strokeStyle = colour;
      ctx.lineWidth = width;
      ctx.stroke();
    }
  };
  ctx.lineJoin = "round";
  const heavy = [["#FFFFFF", 6], [LC.ink, 2.8]];
  const light = [["#FFFFFF", 4.4], [LC.ink, 2.2]];
  if (LC.state.community >= 0) outline(LC.g.communities, LC.state.community, heavy);
  if (LC.state.grid >= 0) outline(LC.g.grids, LC.state.grid, light);
  if (LC.state.gap >= 0) outline(LC.g.gaps, LC.state.gap, light);
  if (LC.state.building >= 0) outline(LC.g.buildings, LC.state.building, light);
};

/* The route to show: of the gap chosen, else of the community's largest gap. */
LC.routeShown = function () {
  if (!LC.state.layers.routes || !LC.gapsShown()) return -1;
  return LC.routeOf(LC.state.gap, LC.state.community);
};

LC.routeOf = function (gap, community) {
  const { routes, buildings, gaps } = LC.data.layers;
  const mine = LC.every(LC.g.routes).filter((i) => routes.rule[i] === LC.state.rule);
  if (gap >= 0) {
    const found = mine.find((i) => routes.gap[i] === gap);
    return found === undefined ? -1 : found;
  }
  if (community < 0) return -1;
  const homes = mine.filter((i) => buildings.community[routes.building[i]] === community);
  const rest = mine.filter((i) => routes.gap[i] >= 0 &&
    gaps.communities[routes.gap[i]].includes(community));
  const order = (homes.length ? homes : rest).sort((a, b) =>
    (gaps.households[routes.gap[b]] || 0) - (gaps.households[routes.gap[a]] || 0));
  return order.length ? order[0] : -1;
};

LC.draw.route = function (v) {
  const shown = LC.routeShown();
  if (shown < 0 || LC.g.routes.first[shown] === LC.g.routes.first[shown + 1]) return;
  const { ctx } = v;
  const g = LC.g.routes;
  const first = g.from[g.first[shown]];
  const last = g.from[g.first[shown + 1]] - 1;
  const at = (k) => [g.x[k] * v.s - v.ox, g.y[k] * v.s - v.oy];
  LC.straight(v, at(first), at(last));
  ctx.lineJoin = "round";
  ctx.lineCap = "round";
  ctx.beginPath();
  LC.trace(v, g, shown, false);
  ctx.strokeStyle = "rgba(255,255,255,0.95)";
  ctx.lineWidth = 8;
  ctx.stroke();
  ctx.strokeStyle = LC.ink;
  ctx.lineWidth = 4.6;
  ctx.setLineDash([0.01, 7.6]);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.lineCap = "butt";
};

LC.straight = function (v, a, b) {
  const { ctx } = v;
  ctx.beginPath();
  ctx.moveTo(a[0], a[1]);
  ctx.lineTo(b[0], b[1]);
  ctx.strokeStyle = "rgba(255,255,255,0.9)";
  ctx.lineWidth = 3.4;
  ctx.stroke();
  ctx.strokeStyle = LC.ink;
  ctx.lineWidth = 1.3;
  ctx.setLineDash([3, 3]);
  ctx.stroke();
  ctx.setLineDash([]);
};

/* A chosen building: a line to the nearest facility of the row picked. */
LC.draw.nearest = function (v) {
  const { building, target } = LC.state;
  if (building < 0 || target < 0) return;
  const at = (g, i) => {
    const [x, y] = LC.middle(g, i);
    return [x * v.s - v.ox, y * v.s - v.oy];
  };
  LC.straight(v, at(LC.g.buildings, building), at(LC.g.facilities, target));
};

LC.facilityShown = (i) => LC.data.layers.facilities.classes[i].includes(LC.state.cls) && LC.statusOn(i);

/* Under the grid plan facilities would only be in the way. */
LC.facilitiesOn = () => LC.state.layers.facilities && LC.theme() !== "plan";

LC.draw.facilities = function (v) {
  if (!LC.facilitiesOn()) return;
  const g = LC.g.facilities;
  const list = LC.every(g).filter((i) => LC.statusOn(i) && LC.inView(v, g, i));
  const place = (i) => [g.x[g.from[g.first[i]]] * v.s - v.ox, g.y[g.from[g.first[i]]] * v.s - v.oy];
  const { ctx } = v;
  if (v.mpp < 4) {
    ctx.fillStyle = "#6A7077";
    ctx.strokeStyle = "#FFFFFF";
    ctx.lineWidth = 1;
    for (const i of list) {
      if (LC.facilityShown(i)) continue;
      const [x, y] = place(i);
      ctx.beginPath();
      ctx.arc(x, y, 2.5, 0, 7);
      ctx.fill();
      ctx.stroke();
    }
  }
  const { status } = LC.data.layers.facilities;
  v.markBoxes = [];
  if (v.mpp > 8) {
    LC.farMarks(v, list.filter(LC.facilityShown), place);
    return;
  }
  for (const i of list) {
    if (!LC.facilityShown(i)) continue;
    const [x, y] = place(i);
    LC.facilityMark(ctx, x, y, LC.classMark(LC.state.cls), status[i], 17);
    v.markBoxes.push([x - 10, y - 10, x + 10, y + 10]);
  }
};

/* From far away a facility is a small ink square. */
LC.farMarks = function (v, list, place) {
  v.ctx.fillStyle = LC.ink;
  v.ctx.strokeStyle = "#FFFFFF";
  v.ctx.lineWidth = 1.2;
  for (const i of list) {
    const [x, y] = place(i);
    v.ctx.fillRect(x - 2.5, y - 2.5, 5, 5);
    v.ctx.strokeRect(x - 3, y - 3, 6, 6);
  }
};

/* 17 px ink square with one character; half filled while being built. */
LC.facilityMark = function (ctx, x, y, mark, status, size) {
  const left = Math.round(x - size / 2);
  const top = Math.round(y - size / 2);
  const built = status === "built" || !status;
  ctx.fillStyle = "#FFFFFF";
  ctx.fillRect(left - 1.6, top - 1.6, size + 3.2, size + 3.2);
  ctx.fillStyle = LC.ink;
  if (built) ctx.fillRect(left, top, size, size);
  else {
    ctx.strokeStyle = LC.ink;
    ctx.lineWidth = 1.4;
    ctx.setLineDash(status === "planned" ? [3, 2] : []);
    ctx.strokeRect(left + 0.7, top + 0.7, size - 1.4, size - 1.4);
    ctx.setLineDash([]);
  }
  ctx.font = LC.font(size * 0.74, 700);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = built ? "#FFFFFF" : LC.ink;
  ctx.fillText(mark, left + size / 2, top + size / 2 + 0.5);
  if (status === "under_construction") {
    /* the lower half reversed: ink ground, white character */
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top + size / 2, size, size / 2);
    ctx.clip();
    ctx.fillStyle = LC.ink;
    ctx.fillRect(left, top, size, size);
    ctx.fillStyle = "#FFFFFF";
    ctx.fillText(mark, left + size / 2, top + size / 2 + 0.5);
    ctx.restore();
  }
};

/* The same mark for legends. */
LC.markPicture = function (mark, status) {
  const dpr = window.devicePixelRatio || 1;
  const canvas = LC.h("canvas.mark-picture", { width: 21 * dpr, height: 21 * dpr, "aria-hidden": "true" });
  const ctx = canvas.getContext("2d");
  ctx.scale(dpr, dpr);
  LC.facilityMark(ctx, 10.5, 10.5, mark, status, 17);
  return canvas;
};

/* Numbers of gap areas, by households. */
LC.gapMarks = function (v) {
  if (!LC.gapsShown() || v.mpp > 8) return [];
  const marks = [];
  LC.gapsOf(LC.state.rule).forEach((gap) => {
    if (!LC.inView(v, LC.g.gaps, gap)) return;
    const [x, y] = LC.insidePoint(LC.g.gaps, gap);
    marks.push({ gap, number: LC.data.layers.gaps.number[gap], x: x * v.s - v.ox, y: y * v.s - v.oy });
  });
  return marks.filter((mark) => mark.number <= 30 || v.mpp < 3);
};

LC.draw.gapNumber = function (ctx, mark) {
  const radius = mark.number > 9 ? 9.5 : 8.2;
  ctx.beginPath();
  ctx.arc(mark.x, mark.y, radius, 0, 7);
  ctx.fillStyle = LC.colours.gap;
  ctx.fill();
  ctx.strokeStyle = "#FFFFFF";
  ctx.lineWidth = 1.6;
  ctx.stroke();
  ctx.font = LC.font(mark.number > 9 ? 10.5 : 11.5, 700);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = "#FFFFFF";
  ctx.fillText(String(mark.number), mark.x, mark.y + 0.5);
};

/* A point well inside a polygon: the widest stretch of some horizontal lines. */
LC.insidePoint = function (g, i) {
  g.inner = g.inner || new Map();
  if (g.inner.has(i)) return g.inner.get(i);
  let best = LC.middle(g, i);
  let widest = 0;
  const top = g.box[4 * i + 1];
  const tall = g.box[4 * i + 3] - top;
  for (const part of [0.5, 0.4, 0.6, 0.3, 0.7]) {
    for (const [from, to] of LC.stretches(g, i, top + tall * part)) {
      const width = (to - from) * (1 - Math.abs(part - 0.5));
      if (width > widest) {
        widest = width;
        best = [(from + to) / 2, top + tall * part];
      }
    }
  }
  g.inner.set(i, best);
  return best;
};

/* Where a horizontal line runs inside a polygon. */
LC.stretches = function (g, i, y) {
  const crossings = [];
  for (let p = g.first[i]; p < g.first[i + 1]; p++) {
    const start = g.from[p];
    const end = g.from[p + 1];
    for (let a = start, c = end - 1; a < end; c = a++) {
      if (g.y[a] > y !== g.y[c] > y) {
        crossings.push(((g.x[c] - g.x[a]) * (y - g.y[a])) / (g.y[c] - g.y[a]) + g.x[a]);
      }
    }
  }
  crossings.sort((a, b) => a - b);
  const found = [];
  for (let k = 0; k + 1 < crossings.length; k += 2) found.push([crossings[k], crossings[k + 1]]);
  return found;
};
