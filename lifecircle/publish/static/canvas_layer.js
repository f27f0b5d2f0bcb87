"use strict";
/* Two canvases under Leaflet's renderer frame: the base, redrawn when the map has
   moved, and the overlay, redrawn also when something is chosen. A sheet is drawn
   twice as fine as the screen. */
LC.pixelRatio = () => Math.max(window.devicePixelRatio || 1, LC.onSheet ? 2 : 1);

LC.CanvasLayer = L.Renderer.extend({
  options: { padding: 0.2 },
  initialize(paint, options) {
    L.Renderer.prototype.initialize.call(this, options);
    this._paint = paint;
    /* L.Renderer counts the paths drawn on it; this one draws for itself. */
    this._layers = {};
  },
  _initContainer() {
    this._container = document.createElement("canvas");
    this._container.setAttribute("aria-hidden", "true");
    this._ctx = this._container.getContext("2d");
  },
  _destroyContainer() {
    this._container.remove();
    this._container = null;
    this._ctx = null;
  },
  _onZoomEnd() {},
  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const size = this._bounds.getSize();
    const dpr = LC.pixelRatio();
    L.DomUtil.setPosition(this._container, this._bounds.min);
    this._container.width = Math.round(dpr * size.x);
    this._container.height = Math.round(dpr * size.y);
    this._container.style.width = `${size.x}px`;
    this._container.style.height = `${size.y}px`;
    this.redraw();
  },
  redraw() {
    if (!this._map || !this._bounds) return;
    const v = LC.view(this._map, this._bounds);
    v.ctx = this._ctx;
    this._ctx.setTransform(v.dpr, 0, 0, v.dpr, 0, 0);
    this._ctx.clearRect(0, 0, v.w, v.h);
    this._paint(v);
  },
});

/* Scale and extent of what is drawn; s world pixels to screen pixels. */
LC.view = function (map, bounds) {
  const s = Math.pow(2, map.getZoom());
  const origin = map.getPixelOrigin();
  const ox = origin.x + bounds.min.x;
  const oy = origin.y + bounds.min.y;
  const { x: w, y: h } = bounds.getSize();
  const corner = map.containerPointToLayerPoint([0, 0]);
  const size = map.getSize();
  return {
    /* the part of the canvas that is seen, clear of the card */
    seen: [corner.x - bounds.min.x, corner.y - bounds.min.y,
      corner.x - bounds.min.x + size.x - (LC.cardWidth ? LC.cardWidth() : 0),
      corner.y - bounds.min.y + size.y],
    s, ox, oy, w, h, dpr: LC.pixelRatio(), mpp: LC.metresPerWorld / s,
    x0: ox / s, y0: oy / s, x1: (ox + w) / s, y1: (oy + h) / s,
  };
};

LC.paintBase = function (v) {
  LC.draw.ground(v);
  if (LC.state.layers.land) LC.draw.land(v);
  LC.draw.units(v);
  LC.draw.gridFills(v);
  if (LC.state.layers.land) LC.draw.water(v);
  LC.draw.roads(v);
  LC.draw.barriers(v);
  LC.draw.otherBuildings(v);
  LC.draw.veil(v);
  LC.draw.grids(v);
  LC.draw.gaps(v);
  LC.draw.walls(v);
  LC.draw.buildings(v);
  LC.draw.isochrones(v);
  LC.draw.boundaries(v);
  LC.mpp = v.mpp;
  /* A canvas drawn just before printing is printed on white and would hide the one
     below it: on a sheet all is drawn on one. */
  if (LC.onSheet) LC.paintOverlay(v);
};

LC.paintOverlay = function (v) {
  LC.draw.plan(v);
  LC.draw.selection(v);
  LC.draw.nearest(v);
  LC.draw.route(v);
  LC.draw.facilities(v);
  LC.draw.labels(v);
  LC.draw.rule(v);
  LC.lastView = v;
};

