"use strict";
/* The answer panel: rule, headline, verdict counts, ranked bars, gap areas. */
LC.panel = {};

LC.panel.make = function () {
  const node = LC.h("aside.panel", { "aria-label": LC.t("panel") });
  LC.nodes.panel = node;
  LC.watch((changed) => {
    if (LC.any(changed, "lang", "rule", "tab", "community", "gap", "folded", "cls", "menu", "statuses", "planView", "planLevel", "planGrid")) LC.anew(node, LC.panel.draw);
  });
  return node;
};

LC.panel.draw = function () {
  const { panel } = LC.nodes;
  const kept = panel.querySelector(".panel-scroll");
  const scroll = kept ? kept.scrollTop : 0;
  panel.classList.toggle("folded", LC.state.folded);
  panel.classList.toggle("menu-open", LC.state.menu === "rule");
  panel.classList.toggle("rough", LC.data.facts.units !== "community");
  const { tab, rule } = LC.state;
  const body = LC.theme() === "plan" ? LC.plan.panel() : !rule ? [LC.h("p.quiet", {}, LC.t("no_findings"))]
    : tab === "proposals" ? LC.panel.proposals() : tab === "today" ? LC.panel.today() : LC.panel.answer();
  LC.fill(panel, LC.theme() === "plan" ? null : LC.ruleMenu.make(), LC.h("div.panel-scroll", {}, body), LC.panel.fold(),
    LC.onSheet ? LC.titleBlock() : null);
  panel.querySelector(".panel-scroll").scrollTop = scroll;
};

LC.panel.fold = () =>
  LC.button("fold", { onclick: () => LC.set({ folded: !LC.state.folded }), "aria-expanded": !LC.state.folded },
    LC.t(LC.state.folded ? "unfold" : "fold"));

LC.panel.answer = function () {
  const { rule } = LC.state;
  const parts = [LC.panel.headline(rule), LC.panel.counts(rule), LC.panel.flags(rule)];
  if (LC.level(rule) === "grid") parts.push(LC.panel.gridList(rule));
  else if (LC.level(rule) === "community") parts.push(LC.panel.barList(rule));
  else parts.push(LC.panel.plainList(rule));
  if (LC.offenders(rule).length) parts.push(LC.panel.offenderList(rule));
  if (LC.gapsOf(rule).length) parts.push(LC.panel.gapList(rule));
  return parts;
};

LC.panel.headline = function (rule) {
  const counts = LC.tally(rule);
  const level = LC.levelName(LC.level(rule));
  return LC.h("div.headline", {},
    LC.h("h1", { "aria-live": "polite" }, LC.data.judged ? LC.panel.lead(counts, level, LC.onlyRow(rule)) : LC.t("head_none")),
    LC.h("p.sub", {}, LC.panel.subline(rule, counts, level), LC.panel.lowest(rule, counts)));
};

LC.panel.lead = function (counts, level, only) {
  if (counts.fail && only) return LC.tn("head_fail_one", { name: LC.h("b.bad", {}, LC.unitName(only)) });
  if (counts.fail) return LC.tn("head_fail", { n: LC.h("b.bad", {}, LC.t("head_fail_n", { n: LC.count(counts.fail), level })) });
  if (counts.pass) return LC.t(counts.not_assessed ? "head_pass_part" : "head_pass");
  return LC.t(counts.benchmark ? "head_benchmark" : counts.reference ? "head_reference" : "head_unknown");
};

/* How many units the rule speaks of, and in what sense. */
LC.panel.extent = function (rule, counts, level) {
  const n = LC.count(counts.pass + counts.fail + counts.benchmark + counts.reference);
  const only = LC.onlyRow(rule);
  if ((counts.pass || counts.fail) && only) {
    return LC.t("sub_measured", { value: LC.about_sign(only.estimated) + LC.withUnit(only.measured, only.measure) });
  }
  if (counts.pass || counts.fail) return LC.t("sub_assessed", { n, level });
  if (counts.benchmark) return LC.t("sub_benchmark", { n, level });
  if (counts.reference) return LC.t("sub_reference", { n, level });
  return LC.t("sub_unknown", { n: LC.count(LC.rowsOf(rule).length), level, why: LC.commonReason(rule) || LC.t("not_assessed") });
};

