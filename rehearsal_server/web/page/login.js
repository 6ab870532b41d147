// Who is signed in on this page. The access token lives in memory, the rest in a cookie that no
// script can read; `localStorage` remembers only that there may be one.

import { RestClient, RestProblem } from "../client/rest.js";

const MAY_BE_SIGNED_IN = "rehearsal.signed-in";
// A token is renewed this long before it expires.
const MARGIN_MS = 30_000;

const open = new RestClient();
let token = null;
let expiresAt = 0;

/** The API in the name of whoever is signed in. */
export const api = new RestClient({ getToken: accessToken });

export function isSignedIn() {
  return token !== null || localStorage.getItem(MAY_BE_SIGNED_IN) !== null;
}

export async function register(email, password, displayName) {
  await open.post("/v1/auth/register", { email, password, display_name: displayName });
  await signIn(email, password);
}

export async function signIn(email, password) {
  keep(await open.post("/v1/auth/browser/login", { email, password }));
}

export async function signOut() {
  try {
    await api.post("/v1/auth/browser/logout");
  } finally {
    forget();
  }
}

export function askForReset(email) {
  return open.post("/v1/auth/password-resets", { email });
}

export function completeReset(resetToken, newPassword) {
  const body = { token: resetToken, new_password: newPassword };
  return open.post("/v1/auth/password-resets/complete", body);
}

export function forget() {
  token = null;
  localStorage.removeItem(MAY_BE_SIGNED_IN);
}

async function accessToken() {
  if (Date.now() < expiresAt - MARGIN_MS) return token;
  // One tab at a time: a refresh token that is used twice ends the login.
  if (navigator.locks) await navigator.locks.request("rehearsal.login", refresh);
  else await refresh();
  return token;
}

async function refresh() {
  if (Date.now() < expiresAt - MARGIN_MS) return;
  try {
    keep(await open.post("/v1/auth/browser/refresh"));
  } catch (problem) {
    if (problem instanceof RestProblem && problem.status === 401) forget();
    throw problem;
  }
}

function keep(tokens) {
  token = tokens.access_token;
  expiresAt = Date.now() + 1000 * tokens.expires_in;
  localStorage.setItem(MAY_BE_SIGNED_IN, "yes");
}
