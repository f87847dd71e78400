// A link to the host that comes back by itself: after a loss, a silence, and when a phone wakes.

import { decode, heartbeat } from "./rubp.js";

const PAUSES_MS = [100, 300, 1000, 2000, 4000];
const BEAT_MS = 10000; // between heartbeats, each of which the host answers
// Without any frame from the host for so long the link is dead:
const SILENCE_MS = 25000;
const OPENING_MS = 10000; // when it was to open
const ANSWER_MS = 4000; // after an action
const CHECK_MS = 1500; // when a page that was hidden is seen again

/**
 * A WebSocket to the host's tables.
 *
 * `greeting()` returns the HELLO of each new connection, null to stay silent; `heard(messages)`
 * takes what comes; `changed(isOpen)` hears when the link is lost and when the host is heard again. A
 * page that is hidden, whose timers stand still, says nothing and waits for nothing until it is seen.
 */
export class Link {
  #socket = null;
  #tries = 0;
  #timer = 0;
  #beat = 0;
  #silence = 0;
  #wanted = false;

  constructor({ greeting, heard, changed }) {
    Object.assign(this, { greeting, heard, changed });
    addEventListener("online", () => this.#wake());
    addEventListener("offline", () => this.#wanted && this.#lost());
    addEventListener("pageshow", (event) => event.persisted && this.#wake());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) clearTimeout(this.#silence);
      else this.#check();
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
    let isHeard = false;
    socket.onopen = () => {
      this.#expect(SILENCE_MS);
      this.send(this.greeting());
    };
    socket.onmessage = ({ data }) => {
      this.#expect(SILENCE_MS);
      if (!isHeard) {
        isHeard = true;
        this.#tries = 0;
        this.changed(true);
      }
      this.heard(decode(data));
    };
    socket.onclose = () => this.#lost();
    this.#expect(OPENING_MS);
    this.#beat = setInterval(() => document.hidden || this.send(heartbeat()), BEAT_MS);
  }

  /** Send a frame; without a link it is lost. */
  send(bytes) {
    if (this.isOpen && bytes) this.#socket.send(bytes);
  }

  /** Send a frame that the host answers; without an answer the link is made anew. */
  ask(bytes) {
    this.send(bytes);
    this.#expect(ANSWER_MS);
  }

  /** Hang up, and stay so until `open`. */
  close() {
    this.#wanted = false;
    this.#drop();
  }

  /** Make the link anew unless a frame comes in time. */
  #expect(ms) {
    clearTimeout(this.#silence);
    if (!document.hidden) this.#silence = setTimeout(() => this.#wake(), ms);
  }

  #check() {
    if (!this.isOpen) return this.#wake();
    this.send(heartbeat());
    this.#expect(CHECK_MS);
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
    clearInterval(this.#beat);
    clearTimeout(this.#silence);
    const socket = this.#socket;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    this.#socket = null;
  }
}
