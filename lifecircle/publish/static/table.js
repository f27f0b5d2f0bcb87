"use strict";
/* Findings: chips and menus filter, headers sort, rows select, CSV is saved. */
LC.table = {};
LC.table.columns = ["verdict", "name", "sub", "rule", "id", "measured", "standard", "unit", "shortfall", "share", "affected", "authority"];
LC.table.numeric = new Set(["measured", "standard", "shortfall", "share", "affected"]);
LC.table.step = 300;

LC.table.make = function () {
  const node = LC.h("section.drawer", { "aria-label": LC.t("findings") });
  LC.nodes.drawer = node;
  LC.table.limit = LC.table.step;
  LC.watch((changed) => {
    if (LC.any(changed, "lang", "table", "drawer", "rule", "community", "grid")) LC.anew(node, () => LC.table.draw(changed));
  });
  return node;
};

LC.table.filtered = function (verdict) {
  const { rule, sub } = LC.state.table;
  return LC.rows.filter((row) => (!verdict || row.verdict === verdict) && (!rule || row.rule === rule) && (!sub || row.sub === sub));
};

LC.table.value = function (row, column) {
  switch (column) {
    case "verdict": return LC.verdicts.indexOf(row.verdict);
    case "name": return LC.unitName(row);
    case "sub": return LC.subName.get(row.sub) || "";
    case "rule": return LC.pick(LC.rule(row.rule).title);
    case "id": return row.rule;
    case "standard": return row.min !== null ? row.min : row.max;
    case "unit": return row.measure || "";
    case "authority": return LC.t(`authority.${row.authority}`);
    default: return row[column];
  }
};

LC.table.sorted = function () {
  const { verdict, sort, down } = LC.state.table;
  const sign = down ? -1 : 1;
  return LC.table.filtered(verdict).sort((a, b) => {
    const x = LC.table.value(a, sort);
    const y = LC.table.value(b, sort);
    if (x === y) return a.place - b.place;
    if (x === null || x === undefined) return 1;
    if (y === null || y === undefined) return -1;
    return (typeof x === "string" ? x.localeCompare(y, "zh") : x - y) * sign;
  });
};

/* Texts of a row, as table and CSV show them. */
LC.table.cells = function (row) {
  const sign = row.estimated > 0 ? "≈" : "";
  const shortfall = row.shortfall === null || row.verdict === "pass" || row.verdict === "not_assessed" ? "–" : LC.table.signed(row);
  return {
    verdict: LC.verdictWord(row.verdict),
    name: LC.unitName(row),
    sub: LC.subName.get(row.sub) || "–",
    rule: LC.pick(LC.rule(row.rule).title) + (LC.rule(row.rule).draft ? LC.t("in_brackets", { text: LC.t("unverified") }) : ""),
    id: row.rule,
    measured: LC.measuredText(row),
    standard: LC.standard(row),
    unit: LC.unit(row.measure),
    shortfall,
    share: row.share === null || row.verdict === "pass" || row.verdict === "not_assessed" ? "–" : `${LC.grouped(row.share * 100, row.share < 0.095 ? 1 : 0)}%`,
    affected: row.affected > 0 ? LC.people(row.affectedUnit, sign + LC.count(Math.round(row.affected))) : "–",
    authority: LC.table.grounds(row),
  };
};

/* Below the standard −, above it +. */
LC.table.signed = (row) => (row.shortfall === null ? "–" : (row.shortfall > 0 ? "+" : "") + LC.figure(row.shortfall, row.measure));

LC.table.grounds = function (row) {
  if (row.verdict === "not_assessed") return LC.reasonText(row);
  const parts = [LC.dependsText(row), row.target && row.due === "due" ? LC.targetText(row) : "", LC.t(`authority.${row.authority}`)]
    .filter(Boolean);
  if (row.draft && row.authority !== "memory") parts.push(LC.t("unverified"));
  if (row.origin === "district") parts.push(LC.t("share_by_district"));
  if (row.estimated > 0) parts.push(LC.t("estimated_part", { n: LC.grouped(row.estimated * 100, 0) }));
  return parts.join(" · ");
};

