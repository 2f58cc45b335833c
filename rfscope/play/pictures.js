"use strict";

/** Pictures of what an engine found: the usage map, the row of counts, and the tree of a 1-D chain. */
const pictures = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const WIDEST_MAP = 1501, WIDEST_TREE = 400, MOST_NODES = 6000;

  const share = (count, most) => Number((count * 1000000n) / most) / 1000000;

  /** The colour of a count as a share of the largest: its root, so that small counts can be told apart. */
  const shade = (part) => colours.shade(Math.sqrt(part));
  /** The same between a smallest share and 1, so that all colours are used. */
  const ranged = (least) => (part) => (least < 1 ? shade(((Math.sqrt(part) - Math.sqrt(least)) / (1 - Math.sqrt(least))) ** 2) : shade(1));

  function made(tag, attributes = {}, ...children) {
    const found = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) found.setAttribute(name, value);
    found.append(...children);
    return found;
  }

  /** The map of a 2-D chain: one dot of the canvas a pixel, which the page scales up. */
  function map(canvas, { line, size }) {
    const most = line.reduce((one, other) => (one > other ? one : other));
    const parts = line.map((count) => share(count, most));
    const least = Math.min(...parts.filter(Boolean)) ** 2, shadeOf = ranged(least);
    canvas.width = canvas.height = size;
    const context = canvas.getContext("2d");
    const image = context.createImageData(size, size);
    for (let row = 0; row < size; row += 1) {
      for (let column = 0; column < size; column += 1) {
        const part = parts[row] * parts[column];
        image.data.set([...(line[row] && line[column] ? shadeOf(part) : colours.HOLE), 255], 4 * (row * size + column));
      }
    }
    context.putImageData(image, 0, 0);
  }

  const canMap = (found) => found.dims === 2 && found.line && found.size <= WIDEST_MAP;

  /** The counts along an axis as bars; positions never read stand out in full height. */
  function bars({ line, size, start }, label) {
    const height = 90, most = line.reduce((one, other) => (one > other ? one : other));
    const svg = made("svg", { viewBox: `0 0 ${size} ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": label, class: "bars" });
    const shadeOf = ranged(Math.min(...line.filter(Boolean).map((count) => share(count, most))));
    let place = 0;
    while (place < size) {
      let last = place;
      while (last + 1 < size && line[last + 1] === line[place]) last += 1;
      const part = share(line[place], most), tall = line[place] ? Math.max(3, part * height) : height;
      const fill = line[place] ? colours.css(shadeOf(part)) : colours.css(colours.HOLE);
      const bar = made("rect", { x: place, y: height - tall, width: last - place + 1, height: tall, fill });
      const where = last > place ? `${start + place} to ${start + last}` : `${start + place}`;
      bar.append(made("title", {}, `position ${where}: ${line[place] ? `${line[place]} paths` : "never read"}`));
      svg.append(bar);
      place = last + 1;
    }
    return svg;
  }

  /** Positions of every map that output 0 reads, the image first. */
  function trace(layers, causal) {
    const maps = [[0]];
    for (const { kernel, stride, dilation } of layers.toReversed()) {
      const total = (kernel - 1) * dilation, before = causal ? total : Math.floor(total / 2);
      const read = new Set();
      for (const output of maps[0]) for (let tap = 0; tap < kernel; tap += 1) read.add(output * stride - before + tap * dilation);
      maps.unshift([...read].sort((one, other) => one - other));
      if (read.size > MOST_NODES) return null;
    }
    return maps;
  }

  /** The tree of a 1-D chain, the output at the top: which positions of each map lead to it, and which are skipped. */
  function tree(found, layers, causal, milliseconds, label) {
    const maps = found.size <= WIDEST_TREE ? trace(layers, causal) : null;
    if (!maps) return null;
    const gap = 46, left = 140, right = 24, wide = 1000, dot = Math.max(1.2, Math.min(4, 300 / found.size));
    const jumps = [1, ...found.rows.map((row) => row.jump)];
    const [first, last] = [found.start, found.start + found.size - 1];
    const x = (position, map) => left + ((position * jumps[map] - first + 0.5) / found.size) * (wide - left - right);
    const y = (map) => 20 + gap * (maps.length - 1 - map);
    const svg = made("svg", { viewBox: `0 0 ${wide} ${gap * maps.length + 34}`, role: "img", "aria-label": label, class: "tree" });
    layers.forEach(({ kernel, stride, dilation }, map) => {
      const total = (kernel - 1) * dilation, before = causal ? total : Math.floor(total / 2);
      for (const output of maps[map + 1]) {
        for (let tap = 0; tap < kernel; tap += 1) {
          const input = output * stride - before + tap * dilation;
          svg.append(made("line", { x1: x(input, map), y1: y(map), x2: x(output, map + 1), y2: y(map + 1), class: "path" }));
        }
      }
    });
    maps.forEach((read, map) => {
      const used = new Set(read);
      for (let position = Math.ceil(first / jumps[map]); position * jumps[map] <= last; position += 1) {
        const kind = used.has(position) ? "read" : map === 0 ? "unread" : "aside";
        svg.append(made("circle", { cx: x(position, map), cy: y(map), r: dot, class: kind }));
      }
      const layer = layers[map - 1];
      const name = layer ? `layer ${map}: k${layer.kernel}${layer.stride > 1 ? `, s${layer.stride}` : ""}, d${layer.dilation}` : "input";
      svg.append(made("text", { x: 4, y: y(map) + 4, class: "row" }, name));
    });
    const bottom = gap * maps.length + 24;
    for (const position of new Set([0, first, last])) {
      if (position !== 0 && Math.abs(position) < found.size / 5) continue; // it would stand on the 0
      const anchor = position === first && first !== last ? "start" : position === last && first !== last ? "end" : "middle";
      const text = milliseconds ? `${position} (${milliseconds(position)})` : `${position}`;
      svg.append(made("text", { x: x(position, 0), y: bottom, "text-anchor": anchor, class: "row" }, text));
    }
    return svg;
  }

  return { map, canMap, bars, tree };
})();
