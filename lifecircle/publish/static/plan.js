"use strict";
/* The grid plan: its figures, its panel and the card of a community under it. */
LC.plan = {};

LC.preparePlan = function () {
  const { planGrids, planChanges } = LC.data.layers;
  LC.hasPlan = Boolean(planGrids);
  if (!LC.hasPlan) return;
  LC.plan.changeOf = new Map(Array.from(planChanges.building, (building, row) => [building, row]));
  LC.plan.rowOf = new Map(Array.from(LC.data.layers.planCommunities.community, (community, row) => [community, row]));
};

/* The sides that are shown: today's grids, proposed ones, or both with a bar between. */
LC.plan.sides = () => (LC.state.planView === "swipe" ? ["today", "proposed"] : [LC.state.planView]);

/* Columns and geometry of a side; today's geometry is that of the grids layer. */
LC.plan.side = (side) => (LC.units.on() ? LC.units.side(side) : side === "today"
  ? { rows: LC.data.layers.planToday, g: LC.g.grids, at: (row) => LC.data.layers.planToday.grid[row] }
  : { rows: LC.data.layers.planGrids, g: LC.g.planGrids, at: (row) => row });

LC.plan.sum = (name) => LC.data.layers.planCommunities[name].reduce((sum, one) => sum + (one || 0), 0);

/* −, + or nothing: under the band, over it, within. */
LC.plan.sign = (outside) => (outside < 0 ? "− " : outside > 0 ? "+ " : "");

LC.plan.proofText = function (row) {
  const { certificate, proven, gap, status } = LC.data.layers.planCommunities;
  if (certificate[row]) {
    const kinds = certificate[row].split("+").map((kind) => LC.t(`plans.certificate.${kind}`));
    return LC.t("plan_proof", { what: kinds.join(LC.t("list_comma")), households: LC.count(proven[row]) });
  }
  if (status[row] === "optimal") return "";
  return gap[row] === null ? LC.t("plan_no_bound") : LC.t("plan_gap", { n: LC.grouped(gap[row] * 100, 1) });
};

LC.plan.figures = function () {
  if (LC.units.on()) return LC.units.figures();
  const before = LC.plan.sum("before");
  const k = LC.plan.sum("k");
  return {
    before: LC.count(before), fitBefore: LC.count(LC.plan.sum("fitBefore")),
    k: LC.count(k), fit: LC.count(LC.plan.sum("fit")),
  };
};

LC.plan.panel = function () {
  if (LC.units.on()) return LC.units.panel();
  const figures = LC.plan.figures();
  const { planCommunities } = LC.data.layers;
  const households = LC.plan.sum("households");
  const changed = LC.plan.sum("changed");
  const [low, high] = LC.data.facts.gridBand;
  const count = (status) => LC.count(planCommunities.status.filter((one) => one === status).length);
  return [
    LC.h("div.headline", {},
      LC.h("h1", { "aria-live": "polite" }, LC.t("plan_head", figures)),
      LC.h("p.sub", {}, LC.t("plan_count", figures), LC.t("plan_band", { low, high }), LC.t("plan_changed", {
        n: LC.count(changed), share: LC.grouped(households ? (100 * changed) / households : 0, 1) }),
        LC.t("plan_status", { optimal: count("optimal"), infeasible: count("infeasible") }))),
    LC.plan.views(),
    LC.panel.listHead(LC.t("plan_list"), LC.t("plan_list_unit"), null),
    LC.h("div.bars.plan-list", { role: "listbox", "aria-label": LC.t("plan_list") },
      Array.from(planCommunities.community, (community, row) => LC.plan.row(community, row))),
  ];
};

LC.plan.views = () => LC.h("div.plan-views", { role: "group", "aria-label": LC.t("plan_view") },
  ["today", "swipe", "proposed"].map((view) =>
    LC.button(`switch${LC.state.planView === view ? ".on" : ""}`, { "aria-pressed": LC.state.planView === view,
      "data-view": view, "data-focus": `view-${view}`, onclick: () => LC.set({ planView: view }) }, LC.t(`plan_view.${view}`))),
  LC.units.switch());

