import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

import { t } from "../../../../rehearsal_server/web/page/strings.js";

const PAGE = new URL("../../../../rehearsal_server/web/page/", import.meta.url);
const sources = readdirSync(PAGE).filter((name) => name !== "strings.js")
  .map((name) => readFileSync(new URL(name, PAGE), "utf8")).join("\n");

// Chosen by a value that the server or the browser gives.
const BY_VALUE = ["completed", "abandoned", "live", "microphone", "ladder", "outcome", "miscues", "baseline", "notJudged", "strict", "keys", "diagnostics"];

function* paths(strings, before = []) {
  for (const [name, value] of Object.entries(strings)) {
    if (typeof value === "object") yield* paths(value, [...before, name]);
    else yield [...before, name];
  }
}

test("every string is shown somewhere", () => {
  const unused = [...paths(t)]
    .filter((path) => !path.some((name) => BY_VALUE.includes(name)))
    .filter((path) => !new RegExp(`\\.${path.at(-1)}\\b`).test(sources));
  assert.deepEqual(unused, []);
});

test("nothing is empty", () => {
  for (const path of paths(t)) {
    const value = path.reduce((strings, name) => strings[name], t);
    const text = typeof value === "function" ? value(1, 2) : value;
    assert.ok(text.trim(), path.join("."));
  }
});
