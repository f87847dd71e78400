// The key to a seat, kept for as long as its tab lives: whoever has it gets the seat back.

const KEY = "rachel-seat ", NAME = "rachel-name";

/** Return the seat kept for a room, `{ game, token }`, null if there is none. */
export function keptSeat(room) {
  try {
    const { game, token } = JSON.parse(sessionStorage.getItem(KEY + room));
    return { game, token: Uint8Array.from(token) };
  } catch {
    return null;
  }
}

/** Keep a seat, or forget it with null. */
export function keepSeat(room, seat) {
  try {
    if (seat) sessionStorage.setItem(KEY + room, JSON.stringify({ game: seat.game, token: [...seat.token] }));
    else sessionStorage.removeItem(KEY + room);
  } catch {
    // Without storage a reload costs the seat; the game goes on.
  }
}

export const freshToken = () => crypto.getRandomValues(new Uint8Array(8));

/** Return the name that was used last in this browser, empty at first. */
export function keptName() {
  try {
    return localStorage.getItem(NAME) ?? "";
  } catch {
    return "";
  }
}

export function keepName(name) {
  try {
    localStorage.setItem(NAME, name);
  } catch {
    // It is asked for again.
  }
}

/** Return a name as a HELLO holds it: 15 plain characters, accents left out. */
export const plainName = (name) =>
  name.normalize("NFKD").replace(/[^\x20-\x7e]/g, "").trim().replace(/\s+/g, " ").slice(0, 15).trim();
