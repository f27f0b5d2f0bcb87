"use strict";
/* One name space, element building without HTML text, and the page's state. */
const LC = { parts: [] };

LC.svgNames = new Set(["svg", "path", "circle", "rect", "line", "g", "text", "pattern", "defs"]);

/* An element: h("div.row", {onclick, title, ...}, children…); text is always text. */
LC.h = function (what, attributes, ...children) {
  const [tag, ...classes] = what.split(".");
  const svg = LC.svgNames.has(tag);
  const node = svg
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  if (classes.length) node.setAttribute("class", classes.join(" "));
  for (const [name, value] of Object.entries(attributes || {})) {
    /* What is pressed, chosen or open says so, and what is not says that. */
    const said = name.startsWith("aria-") ? String(value) : value === true ? "" : value;
    if (value === null || value === undefined || said === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style" && typeof value === "object") {
      for (const [key, one] of Object.entries(value)) node.style.setProperty(key, one);
    } else node.setAttribute(name, said);
  }
  LC.append(node, children);
  return node;
};

LC.append = function (node, children) {
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === false) continue;
    node.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
};

LC.fill = function (node, ...children) {
  node.textContent = "";
  return LC.append(node, children);
};

/* Draw a part anew; what had the focus in it, known by its data, has it again. */
LC.anew = function (node, draw) {
  const held = node.contains(document.activeElement) ? Object.entries(document.activeElement.dataset)[0] : null;
  draw();
  if (!held) return;
  const again = [...node.querySelectorAll(`[data-${held[0]}]`)].find((one) => one.dataset[held[0]] === held[1]);
  if (again) again.focus({ preventScroll: true });
};

/* State: one object; every view is told the names of what has changed. */
LC.state = {
  lang: "zh",
  tab: "shortfalls",
  planView: "swipe",
  planLevel: "grids",
  swipe: 0.5,
  planGrid: -1,
  rule: null,
  cls: null,
  walker: "elderly",
  community: -1,
  building: -1,
  gap: -1,
  grid: -1,
  target: -1,
  menu: null,
  drawer: false,
  about: false,
  measuring: false,
  cardClosed: false,
  folded: false,
  layers: {
    land: true, roads: true, compounds: true, buildings: true, facilities: true,
    gaps: true, isochrones: false, district: true, subdistricts: true, communities: true, grids: false, labels: true,
    routes: true, barriers: true,
  },
  statuses: { built: true, under_construction: true, planned: true },
  paper: "A3",
  table: { verdict: "", rule: "", sub: "", sort: "share", down: true, text: "" },
};

LC.watchers = [];
LC.watch = (view) => LC.watchers.push(view);

LC.set = function (changes) {
  const changed = new Set();
  for (const [name, value] of Object.entries(changes)) {
    if (LC.state[name] !== value) {
      LC.state[name] = value;
      changed.add(name);
    }
  }
  if (changed.size) for (const view of LC.watchers) view(changed);
};

LC.setIn = (name, changes) => LC.set({ [name]: { ...LC.state[name], ...changes } });

/* Where a value stands in a column. */
LC.places = (column, value) => Array.from(column, (one, place) => (one === value ? place : -1)).filter((place) => place >= 0);

/* Did any of the names change? */
LC.any = (changed, ...names) => names.some((name) => changed.has(name));

/* Button: text and what it does. */
LC.button = (what, attributes, ...children) =>
  LC.h(`button.${what}`, { type: "button", ...attributes }, ...children);

/* Reduced motion is respected everywhere that something would glide. */
LC.still = () =>
  window.matchMedia && window.matchMedia("(prefers-reduced-motion: reduce)").matches;
