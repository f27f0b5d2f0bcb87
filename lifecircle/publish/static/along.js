"use strict";
/* Writing along lines: road names, river names, tags of a walk. */
LC.roadLabels = function (v, placed) {
  if (v.mpp > 6 || !LC.state.layers.roads) return;
  const { roadNames } = LC.data.layers;
  const order = LC.every(LC.g.roadNames).sort((a, b) =>
    roadNames.bridge[b] - roadNames.bridge[a] ||
    (LC.roadWidths[roadNames.kind[b]] || 7) - (LC.roadWidths[roadNames.kind[a]] || 7));
  const least = v.mpp > 3.4 ? 18 : v.mpp > 2.2 ? 12 : v.mpp > 1.3 ? 7 : 0;
  for (const i of order) {
    if (!LC.inView(v, LC.g.roadNames, i)) continue;
    if (!roadNames.bridge[i] && (LC.roadWidths[roadNames.kind[i]] || 7) < least) continue;
    LC.nameAlong(v, placed, i, roadNames.name[i], roadNames.bridge[i]);
  }
};

/* One name on every long straight stretch in view, some 600 px apart. */
LC.nameAlong = function (v, placed, i, name, bridge) {
  const { ctx } = v;
  const g = LC.g.roadNames;
  ctx.font = LC.font(bridge ? 11 : 10.5);
  const wide = ctx.measureText(name).width + name.length * 1.5;
  let last = null;
  for (let p = g.first[i]; p < g.first[i + 1]; p++) {
    for (const run of LC.straightRuns(v, g, g.from[p], g.from[p + 1])) {
      if (!bridge && run.length < wide + 24) continue;
      const pieces = Math.max(1, Math.floor(run.length / 700));
      for (let k = 0; k < pieces; k++) {
        const part = (k + 0.5) / pieces;
        const x = run.x0 + (run.x1 - run.x0) * part;
        const y = run.y0 + (run.y1 - run.y0) * part;
        if (x < 0 || y < 0 || x > v.w || y > v.h) continue;
        if (!LC.contains(LC.g.district, 0, (x + v.ox) / v.s, (y + v.oy) / v.s)) continue;
        if (last && Math.hypot(x - last[0], y - last[1]) < 420) continue;
        if (bridge ? LC.bridgeName(v, placed, name, x, y) : LC.roadName(v, placed, name, x, y, run, wide)) {
          last = [x, y];
        }
      }
    }
  }
};

/* Stretches that turn by less than 20 degrees, clipped to the view. */
LC.straightRuns = function (v, g, start, end) {
  const runs = [];
  let run = null;
  for (let k = start; k + 1 < end; k++) {
    const a = [g.x[k] * v.s - v.ox, g.y[k] * v.s - v.oy];
    const b = [g.x[k + 1] * v.s - v.ox, g.y[k + 1] * v.s - v.oy];
    const angle = Math.atan2(b[1] - a[1], b[0] - a[0]);
    const turn = run ? Math.abs(Math.atan2(Math.sin(angle - run.angle), Math.cos(angle - run.angle))) : 9;
    if (run && turn < 0.35) {
      run.x1 = b[0];
      run.y1 = b[1];
    } else {
      run = { x0: a[0], y0: a[1], x1: b[0], y1: b[1], angle };
      runs.push(run);
    }
  }
  for (const one of runs) LC.clipRun(v, one);
  return runs.filter((one) => one.length > 0);
};

LC.clipRun = function (v, run) {
  let from = 0;
  let to = 1;
  const clip = (a, b, low, high) => {
    const d = b - a;
    if (Math.abs(d) < 1e-9) {
      if (a < low || a > high) to = -1;
      return;
    }
    const t0 = (low - a) / d;
    const t1 = (high - a) / d;
    from = Math.max(from, Math.min(t0, t1));
    to = Math.min(to, Math.max(t0, t1));
  };
  clip(run.x0, run.x1, 0, v.w);
  clip(run.y0, run.y1, 0, v.h);
  if (to <= from) {
    run.length = 0;
    return;
  }
  const { x0, y0, x1, y1 } = run;
  Object.assign(run, {
    x0: x0 + (x1 - x0) * from, y0: y0 + (y1 - y0) * from,
    x1: x0 + (x1 - x0) * to, y1: y0 + (y1 - y0) * to,
  });
  run.length = Math.hypot(run.x1 - run.x0, run.y1 - run.y0);
};

