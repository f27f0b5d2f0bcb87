"use strict";
/* Rows of the findings by rule and unit, in the order that panels show them. */
LC.prepareFacts = function () {
  const columns = LC.data.findings;
  const names = Object.keys(columns).filter((name) => name !== "reasons");
  LC.rows = columns.rule.map((_, place) => {
    const row = { place };
    for (const name of names) row[name] = columns[name][place];
    return row;
  });
  LC.byRule = new Map();
  for (const row of LC.rows) {
    if (!LC.byRule.has(row.rule)) LC.byRule.set(row.rule, []);
    LC.byRule.get(row.rule).push(row);
  }
  LC.subName = new Map(
    LC.data.layers.communities.subId.map((id, k) => [id, LC.data.layers.communities.subName[k]]));
  LC.ruleIds = [...LC.byRule.keys()].sort((a, b) =>
    LC.isCoverage(b) - LC.isCoverage(a) || LC.tally(b).fail - LC.tally(a).fail || (a < b ? -1 : 1));
};

LC.rule = (id) => LC.data.rules[id] || {
  title: [id, id], classes: [], kind: "", level: "", unit: "", authority: "", quote: "", book: "",
  note: ["", ""], walker: "",
};
LC.book = (id) => LC.data.books[id] || { title: [id, id], issuer: "", source: "", published: null };

/* Whose rules they are: short enough for the panel and the foot. */
LC.bookName = (id) => (LC.state.lang === "zh" && LC.book(id).issuer) || LC.pick(LC.book(id).title);

/* A grid is named with its community: 第4网格 alone says nothing. */
LC.unitName = function (row) {
  const name = row.name || row.unit;
  const grid = row.level === "grid" ? LC.gridIndex.get(row.unit) : undefined;
  if (grid === undefined) return name;
  const community = LC.data.layers.communities.name[LC.data.layers.grids.community[grid]];
  return community && !name.includes(LC.short(community)) ? `${LC.short(community)} ${name}` : name;
};

LC.isCoverage = (id) => LC.rule(id).kind.startsWith("walk");

/* Rows of the rule's own level; a rule may list offenders of a lower level besides. */
LC.rowsOf = function (id) {
  const rows = LC.byRule.get(id) || [];
  const mine = rows.filter((row) => row.level === LC.rule(id).level);
  return mine.length ? mine : rows;
};
/* The row of a rule on the district as a whole. */
LC.onlyRow = function (id) {
  const rows = LC.rowsOf(id);
  return rows.length === 1 && (rows[0].level === "city" || rows[0].level === "district") ? rows[0] : null;
};
LC.level = (id) => (LC.rowsOf(id)[0] || {}).level || LC.rule(id).level;
LC.offenders = (id) => (LC.byRule.get(id) || []).filter((row) =>
  row.level !== LC.level(id) && row.verdict === "fail");

/* Minutes that a walking rule allows. */
LC.limitOf = (id) => (LC.isCoverage(id) && (LC.rule(id).max || LC.rule(id).min)) || 15;

LC.tally = function (id) {
  const counts = { fail: 0, pass: 0, not_assessed: 0, benchmark: 0, reference: 0 };
  for (const row of LC.rowsOf(id)) counts[row.verdict] += 1;
  return counts;
};

/* People left out: the sum of the failing rows' own figures, as in the table. */
LC.leftOut = function (id) {
  let sum = 0;
  let estimated = 0;
  for (const row of LC.rowsOf(id)) {
    if (!["pass", "fail", "benchmark"].includes(row.verdict) || row.affected === null) continue;
    sum += row.affected;
    if (row.estimated > 0) estimated = 1;
  }
  return { sum, estimated };
};

LC.rank = { fail: 0, benchmark: 1, reference: 1, pass: 2, not_assessed: 3 };
LC.sorted = (id) =>
  [...LC.rowsOf(id)].sort((a, b) =>
    LC.rank[a.verdict] - LC.rank[b.verdict] || (b.share || 0) - (a.share || 0) ||
    (a.measured === null ? Infinity : a.measured) - (b.measured === null ? Infinity : b.measured) ||
    (a.unit < b.unit ? -1 : 1));

/* The row of a community under a rule, if the rule speaks of communities. */
LC.rowOf = function (id, community) {
  if (!LC.rowIndex) {
    LC.rowIndex = new Map();
    for (const row of LC.rows) {
      if (row.level === "community") LC.rowIndex.set(`${row.rule}|${row.unit}`, row);
    }
  }
  return LC.rowIndex.get(`${id}|${LC.data.layers.communities.id[community]}`);
};

