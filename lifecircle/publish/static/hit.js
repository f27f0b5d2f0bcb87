"use strict";
/* What lies under the pointer: a grid over the buildings, the rest by trial. */
LC.hit = {};

LC.hit.index = function () {
  const g = LC.g.buildings;
  const cell = 120 / LC.metresPerWorld;
  const cells = new Map();
  for (let i = 0; i < g.count; i++) {
    for (let cx = Math.floor(g.box[4 * i] / cell); cx <= Math.floor(g.box[4 * i + 2] / cell); cx++) {
      for (let cy = Math.floor(g.box[4 * i + 1] / cell); cy <= Math.floor(g.box[4 * i + 3] / cell); cy++) {
        const key = cx * 4194304 + cy;
        if (!cells.has(key)) cells.set(key, []);
        cells.get(key).push(i);
      }
    }
  }
  LC.hit.cell = cell;
  LC.hit.cells = cells;
};

LC.hit.near = function (x0, y0, x1, y1) {
  if (!LC.hit.cells) LC.hit.index();
  const { cell, cells } = LC.hit;
  const found = new Set();
  for (let cx = Math.floor(x0 / cell); cx <= Math.floor(x1 / cell); cx++) {
    for (let cy = Math.floor(y0 / cell); cy <= Math.floor(y1 / cell); cy++) {
      for (const i of cells.get(cx * 4194304 + cy) || []) found.add(i);
    }
  }
  return found;
};

/* How many buildings a box touches. */
LC.hit.buildingsIn = function (x0, y0, x1, y1) {
  const g = LC.g.buildings;
  let count = 0;
  for (const i of LC.hit.near(x0, y0, x1, y1)) {
    if (g.box[4 * i] < x1 && g.box[4 * i + 2] > x0 && g.box[4 * i + 1] < y1 && g.box[4 * i + 3] > y0) count++;
  }
  return count;
};

LC.hit.building = function (x, y, slack) {
  const g = LC.g.buildings;
  let close = -1;
  for (const i of LC.hit.near(x - slack, y - slack, x + slack, y + slack)) {
    if (LC.contains(g, i, x, y)) return i;
    const b = 4 * i;
    if (x > g.box[b] - slack && x < g.box[b + 2] + slack && y > g.box[b + 1] - slack && y < g.box[b + 3] + slack) close = i;
  }
  return close;
};

LC.hit.polygon = function (g, x, y) {
  for (let i = 0; i < g.count; i++) if (LC.contains(g, i, x, y)) return i;
  return -1;
};

LC.hit.facility = function (x, y, slack) {
  if (!LC.facilitiesOn()) return -1;
  const g = LC.g.facilities;
  for (let i = 0; i < g.count; i++) {
    if (!LC.facilityShown(i)) continue;
    const [fx, fy] = LC.middle(g, i);
    if (Math.abs(fx - x) < slack && Math.abs(fy - y) < slack) return i;
  }
  return -1;
};

/* Everything at a place on the map. */
LC.hit.at = function (latlng) {
  const x = LC.worldX(latlng.lng);
  const y = LC.worldY(latlng.lat);
  const pixel = 1 / Math.pow(2, LC.map.getZoom());
  const facility = LC.hit.facility(x, y, 11 * pixel);
  const buildings = LC.state.layers.buildings && LC.mpp <= 8;
  return {
    facility,
    building: buildings && facility < 0 ? LC.hit.building(x, y, 2 * pixel) : -1,
    gap: LC.hit.gapNumber(x, y, 10 * pixel),
    plan: LC.theme() === "plan" ? LC.planAt(latlng) : null,
    grid: LC.gridsShown() ? LC.hit.polygon(LC.g.grids, x, y) : -1,
    community: LC.hit.polygon(LC.g.communities, x, y),
  };
};

LC.hit.gapNumber = function (x, y, slack) {
  if (!LC.gapsShown() || LC.mpp > 8) return -1;
  for (const gap of LC.gapsOf(LC.state.rule)) {
    const [gx, gy] = LC.insidePoint(LC.g.gaps, gap);
    if (Math.hypot(gx - x, gy - y) < slack) return gap;
  }
  return -1;
};

/* A click chooses: gap number, building, grid, community; outside clears. */
LC.hit.click = function (event) {
  if (LC.state.measuring) {
    LC.measureAdd(event.latlng);
    return;
  }
  const found = LC.hit.at(event.latlng);
  if (found.gap >= 0) LC.chooseGap(found.gap);
  else if (found.building >= 0) LC.chooseBuilding(found.building);
  else LC.set({
    building: -1, target: -1, gap: -1, menu: null, cardClosed: false,
    grid: LC.theme() === "grids" ? found.grid : -1, community: found.community,
    planGrid: found.plan && found.plan.side === "proposed" ? found.plan.row : -1,
  });
};

/* Tooltip on hover: only what a click shows too. */
LC.hit.hover = function (event) {
  const tip = LC.nodes.tip;
  const text = LC.hit.tipText(LC.hit.at(event.latlng));
  LC.map.getContainer().style.cursor = text.click ? "pointer" : "";
  tip.hidden = !text.line;
  if (!text.line) return;
  tip.textContent = text.line;
  const { x, y } = event.containerPoint;
  tip.style.left = `${Math.min(x + 14, LC.map.getSize().x - 220)}px`;
  tip.style.top = `${y + 14}px`;
};

LC.hit.tipText = function (found) {
  const { facilities, buildings, communities } = LC.data.layers;
  if (found.gap >= 0) return { line: LC.gapLine(found.gap), click: true };
  if (found.facility >= 0) {
    const status = facilities.status[found.facility];
    return { line: `${facilities.name[found.facility] || "–"} · ${LC.t(`status.${status}`)}`, click: false };
  }
  if (found.building >= 0) {
    const i = found.building;
    const reach = LC.reach.get(`${LC.state.cls}|${LC.state.walker}`);
    const name = buildings.name[i] || buildings.id[i];
    if (!reach || LC.theme() !== "minutes") return { line: name, click: true };
    const walk = reach.min[i] < 0 ? LC.t("no_path") : `${LC.minutes(reach.min[i])} ${LC.t("min")}`;
    return { line: `${name} · ${LC.className(LC.state.cls)} ${walk}`, click: true };
  }
  if (found.plan) return { line: LC.planTip(found.plan), click: true };
  if (found.community >= 0) return { line: communities.name[found.community], click: true };
  return { line: "", click: false };
};
