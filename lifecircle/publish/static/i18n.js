"use strict";
/* Sentences, names and figures in the language of the moment. */
LC.t = function (key, values) {
  const text = LC.data.text[LC.state.lang][key];
  if (text === undefined) return key;
  return text.replace(/\{(\w+)\}/g, (whole, name) =>
    values && name in values ? String(values[name]) : whole);
};

LC.has = (key) => LC.data.text[LC.state.lang][key] !== undefined;

/* A sentence whose braces become elements: parts are text or nodes. */
LC.tn = function (key, nodes) {
  const text = LC.data.text[LC.state.lang][key] || key;
  return text.split(/(\{\w+\})/).map((part) => {
    const name = /^\{(\w+)\}$/.exec(part);
    return name && name[1] in nodes ? nodes[name[1]] : part;
  });
};

LC.pick = (pair) => pair[LC.state.lang === "zh" ? 0 : 1] || pair[0] || pair[1];

LC.grouped = function (number, digits) {
  const fixed = Number(number).toFixed(digits);
  const [whole, rest] = fixed.split(".");
  const text = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return (rest ? `${text}.${rest}` : text).replace("-", "−");
};

LC.count = (number) => (number === null || number === undefined ? "–" : LC.grouped(number, 0));

/* Counted in whole people or households, however they were estimated. */
LC.whole = new Set(["households", "persons", "elderly", "children_0_3", "buildings"]);

/* A measured value with the decimals of its unit. */
LC.figure = function (value, unit) {
  if (value === null || value === undefined) return "–";
  if (LC.whole.has(unit)) return LC.grouped(value, 0);
  if (unit === "%" || (unit && unit.startsWith("m2_per"))) return LC.grouped(value, 1);
  const digits = Number.isInteger(value) || Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return LC.grouped(value, digits);
};

LC.unit = function (unit) {
  if (!unit || unit === "%") return unit || "";
  return LC.has(`unit_${unit}`) ? LC.t(`unit_${unit}`) : unit;
};

/* Bases may be several, joined by plus signs. */
LC.basis = (bases) => (bases || "unknown").split("+")
  .map((one) => (LC.has(`basis_${one}`) ? LC.t(`basis_${one}`) : one)).join(LC.t("list_comma"));

/* 17.3% closes up, 1,066 m is spaced. */
LC.withUnit = (value, unit) =>
  unit === "%" ? `${LC.figure(value, unit)}%` : `${LC.figure(value, unit)} ${LC.unit(unit)}`.trim();

LC.metres = (value) => (value === null ? "–" : `${LC.grouped(value, 0)} m`);

/* Walks come as tenths of a minute, rounded up, as limits are inclusive. */
LC.minutes = (tenths) => (tenths === null ? "–" : LC.grouped(tenths / 10, 1));

LC.about_sign = (share) => (share > 0 ? "≈" : "");

LC.sizeName = (bytes) =>
  bytes >= 1e6 ? `${LC.grouped(bytes / 1e6, 1)} MB` : `${LC.grouped(Math.max(bytes / 1e3, 1), 0)} kB`;

LC.isRough = (name) => /（[^（）]*近似[^（）]*）$/.test(name || "");

/* 渡口社区 is 渡口 in lists and on the map; a catchment keeps its mark. */
LC.short = function (name) {
  if (!name) return "–";
  const bare = name.replace(/（[^（）]*）$/, "") || name;
  const short = bare.length > 2 ? bare.replace(/(社区|居委会|网格|街道)$/, "") || bare : bare;
  return LC.isRough(name) ? LC.t("short_mark", { name: short }) : short;
};

LC.className = function (code) {
  if (code && code.includes("+")) return code.split("+").map(LC.className).join(LC.t("list_comma"));
  const place = LC.classIndex.get(code);
  if (place === undefined) return code || "–";
  const classes = LC.data.layers.classes;
  return LC.state.lang === "zh" ? classes.zh[place] : classes.en[place];
};

/* So and so many people, or of whatever else a rule counts. */
LC.people = (unit, n) => (LC.has(`people.${unit || "persons"}`) ? LC.t(`people.${unit || "persons"}`, { n })
  : LC.t("people.other", { n, unit: LC.unit(unit) }));
LC.shortPeople = (unit, n) => (LC.has(`short_people.${unit || "persons"}`) ? LC.t(`short_people.${unit || "persons"}`, { n })
  : LC.people(unit, n));

LC.levelName = (level) => (LC.has(`level.${level}`) ? LC.t(`level.${level}`) : level);

LC.classMark = function (code) {
  const place = LC.classIndex.get(code);
  return place === undefined ? "·" : LC.data.layers.classes.mark[place];
};
