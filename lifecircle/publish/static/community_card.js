"use strict";
/* The floating card of a community, or of a gap area. */
LC.card = {};

LC.card.make = function () {
  const node = LC.h("section.card", { hidden: true, "aria-label": LC.t("card") });
  LC.nodes.card = node;
  LC.watch((changed) => {
    if (LC.any(changed, "lang", "rule", "tab", "community", "gap", "grid", "cardClosed", "building", "planGrid", "planLevel")) LC.card.draw();
  });
  return node;
};

LC.card.draw = function () {
  const { community, cardClosed, building } = LC.state;
  const node = LC.nodes.card;
  node.hidden = community < 0 || cardClosed || building >= 0;
  document.body.classList.toggle("with-card", !node.hidden || building >= 0);
  if (node.hidden) return;
  if (LC.theme() === "plan") {
    LC.fill(node, LC.plan.card(community));
    return;
  }
  const { rule } = LC.state;
  const row = rule ? LC.rowOf(rule, community) : null;
  LC.fill(node, LC.card.head(community, row), LC.h("div.card-body", {},
    rule && LC.level(rule) === "grid" ? LC.card.grids(community) : null,
    row ? LC.card.measure(row) : null,
    row && row.verdict !== "not_assessed" && LC.isCoverage(rule) ? LC.card.histogram(community, row) : null,
    LC.card.example(community),
    rule ? LC.card.clause(rule, row) : null,
    LC.card.board(community),
    LC.card.others(community)));
};

LC.card.head = function (community, row) {
  const { communities } = LC.data.layers;
  return LC.h("header", {},
    LC.h("div.card-title", {},
      row ? LC.shape(row.verdict, 16) : null,
      LC.h(`h2${(communities.name[community] || "").length > 10 ? ".long" : ""}`, {}, communities.name[community]),
      row ? LC.h(`span.chip.${row.verdict}`, { title: LC.verdictWord(row.verdict) },
        row.verdict === "reference" ? LC.t("chip.reference") : LC.verdictWord(row.verdict)) : null,
      LC.h("span.spring", {}),
      LC.button("icon", { title: LC.t("previous"), "aria-label": LC.t("previous"), onclick: () => LC.step(-1) }, "‹"),
      LC.button("icon", { title: LC.t("next"), "aria-label": LC.t("next"), onclick: () => LC.step(1) }, "›"),
      LC.button("icon.close", { title: LC.t("close"), "aria-label": LC.t("close"),
        onclick: () => LC.set({ community: -1, gap: -1, grid: -1 }) }, "×")),
    LC.h("p.card-sub", {}, LC.card.people(community)));
};

LC.card.people = function (i) {
  const { communities } = LC.data.layers;
  const parts = [communities.subName[communities.sub[i]] || ""];
  if (communities.kind[i] === "approximate_catchment") parts.push(LC.t("approximate"));
  if (communities.households[i] !== null) {
    const basis = communities.basis[i];
    parts.push(LC.t("households_n", { n: LC.count(communities.households[i]) }) +
      (basis ? LC.t("in_brackets", { text: LC.basis(basis) }) : ""));
  }
  if (communities.elderly[i] !== null) parts.push(LC.t("elderly_n", { n: LC.count(Math.round(communities.elderly[i])) }));
  return parts.filter(Boolean).join(" · ");
};

/* The big figure, and how far it is from the bar. */
LC.card.measure = function (row) {
  if (row.verdict === "not_assessed") {
    return LC.h("div.measure", {}, LC.h("p", {}, LC.h("b", {}, LC.t("not_assessed")), LC.t("colon"), LC.reasonText(row)));
  }
  const value = LC.figure(row.measured, row.measure);
  const percent = row.measure === "%";
  const words = LC.isCoverage(row.rule)
    ? LC.t("card_coverage", { who: LC.t(`who_of.${row.affectedUnit || "persons"}`), limit: LC.limitOf(row.rule), name: LC.className(row.class) })
    : LC.pick(LC.rule(row.rule).title);
  return LC.h("div.measure", {},
    LC.h("div.big-line", {},
      LC.h(`span.big.${row.verdict}`, {}, LC.about_sign(row.estimated) + value,
        LC.h("small", {}, percent ? "%" : ` ${LC.unit(row.measure)}`)),
      LC.h("span.big-words", {}, words)),
    LC.h("p", {}, LC.card.distance(row)),
    LC.card.hangs(row));
};

