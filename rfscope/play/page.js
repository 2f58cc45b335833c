"use strict";

/** The page: reads the address, lets layers be edited, and shows what the engine finds. */
(() => {
  const PRESETS = [
    ["1,2,5", "1,2,5 (Wang et al. 2018: good)"],
    ["2,4,8", "2,4,8: a grid"],
    ["2,2,2", "2,2,2 (Wang et al. 2018: rate 2 throughout)"],
    ["1,2,3", "1,2,3 (Wang et al. 2018: HDC)"],
    ["1,1,1", "1,1,1 (Wang et al. 2018: dense)"],
    ["1,2,9", "1,2,9 (Wang et al. 2018: bad)"],
    ["1,1,2,4,8,16,1", "context module (Yu and Koltun 2016)"],
    ["1,2,4,8,16,32,64,128,256,512@2", "WaveNet stack (2016): 1-D, causal", { dims: 1, causal: true }],
    ["1,2,4,8,16@3", "TCN, kernel 3: 1-D, causal", { dims: 1, causal: true }],
    ["1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1@3,3,2,3,3,2,3,3,3,2,3,3,3,2,3,3,3,2/1,1,2,1,1,2,1,1,1,2,1,1,1,2,1,1,1,2", "VGG-16 up to pool5"],
    ["1,1,1,1,1,1,1,1,1,1,1,1,1,1,2,2,2,1,12@3,3,3,3,3,3,3,3,3,3,3,3,3,3,3,3,3,3,3/1,1,2,1,1,2,1,1,1,2,1,1,1,1,1,1,1,1,1", "DeepLab (large field of view)"],
    ["1,1,2,2,4,4,2,2,1,1", "falling rates at the end, as in DRN-C"],
  ];
  const NAMES = { a: "Schedule A", b: "Schedule B" };
  const VERDICTS = { holes: "HOLES", gridding: "GRIDDING", ok: "OK" };
  const byId = (id) => document.getElementById(id);
  const said = (text) => { byId("said").textContent = text; };
  const panels = {};
  let state = { chains: { a: address.layersOf("1,2,5"), b: address.layersOf("2,4,8") }, dims: 2, causal: false, sampleRate: null };

  function start() {
    const given = JSON.parse(byId("given").textContent);
    for (const text of [location.hash.slice(1), given]) {
      if (!text) continue;
      try {
        state = address.stateOf(text);
        break;
      } catch (error) {
        said(`The address was not understood: ${error.message}.`);
      }
    }
    byId("dims").addEventListener("change", (event) => change({ dims: Number(event.target.value) }));
    byId("causal").addEventListener("change", (event) => change({ causal: event.target.checked }));
    byId("hz").addEventListener("change", (event) => {
      const hz = Number(event.target.value);
      change({ sampleRate: hz > 0 && Number.isFinite(hz) ? hz : null });
    });
    byId("options").addEventListener("submit", (event) => event.preventDefault());
    byId("second").addEventListener("click", () => {
      const { a, b } = state.chains;
      change({ chains: b ? { a } : { a, b: a.map((layer) => ({ ...layer })) } });
    });
    byId("link").addEventListener("click", () => copied(location.href, "The link"));
    window.addEventListener("hashchange", () => {
      if (location.hash.slice(1) === address.hash(state)) return;
      try {
        state = address.stateOf(location.hash);
        show();
      } catch (error) {
        said(`The address was not understood: ${error.message}.`);
      }
    });
    show();
  }

  function change(parts) {
    state = { ...state, ...parts };
    show();
  }

  function show() {
    history.replaceState(null, "", `#${address.hash(state)}`);
    byId("dims").value = String(state.dims);
    byId("causal").checked = state.causal;
    byId("hz").value = state.sampleRate ?? "";
    byId("second").textContent = state.chains.b ? "One schedule alone" : "Compare with a second schedule";
    for (const name of ["a", "b"]) {
      if (!state.chains[name]) {
        panels[name]?.remove();
        delete panels[name];
        continue;
      }
      panels[name] ??= opened(name);
      fill(panels[name], name);
    }
  }

  function opened(name) {
    const panel = byId("schedule").content.firstElementChild.cloneNode(true);
    const part = (selector) => panel.querySelector(selector);
    for (const [rates, label] of PRESETS) part(".presets").append(new Option(label, rates));
    part(".presets").addEventListener("change", (event) => {
      const [rates, , options] = PRESETS.find(([known]) => known === event.target.value) ?? [];
      if (rates) change({ ...options, chains: { ...state.chains, [name]: address.layersOf(rates) } });
    });
    part(".rates").addEventListener("change", (event) => attempt(panel, () => edit(name, address.layersOf(event.target.value))));
    part(".add").addEventListener("click", () => edit(name, [...state.chains[name], { kernel: 3, stride: 1, dilation: 1 }]));
    part("tbody").addEventListener("change", (event) => attempt(panel, () => {
      const { place, key } = event.target.dataset;
      const number = Number(event.target.value);
      address.check(key, number);
      edit(name, state.chains[name].map((layer, at) => (at === Number(place) ? { ...layer, [key]: number } : layer)));
    }));
    part("tbody").addEventListener("click", (event) => {
      const { move, place } = event.target.dataset;
      if (move) reorder(panel, name, Number(place), move);
    });
    part(".copies").addEventListener("click", (event) => {
      const { copy: what, save } = event.target.dataset;
      const layers = state.chains[name];
      if (what === "rates") copied(address.written(layers), "The rates");
      else if (what) copied(address[what](layers, state), what === "spec" ? "The spec" : "The torch code");
      else if (save) saved(panel, `rfscope-${name}.${save}`, save);
    });
    for (const kind of ["pointermove", "pointerdown"]) part("canvas").addEventListener(kind, (event) => hover(panel, event));
    part("canvas").addEventListener("keydown", (event) => step(panel, event));
    byId("schedules").append(panel);
    return panel;
  }

  /** Do something with what was typed; if it is wrong, say so and keep what was there. */
  function attempt(panel, action) {
    try {
      action();
    } catch (error) {
      panel.querySelector(".error").textContent = error.message;
    }
  }

  async function copied(text, what) {
    await saving.copy(text);
    said(`${what} was copied.`);
  }

  async function saved(panel, file, kind) {
    const canvas = panel.querySelector("canvas"), drawn = panel.querySelector(".drawing svg");
    if (canvas.hidden && !drawn) return;
    saving.save(await (canvas.hidden ? saving.drawing(drawn, kind) : saving.map(canvas, kind)), file);
    said(`${file} was saved.`);
  }

  const edit = (name, layers) => change({ chains: { ...state.chains, [name]: layers } });

  function reorder(panel, name, place, move) {
    const layers = [...state.chains[name]];
    const [layer] = layers.splice(place, 1);
    const target = place + { up: -1, down: 1, remove: 0 }[move];
    if (move !== "remove") layers.splice(target, 0, layer);
    edit(name, layers);
    const rows = panel.querySelectorAll("tbody tr");
    const focused = rows[Math.min(target, rows.length - 1)];
    (focused.querySelector(`[data-move=${move}]:not(:disabled)`) ?? focused.querySelector("input")).focus();
  }

  function fill(panel, name) {
    const layers = state.chains[name], part = (selector) => panel.querySelector(selector);
    const found = engine.analyze(layers, state);
    panel.found = found;
    part("h2").textContent = `${NAMES[name]}: ${address.written(layers)}`;
    part(".rates").value = address.written(layers);
    part(".presets").value = "";
    part(".error").textContent = "";
    part(".verdict").className = `verdict ${found.verdict}`;
    part(".verdict strong").textContent = VERDICTS[found.verdict];
    part(".reads").textContent = words.reads(found);
    part(".cause").textContent = words.cause(found);
    part(".sees").textContent = words.sees(found, state.sampleRate);
    part(".instead").textContent = instead(found);
    part(".counts").textContent = found.line ? shortened(found.line) : "The field is too long to count it here.";
    part("tbody").replaceChildren(...layers.map((layer, place) => row(found, layer, place, layers.length)));
    part(".facts").replaceChildren(...words.facts(found).flatMap(pair));
    part(".rules").replaceChildren(...found.pieces.filter((piece) => piece.taps.length).flatMap((piece) => {
      const list = element("dl"), many = found.pieces.length > 1 ? ` at output stride ${piece.outputStride}` : "";
      list.append(...words.rules(piece).flatMap(pair));
      return [element("h3", `Published rules (Wang et al. 2018), rates ${words.rates(piece.rates)}${many}`), list];
    }));
    draw(panel, found, layers);
  }

  function instead(found) {
    const bad = found.pieces.find((piece) => piece.taps.length > 1 && !piece.holeFree && found.skipped.some((one) => one.place === piece.first));
    return bad ? `Without holes: ${words.rates(bad.repaired)}${found.pieces.length > 1 ? ` at output stride ${bad.outputStride}` : ""}.` : "";
  }

  function row(found, layer, place, count) {
    const line = element("tr"), { size, jump, start } = found.rows[place];
    const piece = found.pieces.find((one) => one.places.includes(place));
    const safe = piece?.safe[piece.places.indexOf(place)];
    const share = found.meeting?.shares[place];
    line.append(element("td", String(place + 1)), moves(place, count));
    for (const [key, label] of [["kernel", "kernel"], ["stride", "stride"], ["dilation", "rate"]]) {
      const input = element("input"), cell = element("td");
      Object.assign(input, { type: "number", min: 1, step: 1, value: layer[key], ariaLabel: `${label} of layer ${place + 1}` });
      Object.assign(input.dataset, { place, key });
      cell.append(input);
      line.append(cell);
    }
    for (const text of [size, jump, start, share === undefined ? "" : words.percent(share)]) line.append(element("td", String(text)));
    const cell = element("td", piece ? words.safe(safe) : "");
    if (piece && (!safe || layer.dilation < safe[0] || layer.dilation > safe[1])) cell.className = "unsafe";
    line.append(cell);
    return line;
  }

  function moves(place, count) {
    const cell = element("td");
    for (const [move, sign, off] of [["up", "↑", place === 0], ["down", "↓", place === count - 1], ["remove", "×", count === 1]]) {
      const button = element("button", sign);
      Object.assign(button, { type: "button", disabled: off, ariaLabel: `${move === "remove" ? "remove" : `move ${move}`} layer ${place + 1}` });
      Object.assign(button.dataset, { move, place });
      cell.append(button, " ");
    }
    return cell;
  }

  function draw(panel, found, layers) {
    const canvas = panel.querySelector("canvas"), drawing = panel.querySelector(".drawing");
    canvas.hidden = !pictures.canMap(found);
    drawing.replaceChildren();
    if (!canvas.hidden) {
      pictures.map(canvas, found);
      const middle = -found.start;
      describe(panel, middle, middle);
      return;
    }
    const label = `${words.reads(found)} ${words.cause(found)}`;
    const tree = found.dims === 1 && pictures.tree(found, layers, state.causal, state.sampleRate ? (samples) => words.time(samples, state.sampleRate) : null, label);
    if (tree) drawing.append(tree);
    if (found.line) drawing.append(pictures.bars(found, label));
    const caption = panel.querySelector("figcaption");
    caption.replaceChildren(found.line ? swatch("unread") : "", found.line ? " never read. " : "The field is too long for a picture here.");
    if (tree) caption.append("Tree: the output at the top, the input at the bottom; ", swatch("node"), " never read.");
  }

  function describe(panel, rowAt, columnAt) {
    const { line, start, size } = panel.found;
    const [y, x] = [rowAt, columnAt].map((place) => Math.min(Math.max(place, 0), size - 1));
    const paths = line[y] * line[x];
    panel.at = [y, x];
    const text = `Row ${y + start}, column ${x + start}: ${paths ? `${words.grouped(paths)} ${paths === 1n ? "path" : "paths"}` : "never read"}. `;
    panel.querySelector("figcaption").replaceChildren(text, "Counted from output (0, 0). ", swatch("unread"), " never read; the darker, the more paths.");
    panel.querySelector("canvas").ariaLabel = `Usage map, ${size}x${size}. ${words.reads(panel.found)} ${words.cause(panel.found)} Arrow keys move. ${text}`;
  }

  function hover(panel, event) {
    const box = event.target.getBoundingClientRect(), { size } = panel.found;
    describe(panel, Math.floor(((event.clientY - box.top) / box.height) * size), Math.floor(((event.clientX - box.left) / box.width) * size));
  }

  function step(panel, event) {
    const way = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!way) return;
    event.preventDefault();
    describe(panel, panel.at[0] + way[0], panel.at[1] + way[1]);
  }

  function shortened(line) {
    const shown = (part) => part.map((count) => (count ? String(count) : "·")).join(" ");
    return line.length > 400 ? `${shown(line.slice(0, 200))} … ${shown(line.slice(-200))}` : shown(line);
  }

  function element(tag, text = "") {
    const found = document.createElement(tag);
    found.textContent = text;
    return found;
  }
  const pair = ([name, value]) => [element("dt", name), element("dd", value)];
  const swatch = (kind) => Object.assign(element("span"), { className: `swatch ${kind}` });

  start();
})();
