"use strict";
/* The legend shows only what is drawn now; a row's box switches its layer. */
LC.legend = {};

LC.legend.make = function () {
  const node = LC.h("section.legend", { "aria-label": LC.t("legend") });
  LC.nodes.legend = node;
  LC.watch((changed) => {
    if (LC.any(changed, "lang", "rule", "tab", "cls", "walker", "layers", "statuses", "legendClosed", "planView", "planLevel")) LC.anew(node, LC.legend.draw);
  });
  return node;
};

LC.legend.draw = function () {
  if (!LC.map) return;
  const mpp = LC.metresPerWorld / Math.pow(2, LC.map.getZoom());
  const theme = LC.theme();
  const closed = LC.state.legendClosed === undefined ? window.innerWidth < 700 : LC.state.legendClosed;
  const wide = theme === "units" && LC.level(LC.state.rule) !== "community";
  const head = theme === "plan" ? LC.legend.plan() : wide ? null : theme === "grids" ? LC.legend.grids() : theme === "units" || LC.farView(mpp, 8)
    ? LC.legend.units() : LC.legend.minutes();
  LC.nodes.legend.classList.toggle("legend-folded", closed);
  LC.fill(LC.nodes.legend,
    LC.button("legend-fold", { "data-focus": "fold", onclick: () => LC.set({ legendClosed: !closed }), "aria-expanded": !closed },
      closed ? LC.t("legend") : "–"),
    closed ? null : [head, LC.legend.rows(mpp, theme), LC.legend.scale(mpp)]);
};

LC.legend.title = (title, unit) => LC.h("div.legend-title", {}, LC.h("b", {}, title), LC.h("span", {}, unit));

LC.legend.minutes = function () {
  const limit = LC.limitOf(LC.state.rule);
  const bands = LC.minuteBands(limit);
  const inside = bands.filter((band) => band.within).length;
  const wide = 100 / bands.length;
  return [
    LC.legend.title(LC.t("legend_minutes", { name: LC.className(LC.state.cls) }), LC.t("minutes_unit")),
    LC.h("div.ramp", {}, bands.map((band) => LC.h("i", { style: { background: band.fill, "border-color": band.edge } }))),
    LC.h("div.breaks", {}, bands.map((band, k) =>
      LC.h(`span${band.from === limit ? ".limit" : ""}`, { style: { left: `${k * wide}%` } }, band.from))),
    LC.h("div.brackets", {},
      LC.h("span.within", { style: { width: `${inside * wide}%` } }, LC.t("within")),
      LC.h("span.beyond", { style: { width: `${(bands.length - inside) * wide}%` } }, LC.t("beyond"))),
    LC.h("p.legend-note", {}, LC.t("legend_pace", {
      who: LC.t(`walker.${LC.state.walker}`), speed: LC.data.facts.walkers[LC.state.walker].speed })),
  ];
};

LC.legend.units = function () {
  const { rule } = LC.state;
  const plain = (fill, text, hatched) => LC.legend.row(null, LC.legend.swatch(fill, "#9A9488", hatched), text);
  const way = LC.shading(rule);
  if (way === "verdict") {
    return [LC.legend.title(LC.pick(LC.rule(rule).title), ""),
      plain(LC.verdictFill.pass, LC.t("pass")), plain(LC.verdictFill.fail, LC.t("fail"), true)];
  }
  if (way === "told") {
    const counts = LC.tally(rule);
    return [LC.legend.title(LC.pick(LC.rule(rule).title), ""),
      plain(LC.verdictFill.pass, LC.t(counts.benchmark ? "legend_benchmark" : "legend_reference")),
      counts.not_assessed ? plain("#F8F5EE", LC.t("not_assessed")) : null];
  }
  if (way === "deviation") {
    const row = LC.rowsOf(rule)[0] || {};
    const values = { value: LC.withUnit(row.min, row.measure), n: LC.grouped((LC.rule(rule).tolerance || 0) * 100, 0) };
    return [LC.legend.title(LC.t("legend_deviation", values), ""),
      plain(LC.deviation.under, LC.t("dev_under", values)), plain("#FBF9F4", LC.t("dev_within", values)),
      plain(LC.deviation.over, LC.t("dev_over", values))];
  }
  return [LC.legend.title(LC.t("legend_short"), "%"),
    LC.shortClasses.map((one) => plain(one.fill, LC.t(one.key), one.upTo > 0))];
};

LC.legend.grids = () => [
  LC.legend.title(LC.t("legend_grids"), LC.unit("households")),
  LC.legend.row(null, LC.legend.swatch("#DDD8EA", "#6B5FA0", false, "horizontal"), LC.t("grid_under")),
  LC.legend.row(null, LC.legend.swatch("#FFFFFF", "#7A7F85"), LC.t("grid_within")),
  LC.legend.row(null, LC.legend.swatch("#F3D0B3", "#B5420E", false, "vertical"), LC.t("grid_over"))];

LC.legend.swatch = (fill, edge, hatched, lines) =>
  LC.h(`i.key${hatched ? ".hatched" : ""}${lines ? `.${lines}` : ""}`, { style: { "background-color": fill, "border-color": edge } });

