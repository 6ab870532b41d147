// The page begins here: the bar at the top, then the router.

import { h, show } from "./dom.js";
import { isSignedIn, signOut } from "./login.js";
import { go, startRouter } from "./router.js";
import { t } from "./strings.js";

const LINKS = [["scripts", t.nav.scripts], ["practice", t.nav.history], ["settings", t.nav.settings]];
// Pages that belong to one of those.
const UNDER = { script: "scripts", rehearse: "scripts", report: "practice" };

const bar = document.getElementById("top");
const main = document.getElementById("main");
const notice = document.getElementById("notice");

function drawBar(name) {
  document.body.dataset.page = name;
  const mark = h("a.mark", { href: "#/scripts" }, t.appName);
  if (!isSignedIn()) return show(bar, mark);
  const links = LINKS.map(([page, text]) => {
    const isHere = page === (UNDER[name] ?? name);
    return h("a", { href: `#/${page}`, "aria-current": isHere ? "page" : null }, text);
  });
  const leave = h("button.quiet", { onclick: signOutHere }, t.nav.signOut);
  return show(bar, mark, h("nav", { "aria-label": t.appName }, links, leave));
}

async function signOutHere() {
  await signOut().catch(() => {}); // the cookie ends by itself; this page has forgotten its token
  go("#/sign-in");
}

function tellConnection() {
  notice.hidden = navigator.onLine;
  notice.textContent = navigator.onLine ? "" : t.offline;
}

addEventListener("online", tellConnection);
addEventListener("offline", tellConnection);
tellConnection();
startRouter(main, drawBar);
navigator.serviceWorker?.register("/service-worker.js").catch(() => {}); // only for being offline
