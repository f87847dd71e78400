// A link to the host that comes back by itself: after a loss, and when a phone wakes.

import { decode } from "./rubp.js";

const PAUSES_MS = [100, 300, 1000, 2000, 4000];
const ANSWER_MS = 4000; // an action without an answer for so long: the link is dead
const ASLEEP_MS = 8000; // a page that was hidden for longer does not trust its link

/**
 * A WebSocket to the host's tables.
 *
 * `greeting()` returns the HELLO of each new connection, null to stay silent; `heard(messages)`
 * takes what comes; `changed(isOpen)` hears when the link is lost and when it is back.
 */
export class Link {
  #socket = null;
  #tries = 0;
  #timer = 0;
  #answer = 0;
  #hiddenAt = 0;
  #wanted = false;

  constructor({ greeting, heard, changed }) {
    Object.assign(this, { greeting, heard, changed });
    addEventListener("online", () => this.#wake());
    addEventListener("offline", () => this.#wanted && this.#lost());
    addEventListener("pageshow", (event) => event.persisted && this.#wake());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#hiddenAt = Date.now();
      else if (!this.isOpen || Date.now() - this.#hiddenAt > ASLEEP_MS) this.#wake();
    });
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Connect, and say HELLO; a link that is open is replaced. */
  open() {
    this.#wanted = true;
    this.#drop();
    const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`;
    const socket = (this.#socket = new WebSocket(address, "rubp.v1"));
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#tries = 0;
      this.send(this.greeting());
      this.changed(true);
    };
    socket.onmessage = ({ data }) => {
      clearTimeout(this.#answer);
      this.heard(decode(data));
    };
    socket.onclose = () => this.#lost();
  }

  /** Send a frame; without a link it is lost. */
  send(bytes) {
    if (this.isOpen && bytes) this.#socket.send(bytes);
  }

  /** Send a frame that the host answers; without an answer the link is made anew. */
  ask(bytes) {
    this.send(bytes);
    clearTimeout(this.#answer);
    this.#answer = setTimeout(() => this.#wake(), ANSWER_MS);
  }

  /** Hang up, and stay so until `open`. */
  close() {
    this.#wanted = false;
    this.#drop();
  }

  #wake() {
    if (!this.#wanted) return;
    this.changed(false);
    this.open();
  }

  #lost() {
    this.#drop();
    this.changed(false);
    const pause = PAUSES_MS[Math.min(this.#tries, PAUSES_MS.length - 1)];
    this.#tries += 1;
    this.#timer = setTimeout(() => this.#wake(), pause);
  }

  #drop() {
    clearTimeout(this.#timer);
    clearTimeout(this.#answer);
    const socket = this.#socket;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    this.#socket = null;
  }
}
