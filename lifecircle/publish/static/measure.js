"use strict";
/* A ruler: click points on the map, read the metres; Escape ends. */
LC.ruler = [];

LC.measureToggle = function () {
  LC.ruler = [];
  LC.set({ measuring: !LC.state.measuring, menu: null });
  LC.map.getContainer().classList.toggle("measuring", LC.state.measuring);
  if (LC.state.measuring) LC.map.doubleClickZoom.disable();
  else LC.map.doubleClickZoom.enable();
  LC.overlay.redraw();
};

LC.measureAdd = function (latlng) {
  LC.ruler.push(latlng);
  LC.overlay.redraw();
};

LC.rulerMetres = function () {
  let sum = 0;
  for (let k = 1; k < LC.ruler.length; k++) sum += LC.map.distance(LC.ruler[k - 1], LC.ruler[k]);
  return sum;
};

LC.draw.rule = function (v) {
  if (!LC.state.measuring || !LC.ruler.length) return;
  const { ctx } = v;
  const points = LC.ruler.map((one) => [LC.worldX(one.lng) * v.s - v.ox, LC.worldY(one.lat) * v.s - v.oy]);
  for (const [colour, width] of [["#FFFFFF", 5], [LC.ink, 2]]) {
    ctx.beginPath();
    points.forEach(([x, y], k) => (k ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.stroke();
  }
  for (const [x, y] of points) {
    ctx.beginPath();
    ctx.arc(x, y, 4, 0, 7);
    ctx.fillStyle = "#FFFFFF";
    ctx.fill();
    ctx.strokeStyle = LC.ink;
    ctx.lineWidth = 2;
    ctx.stroke();
  }
  if (points.length > 1) {
    const [x, y] = points[points.length - 1];
    const text = `${LC.grouped(LC.rulerMetres(), 0)} m`;
    LC.draw.tag(v, LC.placeTag(v, new LC.Placed(), { text, x, y: y - 26, dark: true }));
  }
};
