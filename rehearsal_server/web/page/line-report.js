// One take of one line: the cue it answered, its figures, what was remarked on.

import { h } from "./dom.js";
import { seconds } from "./figures.js";
import { t } from "./strings.js";
import { takeDetails } from "./take-details.js";

const words = t.report;

/** @param {{take: object, script: object | null, remarks: object[]}} options */
export function lineReport({ take, script, remarks }) {
  const cue = script ? cueOf(script, take.line_id) : null;
  const isClean = take.outcome === "spoken" && !remarks.length;
  return h("li.take", { "data-outcome": take.outcome },
    cue ? h("p.cue-line", {}, h("span.speaker", {}, cue.character), " ", cue.text) : null,
    h("h2.take-text", {}, h("span.speaker", {}, take.character), " ", spoken(take)),
    figures(take),
    isClean ? h("p.clean", {}, words.asIs) : null,
    h("ul.remarks", {}, remarks.map(remark)),
    takeDetails(take));
}

function cueOf(script, lineId) {
  for (const { elements } of script.scenes) {
    const lines = elements.filter(({ type }) => type === "line");
    const index = lines.findIndex(({ id }) => id === lineId);
    if (index > 0) return lines[index - 1];
  }
  return null;
}

/** The line as written; where its words were followed, with what was left out or changed. */
function spoken({ line_text: text, scores }) {
  return inText(text, scores.wording?.words ?? []).map((part) =>
    typeof part === "string" ? part : asSaid(part));
}

/** Words that became something else, with the text between them as it is written. */
export function inText(text, followed) {
  const parts = [];
  let at = 0;
  let from = 0; // where the next word may stand
  for (const word of followed) {
    const start = text.indexOf(word.text, from);
    if (start === -1) continue; // spelled otherwise than written
    from = start + word.text.length;
    if (word.outcome === "said") continue;
    parts.push(text.slice(at, start), word);
    at = from;
  }
  return [...parts, text.slice(at)].filter((part) => part !== "");
}

function asSaid({ text, outcome, heard }) {
  const what = words.miscues[outcome];
  const title = heard ? `${what}: “${heard}”` : what;
  return h("span.miscue", { "data-outcome": outcome, title }, text,
    h("span.visually-hidden", {}, ` (${title})`));
}

/** Words that are not in the script, in the order in which they were said. */
function besides({ wording }) {
  const said = (wording?.extras ?? []).map(({ text }) => text).filter(Boolean);
  return said.length ? said.map((text) => `“${text}”`).join(", ") : null;
}

function figures(take) {
  const { pickup_ms: pickup, timing, duration_ms: duration, outcome, take: number, scores } = take;
  const extra = besides(scores);
  const shown = [
    number > 1 ? ["", words.take(number)] : null,
    outcome === "spoken" ? null : ["", words.outcome[outcome]],
    timing && pickup !== null ? [words.pickup, pickupText(pickup, timing.pickup_basis)] : null,
    scores.verbatim === undefined ? null : [words.words, `${Math.round(scores.verbatim)} %`],
    extra ? [words.besides, extra] : null,
    timing ? [words.pace, `${timing.articulation_rate.toFixed(1)} ${words.paceUnit}`] : null,
    timing?.pauses.length ? [words.pauses, timing.pauses.map(length).join(", ")] : null,
    timing ? [words.duration, `${seconds(duration)} s`] : null,
  ];
  return h("p.take-figures", {}, shown.filter(Boolean).map(([name, value]) =>
    h("span.figure", {}, name ? h("span.quiet", {}, `${name} `) : null, value)));
}

function pickupText(ms, basis) {
  const text = ms < 0 ? words.overlap(seconds(-ms)) : `${seconds(ms)} s`;
  return basis === "estimated" ? `${text} (${words.estimated})` : text;
}

function length({ start_ms: start, end_ms: end }) {
  return `${seconds(end - start)} s`;
}

function remark({ severity, text, evidence }) {
  const sure = Math.min(1, ...evidence.map(({ confidence }) => confidence ?? 1));
  const doubt = sure < 1 ? h("span.quiet", {}, ` ${words.confidence(`${Math.round(100 * sure)} %`)}`) : null;
  return h("li.remark", { "data-severity": severity }, text, doubt);
}
