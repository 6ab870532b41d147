// What lies behind a take, for whoever wants to look: melody, delivery, an earlier take beside it.

import { comparison } from "./comparison.js";
import { contour } from "./contour.js";
import { h, show } from "./dom.js";
import { moment } from "./figures.js";
import { api } from "./login.js";
import { tell } from "./router.js";
import { t } from "./strings.js";

const words = t.report;

export function takeDetails(take) {
  const { voice, emotion } = take;
  const parts = [
    voice ? contour(voice) : null,
    voice?.loudness_lufs ? facts([[words.loudness, `${voice.loudness_lufs.toFixed(1)} LUFS`]]) : null,
    emotion ? delivery(emotion) : null,
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
