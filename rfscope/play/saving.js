"use strict";

/** What leaves the page: texts to the clipboard, pictures to files. Pictures are made as addresses that hold them. */
const saving = (() => {
  const svgUrl = (text) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = Object.assign(document.createElement("textarea"), { textContent: text }); // where the page has no right to the clipboard
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  }

  function save(url, file) {
    Object.assign(document.createElement("a"), { href: url, download: file }).click();
  }

  /** A map: as PNG enlarged to some 900 dots with sharp edges, as SVG one image in it. */
  function map(canvas, kind) {
    const side = canvas.width;
    if (kind === "svg") {
      const image = `<image width="${side}" height="${side}" style="image-rendering:pixelated" href="${canvas.toDataURL("image/png")}"/>`;
      return svgUrl(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}">${image}</svg>`);
    }
    const large = document.createElement("canvas"), context = large.getContext("2d");
    large.width = large.height = side * Math.ceil(900 / side);
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas, 0, 0, large.width, large.height);
    return large.toDataURL("image/png");
  }

  /** A drawing of lines and dots. */
  const drawing = (drawn, kind) => (kind === "svg" ? svgUrl(standalone(drawn)) : rasterised(standalone(drawn), drawn.viewBox.baseVal));

  /** A drawing whose colours do not need the page's style sheet. */
  function standalone(drawn) {
    const clone = drawn.cloneNode(true), style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--${name}`);
    const rules = `.path{stroke:${colour("path")}}.read{fill:${colour("read")}}.aside{fill:${colour("aside")}}.unread{fill:${colour("unread")}}.row{fill:${colour("ink")};font:13px sans-serif}`;
    clone.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    clone.prepend(Object.assign(document.createElementNS("http://www.w3.org/2000/svg", "style"), { textContent: rules }));
    return new XMLSerializer().serializeToString(clone);
  }

  async function rasterised(text, { width, height }) {
    const image = new Image(), canvas = document.createElement("canvas"), scale = Math.min(4, 2000 / width);
    image.src = svgUrl(text.replace("<svg ", `<svg width="${width}" height="${height}" `));
    await image.decode();
    [canvas.width, canvas.height] = [width * scale, height * scale];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/png");
  }

  return { copy, save, map, drawing };
})();
