// Two takes of a line over each other, at the same words: the earlier one pale, this one in colour.

import { polylines } from "./contour.js";
import { h, svg } from "./dom.js";
import { median, seconds } from "./figures.js";
import { t } from "./strings.js";

const words = t.report.compared;
const WIDTH = 640;
const HEIGHT = 120;
const MIN_REACH_ST = 6;
// A melody that goes along this closely is the same one.
const SAME_MELODY = 0.8;

/** @param {object} review of the API @param {string} when the earlier take was */
export function comparison(review, when) {
  const { first_st: before, second_st: now } = review.contours;
  const heights = [centred(before), centred(now)];
  const reach = Math.max(MIN_REACH_ST, ...heights.flat().map((st) => Math.abs(st ?? 0)));
  const draw = (semitones, name) =>
    polylines(semitones, { width: WIDTH, height: HEIGHT, reach, name });
  const drawn = svg("svg", { class: "contour", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": words.drawn },
    draw(heights[0], "pitch.earlier"), draw(heights[1], "pitch"));
  return h("figure", {}, drawn, h("figcaption.quiet", {}, words.caption(when)),
    h("ul.compared", {}, remarks(review).map((text) => h("li", {}, text))));
}

/** Around its own middle: another key is no other melody. */
function centred(semitones) {
  const middle = median(semitones.filter((st) => st !== null)) ?? 0;
  return semitones.map((st) => (st === null ? null : st - middle));
}

function* remarkable({ first, second, duration_ratio: ratio, pitch_range_ratio: range, pitch_correlation: melody }) {
  yield words.length(seconds(1000 * first.duration_s), seconds(1000 * second.duration_s));
  if (range !== null) yield range >= 1 ? words.wider(range.toFixed(1)) : words.narrower((1 / range).toFixed(1));
  if (melody !== null) yield melody >= SAME_MELODY ? words.sameMelody : words.otherMelody;
  if (first.pauses.length !== second.pauses.length) yield words.pauses(first.pauses.length, second.pauses.length);
  if (ratio > 1.1) yield words.slower;
  else if (ratio < 0.9) yield words.faster;
}

function remarks(review) {
  return [...remarkable(review)];
}
