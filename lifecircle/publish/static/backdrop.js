"use strict";
/* What lies below the plan: a picture inside the file, or tiles that the reader asks
   for. Nothing is loaded before that, and a key stays in this page's memory alone. */
LC.backdrop = { key: "", held: new Map(), most: 500, failed: 0 };

LC.backdrop.rows = function () {
  const { picture, tiles } = LC.data.backdrop;
  return [...(picture ? [{ id: "picture", ...picture }] : []), ...tiles];
};

LC.backdrop.chosen = () => LC.backdrop.rows().find((row) => row.id === LC.state.backdrop);

LC.backdrop.nameOf = (row) => (row.id === "picture" ? LC.t("backdrop_picture") : row[LC.state.lang]);

LC.backdrop.needsKey = (row) => Boolean(row.addresses) && row.addresses.some((one) => one.includes("{key}"));

/* Below the canvases of the plan, in a pane of its own: tiles that arrive redraw it only. */
LC.backdrop.start = function (map) {
  Object.assign(LC.state, { backdrop: "", strength: 0.5 });
  const { picture } = LC.data.backdrop;
  if (!LC.backdrop.rows().length) return;
  map.createPane("backdrop").style.zIndex = 150;
  LC.backdrop.layer = new LC.CanvasLayer(LC.backdrop.paint, { pane: "backdrop" });
  LC.backdrop.layer.addTo(map);
  LC.backdrop.note = LC.h("div.backdrop-note", { hidden: true });
  map.getContainer().parentNode.append(LC.backdrop.note);
  LC.watch((changed) => {
    if (LC.any(changed, "backdrop", "strength")) LC.backdrop.redraw();
    if (changed.has("backdrop")) LC.base.redraw();
    if (LC.any(changed, "backdrop", "lang")) LC.backdrop.tell();
  });
  if (!picture) return;
  LC.backdrop.image = new Image();
  LC.backdrop.image.onload = () => LC.set({ backdrop: "picture" });
  LC.backdrop.image.src = document.getElementById("picture").content.textContent;
};

LC.backdrop.redraw = function () {
  if (LC.backdrop.waiting) return;
  LC.backdrop.waiting = true;
  requestAnimationFrame(() => {
    LC.backdrop.waiting = false;
    LC.backdrop.layer.redraw();
    if (LC.onSheet) LC.base.redraw();
  });
};

/* Over the ground's colour, so that the plan's colours win. */
LC.backdrop.paint = function (v) {
  const row = LC.backdrop.chosen();
  if (!row) return;
  const { ctx } = v;
  ctx.fillStyle = LC.colours.ground;
  ctx.fillRect(0, 0, v.w, v.h);
  ctx.globalAlpha = LC.state.strength;
  ctx.imageSmoothingQuality = "high";
  if (row.id === "picture") LC.backdrop.place(v, LC.backdrop.image, LC.backdrop.world(row.bounds));
  else if (LC.backdrop.key || !LC.backdrop.needsKey(row)) LC.backdrop.tiles(v, row);
  ctx.globalAlpha = 1;
};

LC.backdrop.world = ([west, south, east, north]) =>
  [LC.worldX(west), LC.worldY(north), LC.worldX(east), LC.worldY(south)];

/* Draw an image, or a part of it, over a box of the world; edges on whole dots, so
   that neighbours neither overlap nor part. */
LC.backdrop.place = function (v, image, [x0, y0, x1, y1], part) {
  const dot = (value) => Math.round(value * v.dpr) / v.dpr;
  const left = dot(x0 * v.s - v.ox);
  const top = dot(y0 * v.s - v.oy);
  const [sx, sy, sw, sh] = part || [0, 0, image.naturalWidth, image.naturalHeight];
  v.ctx.drawImage(image, sx, sy, sw, sh, left, top, dot(x1 * v.s - v.ox) - left, dot(y1 * v.s - v.oy) - top);
};

LC.backdrop.tiles = function (v, row) {
  const z = Math.max(0, Math.min(row.finest, Math.round(Math.log2(v.s))));
  const side = 256 / Math.pow(2, z);
  const there = [[v.x0, v.y0], [v.x1, v.y0], [v.x0, v.y1], [v.x1, v.y1]]
    .map(([x, y]) => (row.shifted ? LC.backdrop.toGcj(x, y) : [x, y]));
  const range = (axis) => [Math.min(...there.map((one) => one[axis])), Math.max(...there.map((one) => one[axis]))]
    .map((value) => Math.max(0, Math.min(Math.pow(2, z) - 1, Math.floor(value / side))));
  const [left, right] = range(0);
  const [top, bottom] = range(1);
  row.addresses.forEach((address, k) => {
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) LC.backdrop.tile(v, row, { address, k, z, x, y, side });
    }
  });
};

/* A tile; until it is there, its part of a coarser one that is. */
LC.backdrop.tile = function (v, row, { address, k, z, x, y, side }) {
  const box = LC.backdrop.boxOf(row, x * side, y * side, side);
  const name = (up) => `${row.id}/${k}/${z - up}/${x >> up}/${y >> up}`;
  const image = LC.backdrop.fetched(name(0), () => LC.backdrop.filled(row, address, z, x, y));
  if (image.naturalWidth) {
    LC.backdrop.place(v, image, box);
    return;
  }
  for (let up = 1; up <= 4; up++) {
    const coarse = LC.backdrop.held.get(name(up));
    if (!coarse || !coarse.naturalWidth) continue;
    const [w, h] = [coarse.naturalWidth / (1 << up), coarse.naturalHeight / (1 << up)];
    LC.backdrop.place(v, coarse, box, [(x % (1 << up)) * w, (y % (1 << up)) * h, w, h]);
    return;
  }
};

