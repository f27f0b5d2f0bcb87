"use strict";
/* The card of a building: minutes, metres and the nearest of every class. */
LC.bcard = {};

LC.bcard.make = function () {
  const node = LC.h("section.card.building-card", { hidden: true, "aria-label": LC.t("building") });
  LC.nodes.bcard = node;
  LC.watch((changed) => {
    if (LC.any(changed, "building", "lang", "target", "walker", "rule", "cls", "tab")) LC.bcard.draw();
  });
  return node;
};

LC.bcard.draw = function () {
  const { building } = LC.state;
  const node = LC.nodes.bcard;
  node.hidden = building < 0;
  if (node.hidden) return;
  const { buildings, communities } = LC.data.layers;
  const community = buildings.community[building];
  LC.fill(node,
    LC.h("header", {},
      LC.h("div.card-title", {},
        LC.h("h2", {}, buildings.name[building] || LC.t("building_id", { id: buildings.id[building] })),
        LC.h("span.spring", {}),
        LC.button("icon.close", { title: LC.t("close"), "aria-label": LC.t("close"),
          onclick: () => LC.set({ building: -1, target: -1 }) }, "×")),
      LC.h("p.card-sub", {}, LC.bcard.facts(building).join(" · ")),
      community >= 0 ? LC.h("p.card-sub", {},
        LC.button("link", { onclick: () => LC.chooseCommunity(community) }, communities.name[community])) : null),
    LC.h("div.card-body", {}, LC.theme() === "plan" ? LC.plan.ofBuilding(building) : null, LC.bcard.rows(building), LC.h("p.note", {}, LC.t("pace_note", {
      who: LC.t(`walker.${LC.state.walker}`), speed: LC.data.facts.walkers[LC.state.walker].speed }))));
};

LC.bcard.facts = function (i) {
  const { buildings } = LC.data.layers;
  const facts = [];
  if (buildings.floors[i] !== null) facts.push(LC.t("floors_n", { n: LC.count(buildings.floors[i]) }));
  facts.push(LC.t("households_n", { n: (buildings.estimated[i] ? "≈" : "") + LC.count(buildings.households[i]) }));
  if (buildings.elderly && buildings.elderly[i] !== null) {
    facts.push(LC.t("elderly_n", { n: (buildings.elderlyEstimated[i] ? "≈" : "") + LC.count(Math.round(buildings.elderly[i])) }));
  }
  return facts;
};

LC.bcard.rows = function (building) {
  const { facilities } = LC.data.layers;
  const found = [];
  for (const code of LC.data.layers.classes.code) {
    const reach = LC.reach.get(`${code}|${LC.state.walker}`);
    if (!reach) continue;
    found.push({ code, min: LC.known(reach.min[building]), m: LC.known(reach.m[building]), facility: reach.facility[building] });
  }
  found.sort((a, b) => (b.code === LC.state.cls) - (a.code === LC.state.cls) ||
    (a.min === null ? Infinity : a.min) - (b.min === null ? Infinity : b.min));
  const bands = LC.minuteBands(LC.limitOf(LC.state.rule));
  return LC.h("table.small.reach", {},
    LC.h("thead", {}, LC.h("tr", {}, LC.h("th", {}, LC.t("facility")), LC.h("th.number", {}, LC.t("min")), LC.h("th.number", {}, "m"), LC.h("th", {}, LC.t("nearest")))),
    LC.h("tbody", {}, found.map((one) => {
      const colour = one.min === null ? LC.noPath : ((band) => [band.fill, band.edge])(bands[LC.bandOf(one.min, bands)]);
      return LC.h(`tr${one.facility >= 0 && one.facility === LC.state.target && one.code === LC.state.cls ? ".selected" : ""}`, {},
        LC.h("td", {}, LC.button("link", { onclick: () => LC.set({ cls: one.code, target: one.facility }) }, LC.className(one.code))),
        LC.h("td.number", {}, LC.h("i.swatch", { style: { background: colour[0], "border-color": colour[1] } }),
          one.min === null ? LC.t("no_path") : LC.minutes(one.min)),
        LC.h("td.number", {}, one.m === null ? "–" : LC.grouped(one.m, 0)),
        LC.h("td.place", {}, one.facility >= 0 ? facilities.name[one.facility] || "–" : "–"));
    })));
};
