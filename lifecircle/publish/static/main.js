"use strict";
/* Choosing, and starting the page. */
LC.nodes = {};

/* The class and walker that a rule speaks of. */
LC.ruleView = function (id) {
  const rule = LC.rule(id);
  const rows = LC.byRule.get(id) || [];
  const named = [...String((rows[0] || {}).class || "").split("+"), ...rule.classes];
  const walker = rule.walker && LC.data.facts.walkers[rule.walker] ? rule.walker : LC.state.walker;
  const code = named.find((one) => one && LC.reach.has(`${one}|${walker}`)) || LC.state.cls || LC.data.layers.classes.code[0];
  return { cls: code, ruleClass: code, walker };
};

LC.chooseRule = function (id) {
  LC.set({ rule: id, ...LC.ruleView(id), gap: -1, grid: -1, building: -1, target: -1 });
  if (LC.state.table.rule) LC.setIn("table", { rule: id });
};

LC.chooseCommunity = function (community) {
  LC.set({ community, gap: -1, grid: -1, planGrid: -1, building: -1, target: -1, cardClosed: false, menu: null });
  if (community >= 0) LC.panTo(LC.g.communities, community);
};

/* All of a subdistrict in view, and its rows in the table. */
LC.openSubdistrict = function (subdistrict) {
  const { sub, subId } = LC.data.layers.communities;
  LC.setIn("table", { sub: subId[subdistrict] });
  const { box } = LC.g.communities;
  const own = LC.every(LC.g.communities).filter((i) => sub[i] === subdistrict);
  const edge = (side, most) => most(...own.map((i) => box[4 * i + side]));
  LC.panTo({ box: [edge(0, Math.min), edge(1, Math.min), edge(2, Math.max), edge(3, Math.max)] }, 0, true);
};

LC.chooseGap = function (gap) {
  const first = LC.data.layers.gaps.communities[gap].find((one) => one >= 0);
  LC.set({ gap, community: first === undefined ? -1 : first, building: -1, target: -1, grid: -1, cardClosed: false, menu: null });
  LC.panTo(LC.g.gaps, gap);
};

LC.chooseBuilding = function (building, pan) {
  const reach = LC.reach.get(`${LC.state.cls}|${LC.state.walker}`);
  LC.set({ building, target: reach ? reach.facility[building] : -1, menu: null });
  if (pan) LC.panTo(LC.g.buildings, building);
};

/* A row of the table: its rule and its unit. */
LC.chooseRow = function (row) {
  if (row.rule !== LC.state.rule) LC.chooseRule(row.rule);
  if (row.level === "grid") {
    const grid = LC.gridIndex.get(row.unit);
    if (grid === undefined) return;
    LC.set({ grid, community: LC.data.layers.grids.community[grid], gap: -1, building: -1, target: -1 });
    LC.panTo(LC.g.grids, grid);
    return;
  }
  if (row.level === "building") {
    const building = LC.data.layers.buildings.id.indexOf(row.unit);
    if (building >= 0) LC.chooseBuilding(building, true);
    return;
  }
  const community = LC.communityIndex.get(row.unit);
  if (community !== undefined) LC.chooseCommunity(community);
};

/* Previous or next failing community of the rule. */
LC.step = function (by) {
  const { rule, community } = LC.state;
  if (!rule) return;
  const order = LC.level(rule) === "grid"
    ? LC.gridsByCommunity(rule).filter((one) => one.out).map((one) => one.community)
    : LC.sorted(rule).filter((row) => row.verdict === "fail").map((row) => LC.communityIndex.get(row.unit));
  const places = order.filter((one) => one !== undefined && one >= 0);
  if (!places.length) return;
  const at = places.indexOf(community);
  LC.chooseCommunity(places[at < 0 ? (by > 0 ? 0 : places.length - 1) : (at + by + places.length) % places.length]);
};

LC.build = function () {
  LC.setPaper();
  const mapNode = LC.h("div.map", { id: "map", role: "application", "aria-label": LC.t("map") });
  const tip = LC.h("div.tip", { hidden: true });
  LC.nodes.tip = tip;
  const stage = LC.h("div.stage", {}, mapNode, LC.menus.tools(), LC.menus.zoom(), LC.legend.make(), LC.card.make(), LC.bcard.make(), LC.swipe.make(), tip);
  LC.fill(document.getElementById("app"),
    LC.menus.top(),
    LC.h("main", {}, LC.panel.make(), LC.h("div.right", {}, stage, LC.table.make())),
    LC.about.foot(), LC.about.make());
  LC.menus.drawTop();
  LC.about.drawFoot();
  return mapNode;
};

LC.redrawBase = ["rule", "cls", "walker", "tab", "layers"];
LC.redrawOverlay = ["rule", "cls", "walker", "tab", "layers", "statuses", "community", "building", "gap", "grid", "target", "lang", "measuring",
  "planView", "planLevel", "swipe", "planGrid"];

LC.start = async function () {
  await LC.load();
  LC.state.lang = LC.data.lang;
  LC.prepareFacts();
  LC.preparePlan();
  const opening = LC.data.opening;
  if (LC.data.facts.walkers.elderly === undefined) LC.state.walker = Object.keys(LC.data.facts.walkers)[0];
  Object.assign(LC.state, opening ? { rule: opening, ...LC.ruleView(opening) }
    : { cls: LC.data.layers.classes.code[0], tab: "today" });
  LC.state.folded = window.innerWidth < 760;
  LC.state.drawer = window.innerWidth >= 1600 && window.innerHeight >= 900;
  LC.state.table.verdict = LC.rows.some((row) => row.verdict === "fail") ? "fail" : "";
  const mapNode = LC.build();
  LC.panel.draw();
  LC.table.draw(new Set(["lang"]));
  LC.makeMap(mapNode);
  LC.legend.draw();
  LC.map.on("zoomend", LC.legend.draw);
  LC.map.on("click", LC.hit.click);
  LC.map.on("mousemove", LC.hit.hover);
  LC.map.on("mouseout", () => { LC.nodes.tip.hidden = true; });
  LC.watch((changed) => {
    document.documentElement.lang = LC.state.lang === "zh" ? "zh-CN" : "en";
    if (LC.any(changed, ...LC.redrawBase)) LC.base.redraw();
    if (LC.any(changed, ...LC.redrawOverlay)) LC.overlay.redraw();
    if (changed.has("paper")) LC.setPaper();
    if (changed.has("folded")) setTimeout(() => LC.map.invalidateSize({ animate: false }), 0);
    if (changed.has("lang")) document.title = LC.t("page_title", { name: LC.pick(LC.data.facts.name) });
  });
  document.addEventListener("keydown", LC.keyDown);
  window.addEventListener("beforeprint", () => LC.sheet(true));
  window.addEventListener("afterprint", () => LC.sheet(false));
  document.body.dataset.ready = "yes";
};

LC.start();