/* What goes with the rule as a whole: a figure from memory, a date gone by. */
LC.panel.flags = function (rule) {
  const row = LC.rowsOf(rule).find((one) => one.target && one.due === "due");
  const parts = [
    LC.rule(rule).draft ? LC.h("span", {}, LC.draftChip(rule)) : null,
    row ? LC.h("span", {}, LC.targetText(row)) : null].filter(Boolean);
  return parts.length ? LC.h("div.flags", {}, parts) : null;
};

/* Nothing fails: the lowest is named. */
LC.panel.lowest = function (rule, counts) {
  if (counts.fail || !counts.pass) return null;
  const row = LC.sorted(rule).find((one) => one.verdict === "pass" && one.measured !== null);
  if (!row || row.min === null || row.max !== null) return null;
  return LC.t("sub_lowest", { name: LC.unitName(row), value: LC.about_sign(row.estimated) + LC.withUnit(row.measured, row.measure) });
};

/* One or two sentences under the headline; a reference is no result. */
LC.panel.subline = function (rule, counts, level) {
  const extent = LC.panel.extent(rule, counts, level);
  if (!(counts.pass || counts.fail || counts.benchmark)) return [extent];
  if (LC.isCoverage(rule)) {
    const { sum, estimated } = LC.leftOut(rule);
    const row = LC.rowsOf(rule).find((one) => one.affectedUnit) || {};
    const people = LC.h("b", {}, LC.people(row.affectedUnit, LC.about_sign(estimated) + LC.count(Math.round(sum))));
    return [extent, LC.tn("sub_unserved", {
      people, limit: LC.limitOf(rule), name: LC.className(row.class || LC.rule(rule).classes[0]) })];
  }
  const row = LC.sorted(rule)[0];
  const standard = row ? LC.standard(row) : "–";
  return standard === "–" ? [extent] : [extent, LC.t("sub_standard", {
    standard: standard.replace(/^= /, "") + (row.measure === "%" ? "%" : ` ${LC.unit(row.measure)}`) })];
};

LC.panel.counts = function (rule) {
  const counts = LC.tally(rule);
  return LC.h("div.counts", {}, LC.verdicts.filter((one) => counts[one]).map((one) =>
    LC.h("span.count", {}, LC.shape(one, 12), `${LC.verdictWord(one)} ${LC.count(counts[one])}`)));
};

/* What the bars measure: title left, unit right, label at the threshold. */
LC.panel.listHead = function (title, unit, line) {
  return LC.h("div.list-head", {},
    LC.h("div.list-title", {}, LC.h("b", {}, title), LC.h("span", {}, unit)),
    LC.h("div.list-line", {}, line));
};

LC.panel.measureTitle = function (rule) {
  const row = LC.sorted(rule)[0] || {};
  if (LC.isCoverage(rule)) {
    return LC.t("measure_coverage", {
      limit: LC.limitOf(rule), who: LC.t(`who.${row.affectedUnit || "persons"}`) });
  }
  return LC.pick(LC.rule(rule).title);
};

LC.panel.scale = function (rows) {
  if (rows.some((row) => row.measure === "%")) return 100;
  const bars = rows.flatMap(LC.bars);
  const bar = bars.length ? Math.max(...bars) : 0;
  const most = Math.max(...rows.map((row) => row.measured || 0), 0);
  return Math.max(bar * 1.25, Math.min(most, bar > 0 ? bar * 2.2 : most)) || 1;
};

LC.panel.barList = function (rule) {
  const rows = LC.sorted(rule);
  const scale = LC.panel.scale(rows);
  const first = rows.find((row) => LC.bars(row).length);
  const bars = first && rows.every((row) => !LC.bars(row).length || LC.bars(row).join() === LC.bars(first).join())
    ? LC.bars(first) : [];
  const mark = bars.length ? LC.h("span.line-name", { style: { left: `${(100 * bars[bars.length - 1]) / scale}%` } },
    LC.t(rows[0].verdict === "benchmark" ? "line_benchmark" : "line_at", { value: bars.map((one) => LC.grouped(one, 0)).join("–") })) : null;
  let last = null;
  const list = LC.h("div.bars", { role: "listbox", "aria-label": LC.panel.measureTitle(rule) },
    rows.map((row) => {
      const parted = last !== null && LC.rank[last] !== LC.rank[row.verdict];
      last = row.verdict;
      return LC.panel.bar(row, scale, parted);
    }));
  const lines = bars.map((one) => LC.h("i.threshold", { style: { left: `${(100 * one) / scale}%` } }));
  return [
    LC.panel.listHead(LC.panel.measureTitle(rule), LC.unit((rows[0] || {}).measure), mark),
    LC.h("div.bars-frame", {}, list, LC.h("div.bars-lines", {}, lines)),
  ];
};

