"use strict";
/* Data columns -> typed arrays in world pixels (Web Mercator, zoom 0: 256 wide). */
LC.worldX = (longitude) => ((longitude + 180) / 360) * 256;
LC.worldY = function (latitude) {
  const sine = Math.sin((latitude * Math.PI) / 180);
  return (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * 256;
};

/* Geometry: parts of feature i are first[i]..first[i+1], points of part p are
   from[p]..from[p+1]; box holds x0, y0, x1, y1 of every feature. */
LC.decodeGeometry = function (columns) {
  const count = columns.parts.length;
  const first = new Int32Array(count + 1);
  for (let i = 0; i < count; i++) first[i + 1] = first[i] + columns.parts[i];
  const from = new Int32Array(columns.sizes.length + 1);
  for (let p = 0; p < columns.sizes.length; p++) from[p + 1] = from[p] + columns.sizes[p];
  const points = from[columns.sizes.length];
  const x = LC.coordinates(from, columns.x, columns.dx, columns.turned, points);
  const y = LC.coordinates(from, columns.y, columns.dy, columns.turned, points);
  for (let k = 0; k < points; k++) {
    x[k] = LC.worldX(x[k] / columns.per);
    y[k] = LC.worldY(y[k] / columns.per);
  }
  const geometry = { count, first, from, x, y };
  geometry.box = LC.boxes(geometry);
  return geometry;
};

/* Coordinates from the first of each part and the steps to the others; see
   publish/encode.py. */
LC.coordinates = function (from, first, steps, turned, points) {
  const found = new Float64Array(points);
  let step = 0;
  let part = 0;
  for (let p = 0; p + 1 < from.length; p++) {
    if (from[p + 1] > from[p]) found[from[p]] = first[part++];
    for (let k = from[p] + 1; k < from[p + 1]; k++) {
      found[k] = found[k - 1] + steps[step++];
      if (turned && k >= from[p] + 3) found[k] += found[k - 3] - found[k - 2];
    }
  }
  return found;
};

LC.boxes = function (g) {
  const box = new Float64Array(4 * g.count);
  for (let i = 0; i < g.count; i++) {
    let x0 = Infinity;
    let y0 = Infinity;
    let x1 = -Infinity;
    let y1 = -Infinity;
    for (let k = g.from[g.first[i]]; k < g.from[g.first[i + 1]]; k++) {
      if (g.x[k] < x0) x0 = g.x[k];
      if (g.x[k] > x1) x1 = g.x[k];
      if (g.y[k] < y0) y0 = g.y[k];
      if (g.y[k] > y1) y1 = g.y[k];
    }
    box.set([x0, y0, x1, y1], 4 * i);
  }
  return box;
};

/* Middle of a feature's box, in world pixels. */
LC.middle = function (g, i) {
  return [(g.box[4 * i] + g.box[4 * i + 2]) / 2, (g.box[4 * i + 1] + g.box[4 * i + 3]) / 2];
};

LC.contains = function (g, i, x, y) {
  const b = 4 * i;
  if (x < g.box[b] || x > g.box[b + 2] || y < g.box[b + 1] || y > g.box[b + 3]) return false;
  let inside = false;
  for (let p = g.first[i]; p < g.first[i + 1]; p++) {
    const start = g.from[p];
    const end = g.from[p + 1];
    for (let a = start, c = end - 1; a < end; c = a++) {
      if (g.y[a] > y !== g.y[c] > y &&
          x < ((g.x[c] - g.x[a]) * (y - g.y[a])) / (g.y[c] - g.y[a]) + g.x[a]) inside = !inside;
    }
  }
  return inside;
};

/* Bytes of a text that holds seven bits a character, some escaped; see
   publish/pack.py. */
LC.ESCAPED = "\0\b\t\n\v\f\r\x1a\x1b&<\x7f";
LC.sevenBits = function (text, length) {
  const bytes = new Uint8Array(length);
  let place = 0;
  let held = 0;
  let bits = 0;
  const take = function (seven) {
    held = (held << 7) | seven;
    bits += 7;
    if (bits < 8) return;
    bits -= 8;
    if (place < length) bytes[place++] = held >> bits;
    held &= (1 << bits) - 1;
  };
  for (let k = 0; k < text.length; k++) {
    const code = text.charCodeAt(k);
    if (code >= 256) take(LC.ESCAPED.charCodeAt((code - 256) >> 7));
    take(code & 127);
  }
  return bytes;
};

/* The data element: a zlib stream as text; its bytes, and those it inflates to. */
LC.inflated = async function () {
  const node = document.getElementById("lc-data");
  const [length, size] = node.dataset.bytes.split(",").map(Number);
  const bytes = LC.sevenBits(node.textContent, length);
  node.textContent = "";
  if (typeof DecompressionStream === "function") {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }
  LC.slowData = true;
  const whole = new Uint8Array(size);
  return LC.inflate(bytes.subarray(2), whole);
};

LC.column = function ([start, count, width, form]) {
  const found = new Int32Array(count);
  let last = 0;
  for (let k = 0; k < count; k++) {
    let folded = 0;
    for (let w = width - 1; w >= 0; w--) folded = folded * 256 + LC.bytes[LC.columns + start + w * count + k];
    const told = folded % 2 ? -(folded + 1) / 2 : folded / 2;
    last = form ? last + told : told;
    found[k] = last;
  }
  if (form < 2) return found;
  return Array.from(found, (one) => (one ? one - 1 : null));
};

/* Texts of patterns and numbers; put together when one is asked for. */
LC.texts = function ([patterns, ...columns]) {
  const [which, ...slots] = columns.map((one) => LC.column(one.$));
  const next = slots.map(() => 0);
  const pieces = patterns.map((one) => (one === null ? null : one.split("\ue000")));
  return Array.from(which, (place) => {
    if (pieces[place] === null) return null;
    let text = pieces[place][0];
    for (let k = 1; k < pieces[place].length; k++) text += slots[k - 1][next[k - 1]++] + pieces[place][k];
    return text;
  });
};

/* Columns in their places; those of the walks are taken out when they are asked for. */
LC.unpacked = function (value) {
  if (Array.isArray(value)) return value.map(LC.unpacked);
  if (value === null || typeof value !== "object") return value;
  if (value.$) return LC.column(value.$);
  if (value["#"]) return LC.texts(value["#"]);
  const found = {};
  for (const [name, one] of Object.entries(value)) {
    if (one && one["#"]) LC.later(found, name, () => LC.texts(one["#"]));
    else found[name] = name === "walks" ? one : LC.unpacked(one);
  }
  return found;
};

/* A value that is made when it is first asked for. */
LC.later = function (owner, name, make) {
  const keep = (value) => Object.defineProperty(owner, name,
    { value, writable: true, configurable: true, enumerable: true });
  Object.defineProperty(owner, name, {
    get() {
      keep(make());
      return owner[name];
    },
    set: keep, configurable: true, enumerable: true });
};

/* -1 is no figure. */
LC.known = (value) => (value < 0 ? null : value);

/* Walks of one class and walker: metres, tenths of minutes, facility; -1 = none.
   How they are told: publish/walk_columns.py. */
LC.walks = class {
  constructor(row, pool) {
    this.row = row;
    this.pool = pool;
  }
  taken(place) {
    const column = this.pool[place];
    if (column.$) this.pool[place] = LC.column(column.$);
    return this.pool[place];
  }
  get m() {
    if (!this.metres) {
      const more = this.taken(this.row.m);
      const on = this.row.on < 0 ? null : this.taken(this.row.on);
      this.metres = on ? more.map((one, i) => one + on[i]) : more;
    }
    return this.metres;
  }
  get facility() {
    if (!this.nearest) {
      const near = this.taken(this.row.near);
      this.nearest = this.taken(this.row.facility).map((place) => (place < 0 ? -1 : near[place]));
    }
    return this.nearest;
  }
  get min() {
    if (!this.minutes) {
      const { m } = this;
      const off = this.taken(this.row.off);
      const { per } = this.row;
      this.minutes = Int32Array.from(m, (one, i) => (one < 0 ? -1 : Math.floor((one * 1000) / per) + off[i]));
    }
    return this.minutes;
  }
};

LC.load = async function () {
  LC.bytes = await LC.inflated();
  const length = new DataView(LC.bytes.buffer, LC.bytes.byteOffset).getUint32(0, true);
  LC.columns = 4 + length;
  LC.data = LC.unpacked(JSON.parse(new TextDecoder().decode(LC.bytes.subarray(4, 4 + length))));
  const layers = LC.data.layers;
  LC.g = {};
  for (const [name, columns] of Object.entries(layers)) {
    if (columns.geom) {
      LC.g[name] = LC.decodeGeometry(columns.geom);
      columns.geom = null;
    }
  }
  LC.classIndex = new Map(layers.classes.code.map((code, place) => [code, place]));
  LC.communityIndex = new Map(layers.communities.id.map((id, place) => [id, place]));
  LC.gridIndex = new Map(layers.grids.id.map((id, place) => [id, place]));
  LC.reach = new Map();
  for (const row of layers.walks.rows) {
    LC.reach.set(`${row.class}|${row.walker}`, new LC.walks(row, layers.walks.pool));
  }
  const latitude = layers.district.bounds[1];
  LC.metresPerWorld = (40075016.686 * Math.cos((latitude * Math.PI) / 180)) / 256;
};
