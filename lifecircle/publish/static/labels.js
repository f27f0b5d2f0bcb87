"use strict";
/* Labels with collision: placed in order of weight, dropped rather than shrunk. */
LC.Placed = class {
  constructor() {
    this.cells = new Map();
  }
  each(box, visit) {
    for (let cx = Math.floor(box[0] / 64); cx <= Math.floor(box[2] / 64); cx++) {
      for (let cy = Math.floor(box[1] / 64); cy <= Math.floor(box[3] / 64); cy++) {
        if (visit(`${cx},${cy}`)) return true;
      }
    }
    return false;
  }
  taken(box) {
    return this.each(box, (key) => (this.cells.get(key) || []).some((other) =>
      other[0] < box[2] && other[2] > box[0] && other[1] < box[3] && other[3] > box[1]));
  }
  put(box) {
    this.each(box, (key) => {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push(box);
    });
  }
};

LC.halo = function (ctx, text, x, y, colour, width) {
  ctx.lineJoin = "round";
  ctx.strokeStyle = "rgba(255,255,255,0.94)";
  ctx.lineWidth = width || 3.2;
  ctx.strokeText(text, x, y);
  ctx.fillStyle = colour;
  ctx.fillText(text, x, y);
};

LC.draw.labels = function (v) {
  const placed = new LC.Placed();
  for (const box of v.markBoxes || []) placed.put(box);
  for (const box of LC.furniture(v)) placed.put(box);
  const marks = LC.gapMarks(v);
  for (const mark of marks) placed.put([mark.x - 9, mark.y - 9, mark.x + 9, mark.y + 9]);
  const tags = LC.routeTags(v, placed);
  if (LC.state.layers.labels) {
    if (!(LC.theme() === "plan" && LC.units.on())) LC.communityLabels(v, placed);
    if (LC.theme() === "grids") LC.gridLabels(v, placed);
    if (LC.theme() === "plan") LC.planLabels(v, placed);
    if (LC.state.layers.isochrones) LC.isochroneLabels(v, placed);
    LC.facilityLabels(v, placed);
    LC.waterLabels(v, placed);
    LC.roadLabels(v, placed);
    LC.landLabels(v, placed);
    if (v.mpp < 1.5) LC.compoundLabels(v, placed);
    if (v.mpp < 1.2) LC.minuteLabels(v, placed);
  }
  for (const mark of marks) LC.draw.gapNumber(v.ctx, mark);
  for (const tag of tags) LC.draw.tag(v, tag);
  v.gapMarks = marks;
};

/* Tools and legend stand on the map: nothing is written under them. */
LC.furniture = function (v) {
  const frame = LC.map.getContainer().getBoundingClientRect();
  return [...document.querySelectorAll(".tools > button, .zoom, .legend")]
    .map((node) => node.getBoundingClientRect())
    .filter((box) => box.width > 0)
    .map((box) => [box.left - frame.left + v.seen[0], box.top - frame.top + v.seen[1],
      box.right - frame.left + v.seen[0], box.bottom - frame.top + v.seen[1]]);
};

/* What a community's label says: name, and value where it falls short. */
LC.communityLabel = function (i, mpp) {
  const name = LC.data.layers.communities.name[i] || "";
  const selected = LC.state.community === i;
  const label = { i, name: selected ? name : LC.short(name), selected, verdict: "", value: "" };
  if (LC.state.tab !== "shortfalls" || !LC.state.rule) return label;
  if (LC.theme() === "grids") {
    const group = LC.gridsByCommunity(LC.state.rule).find((one) => one.community === i);
    if (group && group.out) label.verdict = "fail";
    return label;
  }
  const row = LC.rowOf(LC.state.rule, i);
  if (!row) return label;
  if (row.verdict === "fail") {
    label.verdict = "fail";
    label.value = LC.about_sign(row.estimated) +
      (row.measure === "%" ? `${LC.figure(row.measured, "%")}%` : LC.figure(row.measured, row.measure));
  } else if (row.verdict === "not_assessed") {
    label.verdict = "not_assessed";
    label.value = mpp > 6 ? "" : LC.t("not_assessed");
  }
  return label;
};

/* Far off, subdistricts are named too: amid their communities, or in the next of them. */
LC.subdistrictLabels = function (v, placed) {
  if (v.mpp <= 8 || !LC.state.layers.subdistricts) return;
  for (const { name, places } of LC.subdistrictPlaces()) {
    places.some(([x, y]) => LC.smallLabel(v, placed, name, x * v.s - v.ox, y * v.s - v.oy,
      { font: LC.font(13, 700), colour: "#4A5057" }));
  }
};