/* What the verdict hangs on, and a target date gone by. */
LC.card.hangs = function (row) {
  const parts = [LC.dependsText(row), row.target && row.due === "due" ? LC.targetText(row) : ""].filter(Boolean);
  return parts.length ? LC.h("p.hangs", {}, parts.join(LC.t("semicolon")), LC.t("stop")) : null;
};

LC.card.distance = function (row) {
  const parts = [];
  const standard = LC.standard(row).replace(/^[≥≤=] /, "");
  if (standard !== "–") parts.push(LC.t(row.op === "~" ? "bar_benchmark" : "bar_at", { standard: `${standard}${row.measure === "%" ? "%" : ` ${LC.unit(row.measure)}`}` }));
  if (row.verdict === "fail" && row.shortfall !== null) {
    const amount = Math.abs(row.shortfall);
    parts.push(LC.tn(row.shortfall > 0 ? "bar_excess" : "bar_missing", { n: LC.h("b", {}, row.measure === "%"
      ? LC.t("points", { n: LC.figure(amount, "%") })
      : LC.withUnit(amount, row.measure)) }));
  }
  const line = LC.card.joined(parts);
  if (row.affected > 0) {
    line.push(line.length ? LC.t("semicolon") : "", LC.tn(LC.isCoverage(row.rule) ? "unserved_here" : "concerned_here", {
      people: LC.h("b", {}, LC.shortPeople(row.affectedUnit, LC.about_sign(row.estimated) + LC.count(Math.round(row.affected)))) }));
  }
  if (line.length) line.push(LC.t("stop"));
  if (row.tolerant && row.tolerant !== row.verdict) {
    line.push(" ", LC.t("tolerant_note", { word: LC.verdictWord(row.tolerant) }));
  }
  return line;
};

LC.card.joined = (parts) => parts.flatMap((part, k) => (k ? [LC.t("comma"), part] : [part]));

/* People by minutes, the limit as a dashed line between the bands. */
LC.card.histogram = function (community, row) {
  const weight = row.affectedUnit || "persons";
  const key = ["community", LC.data.layers.communities.id[community], row.class, LC.rule(row.rule).walker, weight];
  const found = LC.data.served[key.join("|")];
  if (!found || !found.length) return null;
  const bands = LC.card.bands(found);
  const limit = LC.limitOf(row.rule);
  const colours = LC.minuteBands(limit);
  const most = Math.max(...bands.map((one) => one[2] || 0), 1);
  const columns = bands.filter((one) => one[0] !== null || one[2] > 0).map(([from, to, amount, estimated]) => {
    const lost = from === null;
    const colour = lost ? LC.noPath : ((band) => [band.fill, band.edge])(
      colours.find((band) => (to === null ? Infinity : to) <= band.to) || colours[colours.length - 1]);
    return LC.h(`div.column${!lost && from === limit ? ".limit" : ""}`, {},
      LC.h("span.column-value", {}, amount === null ? "<10" : LC.about_sign(estimated) + LC.count(Math.round(amount))),
      LC.h("i", { style: { height: `${amount ? Math.max(2, (44 * amount) / most) : 1}px`, background: colour[0], "border-color": colour[1] } }),
      LC.h("span.column-name", {}, lost ? LC.t("no_path") : to === null ? `>${from}` : `${from}–${to}`));
  });
  return LC.h("figure.histogram", {},
    LC.h("figcaption", {}, LC.t("histogram", { who: LC.t(`number.${weight}`) })),
    LC.h("div.columns", {}, columns));
};

/* Only bands where somebody lives are given: the empty ones stand with 0. */
LC.card.bands = function (found) {
  const edges = [0, 5, 10, 15, 20, null];
  const bands = edges.slice(0, -1).map((from, k) =>
    found.find((one) => one[0] === from && one[1] === edges[k + 1]) || [from, edges[k + 1], 0, 0]);
  return [...bands, ...found.filter((one) => one[0] === null)];
};

