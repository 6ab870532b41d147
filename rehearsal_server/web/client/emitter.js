/** Typed events: `on` gives a function that ends the listening. */
export class Emitter {
  constructor() {
    this._listeners = new Map();
  }

  /**
   * @template {keyof import("./messages.d.ts").ServerMessages} T
   * @param {T} type a message's `type`, or "*" for every one
   * @param {(message: import("./messages.d.ts").ServerMessages[T]) => void} listener
   * @returns {() => void}
   */
  on(type, listener) {
    const listeners = this._listeners.get(type) ?? new Set();
    this._listeners.set(type, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** The next message of a type. @returns {Promise<any>} */
  once(type) {
    return new Promise((resolve) => {
      const off = this.on(type, (message) => {
        off();
        resolve(message);
      });
    });
  }

  emit(type, message) {
    for (const key of [type, "*"]) {
      for (const listener of [...(this._listeners.get(key) ?? [])]) listener(message, type);
    }
  }
}
