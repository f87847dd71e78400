// RUBP's frames, as docs/PROTOCOL.md lays them out: 16 bytes of header, 48 of payload, version 1.

export const NONE = 0xff, NOBODY = 0xffff;
export const WAITING = 0, PLAYING = 1, FINISHED = 2;
export const FRAME_SIZE = 64;
export const SPEC = 1; // the version of the rules that the page knows
const HEADER_SIZE = 16, CARDS_MAX = 32, BROWSER = 0x0030, WATCHES = 0x80;
const HEARTBEAT = 0, HELLO = 1, PLAY_CARD = 4, DRAW_CARD = 5;

const utf8 = new TextDecoder();
let sequence = 0;

/** Return the frame of a message whose payload `fill(view, bytes)` writes. */
function frame(type, { player = NOBODY, game = 0 }, fill) {
  const bytes = new Uint8Array(FRAME_SIZE), view = new DataView(bytes.buffer);
  bytes.set([0x52, 0x41, 0x43, 0x48, 1, type]);
  sequence = (sequence + 1) & 0xffff;
  view.setUint16(6, sequence);
  view.setUint16(8, player);
  view.setUint16(10, game);
  const payload = bytes.subarray(HEADER_SIZE);
  fill(new DataView(bytes.buffer, HEADER_SIZE), payload);
  return bytes;
}

const putText = (payload, at, text) => payload.set(new TextEncoder().encode(text), at);

/** Return a HEARTBEAT. */
export const heartbeat = () => frame(HEARTBEAT, {}, () => {});

/** Return a HELLO; with `game` it asks for the seat that `token`, 8 bytes, holds there. */
export const hello = ({ name, token, room, game, watch }) =>
  frame(HELLO, { game }, (view, payload) => {
    putText(payload, 0, name);
    view.setUint16(16, BROWSER);
    view.setUint16(18, SPEC);
    payload.set(token, 20);
    putText(payload, 28, room);
    payload[36] = watch ? WATCHES : 0;
  });

/** Return a PLAY_CARD; `suit` is what an ace nominates, else NONE; `mark` names the state. */
export const playCards = (place, cards, suit, mark) =>
  frame(PLAY_CARD, place, (view, payload) => {
    payload[0] = cards.length;
    payload.set(cards, 1);
    payload[33] = suit;
    view.setUint16(34, SPEC);
    payload[36] = 1;
    payload.set(mark, 37);
  });

/** Return a DRAW_CARD for so many cards. */
export const drawCards = (place, count, attacked, mark) =>
  frame(DRAW_CARD, place, (view, payload) => {
    payload[0] = attacked ? 1 : 0;
    payload[1] = count;
    view.setUint16(2, SPEC);
    payload[4] = 1;
    payload.set(mark, 5);
  });

const text = (payload, at, end) => {
  const zero = payload.indexOf(0, at);
  return clean(utf8.decode(payload.subarray(at, zero < 0 || zero > end ? end : zero)));
};

/** Return text without characters that control or turn what is around it. */
const clean = (text) =>
  text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu, "");

const cards = (payload) => [...payload.subarray(1, 1 + Math.min(payload[0], CARDS_MAX))];
const orNull = (byte) => (byte === NONE ? null : byte);

const READERS = {
  2: (view, p) => ({ kind: "welcome", seat: view.getUint16(0), game: view.getUint16(2), seats: p[4], phase: p[5], spec: view.getUint16(6) }),
  3: (view, p) => ({ kind: "dealt", cards: cards(p) }),
  6: (view, p) => ({ kind: "drawn", cards: cards(p) }),
  7: (view, p) => ({
    kind: "state", current: p[0], direction: p[1] ? -1 : 1, top: p[2], suit: orNull(p[3]), draws: p[4],
    skips: p[5], deck: p[6], counts: [...p.subarray(7, 15)], over: p[15] === 1, survivor: orNull(p[16]),
    turn: view.getUint32(17), mark: p.slice(24, 32), discards: p[32],
    order: [...p.subarray(34, 42)].filter((seat) => seat !== NONE),
  }),
  8: (view, p) => ({ kind: "turn", seat: p[0], turn: view.getUint32(1) }),
  9: (view, p) => ({
    kind: "moved", seat: p[0], cards: [...p.subarray(3, 3 + Math.min(p[2], 4))], suit: orNull(p[7]), drew: p[8],
    next: p[9], turn: view.getUint32(10), place: orNull(p[14]),
  }),
  10: (view, p) => ({
    kind: "over", survivor: orNull(p[0]), dealt: p[7] & 2 ? [...p.subarray(16, 24)] : null,
    taken: p[7] & 2 ? [...p.subarray(24, 32)] : null,
  }),
  11: (view, p) => ({ kind: "error", code: p[0] }),
  12: (view, p) => ({
    kind: "present", watchers: p[46],
    platforms: new Map(
      Array.from({ length: Math.min(p[0], 8) }, (_, n) => [p[1 + 6 * n], view.getUint16(2 + 6 * n)]),
    ),
  }),
  13: (view, p) => ({ kind: "said", text: text(p, 0, 47) }),
  14: (view, p) => ({ kind: "named", seat: p[0], name: text(p, 1, 48) }),
  15: (view, p) => ({ kind: "hand", cards: cards(p), turn: view.getUint32(33) }),
};

/** Return the messages in what the host sent, in order; what is unknown is left out. */
export function decode(buffer) {
  const messages = [];
  for (let at = 0; at + FRAME_SIZE <= buffer.byteLength; at += FRAME_SIZE) {
    const header = new DataView(buffer, at, HEADER_SIZE);
    const read = READERS[header.getUint8(5)];
    if (!read || header.getUint32(0) !== 0x52414348) continue;
    const view = new DataView(buffer, at + HEADER_SIZE, FRAME_SIZE - HEADER_SIZE);
    const payload = new Uint8Array(buffer, at + HEADER_SIZE, FRAME_SIZE - HEADER_SIZE);
    messages.push({ ...read(view, payload), ofGame: header.getUint16(10) });
  }
  return messages;
}