/* Grids of a rule by community: how many are out of the band. */
LC.gridsByCommunity = function (id) {
  const found = new Map();
  for (const row of LC.rowsOf(id)) {
    const grid = LC.gridIndex.get(row.unit);
    const community = grid === undefined ? -1 : LC.data.layers.grids.community[grid];
    if (!found.has(community)) found.set(community, { community, all: 0, out: 0, rows: [] });
    const group = found.get(community);
    group.all += 1;
    group.out += row.verdict === "fail" ? 1 : 0;
    group.rows.push(row);
  }
  return [...found.values()].sort((a, b) =>
    b.out / b.all - a.out / a.all || b.out - a.out || a.community - b.community);
};

/* The bar that is to be reached: ≥ 90, 300–500. */
LC.standard = function (row) {
  if (row.min === null && row.max === null) return "–";
  if (row.min !== null && row.max !== null) {
    return row.min === row.max ? `${row.op === "~" ? "≈" : "="} ${LC.figure(row.min, row.measure)}`
      : `${LC.figure(row.min, row.measure)}–${LC.figure(row.max, row.measure)}`;
  }
  const bar = row.min !== null ? row.min : row.max;
  const sign = row.op === "=" ? "=" : row.op === "~" ? "≈" : row.min !== null ? "≥" : "≤";
  const whole = Number.isInteger(bar) ? LC.grouped(bar, 0) : LC.figure(bar, row.measure);
  return `${sign} ${whole}`;
};

LC.bars = (row) => [...new Set([row.min, row.max])].filter((one) => one !== null && one !== undefined);

/* How a rule's communities are shaded: by shortfall; on which side of a benchmark;
   or, where no share can be told, by verdict alone. */
LC.shading = function (id) {
  if (LC.rule(id).op === "~") return "deviation";
  const { fail, pass, benchmark, reference } = LC.tally(id);
  if (!fail && !pass && (benchmark || reference)) return "told";
  const failing = LC.rowsOf(id).filter((row) => row.verdict === "fail");
  return failing.length && failing.every((row) => row.share === null) ? "verdict" : "short";
};

/* Does the rule speak of the community: assessed, not assessed, or out of its scope? */
LC.scopeOf = function (id, community) {
  const row = LC.rowOf(id, community);
  if (!row) return "outside";
  return row.verdict === "not_assessed" ? "unknown" : "judged";
};

/* The measured figure; what is not assessed shows none, never 0. */
LC.measuredText = (row) => (row.measured === null || row.verdict === "not_assessed" ? "–"
  : LC.about_sign(row.estimated) + LC.figure(row.measured, row.measure));

LC.reasonText = function (row) {
  if (!row.reason) return "";
  const pair = LC.data.findings.reasons[row.reason];
  return pair ? LC.pick(pair) : row.reason;
};

/* Why most units of a rule are not assessed. */
LC.commonReason = function (id) {
  const counts = new Map();
  for (const row of LC.rowsOf(id)) if (row.reason) counts.set(row.reason, (counts.get(row.reason) || 0) + 1);
  const most = Math.max(0, ...counts.values());
  const found = [...counts.keys()].find((key) => counts.get(key) === most);
  return found ? LC.reasonText({ reason: found }) : "";
};

/* The inputs that a verdict hangs on, in words; nothing where it holds. */
LC.dependsText = (row) => (row.robust === "depends" && row.depends
  ? LC.t("depends_on", { what: row.depends.split("+").map((one) => LC.t(`depends.${one}`)).join(LC.t("list_comma")) }) : "");

LC.targetText = (row) => LC.t("target_on", { date: row.target, word: LC.t(`target.${row.due}`) });

/* Gap areas of the rule, in the order of their numbers. */
LC.gapsOf = function (id) {
  const gaps = LC.data.layers.gaps;
  const found = [];
  const least = LC.data.about.settings.smallest_gap_households;
  gaps.rule.forEach((rule, place) => {
    if (rule === id && (gaps.households[place] === null || gaps.households[place] >= least)) found.push(place);
  });
  return found.sort((a, b) => gaps.number[a] - gaps.number[b]);
};
LC.smallGaps = function (id) {
  const all = LC.data.layers.gaps.rule.filter((rule) => rule === id).length;
  return all - LC.gapsOf(id).length;
};
/* What stands, is being built and is planned; what does not say, stands. */
LC.statuses = ["built", "under_construction", "planned"];
LC.statusOf = (facility) => LC.data.layers.facilities.status[facility] || "built";
LC.statusOn = (facility) => LC.state.statuses[LC.statusOf(facility)];

LC.gapName = (gap) => LC.pick(LC.data.layers.gaps.name[gap]);

/* What the map's colours mean just now. */
LC.theme = function () {
  const { rule, tab, cls } = LC.state;
  if (tab === "proposals" && LC.hasPlan) return "plan";
  if (tab === "today" || !rule || LC.isCoverage(rule)) return "minutes";
  if (cls && cls !== LC.state.ruleClass) return "minutes";
  return LC.level(rule) === "grid" ? "grids" : "units";
};
