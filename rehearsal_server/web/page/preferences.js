// What somebody likes on this device.

const KEY = "rehearsal.preferences";
const DEFAULTS = {
  promptAfterMs: 3000,
  voice: "",
  ladder: "full",
  strictness: "close",
  headphones: true,
};

export function preferences() {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY)) };
  } catch {
    return { ...DEFAULTS }; // unreadable: as if there were none
  }
}

export function prefer(changes) {
  localStorage.setItem(KEY, JSON.stringify({ ...preferences(), ...changes }));
}
