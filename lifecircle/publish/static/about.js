"use strict";
/* Provenance: the line at the foot, and the panel 数据与方法 behind it. */
LC.about = {};

LC.about.foot = function () {
  const node = LC.h("footer.foot", {});
  const draw = () => LC.fill(node,
    LC.h("div.foot-facts", {}, LC.about.line().map((text) => LC.h("span", {}, text))),
    LC.button("about-button", { onclick: () => LC.set({ about: true }) }, LC.t("about")));
  LC.watch((changed) => {
    if (changed.has("lang")) draw();
  });
  LC.about.drawFoot = draw;
  return node;
};

LC.about.line = function () {
  const { facts, about } = LC.data;
  const bases = facts.bases.map(LC.basis).join(LC.t("list_comma"));
  const adopted = Object.keys(LC.data.books).filter((id) => LC.data.books[id].adopted);
  const books = adopted.length ? adopted : Object.keys(LC.data.books);
  const walker = facts.walkers[LC.state.walker] || Object.values(facts.walkers)[0];
  return [
    LC.slowData ? LC.h("b.notice", {}, LC.t("slow_browser")) : null,
    LC.t("approval", { text: facts.approval || LC.t("approval_none") }),
    LC.t("as_of", { date: facts.asOf }),
    LC.t("foot_households", { basis: bases || LC.basis("") }) +
      (about.estimatedShare ? LC.t("foot_estimated", { n: LC.grouped(100 * about.estimatedShare, 0) }) : ""),
    walker ? LC.t("foot_speed", { speed: walker.speed, who: LC.t(`walker.${LC.state.walker}`) }) : null,
    facts.synthetic ? LC.t("synthetic") : null,
    LC.t(adopted.length ? "foot_books" : "foot_reference", { names: books.map(LC.bookName).join(LC.t("list_comma")) || "–" }),
  ].filter(Boolean);
};

LC.about.make = function () {
  const node = LC.h("div.about", { hidden: true, role: "dialog", "aria-modal": "true", "aria-label": LC.t("about") });
  LC.nodes.about = node;
  LC.watch((changed) => {
    if (LC.any(changed, "about", "lang")) LC.about.draw();
  });
  return node;
};

LC.about.draw = function () {
  const node = LC.nodes.about;
  node.hidden = !LC.state.about;
  if (node.hidden) return;
  const close = LC.button("icon.close", { "aria-label": LC.t("close"), onclick: () => LC.set({ about: false }) }, "×");
  LC.fill(node, LC.h("div.about-sheet", {},
    LC.h("header", {}, LC.h("h2", {}, LC.t("about")), LC.h("span.spring", {}), close),
    LC.h("div.about-body", {},
      LC.h("p", {}, LC.about.line().join("　")),
      LC.h("p", {}, LC.t("method")),
      LC.about.section("about_inputs", LC.about.inputs()),
      LC.about.section("about_rows", LC.about.rows()),
      LC.about.section("about_books", LC.about.books()),
      LC.about.section("about_settings", LC.about.settings()),
      LC.about.section("about_households", LC.about.households()),
      LC.about.section("about_network", LC.about.pairs(LC.data.about.network.map(([item, value, unit]) =>
        [LC.has(`network.${item}`) ? LC.t(`network.${item}`) : item, `${LC.figure(value, unit)} ${LC.unit(unit)}`]))),
      LC.about.section("about_warnings", LC.about.warnings()),
      LC.about.section("about_versions", LC.about.pairs(Object.entries(LC.data.about.versions)), true),
      LC.about.section("about_licences", LC.h("pre", {}, document.getElementById("licence").content.textContent), true))));
  close.focus();
};

LC.about.section = (key, body, folded) =>
  LC.h("details", { open: !folded }, LC.h("summary", {}, LC.t(key)), body);

LC.about.table = (head, rows) => LC.h("div.about-table", {}, LC.h("table.small", {},
  LC.h("thead", {}, LC.h("tr", {}, head.map((key) => LC.h("th", {}, LC.t(key))))),
  LC.h("tbody", {}, rows.map((row) => LC.h("tr", {}, row.map((cell) => LC.h("td", {}, cell)))))));

