"use strict";
(function () {
  const pick = document.getElementById("figure");
  function show() {
    const place = pick.selectedIndex;
    for (const node of document.querySelectorAll("[data-look]")) node.setAttribute("class", `area c${node.dataset.look[place]}`);
    for (const node of document.querySelectorAll("[data-said]")) node.textContent = node.dataset.said.split("|")[place];
    for (const node of document.querySelectorAll("[data-of]")) node.toggleAttribute("hidden", Number(node.dataset.of) !== place);
  }
  if (pick) {
    pick.addEventListener("change", show);
    show();
  }

  function number(text) {
    const found = parseFloat(text.replace(/[≈≥+,%\s]/g, "").replace("−", "-"));
    return Number.isNaN(found) ? null : found;
  }
  function sort(head, place) {
    const body = head.closest("table").tBodies[0];
    const down = head.getAttribute("aria-sort") === "descending";
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "ascending" : "descending");
    const sign = down ? 1 : -1;
    const figures = head.classList.contains("number");
    const rows = [...body.rows].filter((row) => !row.classList.contains("whole"));
    const value = (row) => (figures ? number(row.cells[place].textContent) : row.cells[place].textContent);
    rows.sort((a, b) => {
      const x = value(a);
      const y = value(b);
      if (x === y) return 0;
      if (x === null) return 1;
      if (y === null) return -1;
      return sign * (figures ? x - y : x.localeCompare(y, document.documentElement.lang, { numeric: true }));
    });
    body.append(...rows);
  }
  /* A head itself is what is pressed: buttons are not printed again on a second page. */
  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((head, place) => {
      head.tabIndex = 0;
      head.addEventListener("click", () => sort(head, place));
      head.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        sort(head, place);
      });
    });
  }
  document.body.dataset.ready = "yes";
})();
