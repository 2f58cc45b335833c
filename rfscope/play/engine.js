"use strict";

/**
 * Plain chains of convolutions, alike along every axis: what one output sees, how often, and what it skips.
 *
 * A layer is {kernel, stride, dilation}; kernels and rates are whole numbers of the layer's own input. Everything is
 * exact: counts and sets of positions are BigInts, only the gridding index is a float. Nothing here touches the page.
 */
const engine = (() => {
  const STRIPED_ABOVE = 0.5;
  const LONGEST = 20000; // positions along an axis; longer fields get their size, start and verdict, but no counts

  const gcd = (a, b) => (b ? gcd(b, a % b) : a);
  const ceilDivide = (a, b) => Math.floor((a + b - 1) / b);
  const extent = (taps) => taps.reduce((size, { kernel, rate }) => size + (kernel - 1) * rate, 1);
  const bitLength = (bits) => (bits ? bits.toString(2).length : 0);
  const countBits = (bits) => bits.toString(2).replaceAll("0", "").length;

  /** Fields layer by layer: size, jump and start in input positions (Araujo, Norris, Sim 2019). */
  function fields(layers, causal) {
    let size = 1, jump = 1, start = 0;
    return layers.map(({ kernel, stride, dilation }) => {
      const total = (kernel - 1) * dilation;
      size += total * jump;
      start -= (causal ? total : Math.floor(total / 2)) * jump;
      jump *= stride;
      return { size, jump, start };
    });
  }

  /** Kernel and rate of each layer in positions of the map that the first one reads. */
  function tapsOf(layers) {
    let jump = 1;
    return layers.map(({ kernel, stride, dilation }) => {
      const taps = { kernel, rate: dilation * jump };
      jump *= stride;
      return taps;
    });
  }

  /** A packed set, or packed counts with wide digits, added up at shifts of 0, step, ..., (kernel - 1) step. */
  function copies(bits, step, kernel, join) {
    let found = bits;
    for (let tap = 1; tap < kernel; tap += 1) found = join(found, bits << BigInt(tap * step));
    return found;
  }
  const either = (a, b) => a | b;
  const sum = (a, b) => a + b;

  /** The positions that one output reads, as a packed set. */
  const support = (taps) => taps.reduce((bits, { kernel, rate }) => copies(bits, rate, kernel, either), 1n);

  /** Paths from each position of the field to one output: the coefficients of a product of polynomials. */
  function counts(taps) {
    const size = extent(taps);
    const total = taps.reduce((product, { kernel }) => product * BigInt(kernel), 1n);
    const width = Math.ceil(bitLength(total) / 4); // hexadecimal digits that hold every count
    const packed = taps.reduce((all, { kernel, rate }) => copies(all, rate * width * 4, kernel, sum), 1n);
    const digits = packed.toString(16).padStart(size * width, "0");
    return Array.from({ length: size }, (_, place) => {
      const end = (size - place) * width;
      return BigInt(`0x${digits.slice(end - width, end)}`);
    });
  }

  const byRate = (one, other) => one.rate - other.rate;

  /** Sorted by rate, no rate may exceed the field of the layers before it (Brown 1961). */
  function holeFree(taps) {
    let reach = 1;
    for (const { kernel, rate } of taps.filter((one) => one.kernel > 1).sort(byRate)) {
      if (rate > reach) return false;
      reach += (kernel - 1) * rate;
    }
    return true;
  }

  /** Each layer's first and last rate that leave no holes while the others keep theirs, or null. */
  function safeRates(taps) {
    return taps.map(({ kernel }, place) => {
      const others = taps.filter((_, number) => number !== place).sort(byRate);
      const before = [1];
      for (const one of others) before.push(before.at(-1) + (one.kernel - 1) * one.rate);
      const late = others.findIndex((one, number) => one.rate > before[number]);
      const last = before[late < 0 ? others.length : late];
      let first = 1;
      for (let number = late < 0 ? others.length : late; number < others.length; number += 1) {
        first = Math.max(first, ceilDivide(others[number].rate - before[number], kernel - 1));
      }
      return first <= last ? [first, last] : null;
    });
  }

  /** The rates, each lowered to the largest that opens no hole. */
  function repaired(taps) {
    const found = new Array(taps.length);
    let reach = 1;
    const order = taps.map((_, place) => place).sort((one, other) => taps[one].rate - taps[other].rate || one - other);
    for (const place of order) {
      found[place] = Math.min(taps[place].rate, reach);
      reach += (taps[place].kernel - 1) * found[place];
    }
    return found;
  }

  /** The largest relative energy of a grid, 0 to 1: of the counts' Fourier transform at the frequencies of the rates. */
  function griddingIndex(taps) {
    const rates = [...new Set(taps.map((one) => one.rate).filter((rate) => rate > 1))];
    let highest = 0;
    for (const rate of rates.filter((one) => !rates.some((other) => other > one && other % one === 0))) {
      for (let m = 1; m <= Math.floor(rate / 2); m += 1) {
        let magnitude = 1;
        for (const { kernel, rate: other } of taps) {
          const turn = (m * (other % rate)) % rate; // whole numbers, so that zeros are zeros
          if (turn) {
            const above = Math.sin((Math.PI * ((kernel * turn) % rate)) / rate);
            magnitude *= Math.abs(above / (kernel * Math.sin((Math.PI * turn) / rate)));
          }
          if (magnitude <= highest) break;
        }
        highest = Math.max(highest, magnitude);
      }
    }
    return highest;
  }

  /** M_1 .. M_n of Wang et al. 2018, equation 2. */
  function distances(rates) {
    const found = [];
    for (const rate of rates.toReversed()) {
      const later = found.length ? found.at(-1) : rate;
      found.push(Math.max(later - 2 * rate, 2 * rate - later, rate));
    }
    return found.reverse();
  }

  /** The maximal parts whose rates do not fall, each with its M_2, which may not exceed the first kernel. */
  function groups(taps) {
    const found = [];
    taps.forEach((one, place) => {
      if (place && one.rate >= taps[place - 1].rate) found.at(-1).push(one);
      else found.push([one]);
    });
    return found.map((group) => {
      const m2 = group.length > 1 ? distances(group.map((one) => one.rate))[1] : null;
      return { rates: group.map((one) => one.rate), kernel: group[0].kernel, m2, ok: m2 === null ? null : m2 <= group[0].kernel };
    });
  }

  /** Whether the rates rise strictly and start again alike; the last rise may be cut short. */
  function isSawtooth(parts) {
    const [tooth, ...later] = parts;
    const starts = (part) => part.every((rate, place) => rate === tooth[place]);
    if (!tooth || tooth.length < 2 || tooth.some((rate, place) => place && rate <= tooth[place - 1])) return false;
    const whole = later.slice(0, -1).every((part) => part.length === tooth.length && starts(part));
    return whole && later.slice(-1).every((part) => part.length <= tooth.length && starts(part));
  }

  /** The part of each layer's input that two adjacent outputs both read, and how many layers share nothing. */
  function meeting(layers) {
    const spread = (bits, stride) => BigInt(`0b${[...bits.toString(2)].join("0".repeat(stride - 1))}`);
    const shares = [];
    let reads = 1n, step = 1;
    for (const { kernel, stride, dilation } of layers.toReversed()) {
      reads = copies(spread(reads, stride), dilation, kernel, either);
      step *= stride;
      shares.push(countBits(reads & (reads << BigInt(step))) / countBits(reads));
    }
    shares.reverse();
    const isolated = layers.filter(({ kernel }, place) => kernel > 1 && shares[place] === 0).length;
    return { shares, isolated, depth: shares[0] > 0 ? isolated + 1 : null };
  }

  /** Consecutive layers that read one output stride; a strided layer is the last of its piece. */
  function pieces(layers) {
    const found = [];
    let stride = 1, begins = true;
    layers.forEach((layer, place) => {
      if (begins) found.push({ first: place, outputStride: stride, layers: [] });
      found.at(-1).layers.push({ ...layer, place });
      stride *= layer.stride;
      begins = layer.stride > 1;
    });
    return found.map(judged);
  }

  function judged(piece) {
    const windows = piece.layers.filter((layer) => layer.kernel > 1);
    const taps = windows.map(({ kernel, dilation }) => ({ kernel, rate: dilation }));
    const parts = groups(taps);
    const verdicts = parts.map((group) => group.ok).filter((ok) => ok !== null);
    const stages = [];
    let open = false;
    for (const window of windows) {
      if (window.dilation > 1) {
        if (open) stages.at(-1).layers.push(window);
        else stages.push({ layers: [window] });
      }
      open = window.dilation > 1;
    }
    for (const stage of stages) {
      const followed = stage.layers.at(-1) !== windows.at(-1);
      const step = followed ? 1 : piece.layers.at(-1).stride;
      stage.factor = stage.layers.map((layer) => layer.dilation).reduce(gcd);
      stage.apart = stage.layers.length > 1 && stage.factor / gcd(stage.factor, step) > 1;
    }
    const rates = taps.map((one) => one.rate);
    return {
      ...piece, taps, rates, stages,
      places: windows.map((window) => window.place),
      kernels: taps.map((one) => one.kernel),
      groups: parts,
      m2: rates.length > 1 ? distances(rates)[1] : null,
      m2Ok: verdicts.length ? verdicts.every(Boolean) : null,
      gcd: rates.length ? rates.reduce(gcd) : 1,
      sawtooth: isSawtooth(parts.map((group) => group.rates)),
      holeFree: holeFree(taps),
      repaired: repaired(taps),
      index: griddingIndex(taps),
    };
  }

  /** The judged maps that an output skips positions of, by the number of the layer that reads them. */
  function skippedMaps(layers, parts) {
    const wanted = new Set([0, ...parts.filter((piece) => piece.stages.length).map((piece) => piece.first)]);
    const found = [];
    let behind = 1, stop = layers.length; // what is read of the map judged last, an interval
    for (let place = layers.length - 1; place >= 0; place -= 1) {
      if (wanted.has(place)) {
        const part = layers.slice(place, stop);
        const seen = [...tapsOf(part), { kernel: behind, rate: part.reduce((jump, layer) => jump * layer.stride, 1) }];
        if (!holeFree(seen)) found.push({ place, taps: seen });
        behind = extent(seen);
        stop = place;
      }
    }
    return found;
  }

  /** Everything there is to know of a chain. */
  function analyze(layers, { dims = 2, causal = false } = {}) {
    const rows = fields(layers, causal);
    const { size, jump, start } = rows.at(-1);
    const taps = tapsOf(layers);
    const parts = pieces(layers);
    const history = -start, lookahead = Math.max(0, start + size - jump);
    const blameless = dims === 1 && lookahead === 0; // causal: separate phases are a design
    const skipped = skippedMaps(layers, parts);
    const holes = new Set(skipped.map((one) => one.place));
    const mixes = (place) => layers.slice(place + 1).some((layer) => layer.kernel > 1 && layer.dilation === 1);
    const apart = parts.flatMap((piece) => piece.stages.filter((stage) => stage.apart));
    const accused = blameless ? [] : apart.filter((stage) => !mixes(stage.layers.at(-1).place));
    const striped = blameless ? [] : parts.filter((piece) => piece.stages.length && piece.holeFree
      && !holes.has(piece.first) && !piece.stages.some((stage) => stage.apart) && piece.index > STRIPED_ABOVE);
    const verdict = skipped.length ? "holes" : accused.length || striped.length ? "gridding" : "ok";
    for (const piece of parts) {
      piece.safe = piece.holeFree === holes.has(piece.first) ? piece.taps.map(() => null) : safeRates(piece.taps);
    }
    const found = { verdict, dims, causal: blameless, size, jump, start, history, lookahead, rows, pieces: parts, skipped, accused };
    if (size > LONGEST) return found;
    const bits = support(taps);
    const used = countBits(bits);
    const gaps = bits.toString(2).split("1").slice(1, -1).map((gap) => gap.length + 1);
    return {
      ...found,
      bits,
      used,
      largestGap: Math.max(1, ...gaps),
      line: counts(taps),
      meeting: meeting(layers),
      index: griddingIndex(taps.filter((one) => one.kernel > 1)),
    };
  }

  return { analyze, holeFree, safeRates, griddingIndex, tapsOf, LONGEST };
})();
