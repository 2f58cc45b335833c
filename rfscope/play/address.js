"use strict";

/**
 * What the page shows, as text: for the address, for the field of rates, and to be copied.
 *
 * A chain is written as rates, as on the command line, with the kernels after "@" unless all are 3, and the strides
 * after "/" unless all are 1: "1,2,5", "1,2,4@2", "1,1,2@7,3,3/2,1,1".
 */
const address = (() => {
  const LIMITS = { kernel: 1025, stride: 1000, dilation: 100000, layers: 200 };

  const shortest = (numbers) => (new Set(numbers).size === 1 ? String(numbers[0]) : numbers.join(","));

  function written(layers) {
    const [kernels, strides] = ["kernel", "stride"].map((key) => layers.map((layer) => layer[key]));
    const taps = kernels.every((kernel) => kernel === 3) ? "" : `@${shortest(kernels)}`;
    const steps = strides.every((stride) => stride === 1) ? "" : `/${shortest(strides)}`;
    return layers.map((layer) => layer.dilation).join(",") + taps + steps;
  }

  /** The layers that a text means, or an Error that says what is wrong with it. */
  function layersOf(text) {
    const found = text.replace(/[\s()[\]]/g, "").replace(/,(?=$|[@/])/g, "").match(/^([\d,]+)(?:@([\d,]+))?(?:\/([\d,]+))?$/);
    if (!found) throw new Error(`"${text}" is no list of rates: write 1,2,5, or 1,2,5@3,3,5 with kernels`);
    const rates = numbers("dilation", found[1]);
    if (rates.length > LIMITS.layers) throw new Error(`${rates.length} layers are too many: at most ${LIMITS.layers}`);
    const kernels = numbers("kernel", found[2] ?? "3", rates.length);
    const strides = numbers("stride", found[3] ?? "1", rates.length);
    return rates.map((dilation, place) => ({ kernel: kernels[place], stride: strides[place], dilation }));
  }

  function numbers(key, text, count) {
    const found = text.split(",").map(Number);
    for (const number of found) check(key, number);
    if (count === undefined) return found;
    if (found.length === 1) return Array(count).fill(found[0]);
    if (found.length !== count) throw new Error(`${found.length} ${key}s for ${count} layers: write one, or one per layer`);
    return found;
  }

  function check(key, number) {
    if (!Number.isInteger(number) || number < 1 || number > LIMITS[key]) {
      throw new Error(`${key} ${number || "?"} is out of range: a whole number from 1 to ${LIMITS[key]}`);
    }
  }

  const hash = (state) => {
    const parts = Object.entries(state.chains).map(([name, layers]) => `${name}=${written(layers)}`);
    parts.push(`dims=${state.dims}`);
    if (state.causal) parts.push("causal");
    if (state.sampleRate) parts.push(`hz=${state.sampleRate}`);
    return parts.join("&");
  };

  function stateOf(text) {
    const given = new URLSearchParams(text.replace(/^#/, ""));
    const chains = {};
    for (const name of ["a", "b"]) if (given.get(name)) chains[name] = layersOf(given.get(name));
    if (!chains.a) throw new Error("the address names no schedule");
    const hz = Number(given.get("hz"));
    return { chains, dims: given.get("dims") === "1" ? 1 : 2, causal: given.has("causal"), sampleRate: hz > 0 ? hz : null };
  }

  const padding = ({ kernel, dilation }, causal) => {
    const total = (kernel - 1) * dilation;
    return causal ? [total, 0] : [Math.floor(total / 2), total - Math.floor(total / 2)];
  };

  /** A spec file (TOML) that rfscope reads. */
  function spec(layers, { dims, causal }) {
    const one = (layer) => {
      const around = Array(dims).fill(`[${padding(layer, causal).join(", ")}]`).join(", ");
      return `[[layers]]\nop = "conv"\nkernel = ${layer.kernel}\nstride = ${layer.stride}\ndilation = ${layer.dilation}\npadding = [${around}]\n`;
    };
    return [`rfscope = 1\ndims = ${dims}\n`, ...layers.map(one)].join("\n");
  }

  /** The same layers in torch; what is padded unevenly is padded by a layer of its own. */
  function torch(layers, { dims, causal }) {
    const lines = layers.flatMap((layer) => {
      const [before, after] = padding(layer, causal);
      const even = before === after;
      const pad = even ? [] : [`    nn.ConstantPad${dims}d((${Array(dims).fill(`${before}, ${after}`).join(", ")}), 0.0),`];
      const options = [`kernel_size=${layer.kernel}`];
      if (layer.stride > 1) options.push(`stride=${layer.stride}`);
      if (layer.dilation > 1) options.push(`dilation=${layer.dilation}`);
      if (even && before) options.push(`padding=${before}`);
      return [...pad, `    nn.Conv${dims}d(channels, channels, ${options.join(", ")}),`];
    });
    return ["from torch import nn", "", "channels = 64", "model = nn.Sequential(", ...lines, ")", ""].join("\n");
  }

  return { written, layersOf, check, hash, stateOf, spec, torch };
})();