LC.about.pairs = (rows) => LC.h("table.small.pairs", {}, LC.h("tbody", {}, rows.map(([name, value]) =>
  LC.h("tr", {}, LC.h("td", {}, name), LC.h("td", {}, value)))));

LC.about.inputs = function () {
  const { sources, inputs } = LC.data.about;
  const hash = (file) => {
    const found = inputs.find(([name]) => name === file || name.endsWith(`/${file}`));
    return found ? found[2] : "–";
  };
  const rows = sources.map((source) => [...LC.about.source(source), source.crs || "–",
    source.basis ? LC.basis(source.basis) : "–",
    source.complete.length ? source.complete.map(LC.className).join(LC.t("list_comma")) : "–",
    source.asOf || "–", hash(source.file)]);
  return LC.about.table(["in.table", "in.file", "in.crs", "in.basis", "in.complete", "in.date", "in.sha"], rows);
};

/* A source's table and file. */
LC.about.source = ({ table, file, layer }) => [LC.has(`table.${table}`) ? LC.t(`table.${table}`) : table,
  [file, layer].filter(Boolean).join(" · ")];

/* Rows of every source: read = used + left out + merged + of other districts. */
LC.about.rows = function () {
  const names = ["read", "used", "rejected", "merged", "elsewhere", "estimated"];
  return [LC.h("p", {}, LC.t("rows_text")),
    LC.about.table(["in.table", "in.file", ...names.map((name) => `rows.${name}`)],
      LC.data.about.sources.map((source) => [...LC.about.source(source), ...names.map((name) => LC.count(source.rows[name]))]))];
};

LC.about.books = function () {
  const { books, rules } = LC.data;
  const rows = Object.entries(books).map(([id, book]) => {
    const mine = Object.values(rules).filter((rule) => rule.book === id);
    const kinds = [...new Set(mine.map((rule) => rule.authority))].map((one) => LC.t(`authority.${one}`));
    const unverified = mine.filter((rule) => rule.authority === "memory").length;
    return [LC.pick(book.title), LC.t(book.adopted ? "adopted" : "reference_book"), LC.count(mine.length), kinds.join(LC.t("list_comma")),
      unverified ? LC.t("unverified_n", { n: unverified }) : "–", [book.source, book.published].filter(Boolean).join(" "), book.sha];
  });
  return LC.about.table(["book.title", "book.force", "book.rules", "book.authority", "book.unverified", "book.source", "in.sha"], rows);
};

LC.about.settings = function () {
  const { settings } = LC.data.about;
  const { walkers } = LC.data.facts;
  const rows = Object.entries(walkers).map(([name, walker]) =>
    [LC.t("set_speed", { who: LC.t(`walker.${name}`) }), `${walker.speed} m/s · ${walker.source}`]);
  for (const [name, value] of Object.entries(settings)) {
    if (name === "shares") {
      for (const [id, share] of Object.entries(value)) rows.push([LC.t("set_share", { id }), `${LC.grouped(share * 100, 1)}%`]);
    } else if (value !== null) rows.push([LC.t(`set.${name}`), String(value)]);
  }
  return LC.about.pairs(rows);
};

LC.about.households = () => LC.about.pairs(Object.entries(LC.data.about.households).map(([method, count]) =>
  [LC.t(`households.${method}`), LC.t("buildings_n", { n: LC.count(count) })]));

LC.about.warnings = function () {
  const { warnings, warningCount, rejected } = LC.data.about;
  const which = LC.state.lang === "zh" ? 0 : 1;
  return [
    LC.h("p", {}, LC.t("warnings_n", { n: LC.count(warningCount), rejected: LC.count(rejected) })),
    warnings.length ? LC.about.table(["warn.where", "warn.what", "warn.fix"], warnings.map((one) => one[which])) : null,
  ];
};
