/* Notes every kind of control that the page ever shows, and every kind that is used. */
window.seen = new Set();
window.used = new Set();
window.sheets = 0;
window.print = () => { window.sheets += 1; };
window.CONTROLS = "button, input, select, summary";
const TOLD = ["tab", "view", "level", "walker", "class", "layer", "status", "verdict", "sort", "menu"];
/* States and positions are no kinds. */
const STATES = /^(on|selected|fail|pass|not_assessed|benchmark|reference|parted)$/;
const kind = (node) => [node.tagName.toLowerCase(), ...[...node.classList].filter((one) => !STATES.test(one)),
  ...TOLD.filter((name) => name in node.dataset).map((name) => `${name}=${node.dataset[name]}`)].join(" ");
const note = (node) => {
  if (node.nodeType !== 1) return;
  if (node.matches(window.CONTROLS)) window.seen.add(kind(node));
  for (const one of node.querySelectorAll(window.CONTROLS)) window.seen.add(kind(one));
};
new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(note)))
  .observe(document, { childList: true, subtree: true });
for (const name of ["click", "change", "input"]) {
  document.addEventListener(name, (event) => {
    const node = event.target.closest && event.target.closest(window.CONTROLS);
    if (node) window.used.add(kind(node));
  }, true);
}
/* Controls that can be seen now. */
window.inSight = () => [...document.querySelectorAll(window.CONTROLS)].filter((one) => one.checkVisibility());
/* What base and overlay show, as one text. */
window.picture = () => LC.base._container.toDataURL() + LC.overlay._container.toDataURL();
