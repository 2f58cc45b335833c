"use strict";

/** The parts of a report that move: maps that tell counts, and tables that sort, fold and can be searched. */
(() => {
  const networks = JSON.parse(document.getElementById("data").textContent);
  const grouped = (digits) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");

  /** The colour of a level: 0 is never read, 1 partly, from 2 the root of the count as a part of the largest. */
  const colour = (level) => (level < 2 ? [colours.HOLE, colours.PARTLY][level] : colours.shade((level - 2) / 253));
  const PALETTE = Array.from({ length: 256 }, (_, level) => colour(level));

  for (const section of document.querySelectorAll(".network")) {
    const found = networks[Number(section.dataset.number)];
    const view = section.querySelector("canvas") ? viewer(section, found) : null;
    table(section, found, view);
  }

  /** The picture of a network: shows any of its maps, and tells the count under the pointer or at the arrow keys' place. */
  function viewer(section, found) {
    const canvas = section.querySelector("canvas"), caption = section.querySelector("figcaption"), which = section.querySelector(".which");
    let map = null, levels = null, at = [0, 0];

    function show(name) {
      map = found.maps[found.of[name]];
      const image = new Image();
      image.onload = () => {
        const { width, height } = image;
        Object.assign(canvas, { width, height });
        canvas.classList.toggle("line", map.size.length === 1);
        const context = canvas.getContext("2d", { willReadFrequently: true });
        context.drawImage(image, 0, 0);
        const dots = context.getImageData(0, 0, width, height);
        levels = Uint8Array.from({ length: width * height }, (_, place) => dots.data[4 * place]);
        levels.forEach((level, place) => dots.data.set(PALETTE[level], 4 * place));
        context.putImageData(dots, 0, 0);
        at = [Math.floor(height / 2), Math.floor(width / 2)];
        section.querySelector(".few").hidden = !levels.includes(1);
        tell();
        canvas.dataset.shown = name;
      };
      image.src = map.url;
      const plane = map.plane === null ? "" : `, in the plane at ${map.plane} of the first axis`;
      which.textContent = name === "input" ? `Shown is the input: ${map.used} ${map.used === "1" ? "position is" : "positions are"} read${plane}.`
        : `Shown is the map that ${name} makes: ${map.used} ${map.used === "1" ? "position of it is" : "positions of it are"} read${plane}.`;
    }

    function tell() {
      const { width, height } = canvas;
      at = [Math.min(Math.max(at[0], 0), height - 1), Math.min(Math.max(at[1], 0), width - 1)];
      const place = map.size.length === 1 ? [at[1]] : at;
      const names = map.size.length === 1 ? ["position"] : ["row", "column"];
      const where = place.map((index, axis) => `${names[axis]} ${map.start[axis] + index * map.block}`).join(", ");
      const text = `${where[0].toUpperCase()}${where.slice(1)}${map.block > 1 ? ` and the ${map.block - 1} after it` : ""}: ${paths(place)}.`;
      caption.textContent = text;
      canvas.setAttribute("aria-label", `${which.textContent} Arrow keys move. ${text}`);
    }

    function paths(place) {
      const level = levels[at[0] * canvas.width + at[1]];
      if (level < 2) return level ? "partly never read" : "never read";
      const count = exact(place);
      if (count !== null) return `${grouped(String(count))} ${count === 1n ? "path" : "paths"}`;
      const share = ((level - 2) / 253) ** 2;
      return `about ${Number((100 * share).toPrecision(2))} % of the largest count, ${map.most}`;
    }

    /** The count of a position: a product of lines for a chain, else from the list; null where the report has none. */
    function exact(place) {
      if (!map.exact) return null;
      const { exact } = map;
      if (exact.lines) {
        exact.parsed ??= exact.lines.map((line) => line.split(",").map(BigInt));
        return place.reduce((product, index, axis) => product * exact.parsed[axis][index], BigInt(exact.weight));
      }
      exact.parsed ??= exact.map.split(",");
      return BigInt(exact.parsed[place.length === 1 ? place[0] : place[0] * map.size[1] + place[1]]);
    }

    for (const kind of ["pointermove", "pointerdown"]) {
      canvas.addEventListener(kind, (event) => {
        if (!levels) return;
        const box = canvas.getBoundingClientRect();
        at = [Math.floor(((event.clientY - box.top) / box.height) * canvas.height), Math.floor(((event.clientX - box.left) / box.width) * canvas.width)];
        tell();
      });
    }
    canvas.addEventListener("keydown", (event) => {
      const way = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
      if (!way || !levels) return;
      event.preventDefault();
      at = [at[0] + way[0], at[1] + way[1]];
      tell();
    });
    section.querySelector(".input").addEventListener("click", () => {
      section.querySelector("tr.chosen")?.classList.remove("chosen");
      show("input");
    });
    show("input");
    return show;
  }

  /** The table of layers: heads sort, a field searches, modules fold, and a layer with a map shows it. */
  function table(section, found, view) {
    const layers = section.querySelector("table.layers"), body = layers.tBodies[0], rows = [...body.rows];
    rows.forEach((row, place) => {
      row.dataset.place = place;
      const name = row.cells[0].textContent;
      if (view === null || found.of[name] === undefined) return;
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
      button.addEventListener("click", () => {
        section.querySelector("tr.chosen")?.classList.remove("chosen");
        row.classList.add("chosen");
        view(name);
        section.querySelector(".which").scrollIntoView({ block: "nearest" });
      });
      row.cells[0].replaceChildren(button);
    });
    [...layers.tHead.rows[0].cells].forEach((head, column) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: head.textContent });
      button.addEventListener("click", () => sort(layers, body, rows, head, column));
      head.replaceChildren(button);
    });
    const find = section.querySelector(".find"), fold = section.querySelector(".fold");
    const filter = () => narrow(section, rows, find.value.trim().toLowerCase(), fold.getAttribute("aria-pressed") === "true");
    find.addEventListener("input", filter);
    fold.addEventListener("click", () => {
      fold.setAttribute("aria-pressed", String(fold.getAttribute("aria-pressed") !== "true"));
      filter();
    });
    if (!rows.some((row) => row.cells[0].textContent.includes("."))) fold.hidden = true;
  }

  /** Sort by a column: up, down, then as in the network. */
  function sort(layers, body, rows, head, column) {
    const next = { ascending: "descending", descending: null }[head.getAttribute("aria-sort")];
    const order = next === undefined ? "ascending" : next;
    for (const other of layers.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    if (order) head.setAttribute("aria-sort", order);
    const text = (row) => row.cells[column].textContent;
    const number = (row) => {
      const digits = text(row).replaceAll(",", "").match(/^-?\d+/);
      return digits ? Number(digits[0]) : -Infinity;
    };
    const numeric = head.classList.contains("right");
    const compare = (one, other) => (numeric ? number(one) - number(other) : text(one).localeCompare(text(other), "en", { numeric: true }));
    const sorted = [...rows].sort((one, other) => {
      const by = order ? compare(one, other) * (order === "ascending" ? 1 : -1) : 0;
      return by || Number(one.dataset.place) - Number(other.dataset.place);
    });
    body.append(...sorted);
  }

  /** Show the rows that hold a text; folded, only the last layer of each module. */
  function narrow(section, rows, text, folded) {
    const module = (row) => row.cells[0].textContent.replace(/\.[^.]*$/, "");
    const last = new Map(rows.map((row) => [module(row), row]));
    let count = 0;
    for (const row of rows) {
      const hit = [...row.cells].some((cell) => cell.textContent.toLowerCase().includes(text)) && (!folded || last.get(module(row)) === row);
      row.hidden = !hit;
      count += hit;
    }
    section.querySelector(".found").textContent = text || folded ? `${count} of ${rows.length} layers` : "";
  }
})();
