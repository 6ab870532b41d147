// What lies behind a take, for whoever wants to look: melody, delivery, an earlier take beside it.

import { comparison } from "./comparison.js";
import { contour } from "./contour.js";
import { h, show } from "./dom.js";
import { moment } from "./figures.js";
import { api } from "./login.js";
import { tell } from "./router.js";
import { t } from "./strings.js";

const words = t.report;
// Below, something else was said.
const MIN_TEXT_MATCH = 0.5;
// Scores out of 100; a word below is worth another listen.
const WEAK_WORD = 60;
const MOST_WEAK_WORDS = 3;

export function takeDetails(take) {
  const { voice, emotion, scores } = take;
  const parts = [
    voice ? contour(voice) : null,
    voice?.loudness_lufs ? facts([[words.loudness, `${voice.loudness_lufs.toFixed(1)} LUFS`]]) : null,
    emotion ? delivery(emotion) : null,
    scores.pronunciation ? pronunciation(scores.pronunciation) : null,
  ].filter(Boolean);
  if (!parts.length) return null;
  return h("details", {}, h("summary", {}, words.details), parts, voice ? comparer(take) : null);
}

function facts(named) {
  return h("p.take-figures", {}, named.map(([name, value]) =>
    h("span.figure", {}, name ? h("span.quiet", {}, `${name} `) : null, value)));
}

/** How the line came across, and how near that is to what was asked for; nothing about the person. */
function delivery({ abstained, arousal, valence, confidence, baseline, direction }) {
  if (abstained) return h("p.quiet", {}, words.notJudged[abstained] ?? words.notJudged.other);
  const match = direction?.match;
  const asked = direction ? [[words.asked, `(${direction.text})`]] : [];
  const near = match?.match == null ? [] : [[words.match, percent(match.match)]];
  const heard = arousal == null ? [] : [
    [words.energy, signed(arousal)], [words.mood, signed(valence)], ["", words.confidence(percent(confidence))],
  ];
  return h("div.delivery", {}, facts([...asked, ...near, ...heard]),
    match?.text ? h("p", {}, match.text) : null,
    h("p.quiet", {}, words.baseline[baseline] ?? ""));
}

/** Words are sure enough to be named; single sounds are not. */
function pronunciation({ overall, fluency, prosody, text_match: match, words: judged }) {
  if (match < MIN_TEXT_MATCH) return h("p.quiet", {}, words.otherText);
  const figures = [[words.pronunciation, overall], [words.fluency, fluency], [words.prosody, prosody]];
  const shown = figures.filter(([, score]) => score != null);
  const weak = judged.filter((word) => word.accuracy !== null && word.accuracy < WEAK_WORD)
    .sort((a, b) => a.accuracy - b.accuracy).slice(0, MOST_WEAK_WORDS);
  return h("div.delivery", {}, facts(shown.map(([name, score]) => [name, String(Math.round(score))])),
    weak.length ? h("p", {}, words.listenTo(weak.map(({ text }) => text).join(", "))) : null);
}

function percent(share) {
  return `${Math.round(100 * share)} %`;
}

function signed(value) {
  const rounded = value.toFixed(1);
  return value > 0 ? `+${rounded}` : rounded.replace("-", "−");
}

/** Finds an earlier take of the line and lays this one over it. */
function comparer(take) {
  const box = h("div");
  const button = h("button.secondary", { type: "button", onclick }, words.compare);
  show(box, button);
  return box;

  async function onclick() {
    button.disabled = true;
    try {
      const earlier = await earlierTake(take);
      if (!earlier) return show(box, h("p.quiet", {}, words.noEarlier));
      const review = await api.get(`/v1/performances/${earlier.id}/comparison/${take.id}`);
      return show(box, comparison(review, moment(earlier.created_at)));
    } catch (problem) {
      return show(box, h("p.alert", { role: "alert" }, tell(problem)));
    }
  }
}

async function earlierTake({ id, line_id: line, line_text: text, character, created_at: when }) {
  const query = new URLSearchParams({ line_id: line, character, limit: 50 });
  const { items } = await api.get(`/v1/performances?${query}`);
  return items.find((other) =>
    other.id !== id && other.line_text === text && other.voice && other.created_at < when) ?? null;
}