LC.plan.row = function (community, row) {
  const { status, before, fitBefore, k, fit, reason } = LC.data.layers.planCommunities;
  const name = LC.data.layers.communities.name[community];
  const selected = community === LC.state.community;
  const unplanned = status[row] === "not_planned";
  const verdict = unplanned ? "not_assessed" : fit[row] === k[row] ? "pass" : "fail";
  return LC.h(`button.bar-row.${verdict}${selected ? ".selected" : ""}`, { type: "button", role: "option", "aria-selected": selected,
    "data-focus": `plan-${community}`, title: `${name} · ${LC.t(`plans.status.${status[row]}`)}`,
    onclick: () => LC.chooseCommunity(community) },
    LC.shape(verdict, 13), LC.panel.unitName(name),
    unplanned ? LC.h("span.bar-reason", {}, LC.t(reason[row]))
      : [LC.h("span.plan-before", {}, `${fitBefore[row]}/${before[row]}`), LC.h("span.plan-arrow", {}, "→"),
        LC.h("span.plan-after", {}, `${fit[row]}/${k[row]}`),
        LC.h("span.plan-share", {}, LC.t("plan_share", { n: LC.grouped(LC.data.layers.planCommunities.share[row] * 100, 0) }))]);
};

/* The card of a community: what was found, how well it is proven, its grids. */
LC.plan.card = function (community) {
  if (LC.units.on()) return LC.units.card(community);
  const row = LC.plan.rowOf.get(community);
  const head = LC.card.head(community, null);
  if (row === undefined) return [head];
  const facts = LC.data.layers.planCommunities;
  if (facts.status[row] === "not_planned") return [head, LC.h("div.card-body", {}, LC.h("p", {}, LC.t(facts.reason[row])))];
  const grids = LC.data.layers.planGrids;
  const mine = Array.from(grids.community, (one, i) => [one, i]).filter(([one]) => one === community).map(([, i]) => i);
  return [head, LC.h("div.card-body", {},
    LC.h("p.plan-line", {}, LC.h("b", {}, LC.t(`plans.status.${facts.status[row]}`)), " · ",
      LC.t("plan_k", { k: facts.k[row], min: facts.kMin[row], max: facts.kMax[row] })),
    LC.plan.proofText(row) ? LC.h("p.note", {}, LC.plan.proofText(row)) : null,
    LC.h("p.plan-line", {}, LC.t("plan_changed", { n: LC.count(facts.changed[row]), share: LC.grouped(facts.share[row] * 100, 1) })),
    LC.h("table.small", {},
      LC.h("thead", {}, LC.h("tr", {}, LC.h("th", {}, LC.t("plan_grid")), LC.h("th.number", {}, LC.unit("households")), LC.h("th", {}, LC.t("plan_note")))),
      LC.h("tbody", {}, mine.map((i) => LC.h(`tr${LC.state.planGrid === i ? ".selected" : ""}`, {},
        LC.h("td", {}, LC.button("link", { onclick: () => LC.plan.choose(i) }, grids.id[i])),
        LC.h("td.number", {}, LC.plan.sign(grids.outside[i]) + LC.count(grids.households[i])),
        LC.h("td.place", {}, LC.plan.gridNote(i)))))))];
};

LC.plan.gridNote = function (i) {
  const grids = LC.data.layers.planGrids;
  const notes = [];
  if (grids.exception[i]) notes.push(LC.t(`plans.exception.${grids.exception[i]}`));
  if (grids.outside[i] && grids.near[i]) notes.push(LC.t("plan_near"));
  if (!grids.inherits[i]) notes.push(LC.t("plan_new"));
  return notes.join(LC.t("list_comma"));
};

LC.plan.choose = function (grid) {
  LC.set({ planGrid: grid, community: LC.data.layers.planGrids.community[grid], building: -1, target: -1 });
  LC.panTo(LC.g.planGrids, grid);
};

/* What the change list says of a building: a line of its card. */
LC.plan.ofBuilding = function (building) {
  const row = LC.hasPlan ? LC.plan.changeOf.get(building) : undefined;
  if (row === undefined) return null;
  const { from, to, change, why, reasons } = LC.data.layers.planChanges;
  return LC.h("p.note.plan-change", {}, LC.h("b", {}, `${from[row] || "–"} → ${to[row]} · ${LC.t(`plans.change.${change[row]}`)}`), " ",
    LC.pick(reasons[why[row]]));
};
