// What happened in a rehearsal, line by line, and what to do about it.

import { h } from "./dom.js";
import { moment, seconds, span } from "./figures.js";
import { lineReport } from "./line-report.js";
import { api } from "./login.js";
import { t } from "./strings.js";

const words = t.report;

export async function reportPage([sessionId]) {
  const session = await api.get(`/v1/sessions/${sessionId}`);
  const script = session.script_id ? await scriptOf(session.script_id) : null;
  const takes = session.performances;
  const node = h("section.report", {},
    h("header", {},
      h("h1", {}, words.title),
      h("p.quiet", {}, headline(session, script))),
    takes.length ? overview(session) : h("p", {}, words.nothing),
    session.state === "abandoned" && takes.length ? h("p.quiet", {}, words.abandoned) : null,
    runAgain(session),
    h("ol.takes", {}, takes.map((take) => lineReport({ take, script, remarks: remarksOn(session, take) }))));
  return { title: words.title, node };
}

/** The script, unless it is deleted by now: the report does without its cue lines then. */
async function scriptOf(id) {
  try {
    return (await api.get(`/v1/scripts/${id}`)).script;
  } catch (problem) {
    if (problem.status === 404) return null;
    throw problem;
  }
}

function headline({ role, started_at: when }, script) {
  return [script?.title, role, words.when(moment(when))].filter(Boolean).join(" · ");
}

function overview({ summary, duration_ms: durationMs }) {
  const { median_pickup_ms: pickup, median_articulation_rate: pace, lines, prompted } = summary;
  const figures = [
    [words.pickup, pickup === null ? null : `${seconds(pickup)} s`],
    [words.pace, pace === null ? null : `${pace.toFixed(1)}`, words.paceUnit],
    [words.lines, String(lines)],
    [words.prompted, String(prompted)],
    [words.duration, span(durationMs)],
  ];
  return h("dl.overview", {}, figures.filter(([, value]) => value !== null)
    .map(([name, value, unit]) => h("div", {}, h("dt", {}, name),
      h("dd", {}, value, unit ? h("small", {}, ` ${unit}`) : null))));
}

/** Lines with something to do about them, and the whole scene. */
function runAgain({ script_id: scriptId, scene_id: sceneId, role, feedback }) {
  if (!scriptId) return null;
  const lines = [...new Set(feedback.filter(({ line_id: id, severity }) => id && severity !== "info")
    .map(({ line_id: id }) => id))];
  const address = (more) =>
    `#/rehearse/${scriptId}/${encodeURIComponent(sceneId)}?${new URLSearchParams({ role, ...more })}`;
  const some = h("a.button.primary", { href: address({ lines: lines.join(",") }), title: words.againHint },
    words.again(lines.length));
  const kind = lines.length ? "secondary" : "primary";
  return h("p.buttons", {}, lines.length ? some : null,
    h(`a.button.${kind}`, { href: address({}) }, words.whole));
}

function remarksOn({ feedback }, { id }) {
  return feedback.filter(({ performance_id: of }) => of === id);
}