LC.table.draw = function (changed) {
  const node = LC.nodes.drawer;
  const { drawer } = LC.state;
  node.classList.toggle("open", drawer);
  document.body.classList.toggle("drawer-open", drawer);
  if (changed.has("drawer") && LC.map) setTimeout(() => LC.map.invalidateSize({ animate: false }), 0);
  if (!drawer) {
    LC.fill(node, LC.table.tab());
    return;
  }
  if (changed.has("table") || changed.has("lang")) LC.table.limit = LC.table.step;
  const old = node.querySelector(".table-scroll");
  const scroll = old ? [old.scrollTop, old.scrollLeft] : [0, 0];
  const rows = LC.table.sorted();
  LC.fill(node, LC.table.head(rows.length), LC.h("div.table-scroll", { tabindex: 0 }, LC.table.grid(rows)));
  const view = node.querySelector(".table-scroll");
  view.scrollTop = changed.has("table") ? 0 : scroll[0];
  view.scrollLeft = scroll[1];
  if (changed.has("community") && !LC.table.fromHere) LC.table.reveal(view);
  LC.table.fromHere = false;
};

/* Bring the chosen community's row into the table's view. */
LC.table.reveal = function (view) {
  const row = view.querySelector("tr.selected");
  if (row) view.scrollTop = Math.max(0, row.offsetTop - 60);
};

LC.table.tab = function () {
  const failing = LC.rows.filter((row) => row.verdict === "fail").length;
  return LC.button("drawer-tab", { onclick: () => LC.set({ drawer: true }), "aria-expanded": false },
    LC.h("b", {}, LC.t("findings")), LC.t("rows_n", { n: LC.count(LC.rows.length) }), " · ",
    LC.shape("fail", 11), LC.t("fail"), ` ${LC.count(failing)} `, "▴");
};

LC.table.head = function (shown) {
  const { verdict, rule, sub } = LC.state.table;
  const chips = LC.verdicts.filter((one) => one === verdict || LC.table.filtered(one).length).map((one) => {
    const count = LC.table.filtered(one).length;
    return LC.button(`filter-chip${verdict === one ? ".on" : ""}`, { "aria-pressed": verdict === one, "data-verdict": one,
      onclick: () => LC.setIn("table", { verdict: verdict === one ? "" : one }) },
      LC.shape(one, 12), `${LC.verdictWord(one)} ${LC.count(count)}`);
  });
  const chosen = (value) => ([key, text]) => {
    const option = LC.h("option", { value: key }, text);
    option.selected = key === value;
    return option;
  };
  const menu = (name, value, first, options) => LC.h("select", { "aria-label": first, "data-menu": name,
    onchange: (event) => LC.setIn("table", { [name]: event.target.value }) },
    chosen(value)(["", first]), options);
  const { subId, subName } = LC.data.layers.communities;
  return LC.h("div.drawer-head", {},
    LC.h("b", {}, LC.t("findings")), chips,
    menu("rule", rule, LC.t("all_rules"), LC.table.ruleGroups(chosen(rule))),
    menu("sub", sub, LC.t("all_subdistricts"), subId.map((id, k) => [id, subName[k] || id]).map(chosen(sub))),
    LC.h("span.spring", {}),
    LC.h("span.quiet.shown", {}, LC.t("shown_of", { n: LC.count(shown), all: LC.count(LC.rows.length) })),
    LC.button("link.csv", { onclick: LC.table.save }, LC.t("csv")),
    LC.button("link.collapse", { onclick: () => LC.set({ drawer: false }) }, LC.t("collapse"), " ▾"));
};

/* Rules by book, failing first; those not assessed last. */
LC.table.ruleGroups = function (option) {
  const { groups, unknown } = LC.rulesInOrder();
  const named = (id) => option([id, `${id} ${LC.pick(LC.rule(id).title)}${LC.rule(id).draft ? LC.t("in_brackets", { text: LC.t("unverified") }) : ""}`]);
  return [
    groups.map(({ book, ids }) => LC.h("optgroup", { label: LC.pick(LC.book(book).title) }, ids.map(named))),
    unknown.length ? LC.h("optgroup", { label: LC.t("more_unassessed", { n: LC.count(unknown.length) }) }, unknown.map(named)) : null,
  ];
};