LC.makeMap = function (node) {
  const map = L.map(node, {
    zoomControl: false, attributionControl: false, zoomSnap: 0.25, zoomDelta: 0.75,
    wheelPxPerZoomLevel: 90, minZoom: 9, maxZoom: 20, zoomAnimation: !LC.still(),
    fadeAnimation: false, inertia: !LC.still(), keyboard: true, doubleClickZoom: true,
  });
  LC.map = map;
  map.createPane("overlay-marks").style.zIndex = 450;
  map.getPane("overlay-marks").style.pointerEvents = "none";
  const [west, south, east, north] = LC.data.layers.district.bounds;
  LC.home = L.latLngBounds([south, west], [north, east]);
  LC.fitHome();
  map.setMaxBounds(LC.home.pad(1.2));
  LC.backdrop.start(map);
  LC.base = new LC.CanvasLayer(LC.paintBase, { pane: "overlayPane" });
  LC.overlay = new LC.CanvasLayer(LC.paintOverlay, { pane: "overlay-marks" });
  LC.base.addTo(map);
  LC.overlay.addTo(map);
  return map;
};

/* Width that the open card takes from the map. */
LC.cardWidth = function () {
  const shown = (LC.nodes.card && !LC.nodes.card.hidden) || (LC.nodes.bcard && !LC.nodes.bcard.hidden);
  return shown && LC.map.getSize().x >= 700 ? 356 * LC.paperShrink() : 0;
};

/* The whole district; clear of the legend where that costs no scale, on a sheet always. */
LC.fitHome = function () {
  const narrow = LC.map.getSize().x < 700;
  const { zoomSnap } = LC.map.options;
  LC.map.options.zoomSnap = 0.05;
  const right = 30 + LC.cardWidth();
  const tight = narrow ? [[8, 56], [8, 16]] : LC.onSheet ? [[14, 14], [right, 14]] : [[30, 44], [right, 14]];
  const clear = [[LC.onSheet ? LC.sheetLegend() : 250, tight[0][1]], tight[1]];
  const zoom = ([a, b]) => LC.map.getBoundsZoom(LC.home, false, L.point(a[0] + b[0], a[1] + b[1]));
  const [a, b] = !narrow && (LC.onSheet || zoom(clear) >= zoom(tight) - 0.25) ? clear : tight;
  LC.map.fitBounds(LC.home, { paddingTopLeft: a, paddingBottomRight: b, animate: false });
  LC.map.options.zoomSnap = zoomSnap;
};

/* Bring a feature into view, clear of the card on the right and legend below; or make
   it fill the view. */
LC.panTo = function (g, i, filling) {
  const b = 4 * i;
  const { s } = LC.lastView || { s: Math.pow(2, LC.map.getZoom()) };
  const size = LC.map.getSize();
  const narrow = size.x < 700;
  const free = {
    left: narrow ? 10 : 30, top: 60, right: size.x - (narrow ? 10 : 408),
    bottom: narrow ? size.y * 0.45 : size.y - 30,
  };
  const wide = (g.box[b + 2] - g.box[b]) * s;
  const tall = (g.box[b + 3] - g.box[b + 1]) * s;
  const unproject = (x, y) => LC.map.unproject([x * s, y * s], LC.map.getZoom());
  if (filling || wide > free.right - free.left || tall > free.bottom - free.top) {
    LC.map.fitBounds(L.latLngBounds(
      unproject(g.box[b], g.box[b + 3]), unproject(g.box[b + 2], g.box[b + 1])), {
      paddingTopLeft: [free.left, free.top],
      paddingBottomRight: [size.x - free.right, size.y - free.bottom], animate: false });
    return;
  }
  const at = LC.map.latLngToContainerPoint(
    unproject((g.box[b] + g.box[b + 2]) / 2, (g.box[b + 1] + g.box[b + 3]) / 2));
  const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));
  const wanted = [
    clamp(at.x, free.left + wide / 2, free.right - wide / 2),
    clamp(at.y, free.top + tall / 2, free.bottom - tall / 2)];
  const by = [at.x - wanted[0], at.y - wanted[1]];
  if (Math.abs(by[0]) + Math.abs(by[1]) > 2) LC.map.panBy(by, { animate: !LC.still(), duration: 0.3 });
};