LC.subdistrictPlaces = function () {
  const g = LC.g.communities;
  if (g.subdistricts) return g.subdistricts;
  const { sub, subName } = LC.data.layers.communities;
  g.subdistricts = subName.flatMap(function (name, k) {
    const own = LC.every(g).filter((i) => sub[i] === k);
    if (!name || !own.length) return [];
    const middles = own.map((i) => LC.middle(g, i));
    const [x, y] = [0, 1].map((axis) => middles.reduce((sum, one) => sum + one[axis], 0) / own.length);
    const places = own.map((i) => LC.insidePoint(g, i));
    places.sort((one, two) => Math.hypot(one[0] - x, one[1] - y) - Math.hypot(two[0] - x, two[1] - y));
    if (own.some((i) => LC.contains(g, i, x, y))) places.unshift([x, y]);
    return [{ name, places }];
  });
  return g.subdistricts;
};

LC.communityLabels = function (v, placed) {
  if (v.mpp > 30) return;
  const order = !LC.state.layers.communities ? [] : LC.every(LC.g.communities)
    .filter((i) => LC.inView(v, LC.g.communities, i))
    .map((i) => LC.communityLabel(i, v.mpp))
    .sort((a, b) => b.selected - a.selected || (b.verdict === "fail") - (a.verdict === "fail") ||
      (b.verdict !== "") - (a.verdict !== "") || a.i - b.i);
  const weighty = (label) => label.selected || label.verdict === "fail";
  for (const label of order.filter(weighty)) LC.placeCommunity(v, placed, label);
  LC.subdistrictLabels(v, placed);
  for (const label of order.filter((one) => !weighty(one))) LC.placeCommunity(v, placed, label);
};

LC.placeCommunity = function (v, placed, label) {
  const { ctx } = v;
  const heavy = label.verdict === "fail" || label.selected;
  ctx.font = LC.font(13, heavy ? 700 : 400);
  const sign = label.verdict ? 15 : 0;
  const wide = ctx.measureText(label.name).width + sign;
  const tall = label.value ? 32 : 18;
  for (const [px, y] of LC.fivePlaces(v, label.i)) {
    const x = label.selected ? LC.intoView(v, px, wide) : px;
    const box = [x - wide / 2 - 2, y - 9, x + wide / 2 + 2, y - 9 + tall];
    if (placed.taken(box)) continue;
    placed.put(box);
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    const left = x - wide / 2;
    LC.halo(ctx, label.name, left + sign, y, heavy ? LC.ink : "#3A4047");
    if (label.verdict) LC.verdictSign(ctx, label.verdict, left + 6, y - 0.5);
    if (label.value) {
      const failing = label.verdict === "fail";
      ctx.font = LC.font(failing ? 12 : 11.5, failing ? 700 : 400);
      ctx.textAlign = "center";
      LC.halo(ctx, label.value, x + sign / 2, y + 15, failing ? "#9A360A" : "#3A4047");
    }
    return;
  }
};

/* The chosen unit's name stays whole at the edge of the map. */
LC.intoView = (v, x, wide) =>
  (x < v.seen[0] || x > v.seen[2] ? x : Math.min(Math.max(x, v.seen[0] + wide / 2 + 6), Math.max(v.seen[2] - wide / 2 - 6, v.seen[0])));

LC.verdictSign = function (ctx, verdict, x, y) {
  ctx.beginPath();
  if (verdict === "fail") {
    ctx.moveTo(x, y - 6);
    ctx.lineTo(x + 6.2, y + 5);
    ctx.lineTo(x - 6.2, y + 5);
    ctx.closePath();
    ctx.strokeStyle = "#FFFFFF";
    ctx.lineWidth = 3;
    ctx.stroke();
    ctx.fillStyle = LC.verdictColour.fail;
    ctx.fill();
    return;
  }
  ctx.arc(x, y, 4.6, 0, 7);
  ctx.fillStyle = "#FFFFFF";
  ctx.fill();
  ctx.strokeStyle = LC.verdictColour.not_assessed;
  ctx.lineWidth = 1.4;
  ctx.setLineDash([2.1, 1.6]);
  ctx.stroke();
  ctx.setLineDash([]);
};

/* Five places inside the polygon, the one covering fewest buildings first. */
LC.fivePlaces = function (v, i) {
  const g = LC.g.communities;
  g.places = g.places || new Map();
  if (!g.places.has(i)) {
    const [cx, cy] = LC.insidePoint(g, i);
    const stepX = (g.box[4 * i + 2] - g.box[4 * i]) * 0.2;
    const stepY = (g.box[4 * i + 3] - g.box[4 * i + 1]) * 0.2;
    const places = [[0, 0], [0, -1], [0, 1], [-1, 0], [1, 0]]
      .map(([dx, dy]) => [cx + dx * stepX, cy + dy * stepY])
      .filter(([x, y]) => LC.contains(g, i, x, y));
    const half = 40 / LC.metresPerWorld;
    const cost = (place) => LC.hit.buildingsIn(
      place[0] - half * 1.4, place[1] - half * 0.6, place[0] + half * 1.4, place[1] + half * 0.6);
    const ranked = places.map((place) => [cost(place), place]);
    ranked.sort((a, b) => a[0] - b[0]);
    g.places.set(i, ranked.length ? ranked.map((one) => one[1]) : [[cx, cy]]);
  }
  return g.places.get(i).map(([x, y]) => [x * v.s - v.ox, y * v.s - v.oy]);
};

