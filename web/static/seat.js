// What is kept of a player: for as long as the tab lives the key to each seat and what is picked
// there, for longer the name. Whoever has the key of a seat gets it back.

/** Return what is kept under a name, null if nothing is. */
export function kept(name, storage = "sessionStorage") {
  try {
    return JSON.parse(window[storage][`rachel-${name}`]);
  } catch {
    return null;
  }
}

export function keep(name, value, storage = "sessionStorage") {
  try {
    window[storage][`rachel-${name}`] = JSON.stringify(value);
  } catch {
    // Without storage a reload costs the seat; the game goes on.
  }
}

export const freshToken = () => [...crypto.getRandomValues(new Uint8Array(8))];

/** Return a name as a HELLO holds it: 15 plain characters, accents left out. */
export const plainName = (name) =>
  name.normalize("NFKD").replace(/[^\x20-\x7e]/g, "").trim().replace(/\s+/g, " ").slice(0, 15).trim();
