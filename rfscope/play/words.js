"use strict";

/** What an engine's answer means, in sentences. */
const words = (() => {
  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  const square = (size, dims) => (dims === 2 ? `${size}x${size}` : String(size));
  const unit = (dims) => (dims === 1 ? "samples" : "pixels");
  /** A part in per cent, never rounded up to all nor down to nothing. */
  const percent = (part) => {
    if (part > 0 && part < 0.01) return "under 1 %";
    return part > 0.99 && part < 1 ? `${Math.floor(1000 * part) / 10} %` : `${Math.round(100 * part)} %`;
  };
  const rates = (list) => list.join(",");
  const few = (found) => (found.length > 24 ? `${rates(found.slice(0, 24))}, …` : rates(found));

  const time = (samples, hz) => {
    const milliseconds = (1000 * samples) / hz;
    return `${Number(milliseconds.toPrecision(3))} ms`;
  };

  /** The first sentence: what one output spans and reads. */
  function reads(found) {
    const { dims, size, used } = found;
    const spans = `One output spans ${square(size, dims)} ${unit(dims)}`;
    if (used === undefined) return `${spans}. That is too long to count them here.`;
    if (used === size) return size === 1 ? `One output reads one ${unit(dims).slice(0, -1)}.` : `${spans} and reads all ${grouped(size ** dims)} of them.`;
    return `${spans} but reads only ${grouped(used ** dims)} of ${grouped(size ** dims)} (${percent((used / size) ** dims)}).`;
  }

  /** Why the verdict is what it is; nothing where all is well. */
  function cause(found) {
    if (found.verdict === "holes") {
      const [{ place, taps }] = found.skipped.toReversed();
      const step = taps.filter((one) => one.kernel > 1).map((one) => one.rate).reduce((a, b) => { while (b) [a, b] = [b, a % b]; return a; });
      const of = place ? ` of what layer ${place} makes` : "";
      const line = found.dims === 2 ? ["row and column", "rows and columns"] : ["position", "positions"];
      const strided = found.rows.at(-1).jump > 1;
      const because = strided ? `all taps are a multiple of ${step} positions apart` : step === 2 ? "all rates are even" : `all rates are multiples of ${step}`;
      if (step === 2) return `Every second ${line[0]}${of} is skipped: ${because}. Expect a grid pattern.`;
      if (step > 2) return `${step - 1} of every ${step} ${line[1]}${of} are skipped: ${because}. Expect a grid pattern.`;
      return `Some ${line[1]}${of} are skipped. Each output decides without them.`;
    }
    if (found.verdict === "gridding") {
      const [stage] = found.accused;
      if (!stage) return "Counts repeat at the spacing of a rate: the gridding index is above 0.5. A grid may show.";
      const [first, last] = [stage.layers[0], stage.layers.at(-1)];
      return `From layer ${first.place + 1} to ${last.place + 1} (rates ${few(stage.layers.map((one) => one.dilation))}) all rates share the factor `
        + `${stage.factor}: adjacent outputs read no common position there. A grid may show.`;
    }
    return "";
  }

  function sees(found, hz) {
    if (found.dims !== 1) return "";
    const times = hz ? ` (${time(found.history, hz)} and ${time(found.lookahead, hz)})` : "";
    const hop = found.jump > 1 ? `, one output per ${found.jump} samples${hz ? ` (${time(found.jump, hz)})` : ""}` : "";
    return `It reads ${grouped(found.history)} samples back and ${grouped(found.lookahead)} ahead${times}${hop}.`;
  }

  const skips = (count, dims) => `${count} ${count === 1 ? unit(dims).slice(0, -1) : unit(dims)} skipped`;

  /** Name and value of each fact about the whole chain. */
  function facts(found) {
    const { dims } = found;
    const index = (value) => (value === undefined ? "not counted" : value.toFixed(3));
    const common = !found.meeting ? "not counted" : found.meeting.depth === null ? "none" : `${found.meeting.depth} layers back`;
    return [
      ["receptive field", `${square(found.size, dims)} ${unit(dims)}`],
      ["jump (output stride)", String(found.jump)],
      ["start of output 0", String(found.start)],
      ["largest gap", found.largestGap === undefined ? "not counted" : found.largestGap === 1 ? "none" : skips(found.largestGap - 1, dims)],
      ["gridding index", index(found.index)],
      ["first common input", common],
    ];
  }

  /** The published rules and the exact test, of the layers at each output stride. */
  function rules(piece) {
    const passed = (ok) => (ok ? "pass" : "fail");
    const found = [];
    const { m2Ok, holeFree } = piece;
    if (m2Ok !== null) {
      const groups = piece.groups.filter((group) => group.ok !== null);
      const worst = groups.find((group) => !group.ok) ?? groups[0];
      found.push(["M_2 at most the kernel", `${worst.m2} ${worst.ok ? "<=" : ">"} ${worst.kernel}: ${passed(m2Ok)}`]);
    }
    if (piece.rates.length > 1) found.push(["no common factor", `gcd ${piece.gcd}: ${passed(piece.gcd === 1)}`]);
    found.push(["exact test", holeFree ? "no holes" : "holes"]);
    if (m2Ok !== null && m2Ok !== holeFree) found.push(["", "rule and test differ"]);
    return found;
  }

  const safe = (interval) => (!interval ? "none" : interval[0] === interval[1] ? String(interval[0]) : `${interval[0]} to ${interval[1]}`);

  return { reads, cause, percent, sees, facts, rules, safe, time, square, grouped, rates: few };
})();
