// A rehearsal from the microphone check to the report.

import { Rehearsal } from "../client/rehearsal.js";
import { MicrophoneError } from "../client/microphone.js";
import { h, show } from "./dom.js";
import { api } from "./login.js";
import { askHowToHear, microphoneCheck } from "./mic-check.js";
import { preferences, prefer } from "./preferences.js";
import { go, tell } from "./router.js";
import { Stage } from "./stage.js";
import { t } from "./strings.js";

// What a browser tells of a socket that was refused in HTTP: nothing but this.
const REFUSED = 1006;

export async function rehearsePage([scriptId, sceneId], query) {
  const { script } = await api.get(`/v1/scripts/${scriptId}`);
  const scene = script.scenes.find(({ id }) => id === sceneId) ?? script.scenes[0];
  const role = query.get("role") ?? "";
  const lines = query.get("lines")?.split(",") ?? [];
  const node = h("section.rehearse");
  const wakeLock = keepAwake();
  // A closed tab ends the rehearsal as a link does.
  addEventListener("pagehide", leave);
  let rehearsal = null;
  let isLeft = false;

  ask();
  return { title: script.title || t.scripts.untitled, node, leave };

  function ask() {
    show(node, askHowToHear(open, `#/script/${scriptId}`));
  }

  async function open(headphones) {
    prefer({ headphones });
    show(node, h("p.centred.quiet", { role: "status" }, t.check.asking));
    try {
      rehearsal = await Rehearsal.open({
        url: `${location.origin.replace(/^http/, "ws")}/v1/live`,
        getTicket: () => api.ticket(),
        start: { script_id: scriptId, scene: scene.id, role, options: options() },
        headphones,
        isMuted: true,
        // The scene waits, but the server listens already: what it hears is what the check shows.
        isPausedFirst: true,
      });
    } catch (problem) {
      explain(await reason(problem));
      return;
    }
    if (isLeft) return rehearsal.close();
    show(node, microphoneCheck(rehearsal.session, begin));
  }

  function begin() {
    rehearsal.loudspeaker.isMuted = false;
    const stage = new Stage({ scene, role, rehearsal, lines, ended });
    show(node, stage.node);
    stage.begin();
  }

  function ended({ sessionId, problem }) {
    if (isLeft) return; // somebody looks at something else by now
    rehearsal.close();
    if (!problem) go(`#/report/${sessionId}`);
    else explain(problem, sessionId);
  }

  function explain(message, sessionId = null) {
    const links = sessionId
      ? h("a.button.primary", { href: `#/report/${sessionId}` }, t.stage.seeReport)
      : h("button.primary", { onclick: ask }, t.retry);
    const back = h("a", { href: `#/script/${scriptId}` }, t.stage.backToScript);
    show(node, h("div.narrow", { role: "alert" }, h("p", {}, message), h("p.buttons", {}, links, back)));
  }

  function leave() {
    isLeft = true;
    removeEventListener("pagehide", leave);
    rehearsal?.close();
    wakeLock.then((lock) => lock?.release());
  }
}

function options() {
  const { promptAfterMs, voice, strictness } = preferences();
  return { prompt_after_ms: promptAfterMs, partner_voice: voice || null, strictness };
}

/** Why there is no rehearsal, in a sentence. */
async function reason(problem) {
  if (problem instanceof MicrophoneError) return t.microphone[problem.code];
  if (problem.error?.message) return problem.error.message;
  if (problem.code === REFUSED) return whyRefused();
  return problem instanceof Error ? tell(problem) : problem.reason || t.unexpected;
}

/** A browser does not say why a socket was refused; whether the server is there says something. */
async function whyRefused() {
  try {
    return (await fetch("/readyz")).ok ? t.stage.full : t.noServer;
  } catch (problem) {
    return tell(problem);
  }
}

/** Hands free means that nobody touches the screen. */
async function keepAwake() {
  try {
    return await navigator.wakeLock?.request("screen");
  } catch {
    return null; // a convenience only
  }
}