/* A name that is too long is cut before the mark of a catchment, never after it. */
LC.panel.unitName = function (name) {
  const short = LC.short(name);
  const mark = LC.isRough(name) ? LC.t("short_mark", { name: "" }) : "";
  return LC.h("span.bar-name", { title: name }, mark ? [LC.h("b", {}, short.slice(0, short.length - mark.length)), LC.h("i", {}, mark)] : short);
};

LC.panel.bar = function (row, scale, parted) {
  const community = LC.communityIndex.get(row.unit);
  const selected = community !== undefined && community === LC.state.community;
  const classes = ["bar-row", row.verdict, selected ? "selected" : "", parted ? "parted" : ""];
  const unknown = row.verdict === "not_assessed" || row.measured === null;
  const track = unknown
    ? LC.h("span.bar-reason", { title: LC.reasonText(row) }, LC.reasonText(row) || LC.t("not_assessed"))
    : LC.h("span.track", {}, LC.panel.barParts(row, scale));
  return LC.h(`button.${classes.filter(Boolean).join(".")}`, {
    type: "button", role: "option", "aria-selected": selected, "data-focus": `bar-${row.unit}`,
    title: `${row.name} · ${LC.verdictWord(row.verdict)}`,
    onclick: () => LC.chooseCommunity(community === undefined ? -1 : community) },
    LC.shape(row.verdict, 13), LC.panel.unitName(row.name), track,
    LC.h("span.bar-value", {}, unknown ? "–" : LC.about_sign(row.estimated) + LC.figure(row.measured, row.measure)));
};

/* The measured bar; what is missing, or too much, hatched up to the standard. */
LC.panel.barParts = function (row, scale) {
  const at = (value) => `${Math.max(0, Math.min(100, (100 * value) / scale))}%`;
  const wide = (from, to) => ({ left: at(from), width: `calc(${at(to)} - ${at(from)})` });
  const parts = [];
  const judged = row.verdict === "fail";
  const missing = judged && row.min !== null && row.measured < row.min;
  const excess = judged && row.max !== null && row.measured > row.max;
  const solid = excess ? row.max : row.measured;
  parts.push(LC.h("i.solid", { style: wide(0, solid) }));
  if (missing) parts.push(LC.h("i.missing", { style: wide(row.measured, row.min) }));
  if (excess) parts.push(LC.h("i.missing", { style: wide(row.max, row.measured) }));
  return parts;
};

LC.panel.gridList = function (rule) {
  const groups = LC.gridsByCommunity(rule);
  const head = LC.panel.listHead(LC.t("grids_out"), LC.t("grids_of"), null);
  return [head, LC.h("div.bars", { role: "listbox" }, groups.map((group) => {
    const name = group.community < 0 ? LC.t("no_community") : LC.data.layers.communities.name[group.community];
    const selected = group.community >= 0 && group.community === LC.state.community;
    return LC.h(`button.bar-row${group.out ? ".fail" : ".pass"}${selected ? ".selected" : ""}`, {
      type: "button", role: "option", "aria-selected": selected, "data-focus": `bar-${group.community}`,
      onclick: () => LC.chooseCommunity(group.community) },
      LC.shape(group.out ? "fail" : "pass", 13), LC.panel.unitName(name),
      LC.h("span.track.full", {}, LC.h("i.out", { style: { width: `${(100 * group.out) / group.all}%` } })),
      LC.h("span.bar-value", {}, `${group.out}/${group.all}`));
  }))];
};