/* For example: from where to where, straight and on foot. */
LC.card.example = function (community) {
  const { rule, gap, tab } = LC.state;
  if (!rule || tab !== "shortfalls" || !LC.isCoverage(rule)) return null;
  const shown = LC.routeOf(gap, community);
  if (shown < 0) return null;
  const { routes, buildings, facilities } = LC.data.layers;
  const home = routes.building[shown];
  const place = routes.facility[shown];
  if (place < 0 || routes.m[shown] === null) {
    return LC.h("div.example", {}, LC.t("example_none", { from: LC.placeName(buildings, home) }));
  }
  return LC.h("div.example", {},
    LC.h("div", {}, LC.t("example", { from: LC.placeName(buildings, home), to: LC.placeName(facilities, place) })),
    LC.h("div", {}, LC.tn(LC.walkKey("example", shown), {
      via: routes.via[shown], straight: LC.metres(routes.straight[shown]),
      walk: LC.h("b", {}, LC.t("walk_both", { m: LC.metres(routes.m[shown]), min: LC.grouped(Math.ceil(routes.min[shown] - 1e-9), 0) })) })));
};

/* Half as long again as the straight line is a detour; over what, if it is known. */
LC.walkKey = function (key, shown) {
  const { routes } = LC.data.layers;
  if (routes.m[shown] < 1.5 * routes.straight[shown]) return `${key}_walk`;
  return routes.via[shown] ? `${key}_via` : `${key}_detour`;
};

LC.placeName = (layer, i) => (i < 0 ? "–" : layer.name[i] || layer.id[i]);

/* The clause: quote, where from, how certain. */
LC.card.clause = function (id, row) {
  const rule = LC.rule(id);
  const book = LC.book(rule.book);
  const authority = (row && row.authority) || rule.authority;
  const mark = rule.draft ? LC.h("p.source", {}, LC.draftChip(id)) : null;
  const parts = [mark, LC.h("p.quote", { lang: "zh-CN" }, rule.quote ? `“${rule.quote}”` : LC.t("no_quote"))];
  parts.push(LC.h("p.source", {}, [book.issuer && book.source !== book.issuer ? "" : "", book.source || LC.pick(book.title)].join(""),
    book.published && !String(book.source).includes(book.published) ? ` ${book.published}` : "", " · ",
    LC.h("span.tag", {}, LC.t(`authority.${authority}`)), " · ", LC.t(rule.exact ? "quote_exact" : "quote_unchecked")));
  if (row && row.origin === "district") {
    parts.push(LC.h("p.source", {}, LC.tn("district_share", {
      bar: `${LC.standard(row)}${row.measure === "%" ? "%" : ""}`, tag: LC.h("span.tag", {}, LC.t("origin_district")) })));
  }
  const note = LC.pick(rule.note);
  if (note) parts.push(LC.h("details.source", {}, LC.h("summary", {}, LC.t("rule_note")), note));
  return LC.h("div.clause", {}, parts);
};

LC.card.grids = function (community) {
  const group = LC.gridsByCommunity(LC.state.rule).find((one) => one.community === community);
  if (!group) return LC.h("p.quiet", {}, LC.t("no_grids_here"));
  return LC.h("div.measure", {},
    LC.h("div.big-line", {},
      LC.h(`span.big.${group.out ? "fail" : "pass"}`, {}, group.out, LC.h("small", {}, `/${group.all}`)),
      LC.h("span.big-words", {}, LC.t("grids_words"))),
    LC.h("table.small", {}, LC.h("tbody", {}, group.rows.map((row) => {
      const grid = LC.gridIndex.get(row.unit);
      return LC.h(`tr${LC.state.grid === grid ? ".selected" : ""}`, {},
        LC.h("td", {}, LC.shape(row.verdict, 12)), LC.h("td", {}, LC.button("link", { onclick: () => LC.set({ grid }) }, row.name || row.unit)),
        LC.h("td.number", {}, LC.about_sign(row.estimated) + LC.figure(row.measured, row.measure)),
        LC.h("td", {}, LC.unit(row.measure)), LC.h("td.number.quiet", {}, LC.standard(row)),
        LC.h("td.number.value", {}, row.verdict === "fail" ? LC.table.signed(row) : ""));
    }))));
};