/* Small centred text if there is room. */
LC.smallLabel = function (v, placed, text, x, y, style) {
  const { ctx } = v;
  ctx.font = style.font;
  const wide = ctx.measureText(text).width;
  const box = [x - wide / 2 - 3, y - 8, x + wide / 2 + 3, y + 8];
  if (placed.taken(box)) return false;
  placed.put(box);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  LC.halo(ctx, text, x, y, style.colour);
  return true;
};

LC.gridLabels = function (v, placed) {
  if (v.mpp > 5) return;
  for (const row of LC.byRule.get(LC.state.rule) || []) {
    const i = LC.gridIndex.get(row.unit);
    if (i === undefined || !LC.inView(v, LC.g.grids, i)) continue;
    const [x, y] = LC.insidePoint(LC.g.grids, i);
    const out = row.verdict === "fail";
    const sign = !out ? "" : row.min !== null && row.measured < row.min ? "− " : "+ ";
    LC.smallLabel(v, placed, sign + LC.about_sign(row.estimated) + LC.figure(row.measured, ""),
      x * v.s - v.ox, y * v.s - v.oy,
      { font: LC.font(11.5, out ? 700 : 400), colour: out ? LC.ink : "#5B636B" });
  }
};

LC.isochroneLabels = function (v, placed) {
  for (const i of LC.isochronesOf()) {
    const g = LC.g.isochrones;
    if (g.first[i] === g.first[i + 1]) continue;
    const k = g.from[g.first[i]];
    LC.smallLabel(v, placed, `${LC.data.layers.isochrones.limit[i]} ${LC.t("min")}`,
      g.x[k] * v.s - v.ox, g.y[k] * v.s - v.oy, { font: LC.font(11, 700), colour: "#1F4E79" });
  }
};

LC.facilityLabels = function (v, placed) {
  if (v.mpp > 1.6 || !LC.facilitiesOn()) return;
  const g = LC.g.facilities;
  for (let i = 0; i < g.count; i++) {
    if (!LC.facilityShown(i) || !LC.inView(v, g, i)) continue;
    const [x, y] = LC.middle(g, i);
    LC.smallLabel(v, placed, LC.data.layers.facilities.name[i] || "", x * v.s - v.ox,
      y * v.s - v.oy + 19, { font: LC.font(11.5), colour: LC.ink });
  }
};

LC.compoundLabels = function (v, placed) {
  const g = LC.g.compounds;
  for (let i = 0; i < g.count; i++) {
    const name = LC.data.layers.compounds.name[i];
    if (!name || !LC.inView(v, g, i)) continue;
    const [x, y] = LC.insidePoint(g, i);
    LC.smallLabel(v, placed, name, x * v.s - v.ox, y * v.s - v.oy,
      { font: LC.font(11), colour: "#6B6A64" });
  }
};

LC.landLabels = function (v, placed) {
  if (v.mpp > 3.2) return;
  for (const i of LC.landOf("green")) {
    const name = LC.data.layers.land.name[i];
    if (!name || !LC.inView(v, LC.g.land, i)) continue;
    const [x, y] = LC.insidePoint(LC.g.land, i);
    LC.smallLabel(v, placed, name, x * v.s - v.ox, y * v.s - v.oy,
      { font: LC.font(11), colour: "#5C7A4E" });
  }
};

/* Minutes inside buildings that are 24 px wide or more; a dot where estimated. */
LC.minuteLabels = function (v, placed) {
  const reach = LC.reach.get(`${LC.state.cls}|${LC.state.walker}`);
  if (!reach || LC.theme() !== "minutes" || !LC.state.layers.buildings) return;
  const { ctx } = v;
  const limit = LC.limitOf(LC.state.rule) * 10;
  const minutes = reach.min;
  const g = LC.g.buildings;
  ctx.font = LC.font(11, 700);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (let i = 0; i < g.count; i++) {
    if (!LC.inView(v, g, i) || minutes[i] < 0) continue;
    if ((g.box[4 * i + 2] - g.box[4 * i]) * v.s < 24 || (g.box[4 * i + 3] - g.box[4 * i + 1]) * v.s < 12) continue;
    const [x, y] = LC.insidePoint(g, i);
    ctx.fillStyle = minutes[i] > limit ? "#FFFFFF" : LC.ink;
    const px = x * v.s - v.ox;
    const py = y * v.s - v.oy;
    if (placed.taken([px - 6, py - 5, px + 6, py + 5])) continue;
    ctx.fillText(String(Math.ceil(minutes[i] / 10)), px, py + 0.5);
  }
};