LC.panel.plainList = function (rule) {
  const rows = LC.sorted(rule);
  const shown = rows.filter((row) => row.verdict !== "pass").slice(0, 200);
  return [
    LC.panel.listHead(LC.t("listed"), LC.unit((rows[0] || {}).measure), null),
    LC.h("div.bars", {}, (shown.length ? shown : rows.slice(0, 50)).map((row) =>
      LC.h(`button.bar-row.plain.${row.verdict}`, { type: "button", "data-focus": `bar-${row.unit}`,
        onclick: () => LC.chooseRow(row) },
        LC.shape(row.verdict, 13), LC.h("span.bar-name.wide", { title: row.name }, row.name || row.unit),
        LC.h("span.bar-value", {}, LC.measuredText(row))))),
  ];
};

LC.panel.offenderList = (rule) => LC.h("section.gap-list", {},
  LC.h("h2", {}, LC.t("offenders")),
  LC.offenders(rule).slice(0, 200).map((row) =>
    LC.h("button.gap-row", { type: "button", "data-focus": `offender-${row.unit}`, onclick: () => LC.chooseRow(row) },
      LC.shape(row.verdict, 12), LC.h("span.gap-name", {}, row.name || row.unit),
      LC.h("span.gap-value", {}, LC.withUnit(row.measured, row.measure)))));

LC.gapLine = function (gap) {
  const { households, estimated } = LC.data.layers.gaps;
  return LC.t("gap_line", { n: LC.data.layers.gaps.number[gap], name: LC.gapName(gap),
    households: LC.about_sign(estimated[gap]) + (households[gap] === null ? "<10" : LC.count(households[gap])) });
};

LC.panel.gapList = function (rule) {
  const { gaps } = LC.data.layers;
  const smallest = LC.data.about.settings.smallest_gap_households;
  return LC.h("section.gap-list", {},
    LC.h("h2", {}, LC.t("gap_title", { limit: LC.limitOf(rule), n: LC.count(smallest) })),
    LC.gapsOf(rule).map((gap) =>
      LC.h(`button.gap-row${LC.state.gap === gap ? ".selected" : ""}`, { type: "button",
        "data-focus": `gap-${gap}`, onclick: () => LC.chooseGap(gap) },
        LC.h("span.gap-number", {}, gaps.number[gap]),
        LC.h("span.gap-name", { title: LC.gapName(gap) }, LC.gapName(gap)),
        LC.h("span.gap-value", {}, LC.t("households_n", {
          n: LC.about_sign(gaps.estimated[gap]) + (gaps.households[gap] === null ? "<10" : LC.count(gaps.households[gap])) })))),
    LC.smallGaps(rule) ? LC.h("p.quiet.small-gaps", {}, LC.t("small_gaps", { n: LC.smallGaps(rule), least: LC.count(smallest) })) : null);
};

/* Tab 现状评估: what there is and how far it is, no verdicts. */
LC.panel.today = function () {
  const { facilities } = LC.data.layers;
  const mine = facilities.classes.map((codes, i) => [codes, i]).filter(([codes]) => codes.includes(LC.state.cls));
  const built = mine.filter(([, i]) => LC.statusOf(i) === "built");
  const listed = mine.filter(([, i]) => LC.statusOn(i));
  return [
    LC.h("div.headline", {},
      LC.h("h1", {}, LC.t("today_head", { n: LC.count(built.length), name: LC.className(LC.state.cls) })),
      LC.h("p.sub", {}, mine.length > built.length ? LC.t("today_more", { n: LC.count(mine.length - built.length) }) : "",
        LC.t("today_sub"))),
    LC.h("div.list-head", {}, LC.h("div.list-title", {}, LC.h("b", {}, LC.t("facilities_list")))),
    LC.h("div.facility-list", {}, listed.map(([, i]) =>
      LC.button("facility-row", { "data-focus": `facility-${i}`, onclick: () => LC.panTo(LC.g.facilities, i) },
        LC.h("span.mark-box", {}, LC.classMark(LC.state.cls)),
        LC.h("span", {}, facilities.name[i] || facilities.id[i]),
        LC.h("span.quiet", {}, LC.t(`status.${LC.statusOf(i)}`)))),
      listed.length ? null : LC.h("p.quiet", {}, LC.t("no_facility"))),
  ];
};

LC.panel.proposals = () => [
  LC.h("div.empty", {}, LC.h("b", {}, LC.t("no_proposals")), LC.h("p", {}, LC.t("no_proposals_more")))];