LC.roadName = function (v, placed, name, x, y, run, wide) {
  const { ctx } = v;
  let angle = Math.atan2(run.y1 - run.y0, run.x1 - run.x0);
  if (angle > Math.PI / 2) angle -= Math.PI;
  if (angle <= -Math.PI / 2) angle += Math.PI;
  const upright = Math.abs(angle) > Math.PI / 3 && /[一-鿿]/.test(name);
  const half = wide / 2;
  const boxes = LC.boxesAlong(x, y, angle, half);
  if (boxes.some((box) => placed.taken(box))) return false;
  boxes.forEach((box) => placed.put(box));
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  const letters = [...name];
  const step = wide / letters.length;
  ctx.save();
  ctx.translate(x, y);
  if (upright) {
    const down = angle > 0 ? 1 : -1;
    letters.forEach((letter, k) => {
      const along = (k - (letters.length - 1) / 2) * (step + 1.5) * down;
      LC.halo(ctx, letter, Math.cos(angle) * along, Math.sin(angle) * along, "#6B6A64", 2.6);
    });
  } else {
    ctx.rotate(angle);
    if (/[一-鿿]/.test(name)) {
      letters.forEach((letter, k) =>
        LC.halo(ctx, letter, (k - (letters.length - 1) / 2) * step, 0, "#6B6A64", 2.6));
    } else LC.halo(ctx, name, 0, 0, "#6B6A64", 2.6);
  }
  ctx.restore();
  return true;
};

LC.boxesAlong = function (x, y, angle, half) {
  const count = Math.max(1, Math.ceil((2 * half) / 14));
  return Array.from({ length: count }, (_, k) => {
    const along = -half + ((k + 0.5) * 2 * half) / count;
    const bx = x + Math.cos(angle) * along;
    const by = y + Math.sin(angle) * along;
    return [bx - 7, by - 7, bx + 7, by + 7];
  });
};

LC.bridgeName = (v, placed, name, x, y) =>
  LC.smallLabel(v, placed, name, x, y - 13, { font: LC.font(11), colour: "#3A4047" });

/* River names: letters spread along the water, left-slanted serif. */
LC.waterLabels = function (v, placed) {
  const { ctx } = v;
  const { name } = LC.data.layers.land;
  for (const i of LC.landOf("water")) {
    if (!name[i] || !LC.inView(v, LC.g.land, i)) continue;
    const spots = LC.waterSpots(v, i, [...name[i]].length);
    const size = Math.max(15, Math.min(23, (spots.width || 0) * 0.62));
    if (!spots.length || spots.width < 15) continue;
    ctx.font = `${size}px "Noto Serif CJK SC", SimSun, "Songti SC", serif`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    [...name[i]].forEach((letter, k) => {
      const [x, y] = spots[k];
      const box = [x - size / 2, y - size / 2, x + size / 2, y + size / 2];
      if (placed.taken(box)) return;
      placed.put(box);
      ctx.save();
      ctx.translate(x, y);
      ctx.transform(1, 0, 0.22, 1, 0, 0);
      ctx.strokeStyle = LC.colours.water;
      ctx.lineWidth = 5;
      ctx.strokeText(letter, 0, 0);
      ctx.fillStyle = "#4C7C8E";
      ctx.fillText(letter, 0, 0);
      ctx.restore();
    });
  }
};

