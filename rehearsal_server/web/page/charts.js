// Two small charts: a calendar of days, and a line of values.

import { h, svg } from "./dom.js";
import { day, dayKey } from "./figures.js";
import { t } from "./strings.js";

const WEEKS = 17;
const CELL = 14;
// Minutes from which a day is drawn darker.
const STEPS = [0, 5, 15, 30];
const WIDTH = 640;
const HEIGHT = 120;

/** @param {Map<string, number>} minutes by day, see `dayKey` */
export function calendar(minutes, today = new Date()) {
  const cells = [];
  const weekday = (today.getDay() + 6) % 7; // Monday is 0
  for (let back = 7 * (WEEKS - 1) + weekday; back >= 0; back -= 1) {
    const date = new Date(today.getFullYear(), today.getMonth(), today.getDate() - back);
    const column = WEEKS - 1 - Math.floor((back + 6 - weekday) / 7);
    const spent = minutes.get(dayKey(date)) ?? 0;
    const step = STEPS.filter((least) => spent > least).length;
    const at = { x: CELL * column, y: CELL * ((date.getDay() + 6) % 7), width: CELL - 3, height: CELL - 3, rx: 3 };
    cells.push(svg("rect", { class: `day step-${step}`, ...at },
      svg("title", {}, t.history.dayText(day(date), Math.round(spent)))));
  }
  const practised = [...minutes.values()].filter((spent) => spent > 0).length;
  return svg("svg", { class: "calendar", viewBox: `0 0 ${CELL * WEEKS} ${CELL * 7}`, role: "img",
    "aria-label": `${t.history.calendar}: ${practised}` }, cells);
}

/** @param {number[]} values oldest first @param {string} label */
export function trend(values, label) {
  const most = Math.max(...values, 1);
  const least = Math.min(...values, 0);
  const x = (i) => 6 + (i / Math.max(1, values.length - 1)) * (WIDTH - 12);
  const y = (value) => HEIGHT - 10 - ((value - least) / (most - least)) * (HEIGHT - 20);
  const points = values.map((value, i) => [x(i).toFixed(1), y(value).toFixed(1)]);
  const [lastX, lastY] = points.at(-1);
  return svg("svg", { class: "trend", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label },
    svg("line", { class: "axis", x1: 0, x2: WIDTH, y1: y(0), y2: y(0) }),
    svg("polyline", { class: "pitch", points: points.map((point) => point.join(",")).join(" ") }),
    svg("circle", { class: "last", cx: lastX, cy: lastY, r: 5 }));
}

/** A figure with its name below. */
export function tile(value, name) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value));
}
