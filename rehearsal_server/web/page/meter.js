// Level and pitch, calm: a bar that breathes and a bead that rises and falls with the voice.

import { h } from "./dom.js";

const QUIET_DBFS = -60;
const FULL_DBFS = -8;
const LOW_HZ = 70;
const HIGH_HZ = 450;

export class Meter {
  /** @param {string} label what a screen reader calls it */
  constructor(label) {
    this._bar = h("span.meter-bar");
    this._bead = h("span.meter-bead");
    this.node = h("div.meter", { role: "img", "aria-label": label }, this._bar, this._bead);
  }

  /** @param {{level_dbfs: number, f0_hz: number | null, speaking: boolean}} level */
  show({ level_dbfs: dbfs, f0_hz: hz, speaking }) {
    const share = clamp((dbfs - QUIET_DBFS) / (FULL_DBFS - QUIET_DBFS));
    this._bar.style.setProperty("--level", share.toFixed(3));
    this.node.classList.toggle("speaking", speaking);
    this._bead.classList.toggle("voiced", hz !== null && speaking);
    if (hz === null) return;
    const height = clamp(Math.log(hz / LOW_HZ) / Math.log(HIGH_HZ / LOW_HZ));
    this._bead.style.setProperty("--pitch", height.toFixed(3));
  }
}

function clamp(share) {
  return Math.max(0, Math.min(1, share));
}