/* As many places as letters, down the middle of the water within the view. */
LC.waterSpots = function (v, i, count) {
  const g = LC.g.land;
  const top = Math.max(g.box[4 * i + 1], (v.oy + v.seen[1] + 40) / v.s);
  const bottom = Math.min(g.box[4 * i + 3], (v.oy + v.seen[3] - 40) / v.s);
  const left = Math.max(g.box[4 * i], v.x0);
  const right = Math.min(g.box[4 * i + 2], v.x1);
  const spots = [];
  let narrowest = Infinity;
  if (bottom <= top) return spots;
  const standing = bottom - top > (right - left) * 0.8;
  for (let k = 0; k < count; k++) {
    const part = (k + 1) / (count + 1);
    const y = standing ? top + (bottom - top) * (0.25 + 0.5 * part) : (top + bottom) / 2;
    const found = LC.stretches(g, i, y)
      .map(([a, b]) => [Math.max(a, v.x0), Math.min(b, v.x1)])
      .filter(([a, b]) => b > a)
      .sort((a, b) => b[1] - b[0] - (a[1] - a[0]))[0];
    if (!found) return [];
    const x = standing ? (found[0] + found[1]) / 2 : found[0] + (found[1] - found[0]) * part;
    narrowest = Math.min(narrowest, (found[1] - found[0]) * v.s / (standing ? 1 : count));
    spots.push([x * v.s - v.ox, y * v.s - v.oy]);
  }
  spots.width = narrowest;
  return spots;
};

/* Tags of the example walk: dark for the way on foot, white for the straight line. */
LC.routeTags = function (v, placed) {
  const shown = LC.routeShown();
  const g = LC.g.routes;
  if (shown < 0 || g.first[shown] === g.first[shown + 1]) return [];
  const { routes } = LC.data.layers;
  const start = g.from[g.first[shown]];
  const end = g.from[g.first[shown + 1]] - 1;
  const at = (k) => [g.x[k] * v.s - v.ox, g.y[k] * v.s - v.oy];
  const walk = LC.t(LC.walkKey("tag", shown), { via: routes.via[shown],
    m: LC.grouped(routes.m[shown], 0), min: LC.grouped(Math.ceil(routes.min[shown] - 1e-9), 0) });
  const [ax, ay] = at(start);
  const [bx, by] = at(end);
  const [mx, my] = LC.halfway(g, start, end, v);
  const straight = LC.t("tag_straight", { m: LC.grouped(routes.straight[shown], 0) });
  return [
    LC.placeTag(v, placed, { text: walk, x: mx, y: my, dark: true }),
    LC.placeTag(v, placed, { text: straight, x: (ax + bx) / 2, y: (ay + by) / 2, dark: false })];
};

/* The point half way along a line, in pixels. */
LC.halfway = function (g, start, end, v) {
  let length = 0;
  for (let k = start; k < end; k++) length += Math.hypot(g.x[k + 1] - g.x[k], g.y[k + 1] - g.y[k]);
  let left = length / 2;
  for (let k = start; k < end; k++) {
    const step = Math.hypot(g.x[k + 1] - g.x[k], g.y[k + 1] - g.y[k]);
    if (step >= left && step > 0) {
      const part = left / step;
      return [
        (g.x[k] + (g.x[k + 1] - g.x[k]) * part) * v.s - v.ox,
        (g.y[k] + (g.y[k + 1] - g.y[k]) * part) * v.s - v.oy];
    }
    left -= step;
  }
  return [g.x[start] * v.s - v.ox, g.y[start] * v.s - v.oy];
};

/* A free place for a tag near its point, in the part of the map that is seen. */
LC.placeTag = function (v, placed, { text, x, y, dark }) {
  v.ctx.font = LC.font(12.5, dark ? 700 : 400);
  const half = v.ctx.measureText(text).width / 2 + 9;
  const cx = Math.min(Math.max(x, v.seen[0] + half + 4), v.seen[2] - half - 4);
  const shifts = [0, -34, 34, -62, 62, -90, 90];
  const free = shifts.map((dy) => y + dy).find((one) => !placed.taken([cx - half, one - 13, cx + half, one + 13]));
  const cy = free === undefined ? y : free;
  placed.put([cx - half, cy - 13, cx + half, cy + 13]);
  return { text, dark, cx, cy, half };
};

LC.draw.tag = function (v, { text, dark, cx, cy, half }) {
  const { ctx } = v;
  ctx.font = LC.font(12.5, dark ? 700 : 400);
  ctx.fillStyle = dark ? LC.ink : "#FFFFFF";
  ctx.strokeStyle = dark ? "#FFFFFF" : LC.ink;
  ctx.lineWidth = 1.2;
  ctx.beginPath();
  ctx.rect(cx - half, cy - 12, 2 * half, 24);
  ctx.fill();
  ctx.stroke();
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = dark ? "#FFFFFF" : LC.ink;
  ctx.fillText(text, cx, cy + 0.5);
};
