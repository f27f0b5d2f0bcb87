"use strict";
/* Top bar, map tools, the two menus and the search. */
LC.menus = {};

LC.menus.top = function () {
  const node = LC.h("header.top", {});
  const draw = () => LC.fill(node, LC.menus.title(), LC.menus.tabs(), LC.menus.right());
  LC.watch((changed) => {
    if (LC.any(changed, "lang", "tab")) LC.anew(node, draw);
  });
  LC.menus.drawTop = draw;
  return node;
};

LC.menus.title = function () {
  const { facts } = LC.data;
  return LC.h("div.title", {}, LC.h("b", {}, LC.t("page_title", { name: LC.pick(facts.name) })),
    LC.h("span", {}, LC.t("page_sub", { date: LC.monthOf(facts.asOf) })));
};

LC.monthOf = (iso) => {
  const [year, month] = iso.split("-");
  return LC.t("month", { year, month: LC.state.lang === "zh" ? Number(month) : month });
};

LC.menus.tabs = () => LC.h("nav.tabs", { role: "tablist" }, ["today", "shortfalls", "proposals"].map((tab) =>
  LC.button(`tab${LC.state.tab === tab ? ".on" : ""}`, { role: "tab", "aria-selected": LC.state.tab === tab, "data-tab": tab,
    onclick: () => LC.set({ tab }) }, LC.t(`tab.${tab}`))));

LC.menus.right = function () {
  const { disclosure } = LC.data.facts;
  return LC.h("div.top-right", {},
    LC.menus.search(),
    LC.button("plain.lang", { "data-focus": "lang", onclick: () => LC.set({ lang: LC.state.lang === "zh" ? "en" : "zh" }), title: LC.t("switch_language") }, "中文 / EN"),
    LC.h("span.printing-on", {}, LC.button("plain.print", { onclick: () => window.print() }, LC.t("print")), LC.menus.paper()),
    disclosure === "public" ? null : LC.h("span.stamp", {}, LC.t(`stamp.${disclosure}`)));
};

LC.menus.paper = () => LC.h("select.paper", { "aria-label": LC.t("paper"), title: LC.t("paper"),
  onchange: (event) => LC.set({ paper: event.target.value }) },
  ["A3", "A4"].map((paper) => LC.h("option", { value: paper, selected: LC.state.paper === paper }, paper)));

LC.menus.search = function () {
  const list = LC.h("div.hits", { hidden: true, role: "listbox" });
  const input = LC.h("input.search", { type: "search", id: "search", placeholder: LC.t("search"), "aria-label": LC.t("search"), autocomplete: "off",
    oninput: () => LC.menus.find(input.value, list),
    onkeydown: (event) => LC.menus.searchKeys(event, list) });
  return LC.h("div.search-box", {}, input, list);
};

LC.menus.searchKeys = function (event, list) {
  const rows = [...list.querySelectorAll("button")];
  if (event.key === "Enter" && rows.length) rows[0].click();
  if (event.key === "ArrowDown" && rows.length) {
    event.preventDefault();
    rows[0].focus();
  }
  if (event.key === "Escape") {
    event.stopPropagation();
    list.hidden = true;
    event.target.blur();
  }
};

/* Names that hold the text: subdistricts, communities, compounds, facilities, buildings. */
LC.menus.matches = function (text) {
  const wanted = text.trim().toLowerCase();
  const found = [];
  for (const layer of ["subdistricts", "communities", "compounds", "facilities", "buildings"]) {
    const names = layer === "subdistricts" ? LC.data.layers.communities.subName : LC.data.layers[layer].name;
    for (let i = 0; i < names.length && found.length < 12; i++) {
      if (names[i] && names[i].toLowerCase().includes(wanted)) found.push({ layer, i, name: names[i] });
    }
  }
  return found;
};

LC.menus.find = function (text, list) {
  list.hidden = !text.trim();
  if (list.hidden) return;
  const found = LC.menus.matches(text);
  LC.fill(list, found.length ? found.map((hit) => LC.button("hit", {
    onclick: () => {
      list.hidden = true;
      LC.menus.open(hit);
    } }, LC.h("span", {}, hit.name), LC.h("small", {}, LC.t(`found.${hit.layer}`))))
    : LC.h("p.quiet", {}, LC.t("not_found", { text })));
};

LC.menus.open = function ({ layer, i }) {
  if (layer === "communities") LC.chooseCommunity(i);
  else if (layer === "subdistricts") LC.openSubdistrict(i);
  else if (layer === "buildings") LC.chooseBuilding(i, true);
  else {
    const b = 4 * i;
    const { box } = LC.g[layer];
    const zoom = Math.max(LC.map.getZoom(), 16.5);
    LC.map.setView(LC.map.unproject([((box[b] + box[b + 2]) / 2) * Math.pow(2, zoom),
      ((box[b + 1] + box[b + 3]) / 2) * Math.pow(2, zoom)], zoom), zoom, { animate: false });
    if (layer === "facilities") LC.set({ cls: LC.data.layers.facilities.class[i] });
  }
};

