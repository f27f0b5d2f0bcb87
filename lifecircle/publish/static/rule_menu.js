"use strict";
/* Choosing a rule: by book, failing first; what nobody could assess is one line. */
LC.ruleMenu = {};

/* What a rule comes to, for its place in the menu. */
LC.standing = function (id) {
  const counts = LC.tally(id);
  if (LC.offenders(id).length) return "fail";
  return LC.standings.find((one) => counts[one]) || "not_assessed";
};
LC.standings = ["fail", "pass", "benchmark", "reference", "not_assessed"];

/* Rule ids by book, those that bind first; and those that are not assessed. */
LC.rulesInOrder = function () {
  const place = new Map(LC.ruleIds.map((id, k) => [id, k]));
  const rank = (id) => LC.standings.indexOf(LC.standing(id));
  const told = LC.ruleIds.filter((id) => LC.standing(id) !== "not_assessed");
  const order = Object.keys(LC.data.books);
  const books = [...new Set(told.map((id) => LC.rule(id).book))]
    .sort((a, b) => Boolean(LC.book(b).adopted) - Boolean(LC.book(a).adopted) || order.indexOf(a) - order.indexOf(b));
  const groups = books.map((book) => ({
    book,
    ids: told.filter((id) => LC.rule(id).book === book).sort((a, b) => rank(a) - rank(b) || place.get(a) - place.get(b)),
  }));
  return { groups, unknown: LC.ruleIds.filter((id) => LC.standing(id) === "not_assessed") };
};

LC.draftChip = (id) => (LC.rule(id).draft ? LC.h("span.draft", {}, LC.t("unverified")) : null);

LC.ruleMenu.make = function () {
  const { rule, menu } = LC.state;
  const open = menu === "rule";
  const source = rule ? LC.t("rule_of", { book: LC.bookName(LC.rule(rule).book), id: rule }) : "";
  return LC.h("div.rule-box", {},
    LC.button("rule-button", { id: "rule", "data-focus": "rule", "aria-haspopup": "listbox", "aria-expanded": open,
      "aria-label": LC.t("choose_rule"), onclick: () => LC.set({ menu: open ? null : "rule" }) },
      LC.h("span.rule-source", {}, source, rule ? [" ", LC.draftChip(rule)] : null),
      LC.h("span.rule-title", { title: rule ? LC.pick(LC.rule(rule).title) : null }, rule ? LC.pick(LC.rule(rule).title) : "–"),
      LC.h("span.rule-arrow", { "aria-hidden": "true" }, open ? "▴" : "▾")),
    open ? LC.ruleMenu.list() : null);
};

LC.ruleMenu.list = function () {
  const { groups, unknown } = LC.rulesInOrder();
  return LC.h("div.rule-menu", { role: "listbox", "aria-label": LC.t("choose_rule") },
    groups.map(({ book, ids }) => LC.h("section", {},
      LC.h("h2", {}, LC.pick(LC.book(book).title), LC.book(book).adopted ? null : LC.h("span.tag", {}, LC.t("reference_book"))),
      ids.map(LC.ruleMenu.row))),
    unknown.length ? LC.h("details", { open: unknown.includes(LC.state.rule) },
      LC.h("summary", {}, LC.shape("not_assessed", 12), " ", LC.t("more_unassessed", { n: LC.count(unknown.length) })),
      unknown.map(LC.ruleMenu.row)) : null);
};

LC.ruleMenu.row = function (id) {
  const standing = LC.standing(id);
  const counts = LC.tally(id);
  const counted = counts[standing] || LC.offenders(id).length;
  return LC.h(`button.rule-row${id === LC.state.rule ? ".on" : ""}`, { type: "button", role: "option", "data-rule": id,
    "aria-selected": id === LC.state.rule, title: `${id} ${LC.pick(LC.rule(id).title)}`,
    onclick: () => {
      LC.set({ menu: null });
      LC.chooseRule(id);
    } },
    LC.shape(standing, 12), LC.h("span.rule-name", {}, LC.pick(LC.rule(id).title)), LC.draftChip(id),
    LC.h("span.rule-count", {}, standing === "not_assessed" ? "" : `${LC.verdictWord(standing)} ${LC.count(counted)}`),
    LC.h("span.rule-id", {}, id));
};

/* A click beside the menu closes it. */
document.addEventListener("pointerdown", (event) => {
  if (LC.state.menu === "rule" && !event.target.closest(".rule-box")) LC.set({ menu: null });
});
