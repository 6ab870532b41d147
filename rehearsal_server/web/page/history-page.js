// Practice over time: days, figures, past rehearsals.

import { calendar, tile, trend } from "./charts.js";
import { h } from "./dom.js";
import { moment, seconds, span } from "./figures.js";
import { api } from "./login.js";
import { t } from "./strings.js";

const words = t.history;
const DAYS = 17 * 7;
const PAGE = 20;
const MOST_SPOTS = 5;

export async function historyPage() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const query = new URLSearchParams({ days: DAYS, time_zone: zone });
  const [statistics, sessions, scripts, dry] = await Promise.all([
    api.get(`/v1/statistics?${query}`),
    api.get(`/v1/sessions?limit=${PAGE}`),
    Array.fromAsync(api.list("/v1/scripts?limit=100")),
    api.get("/v1/performances?outcome=prompted&limit=100"),
  ]);
  const titles = new Map(scripts.map(({ id, title }) => [id, title]));
  const node = h("section", {}, h("h1", {}, words.title),
    statistics.sessions ? dashboard(statistics) : h("p.quiet", {}, words.empty),
    trouble(dry.items, sessions.items),
    statistics.sessions ? past(sessions, titles) : null);
  return { title: words.title, node };
}

function dashboard({ sessions, minutes, streaks, days }) {
  const byDay = new Map(days.map((day) => [day.date, day.minutes]));
  return h("div.dashboard", {},
    h("dl.overview", {},
      tile(words.streak(streaks.current_days), words.currentStreak),
      tile(words.minutes(Math.round(minutes)), words.total),
      tile(String(sessions), words.sessions)),
    h("figure", {}, calendar(byDay), h("figcaption.quiet", {}, words.calendar)),
    pickupTrend(days));
}

function pickupTrend(days) {
  const values = days.map((day) => day.median_pickup_ms).filter((ms) => ms !== null);
  if (values.length < 2) return null;
  const text = words.pickupTrendText(seconds(values[0]), seconds(values.at(-1)));
  return h("figure", {}, trend(values, text), h("figcaption.quiet", {}, `${words.pickupTrend}. ${text}.`));
}

/** Lines that needed the prompter most often; each can be run again. */
function trouble(takes, sessions) {
  const spots = new Map();
  for (const take of takes) {
    const key = `${take.character}\n${take.line_text}`;
    const spot = spots.get(key) ?? { take, count: 0 }; // the newest take comes first
    spots.set(key, { ...spot, count: spot.count + 1 });
  }
  const worst = [...spots.values()].sort((a, b) => b.count - a.count).slice(0, MOST_SPOTS);
  if (!worst.length) return null;
  return h("section", {}, h("h2", {}, words.trouble),
    h("ul.rows", {}, worst.map((spot) => h("li", {}, troubleSpot(spot, sessions)))));
}

function troubleSpot({ take, count }, sessions) {
  const session = sessions.find(({ id }) => id === take.session_id);
  const parts = [
    h("span.row-main", {}, h("span.speaker", {}, take.character), h("span.script-text", {}, take.line_text)),
    h("span.quiet.row-side", {}, words.promptedTimes(count)),
  ];
  // An old rehearsal is not at hand, and a deleted script cannot be rehearsed.
  if (!session?.script_id) return h("div.row", {}, parts);
  const query = new URLSearchParams({ role: take.character, lines: take.line_id });
  const scene = encodeURIComponent(session.scene_id);
  return h("a.row", { href: `#/rehearse/${session.script_id}/${scene}?${query}` }, parts);
}

function past(first, titles) {
  const list = h("ul.rows", {});
  const more = h("button.secondary", { onclick: async () => {
    add(await api.get(`/v1/sessions?limit=${PAGE}&cursor=${cursor}`));
  } }, words.more);
  let cursor = null;
  add(first);
  return h("section", {}, h("h2", {}, words.sessions), list, more);

  function add({ items, next_cursor: next }) {
    list.append(...items.map((session) => row(session, titles)));
    cursor = next;
    more.hidden = next === null;
  }
}

function row(session, titles) {
  const { id, role, script_id: scriptId, started_at: when, duration_ms: duration, state, summary } = session;
  const title = titles.get(scriptId) || t.scripts.untitled;
  const facts = [role, words[state], duration ? span(duration) : null,
    summary?.prompted ? words.promptedOf(summary.prompted, summary.lines) : null];
  return h("li", {}, h("a.row", { href: `#/report/${id}` },
    h("span.row-main", {}, h("span.script-title", {}, title),
      h("span.quiet", {}, facts.filter(Boolean).join(" · "))),
    h("span.quiet.row-side", {}, moment(when))));
}
