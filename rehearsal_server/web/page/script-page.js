// One script: choose scene and part; look at what the import understood.

import { castReview, editor, parseReport } from "./script-review.js";
import { h, icon, show } from "./dom.js";
import { api } from "./login.js";
import { t } from "./strings.js";

const words = t.script;

export async function scriptPage([id]) {
  const { script, revision } = await api.get(`/v1/scripts/${id}`);
  const node = h("section");
  draw(script, revision);
  return { title: script.title || t.scripts.untitled, node };

  function draw(shown, atRevision) {
    const context = {
      path: `/v1/scripts/${id}`,
      script: shown,
      ifMatch: { "if-match": `"${atRevision}"` },
      changed: (view) => draw(view.script, view.revision),
    };
    show(node,
      h("header", {},
        h("h1.script-title", {}, shown.title || t.scripts.untitled),
        shown.author ? h("p.quiet", {}, words.by(shown.author)) : null),
      chooser(id, shown),
      parseReport(shown),
      castReview(context),
      editor(context));
  }
}

/** Scene and part, then one button. */
function chooser(id, script) {
  const playable = script.scenes.filter((scene) => linesOf(scene).length > 0);
  const form = h("form.card.chooser", { onchange: () => choose() });
  let scene = playable[0];
  let role = null;
  choose();
  return form;

  function choose() {
    const chosen = new FormData(form);
    scene = playable.find((one) => one.id === chosen.get("scene")) ?? scene;
    const cast = castOf(scene);
    const wanted = chosen.get("role") ?? role;
    role = cast.some(({ name }) => name === wanted) ? wanted : likelyRole(cast);
    const focused = document.activeElement?.id;
    show(form,
      playable.length > 1 ? scenes() : null,
      roles(cast),
      h("a.button.primary.wide", { href: address() }, words.rehearseAs(role), icon("arrow")));
    if (focused) form.querySelector(`#${CSS.escape(focused)}`)?.focus();
  }

  function address() {
    return `#/rehearse/${id}/${encodeURIComponent(scene.id)}?${new URLSearchParams({ role })}`;
  }

  function scenes() {
    const options = playable.map((one, index) => {
      const heading = one.heading || words.sceneUntitled(index + 1);
      return option("scene", one.id, one === scene, heading, words.lines(linesOf(one).length));
    });
    return h("fieldset.options.scroll", {}, h("legend", {}, words.chooseScene), options);
  }

  function roles(cast) {
    const options = cast.map(({ name, count }) =>
      option("role", name, name === role, name, words.lines(count)));
    return h("fieldset.options", {}, h("legend", {}, words.choosePart), options);
  }
}

function option(group, value, checked, title, note) {
  const id = `${group}-${value}`;
  return h("label.option", {},
    h("input", { type: "radio", name: group, value, checked, id }),
    h("span", {}, title), h("span.quiet", {}, note));
}

export function linesOf(scene) {
  return scene.elements.filter((element) => element.type === "line");
}

/** Who speaks in a scene, in order of appearance. */
function castOf(scene) {
  const counts = new Map();
  for (const { character } of linesOf(scene)) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => ({ name, count }));
}

/** Whoever answers first: to begin with a cue is easier than with a line. */
function likelyRole(cast) {
  return (cast[1] ?? cast[0]).name;
}
