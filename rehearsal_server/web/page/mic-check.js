// Headphones or not, and whether the server hears the actor.

import { h, icon, show } from "./dom.js";
import { Meter } from "./meter.js";
import { preferences } from "./preferences.js";
import { t } from "./strings.js";

const words = t.check;
const FAINT_DBFS = -45;
const LOUD_DBFS = -6;
// Nothing heard for so long deserves a hint.
const PATIENCE_MS = 6_000;

/** Two large answers; a tap on either is also what lets the browser make sound. */
export function askHowToHear(onAnswer, backAddress) {
  const answer = (headphones, name, title, why) => {
    const isUsual = preferences().headphones === headphones;
    return h(`button.choice${isUsual ? ".usual" : ""}`, { onclick: () => onAnswer(headphones) },
      icon(name), h("span.choice-title", {}, title), h("span.quiet", {}, why));
  };
  return h("div.narrow", {},
    h("h1", {}, words.title), h("p", {}, words.headphonesQuestion),
    h("div.choices", {},
      answer(true, "headphones", words.headphones, words.headphonesWhy),
      answer(false, "speaker", words.speakers, words.speakersWhy)),
    h("p", {}, h("a", { href: backAddress }, t.stage.backToScript)));
}

/** What the server hears, until the actor begins. */
export function microphoneCheck(session, onBegin) {
  const meter = new Meter(words.level);
  const status = h("p.check-status", { role: "status" }, words.saySomething);
  const begin = h("button.primary.wide", { onclick: start }, words.begin, icon("arrow"));
  let loudest = -Infinity;
  const hint = setTimeout(() => show(status, words.nothing), PATIENCE_MS);
  const off = [session.on("level", hear), session.on("over", () => clearTimeout(hint))];
  queueMicrotask(() => begin.focus({ preventScroll: true }));
  return h("div.narrow.check", {}, h("h1", {}, words.title), icon("microphone"), meter.node, status, begin);

  function hear(level) {
    meter.show(level);
    if (!level.speaking) return;
    clearTimeout(hint);
    loudest = Math.max(loudest, level.level_dbfs);
    show(status, verdict(loudest));
  }

  function start() {
    clearTimeout(hint);
    for (const stop of off) stop();
    onBegin();
  }
}

function verdict(dbfs) {
  if (dbfs > LOUD_DBFS) return words.loud;
  return dbfs < FAINT_DBFS ? words.quiet : words.heard;
}