LC.backdrop.fetched = function (name, address) {
  const { held } = LC.backdrop;
  if (held.has(name)) return held.get(name);
  const image = new Image();
  image.onload = LC.backdrop.redraw;
  image.onerror = () => {
    LC.backdrop.failed += 1;
    LC.backdrop.tell();
  };
  image.src = address();
  held.set(name, image);
  if (held.size > LC.backdrop.most) held.delete(held.keys().next().value);
  return image;
};

LC.backdrop.filled = function (row, address, z, x, y) {
  const values = { z, x, y, "-y": Math.pow(2, z) - 1 - y, key: encodeURIComponent(LC.backdrop.key),
    s: row.subdomains[(x + y) % row.subdomains.length] };
  return address.replace(/{(-y|\w+)}/g, (_, name) => values[name]);
};

/* Where a tile lies: each edge is moved by the shift at its middle. */
LC.backdrop.boxOf = function (row, x, y, side) {
  if (!row.shifted) return [x, y, x + side, y + side];
  const from = LC.backdrop.fromGcj;
  const [mx, my] = [x + side / 2, y + side / 2];
  return [from(x, my)[0], from(mx, y)[1], from(x + side, my)[0], from(mx, y + side)[1]];
};

/* World pixels to those of a service in GCJ-02, as lifecircle/tables/crs.py. */
LC.backdrop.toGcj = function (worldX, worldY) {
  const { PI, sin, cos, sqrt, abs } = Math;
  const lon = (worldX / 256) * 360 - 180;
  const phi = Math.atan(Math.sinh(PI * (1 - worldY / 128)));
  const lat = (phi * 180) / PI;
  if (lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271) return [worldX, worldY];
  const x = lon - 105;
  const y = lat - 35;
  const waves = (value, a, b) => ((a * sin(PI * value) + 2 * a * sin((PI * value) / 3)) * 2) / 3
    + ((b[0] * sin((PI * value) / 12) + b[1] * sin((PI * value) / 30)) * 2) / 3;
  const shared = ((20 * sin(6 * PI * x) + 20 * sin(2 * PI * x)) * 2) / 3;
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + shared + waves(y, 20, [160, 320]);
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + shared + waves(x, 20, [150, 300]);
  const squared = 0.00669342162296594323;
  const curve = 1 - squared * sin(phi) ** 2;
  const metres = (PI / 180) * 6378245;
  return [LC.worldX(lon + east / ((metres / sqrt(curve)) * cos(phi))),
    LC.worldY(lat + north / ((metres * (1 - squared)) / curve ** 1.5))];
};

/* The way back: each step leaves a hundredth of the error, or less. */
LC.backdrop.fromGcj = function (worldX, worldY) {
  let [x, y] = [worldX, worldY];
  for (let step = 0; step < 5; step++) {
    const [thereX, thereY] = LC.backdrop.toGcj(x, y);
    x -= thereX - worldX;
    y -= thereY - worldY;
  }
  return [x, y];
};

/* Whose it is, at the rim of the map; printed too. */
LC.backdrop.tell = function () {
  const row = LC.backdrop.chosen();
  LC.backdrop.note.hidden = !row;
  if (!row) return;
  const parts = [LC.t("backdrop_source", { text: row.source || LC.backdrop.nameOf(row) }),
    row.approval ? LC.t("approval", { text: row.approval }) : null,
    row.addresses && !row.approval ? LC.t("backdrop_approval") : null,
    row.shifted ? LC.t("backdrop_shifted") : null,
    row.addresses && LC.backdrop.failed ? LC.t("backdrop_failed", { n: LC.count(LC.backdrop.failed) }) : null];
  LC.fill(LC.backdrop.note, parts.filter(Boolean).join("　"));
};

/* Within the menu of layers. */
LC.backdrop.menu = function () {
  const rows = LC.backdrop.rows();
  if (!rows.length) return null;
  const row = LC.backdrop.chosen();
  const choice = (id, name) => LC.h("label", {}, LC.h("input", { type: "radio", name: "backdrop", value: id,
    checked: LC.state.backdrop === id, onchange: () => LC.set({ backdrop: id }) }), name);
  return LC.h("fieldset.backdrop", {}, LC.h("legend", {}, LC.t("backdrop")),
    choice("", LC.t("backdrop_none")), rows.map((one) => choice(one.id, LC.backdrop.nameOf(one))),
    row ? LC.h("label", {}, LC.t("backdrop_strength"), LC.h("input", { type: "range", min: 0.1, max: 1, step: 0.05,
      value: LC.state.strength, oninput: (event) => LC.set({ strength: Number(event.target.value) }) })) : null,
    row && LC.backdrop.needsKey(row) ? LC.backdrop.askKey() : null,
    row && row.addresses ? LC.h("p.quiet", {}, LC.t("backdrop_asks")) : null);
};

LC.backdrop.askKey = () => LC.h("label", {}, LC.t("backdrop_key"), LC.h("input", {
  type: "password", autocomplete: "off", "data-key": "", value: LC.backdrop.key,
  onchange: (event) => {
    LC.backdrop.key = event.target.value.trim();
    LC.backdrop.failed = 0;
    LC.backdrop.held.clear();
    LC.backdrop.tell();
    LC.backdrop.redraw();
  } }));
