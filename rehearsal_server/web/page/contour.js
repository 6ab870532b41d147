// The pitch of a line over time, in semitones around its own middle: melody, not note names.

import { h, svg } from "./dom.js";
import { median } from "./figures.js";
import { t } from "./strings.js";

const WIDTH = 640;
const HEIGHT = 120;
const MARGIN = 8;
// At least an octave is shown, so that a flat line looks flat.
const MIN_REACH_ST = 6;
// No voice leaps so far from one frame to the next; the tracker took another octave.
const LEAP_ST = 4;

/**
 * @param {{f0_hz: (number | null)[], f0_frame_s: number, pitch: {range_st: number} | null}} voice
 * @returns {HTMLElement | null} null where nothing was voiced
 */
export function contour({ f0_hz: hertz, f0_frame_s: frameS, pitch }) {
  const voiced = hertz.filter((hz) => hz !== null);
  if (!pitch || voiced.length < 2) return null;
  const middle = median(voiced);
  const semitones = hertz.map((hz) => (hz === null ? null : 12 * Math.log2(hz / middle)));
  const reach = Math.max(MIN_REACH_ST, pitch.range_st);
  const label = t.report.contourText(Math.round(Math.min(...voiced)), Math.round(Math.max(...voiced)));
  const drawn = svg("svg", { class: "contour", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label },
    svg("line", { class: "axis", x1: 0, x2: WIDTH, y1: HEIGHT / 2, y2: HEIGHT / 2 }),
    ticks(hertz.length * frameS).map((at) =>
      svg("line", { class: "tick", x1: at * WIDTH, x2: at * WIDTH, y1: HEIGHT - 6, y2: HEIGHT })),
    polylines(semitones, { width: WIDTH, height: HEIGHT, reach, name: "pitch" }));
  return h("figure", {}, drawn, h("figcaption.quiet", {}, t.report.contourOf(pitch.range_st.toFixed(0))));
}

/**
 * @param {(number | null)[]} semitones around the middle of the drawing
 * @param {{width: number, height: number, reach: number, name: string}} drawing
 *   `reach` in semitones is the edge; `name` is its class.
 */
export function polylines(semitones, { width, height, reach, name }) {
  const x = (index) => (index / Math.max(1, semitones.length - 1)) * width;
  const y = (st) => height / 2 - Math.max(-1, Math.min(1, st / reach)) * (height / 2 - MARGIN);
  return stretches(semitones).map((points) => svg("polyline", {
    class: name.replaceAll(".", " "),
    points: points.map(([index, st]) => `${x(index).toFixed(1)},${y(st).toFixed(1)}`).join(" "),
  }));
}

/** Runs of voiced frames: the line is broken where the voice is, and where it cannot have gone. */
export function stretches(semitones) {
  const runs = [[]];
  semitones.forEach((st, index) => {
    const before = semitones[index - 1] ?? st;
    if (st === null || Math.abs(st - before) > LEAP_ST) runs.push([]);
    if (st !== null) runs.at(-1).push([index, st]);
  });
  return runs.filter((run) => run.length > 1);
}

/** Where the whole seconds are, as shares of the width. */
function ticks(lengthS) {
  return Array.from({ length: Math.floor(lengthS) }, (_, s) => (s + 1) / lengthS);
}