LC.legend.row = function (layer, symbol, text) {
  if (!layer) return LC.h("div.legend-row", {}, symbol, LC.h("span", {}, text));
  return LC.button("legend-row", { "data-focus": `${layer} ${text}`, "aria-pressed": LC.state.layers[layer], title: LC.t("toggle_layer"),
    onclick: () => LC.toggleLayer(layer) }, symbol, LC.h("span", {}, text));
};

LC.legend.line = (style) => LC.h("svg", { width: 26, height: 12, viewBox: "0 0 26 12", "aria-hidden": "true" },
  LC.h("line", { x1: 0, y1: 6, x2: 26, y2: 6, stroke: style.colour, "stroke-width": style.width, "stroke-dasharray": style.dash.join(" ") }));

/* One row for everything else that is in the picture. */
LC.legend.rows = function (mpp, theme) {
  const rows = [];
  const { layers } = LC.state;
  if (LC.gapsShown() && mpp <= 8) {
    rows.push(LC.legend.row("gaps", LC.h("i.key.gap", {}),
      LC.t("legend_gaps", { n: LC.count(LC.data.about.settings.smallest_gap_households) })));
  }
  const statuses = LC.legend.statuses();
  if (LC.facilitiesOn() && statuses.length) {
    for (const status of statuses) {
      rows.push(LC.legend.row("facilities", LC.markPicture(LC.classMark(LC.state.cls), status),
        LC.className(LC.state.cls) + (status === "built" ? "" : LC.t("in_brackets", { text: LC.t(`status.${status}`) }))));
    }
  }
  const roomy = window.innerHeight >= 800;
  if (roomy && LC.facilitiesOn() && mpp < 4) rows.push(LC.legend.row("facilities", LC.h("i.dot", {}), LC.t("legend_other_facilities")));
  if (theme === "minutes" && !LC.farView(mpp, 8) && LC.buildingGroups().some((group) => group.lost && group.list.length)) {
    rows.push(LC.legend.row("buildings", LC.h("i.key.lost", {}, "×"), LC.t("legend_no_path")));
  }
  for (const group of theme === "minutes" && !LC.farView(mpp, 8) ? LC.buildingGroups() : []) {
    if (group.note && group.list.length) {
      rows.push(LC.legend.row("buildings", LC.h(`i.key${group.dashed ? ".dashed" : ""}`, {
        style: { "background-color": group.fill, "border-color": group.edge } }), LC.t(group.note)));
    }
  }
  if (layers.isochrones && LC.isochronesOf().length) {
    rows.push(LC.legend.row("isochrones", LC.legend.line({ colour: "#1F4E79", width: 2.2, dash: [] }), LC.t("legend_isochrones")));
  }
  if (LC.gridsShown() && LC.g.grids.count) rows.push(LC.legend.row("grids", LC.legend.line({ colour: "#7A7F85", width: 1.2, dash: [4, 2.5] }), LC.t("layer.grids")));
  if (roomy && LC.landOf("nonresidential_building").length && mpp <= 4) rows.push(LC.legend.row(null, LC.legend.swatch("#E2DED5", "#CFC9BC"), LC.t("legend_other_buildings")));
  if (roomy) {
    const { level } = LC.data.layers.boundaries;
    const { first } = LC.g.boundaries;
    const shown = new Set(level.filter((one, i) => first[i] !== first[i + 1]).map(LC.borderShown));
    for (const one of LC.borderLevels.filter((name) => shown.has(name) && mpp <= LC.borderStyle[name].farthest)) {
      rows.push(LC.legend.row(LC.borderLayer[one], LC.legend.line(LC.borderStyle[one]), LC.t(`border.${one}`)));
    }
  }
  return LC.h("div.legend-rows", {}, rows);
};

LC.legend.statuses = function () {
  const { facilities } = LC.data.layers;
  const found = new Set();
  facilities.classes.forEach((codes, i) => {
    if (codes.includes(LC.state.cls) && LC.statusOn(i)) found.add(LC.statusOf(i));
  });
  return LC.statuses.filter((one) => found.has(one));
};

LC.legend.scale = function (mpp) {
  const room = 88 * mpp;
  const power = Math.pow(10, Math.floor(Math.log10(room)));
  const step = [8, 6, 5, 4, 3, 2, 1].map((one) => one * power).find((one) => one <= room) || power;
  const wide = step / mpp / LC.paperShrink();
  const far = step >= 1000 ? `${step / 1000} km` : `${step} m`;
  return LC.h("div.scale", {},
    LC.h("div.scale-bar", { style: { width: `${wide}px` } },
      LC.h("span", { style: { left: "0" } }, "0"),
      LC.h("span", { style: { left: "50%" } }, step >= 1000 ? step / 2000 : step / 2),
      LC.h("span.far", { style: { left: "100%" } }, far), LC.h("i", {})),
    LC.sheetScale ? LC.h("b.sheet-scale", {}, LC.scaleText()) : null,
    LC.h("div.north", { title: LC.t("north") }, LC.h("b", {}, LC.t("north_mark")),
      LC.h("svg", { width: 14, height: 20, viewBox: "0 0 14 20", "aria-hidden": "true" },
        LC.h("path", { d: "M7 1 12.5 19 7 14.5 1.5 19Z", fill: "#FFFFFF", stroke: LC.ink, "stroke-width": 1 }),
        LC.h("path", { d: "M7 1 7 14.5 1.5 19Z", fill: LC.ink }))));
};
