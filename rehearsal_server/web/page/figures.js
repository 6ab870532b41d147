// Figures as people read them.

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export const day = (date) => DAY.format(new Date(date));
export const moment = (date) => MOMENT.format(new Date(date));

/** Milliseconds in seconds: "0.5" or "12". */
export function seconds(ms) {
  const s = ms / 1000;
  return Math.abs(s) < 9.95 ? s.toFixed(1) : String(Math.round(s));
}

/** Milliseconds as "42 s" or "3 min". */
export function span(ms) {
  return ms < 90_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

/** A day as a key that sorts, in the reader's own time. */
export function dayKey(date) {
  const d = new Date(date);
  const two = (n) => String(n).padStart(2, "0");
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (!sorted.length) return null;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
