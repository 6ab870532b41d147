// Only for being offline: the page comes from the network, and a plain message in its place where
// there is none. Nothing of anybody's data is ever kept here.

const CACHE = "rehearsal-{version}";
const MESSAGE = "/web/{version}/offline.html";
const PARTS = [MESSAGE, "/web/{version}/styles/tokens.css", "/web/{version}/styles/base.css"];

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(PARTS)));
  skipWaiting();
});

addEventListener("activate", (event) => {
  event.waitUntil(forgetOlder());
});

async function forgetOlder() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  await clients.claim();
}

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(MESSAGE)));
  } else if (PARTS.includes(new URL(request.url).pathname)) {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  }
});