/* Tools on the map. */
LC.menus.tools = function () {
  const node = LC.h("div.tools", {});
  const draw = () => LC.fill(node,
    LC.theme() === "plan" ? null : LC.button(`tool.facility-tool${LC.state.menu === "facility" ? ".on" : ""}`, { "aria-expanded": LC.state.menu === "facility", "data-focus": "facility",
      onclick: () => LC.set({ menu: LC.state.menu === "facility" ? null : "facility" }) },
      LC.t("facility_menu"), LC.h("b", {}, LC.className(LC.state.cls)), " ▾"),
    LC.button(`tool.layer-tool${LC.state.menu === "layers" ? ".on" : ""}`, { "aria-expanded": LC.state.menu === "layers", "data-focus": "layers",
      onclick: () => LC.set({ menu: LC.state.menu === "layers" ? null : "layers" }) }, LC.t("layers")),
    LC.button(`tool.measure-tool${LC.state.measuring ? ".on" : ""}`, { "aria-pressed": LC.state.measuring, "data-focus": "measure",
      onclick: () => LC.measureToggle() }, LC.t("measure")),
    LC.state.menu === "facility" ? LC.menus.facilityMenu() : null,
    LC.state.menu === "layers" ? LC.menus.layerMenu() : null);
  LC.watch((changed) => {
    if (LC.any(changed, "lang", "menu", "cls", "walker", "layers", "statuses", "measuring", "tab", "backdrop")) LC.anew(node, draw);
  });
  draw();
  return node;
};

LC.menus.facilityMenu = function () {
  const walkers = Object.keys(LC.data.facts.walkers);
  const codes = LC.data.layers.classes.code.filter((code) => LC.reach.has(`${code}|${LC.state.walker}`));
  return LC.h("div.menu.facility-menu", { role: "menu" }, LC.menus.statusSwitches(),
    LC.h("div.menu-switch", {}, walkers.map((walker) => LC.button(`switch${LC.state.walker === walker ? ".on" : ""}`, {
      "aria-pressed": LC.state.walker === walker, "data-walker": walker, onclick: () => LC.set({ walker }) },
      LC.t(`walker.${walker}`), LC.h("small", {}, ` ${LC.data.facts.walkers[walker].speed} m/s`)))),
    LC.h("div.menu-grid", {}, codes.map((code) => LC.button(`choice${LC.state.cls === code ? ".on" : ""}`, {
      role: "menuitemradio", "aria-checked": LC.state.cls === code, "data-class": code,
      onclick: () => LC.set({ cls: code, menu: null, target: -1 }) },
      LC.h("span.mark-box", {}, LC.classMark(code)), LC.className(code)))));
};

/* Which facilities are shown: built, being built, planned; as many as there are. */
LC.menus.statusSwitches = function () {
  const count = (status) => LC.every(LC.g.facilities).filter((i) => LC.statusOf(i) === status).length;
  return LC.h("div.menu-switch.status-switch", { role: "group", "aria-label": LC.t("statuses") },
    LC.statuses.filter(count).map((status) => LC.h("label.switch", {},
      LC.h("input", { type: "checkbox", "data-status": status, checked: LC.state.statuses[status],
        onchange: () => LC.setIn("statuses", { [status]: !LC.state.statuses[status] }) }),
      ` ${LC.t(`status.${status}`)} ${LC.count(count(status))}`)));
};

LC.menus.layerMenu = function () {
  const present = {
    land: LC.backdrop.chosen() ? 0 : LC.g.land.count, roads: LC.g.roads.count, compounds: LC.g.compounds.count, barriers: LC.g.barriers.count,
    buildings: LC.g.buildings.count, gaps: LC.g.gaps.count, isochrones: LC.g.isochrones.count,
    grids: LC.g.grids.count, facilities: LC.g.facilities.count, routes: LC.g.routes.count,
    district: 1, subdistricts: LC.data.layers.communities.subId.length, communities: LC.g.communities.count, labels: 1,
  };
  return LC.h("div.menu.layer-menu", { role: "menu" }, Object.keys(present).filter((name) => present[name]).map((name) =>
    LC.h("label", {}, LC.h("input", { type: "checkbox", "data-layer": name, checked: LC.state.layers[name],
      onchange: () => LC.toggleLayer(name) }), LC.t(`layer.${name}`))),
    LC.menus.isochroneNote(), LC.backdrop.menu());
};

LC.menus.isochroneNote = function () {
  const { isochrones } = LC.data.layers;
  const names = [...new Set(isochrones.class)].map(LC.className);
  return names.length ? LC.h("p.quiet", {}, LC.t("isochrones_of", { names: names.join(LC.t("list_comma")) })) : null;
};

LC.menus.zoom = function () {
  const node = LC.h("div.zoom", {});
  const draw = () => LC.fill(node,
    LC.button("zoom-in", { title: LC.t("zoom_in"), "aria-label": LC.t("zoom_in"), onclick: () => LC.map.zoomIn() }, "+"),
    LC.button("zoom-out", { title: LC.t("zoom_out"), "aria-label": LC.t("zoom_out"), onclick: () => LC.map.zoomOut() }, "−"),
    LC.button("zoom-home", { onclick: LC.fitHome }, LC.t("whole")));
  LC.watch((changed) => {
    if (changed.has("lang")) draw();
  });
  draw();
  return node;
};

LC.toggleLayer = (name) => LC.setIn("layers", { [name]: !LC.state.layers[name] });
