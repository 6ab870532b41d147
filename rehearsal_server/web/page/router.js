// Pages by the part of the address behind `#`: the server has one page, and links still work.

import { h, show } from "./dom.js";
import { forget, isSignedIn } from "./login.js";
import { t } from "./strings.js";

/** @typedef {{title: string, node: Node, leave?: () => void}} Page */

const PAGES = {
  "sign-in": { load: () => import("./account-pages.js"), name: "signInPage", isOpen: true },
  register: { load: () => import("./account-pages.js"), name: "registerPage", isOpen: true },
  reset: { load: () => import("./account-pages.js"), name: "resetPage", isOpen: true },
  scripts: { load: () => import("./scripts-page.js"), name: "scriptsPage" },
  script: { load: () => import("./script-page.js"), name: "scriptPage" },
  rehearse: { load: () => import("./rehearse-page.js"), name: "rehearsePage" },
  report: { load: () => import("./report-page.js"), name: "reportPage" },
  practice: { load: () => import("./history-page.js"), name: "historyPage" },
  settings: { load: () => import("./settings-page.js"), name: "settingsPage" },
};

let leave = null;
let turn = 0;

export function go(address) {
  if (location.hash === address) render();
  else location.hash = address;
}

/** Show pages in `main` from now on; `onPage` is told the name of each. */
export function startRouter(main, onPage) {
  const open = () => location.hash.match(/^#(\/|$)/) !== null && render(main, onPage);
  render = () => renderPage(main, onPage);
  addEventListener("hashchange", open);
  render();
}

let render = () => {};

async function renderPage(main, onPage) {
  const mine = (turn += 1);
  const { name, path, query } = parse(location.hash);
  const route = PAGES[name];
  if (!route.isOpen && !isSignedIn()) return go("#/sign-in");
  leave?.();
  leave = null;
  onPage(name);
  const slow = setTimeout(() => show(main, h("p.quiet.centred", {}, t.loading)), 300);
  let page;
  try {
    page = await (await route.load())[route.name](path, query);
  } catch (problem) {
    if (problem.status === 401) forget();
    page = explain(problem);
  }
  clearTimeout(slow);
  if (mine !== turn) return page.leave?.();
  leave = page.leave ?? null;
  document.title = `${page.title} · ${t.appName}`;
  show(main, page.node);
  main.dataset.page = name;
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
}

function parse(hash) {
  const [address, search = ""] = hash.replace(/^#\/?/, "").split("?");
  const [name, ...path] = address.split("/").map(decodeURIComponent);
  const query = new URLSearchParams(search);
  if (name in PAGES) return { name, path, query };
  return { name: "scripts", path: [], query };
}

/** What went wrong, with a way on. @returns {Page} */
function explain(problem) {
  const again = h("button.secondary", { onclick: () => render() }, t.retry);
  const node = h("section.narrow", {}, h("h1", {}, t.unexpected), h("p", {}, tell(problem)), again);
  return { title: t.unexpected, node };
}

/** A problem in a sentence for people. */
export function tell(problem) {
  if (problem instanceof TypeError) return navigator.onLine ? t.noServer : t.offline;
  if (problem.status === 404) return t.notFound;
  return problem.message || t.unexpected;
}
