"use strict";
/* The bar between today and the plan: dragged, or moved by the arrow keys. */
LC.swipe = {};

LC.swipe.make = function () {
  const handle = LC.h("button.swipe-handle", { type: "button", role: "slider", "aria-valuemin": 0, "aria-valuemax": 100,
    "aria-label": LC.t("swipe"), onkeydown: LC.swipe.key }, "◂▸");
  const left = LC.h("span.swipe-tag.left", {});
  const right = LC.h("span.swipe-tag.right", {});
  const node = LC.h("div.swipe", { hidden: true }, left, right, handle);
  Object.assign(LC.swipe, { node, handle, left, right });
  handle.addEventListener("pointerdown", LC.swipe.grab);
  LC.watch((changed) => {
    if (LC.any(changed, "tab", "planView", "planLevel", "swipe", "lang")) LC.swipe.place();
  });
  return node;
};

LC.swipe.place = function () {
  const { node, handle, left, right } = LC.swipe;
  node.hidden = !(LC.theme() === "plan" && LC.state.planView === "swipe");
  if (node.hidden) return;
  const percent = Math.round(LC.state.swipe * 100);
  node.style.left = `${LC.state.swipe * 100}%`;
  handle.setAttribute("aria-valuenow", percent);
  handle.setAttribute("aria-label", LC.t("swipe"));
  const figures = LC.plan.figures();
  left.textContent = LC.t("swipe_today", figures);
  right.textContent = LC.t("swipe_plan", figures);
};

LC.swipe.to = (share) => LC.set({ swipe: Math.min(0.98, Math.max(0.02, share)) });

LC.swipe.key = function (event) {
  const step = { ArrowLeft: -0.02, ArrowRight: 0.02 }[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  LC.swipe.to(LC.state.swipe + step);
};

LC.swipe.grab = function (event) {
  event.preventDefault();
  LC.swipe.handle.focus();
  const frame = LC.map.getContainer().getBoundingClientRect();
  let waiting = null;
  const move = (at) => {
    const first = waiting === null;
    waiting = (at.clientX - frame.left) / frame.width;
    if (first) requestAnimationFrame(() => {
      LC.swipe.to(waiting);
      waiting = null;
    });
  };
  const drop = () => {
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", drop);
  };
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", drop);
};
