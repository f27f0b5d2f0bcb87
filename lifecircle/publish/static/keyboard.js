"use strict";
/* Keys: never while typing; arrows walk lists, Escape closes one thing at a time. */
LC.keys = {
  "/": () => document.getElementById("search").focus(),
  "[": () => LC.step(-1),
  "]": () => LC.step(1),
  "+": () => LC.map.zoomIn(),
  "=": () => LC.map.zoomIn(),
  "-": () => LC.map.zoomOut(),
  l: () => LC.set({ menu: LC.state.menu === "layers" ? null : "layers" }),
  p: () => window.print(),
};

LC.keyDown = function (event) {
  if (event.key === "Escape") {
    LC.escape();
    return;
  }
  const { target } = event;
  if (/^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) && target.type !== "checkbox") return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (LC.walkList(target, event.key === "ArrowDown" ? 1 : -1)) event.preventDefault();
    return;
  }
  const act = LC.keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (act) {
    event.preventDefault();
    act();
  }
};

LC.escape = function () {
  const { state } = LC;
  if (state.about) LC.set({ about: false });
  else if (state.menu) LC.set({ menu: null });
  else if (state.measuring) LC.measureToggle();
  else if (state.building >= 0) LC.set({ building: -1, target: -1 });
  else if (state.community >= 0 || state.gap >= 0 || state.grid >= 0) LC.set({ community: -1, gap: -1, grid: -1 });
  else if (state.drawer) LC.set({ drawer: false });
};

/* Move the focus along the rows of the list that holds it. */
LC.walkList = function (target, by) {
  const list = target.closest && target.closest(".rule-menu, .bars, .gap-list, .facility-list, .hits, .menu-grid, .findings");
  if (!list) return false;
  const rows = [...list.querySelectorAll("button:not(.sort)")];
  const next = rows[rows.indexOf(target) + by];
  if (next) next.focus();
  return true;
};