LC.table.grid = function (rows) {
  const { sort, down } = LC.state.table;
  const head = LC.h("tr", {}, LC.table.columns.map((column) =>
    LC.h(`th${LC.table.numeric.has(column) ? ".number" : ""}.c-${column}`, { "aria-sort": sort === column ? (down ? "descending" : "ascending") : "none" },
      LC.button("sort", { "data-sort": column, onclick: () => LC.setIn("table", {
        sort: column, down: sort === column ? !down : LC.table.numeric.has(column) }) },
        LC.t(`col.${column}`), sort === column ? (down ? " ▾" : " ▴") : ""))));
  const most = Math.max(...rows.map((row) => row.share || 0), 0.01);
  const body = LC.h("tbody", {}, rows.slice(0, LC.table.limit).map((row) => LC.table.row(row, Math.min(most, 1))));
  const more = rows.length > LC.table.limit ? LC.button("link.more", {
    onclick: () => {
      LC.table.limit += 2000;
      LC.table.draw(new Set(["rows"]));
    } }, LC.t("more_rows", { n: LC.count(rows.length - LC.table.limit) })) : null;
  return [LC.h("table.findings", {}, LC.h("thead", {}, head), body),
    rows.length ? more : LC.h("p.quiet.none", {}, LC.t("no_rows"))];
};

LC.table.row = function (row, most) {
  const cells = LC.table.cells(row);
  const community = LC.communityIndex.get(row.unit);
  const grid = LC.gridIndex.get(row.unit);
  const selected = (row.level === "community" && community === LC.state.community && community !== undefined) ||
    (row.level === "grid" && grid === LC.state.grid && grid !== undefined);
  const choose = () => {
    LC.table.fromHere = true;
    LC.chooseRow(row);
  };
  return LC.h(`tr.${row.verdict}${selected && row.rule === LC.state.rule ? ".selected" : ""}`, { onclick: choose },
    LC.table.columns.map((column) => {
      const kind = `td${LC.table.numeric.has(column) ? ".number" : ""}.c-${column}`;
      if (column === "verdict") return LC.h(kind, {}, LC.shape(row.verdict, 12), " ", cells.verdict);
      if (column === "name") return LC.h(kind, {}, LC.button("link.row-name", { onclick: (event) => { event.stopPropagation(); choose(); } }, cells.name));
      if (column === "share") {
        const bar = row.share > 0 && row.verdict === "fail" ? LC.h("i.share-bar", { style: { width: `${Math.max(3, (100 * Math.min(row.share, most)) / most)}%` } }) : null;
        return LC.h(kind, {}, LC.h("span.share-value", {}, cells.share), LC.h("span.share-track", {}, bar));
      }
      if (column === "rule") return LC.h(kind, { title: cells.rule }, LC.pick(LC.rule(row.rule).title), " ", LC.draftChip(row.rule));
      return LC.h(kind, { title: column === "authority" || column === "unit" ? cells[column] : null }, cells[column]);
    }));
};

/* CSV with byte order mark, for spreadsheets; no cell may act as a formula. */
LC.table.csv = function () {
  const quote = (value) => {
    let text = String(value === null || value === undefined ? "" : value);
    if (/^[=+@\t\r]/.test(text) || (/^-/.test(text) && !/^-[\d.]+$/.test(text))) text = `'${text}`;
    return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };
  const head = LC.table.columns.map((column) => LC.t(`col.${column}`));
  const raw = (row) => LC.table.columns.map((column) => {
    if (["measured", "shortfall", "share", "affected"].includes(column)) return row[column];
    return LC.table.cells(row)[column];
  });
  return "\ufeff" + [head, ...LC.table.sorted().map(raw)].map((line) => line.map(quote).join(",")).join("\r\n");
};

LC.table.save = function () {
  const address = URL.createObjectURL(new Blob([LC.table.csv()], { type: "text/csv;charset=utf-8" }));
  const link = LC.h("a", { href: address, download: `${LC.pick(LC.data.facts.name)}-${LC.t("findings")}.csv` });
  document.body.appendChild(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
};
