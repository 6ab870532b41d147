import assert from "node:assert/strict";
import test from "node:test";

import { stretches } from "../../../../rehearsal_server/web/page/contour.js";
import { dayKey, median, seconds, span } from "../../../../rehearsal_server/web/page/figures.js";
import { inText } from "../../../../rehearsal_server/web/page/line-report.js";
import { masked } from "../../../../rehearsal_server/web/page/script-view.js";

test("a contour is broken where there is no voice, and where the octave is mistaken", () => {
  assert.deepEqual(stretches([null, 0, 1, null, null, 2, 3, 15, 16]), [
    [[1, 0], [2, 1]],
    [[5, 2], [6, 3]],
    [[7, 15], [8, 16]],
  ]);
  assert.deepEqual(stretches([null, 1, null]), [], "one frame is no line");
});

test("each step of the ladder shows less", () => {
  const line = "Then mind the gap, old man. Don't wait!";
  assert.equal(masked(line, "words"), "Then mind the …");
  assert.equal(masked(line, "initials"), "T m t g, o m. D w!");
  assert.equal(masked(line, "hidden"), "");
  assert.equal(masked("My cap.", "words"), "My cap.");
});

test("words that went otherwise are marked, and the line stays as it is written", () => {
  const word = (text, outcome) => ({ text, outcome });
  const followed = [word("You", "said"), word("the", "omitted"), word("cap", "said"), word("the", "omitted")];
  assert.deepEqual(inText("You, the -- cap. Of the.", followed),
    ["You, ", followed[1], " -- cap. Of ", followed[3], "."]);
  assert.deepEqual(inText("Twenty.", [word("20", "omitted")]), ["Twenty."]);
  assert.deepEqual(inText("As written.", []), ["As written."]);
});

test("figures are as people read them", () => {
  assert.equal(seconds(507), "0.5");
  assert.equal(seconds(12_300), "12");
  assert.equal(span(48_000), "48 s");
  assert.equal(span(200_000), "3 min");
  assert.equal(dayKey(new Date(2026, 0, 5, 23, 59)), "2026-01-05");
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1]), 2.5);
  assert.equal(median([]), null);
});
