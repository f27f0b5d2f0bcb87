"use strict";
/* Communities merged or split: the plan one level above the grids. */
LC.units = {};

LC.units.on = () => LC.state.planLevel === "communities" && Boolean(LC.data.layers.planUnits);

LC.units.side = (side) => (side === "today"
  ? { rows: LC.data.layers.planUnitsToday, g: LC.g.communities, at: (row) => LC.data.layers.planUnitsToday.community[row] }
  : { rows: LC.data.layers.planUnits, g: LC.g.planUnits, at: (row) => row });

/* Grids or communities: only where both are planned. */
LC.units.switch = () => (!LC.data.layers.planUnits ? null
  : LC.h("div.plan-levels", { role: "group", "aria-label": LC.t("plan_level") }, ["grids", "communities"].map((level) =>
    LC.button(`switch${LC.state.planLevel === level ? ".on" : ""}`, { "aria-pressed": LC.state.planLevel === level,
      "data-level": level, "data-focus": `level-${level}`, onclick: () => LC.set({ planLevel: level, planGrid: -1 }) }, LC.t(`plan_level.${level}`)))));

LC.units.figures = function () {
  const { planUnits, planUnitsToday } = LC.data.layers;
  const within = (rows) => LC.count(rows.outside.filter((one) => !one).length);
  return {
    before: LC.count(planUnitsToday.id.length), fitBefore: within(planUnitsToday),
    k: LC.count(planUnits.id.length), fit: within(planUnits),
  };
};

/* A community's name stands before its households on the map. */
LC.units.prefix = (side, row) => (LC.units.on() ? `${LC.units.side(side).rows.name[row]} ` : "");

LC.units.panel = function () {
  const figures = LC.units.figures();
  const { planUnits, planUnitChanges, planUnitsToday } = LC.data.layers;
  const sum = (values) => values.reduce((total, one) => total + (one || 0), 0);
  const households = sum(planUnitsToday.households);
  const changed = sum(planUnitChanges.households);
  const [low, high] = LC.data.facts.unitBand;
  return [
    LC.h("div.headline", {},
      LC.h("h1", { "aria-live": "polite" }, LC.t("units_head", figures)),
      LC.h("p.sub", {}, LC.t("units_count", figures), LC.t("plan_band", { low: LC.count(low), high: LC.count(high) }), LC.t("units_changed", {
        n: LC.count(changed), share: LC.grouped(households ? (100 * changed) / households : 0, 1) }))),
    LC.plan.views(),
    LC.panel.listHead(LC.t("units_list"), LC.t("units_list_unit"), null),
    LC.h("div.bars.plan-list", { role: "listbox", "aria-label": LC.t("units_list") }, Array.from(planUnits.id, (_, row) => LC.units.row(row))),
  ];
};

LC.units.row = function (row) {
  const { name, outside, households, from } = LC.data.layers.planUnits;
  const names = from[row].map((i) => LC.short(LC.data.layers.communities.name[i]));
  const alone = from[row].length === 1 && LC.data.layers.communities.name[from[row][0]] === name[row];
  const selected = LC.state.planGrid === row;
  const told = alone && !LC.units.changesOf(from[row][0]).length ? LC.t("units_whole") : names.join(LC.t("list_comma"));
  return LC.h(`button.bar-row.${outside[row] ? "fail" : "pass"}${selected ? ".selected" : ""}`, { type: "button", role: "option",
    "aria-selected": selected, "data-focus": `unit-${row}`, title: `${name[row]} · ${told}`, onclick: () => LC.units.choose(row) },
    LC.shape(outside[row] ? "fail" : "pass", 13), LC.h("span.unit-name", {}, name[row]),
    LC.h("span.unit-from", {}, told),
    LC.h("span.plan-share", {}, LC.plan.sign(outside[row]) + LC.count(households[row])));
};

/* The community whose name it bears, else the first that it is made of. */
LC.units.home = function (row) {
  const { name, from } = LC.data.layers.planUnits;
  return from[row].find((i) => LC.data.layers.communities.name[i] === name[row]) ?? from[row][0];
};

LC.units.choose = function (row) {
  LC.set({ planGrid: row, community: LC.units.home(row), building: -1, target: -1, cardClosed: false });
  LC.panTo(LC.g.planUnits, row);
};

/* Rows of the change list that take from a community, or bring to it. */
LC.units.changesOf = function (community) {
  const { from, to } = LC.data.layers.planUnitChanges;
  return Array.from(from, (one, row) => row).filter((row) => from[row] === community || to[row] === community);
};

LC.units.card = function (community) {
  const { planUnitChanges } = LC.data.layers;
  const mine = LC.units.changesOf(community);
  return [LC.card.head(community, null), LC.h("div.card-body", {},
    mine.length ? mine.map((row) => LC.h("p.plan-change", {}, LC.pick(planUnitChanges.why[row]))) : LC.h("p", {}, LC.t("units_none")))];
};
