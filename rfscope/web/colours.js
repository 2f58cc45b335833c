"use strict";

/** The colours of counts on pages, the same as in pictures for print. */
const colours = (() => {
  const HOLE = [253, 208, 162]; // lighter than every count, also in grey
  const PARTLY = [181, 136, 90];
  // stops of the viridis colour map, from few to many
  const STOPS = [[31, 161, 135], [33, 145, 140], [39, 128, 142], [46, 109, 142], [56, 89, 140], [67, 62, 133], [72, 37, 118], [68, 1, 84]];

  /** The colour so far along the stops, from 0 to 1. */
  function shade(part) {
    const place = part * (STOPS.length - 1), low = Math.min(Math.floor(place), STOPS.length - 2);
    return STOPS[low].map((value, channel) => Math.round(value + (STOPS[low + 1][channel] - value) * (place - low)));
  }
  const css = ([red, green, blue]) => `rgb(${red},${green},${blue})`;

  return { HOLE, PARTLY, shade, css };
})();
