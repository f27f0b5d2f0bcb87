"use strict";
/* Colours and shapes: the one place where a value becomes an appearance. */
LC.ink = "#1B1F23";
LC.colours = {
  ground: "#ECEAE4", residential: "#F8F5EE", otherBlock: "#F1EEE8", green: "#DFE9D6",
  water: "#CFE0E6", bank: "#9DBBC6", road: "#FFFFFF", casing: "#D3CEC3", bridge: "#7E7A72",
  veil: "rgba(239,237,232,0.62)", gapFill: "rgba(246,223,203,0.55)", gap: "#B5420E",
  plain: "#E2DED5", plainEdge: "#C9C3B6", community: "#6F767D", subdistrict: "#4A5057",
};

LC.verdicts = ["fail", "pass", "not_assessed", "benchmark", "reference"];
LC.verdictColour = {
  fail: "#B5420E", pass: "#2E6DA4", not_assessed: "#6F767D", benchmark: "#1B1F23",
  reference: "#1B1F23",
};

LC.blues = {
  1: [["#AFCBE5", "#7D9DBD"]],
  2: [["#DCE8F3", "#8FA8C0"], ["#78A5D1", "#4F7FAE"]],
  3: [["#DCE8F3", "#8FA8C0"], ["#AFCBE5", "#7D9DBD"], ["#78A5D1", "#4F7FAE"]],
  4: [["#DCE8F3", "#8FA8C0"], ["#AFCBE5", "#7D9DBD"], ["#78A5D1", "#4F7FAE"], ["#4A7DB0", "#2C5A89"]],
};
LC.warms = {
  1: [["#6E1A10", "#4A100A"]],
  2: [["#C4560F", "#8F3D08"], ["#6E1A10", "#4A100A"]],
  3: [["#DE8A4A", "#A85A1E"], ["#B5480C", "#843206"], ["#6E1A10", "#4A100A"]],
  4: [["#E9A873", "#B5733C"], ["#D0671E", "#984510"], ["#A33A0C", "#742806"], ["#6E1A10", "#4A100A"]],
};
LC.noPath = ["#3A4047", "#1B1F23"];

/* Bands of minutes with the hue flipping at the limit: [{from, to, fill, edge, within}]. */
LC.minuteBands = function (limit) {
  let breaks = [5, 10, 15, 20];
  if (!breaks.includes(limit)) {
    breaks = limit < 5 ? [limit, 5, 10, 15] : [5, 10, 15, 20, limit].sort((a, b) => a - b);
    if (breaks.length > 4) breaks = breaks.filter((one) => one === limit || one !== (limit > 20 ? 5 : 20));
  }
  const below = breaks.filter((one) => one <= limit).length;
  const cool = LC.blues[Math.min(below, 4)];
  const warm = LC.warms[Math.min(breaks.length + 1 - below, 4)];
  return [...breaks, Infinity].map((to, place) => {
    const within = to <= limit;
    const [fill, edge] = within ? cool[place] : warm[place - below];
    return { from: place ? breaks[place - 1] : 0, to, fill, edge, within };
  });
};

/* Band of a walk given in tenths of a minute. */
LC.bandOf = function (tenths, bands) {
  for (let k = 0; k < bands.length; k++) if (tenths <= bands[k].to * 10) return k;
  return bands.length - 1;
};

/* Shortfall as share of the standard. */
LC.shortClasses = [
  { key: "short_none", upTo: 0, fill: "#DCE8F3" },
  { key: "short_10", upTo: 0.1, fill: "#F3D0B3" },
  { key: "short_30", upTo: 0.3, fill: "#DE8A4A" },
  { key: "short_over", upTo: Infinity, fill: "#8F3D08" },
];
LC.deviation = { under: "#DDD8EA", over: "#F3D0B3" };
LC.verdictFill = { pass: "#DCE8F3", fail: "#F3D0B3" };
LC.shortClass = function (row) {
  if (!row || row.verdict === "not_assessed") return null;
  const way = LC.shading(row.rule);
  if (way === "told") return { fill: LC.verdictFill.pass };
  if (way === "verdict") return { fill: LC.verdictFill[row.verdict] || "#F8F5EE" };
  if (way === "deviation") {
    if (row.tolerant === "pass" || row.min === null || row.measured === row.min) return null;
    return { fill: row.measured < row.min ? LC.deviation.under : LC.deviation.over };
  }
  if (!(row.share > 0)) return LC.shortClasses[0];
  return LC.shortClasses.slice(1).find((one) => row.share <= one.upTo);
};

/* Hatching, built once for a colour and pixel ratio; lines every `step` pixels. */
LC.hatches = new Map();
LC.hatch = function (ctx, colour, dpr, kind, step, width) {
  const key = [colour, dpr, kind, step, width].join();
  if (!LC.hatches.has(key)) {
    const size = Math.max(2, Math.round((kind === "diagonal" ? step * Math.SQRT2 : step) * dpr));
    const tile = document.createElement("canvas");
    tile.width = tile.height = size;
    const pen = tile.getContext("2d");
    pen.strokeStyle = colour;
    pen.lineWidth = width * dpr;
    pen.beginPath();
    if (kind === "diagonal") {
      for (const shift of [-size, 0, size]) {
        pen.moveTo(shift - 2, size + 2);
        pen.lineTo(shift + size + 2, -2);
      }
    } else if (kind === "horizontal") {
      pen.moveTo(0, size / 2);
      pen.lineTo(size, size / 2);
    } else {
      pen.moveTo(size / 2, 0);
      pen.lineTo(size / 2, size);
    }
    pen.stroke();
    const pattern = ctx.createPattern(tile, "repeat");
    pattern.setTransform(new DOMMatrix().scale(1 / dpr));
    LC.hatches.set(key, pattern);
  }
  return LC.hatches.get(key);
};

/* The verdict's shape as an inline picture for panels and tables. */
LC.shape = function (verdict, size) {
  const edge = LC.verdictColour[verdict] || LC.ink;
  const box = { width: size || 12, height: size || 12, viewBox: "0 0 12 12", "aria-hidden": "true" };
  const line = { fill: "none", stroke: edge, "stroke-width": 1.4 };
  const shapes = {
    fail: () => [LC.h("path", { d: "M6 .8 11.6 11.2H.4Z", fill: edge })],
    pass: () => [LC.h("circle", { cx: 6, cy: 6, r: 4.6, fill: edge })],
    not_assessed: () => [LC.h("circle", { cx: 6, cy: 6, r: 4.7, ...line, "stroke-dasharray": "2.1 1.6" })],
    benchmark: () => [LC.h("path", { d: "M6 .9 11.1 6 6 11.1.9 6Z", ...line })],
    reference: () => [
      LC.h("rect", { x: 1, y: 1, width: 10, height: 10, ...line }),
      LC.h("path", { d: "M3.4 6H8.6", ...line }),
    ],
  };
  return LC.h("svg.shape", box, (shapes[verdict] || shapes.not_assessed)());
};

/* The verdict as shape and word. */
LC.verdictWord = (verdict) => LC.t(verdict);