/* The community's requirements by kind of rule: met of assessed, the rest counted. */
LC.card.board = function (community) {
  const { board } = LC.data;
  const rows = LC.places(board.community, community);
  if (!rows.length) return null;
  const sum = (name) => rows.reduce((total, k) => total + board[name][k], 0);
  const met = (force, k) => (board[`${force}_assessed`][k] ? `${board[`${force}_met`][k]}/${board[`${force}_assessed`][k]}` : "–");
  const counted = ["not_assessed", "benchmarks", "references", "drafts"].filter(sum);
  const cells = (k) => [met("must", k), met("should", k), ...counted.map((name) => board[name][k] || "–")];
  const total = (force) => LC.t(`board_${force}_of`, { n: sum(`${force}_met`), all: sum(`${force}_assessed`) });
  return LC.h("details.board", {},
    LC.h("summary", {}, LC.t("board"), LC.t("colon"), LC.h("b", {}, total("must")),
      sum("should_assessed") ? [LC.t("comma"), total("should")] : null),
    LC.h("table.small", {},
      LC.h("thead", {}, LC.h("tr", {}, LC.h("th", {}, LC.t("board_family")),
        ["must", "should", ...counted].map((name) => LC.h("th.number", {}, LC.t(`board_${name}`))))),
      LC.h("tbody", {}, rows.map((k) => LC.h(`tr${board.must_met[k] < board.must_assessed[k] ? ".fail" : ""}`, {},
        LC.h("td", {}, LC.t(`family.${board.family[k]}`)),
        cells(k).map((text, n) => LC.h(`td.number${n ? "" : ".value"}`, {}, text)))))));
};

/* Every other rule's word on this unit: failing first, benchmarks on a line each,
   what is not assessed in one counted line. */
LC.card.others = function (community) {
  const key = LC.data.layers.communities.id[community];
  const rows = LC.rows
    .filter((row) => row.level === "community" && row.unit === key && row.rule !== LC.state.rule)
    .sort((a, b) => LC.standings.indexOf(a.verdict) - LC.standings.indexOf(b.verdict) || (b.share || 0) - (a.share || 0) || (a.rule < b.rule ? -1 : 1));
  if (!rows.length) return null;
  const judged = rows.filter((row) => row.verdict === "fail" || row.verdict === "pass");
  const unknown = rows.filter((row) => row.verdict === "not_assessed");
  const rest = rows.filter((row) => row.verdict === "benchmark" || row.verdict === "reference");
  return LC.h("section.others", {}, LC.h("h3", {}, LC.t("other_rules")),
    judged.length ? LC.card.judged(judged) : null,
    rest.map(LC.card.line),
    unknown.length ? LC.h("details", {},
      LC.h("summary", {}, LC.shape("not_assessed", 12), " ", LC.t("not_assessed_n", { n: LC.count(unknown.length) })),
      unknown.map(LC.card.line)) : null);
};

LC.card.judged = (rows) => LC.h("table.small", {},
  LC.h("thead", {}, LC.h("tr", {}, LC.h("th", { colspan: 2 }, LC.t("col.verdict")),
    LC.h("th.number", {}, LC.t("col.measured")), LC.h("th.number", {}, LC.t("col.standard")), LC.h("th", {}, LC.t("col.unit")))),
  LC.h("tbody", {}, rows.map((row) => LC.h(`tr.${row.verdict}`, {},
    LC.h("td", {}, LC.shape(row.verdict, 12)),
    LC.h("td", {}, LC.card.ruleLink(row), " ", LC.h("span.word", {}, LC.verdictWord(row.verdict)), LC.draftChip(row.rule),
      row.robust === "depends" ? LC.h("div.word.wraps", {}, LC.dependsText(row)) : null),
    LC.h("td.number.value", {}, LC.measuredText(row)),
    LC.h("td.number", {}, LC.standard(row)), LC.h("td.unit", {}, LC.unit(row.measure))))));

LC.card.ruleLink = (row) => LC.button("link", { onclick: () => LC.chooseRule(row.rule) }, LC.pick(LC.rule(row.rule).title));

/* One line: shape, rule, figure, and why there is none. */
LC.card.line = function (row) {
  const unknown = row.verdict === "not_assessed";
  return LC.h("div.rule-line", { title: LC.reasonText(row) || null },
    LC.shape(row.verdict, 12), LC.h("span.rule-line-name", {}, LC.card.ruleLink(row)), LC.draftChip(row.rule),
    unknown ? LC.h("span.quiet.rule-line-why", {}, LC.reasonText(row))
      : [LC.h("span.word", {}, LC.verdictWord(row.verdict)),
        LC.h("b", {}, LC.about_sign(row.estimated) + LC.withUnit(row.measured, row.measure)),
        LC.standard(row) === "–" ? null : LC.h("span.quiet", {}, LC.standard(row))]);
};
