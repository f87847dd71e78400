// The proof that a deal was fixed before the first card (docs/PROTOCOL.md, Proof of the deal).

import { Game } from "./engine.js";

/**
 * Tell whether a game was dealt as promised: seed and nonce have the announced hash, the seed deals the
 * hand that `seat` was dealt (null: we watch, or came later), and the moves seen since the deal are
 * legal there and give us the cards that we drew. Null while a part was not announced.
 *
 * `told`: the announced values by their names, hexadecimal; `moves`: what was seen, in order: cards,
 * suit, and `drawn`, our own cards of a draw, null if they are another's.
 */
export function holds({ told, seats, seat, hand, moves }) {
  const seed = told.Seed, nonce = told.Nonce, known = [told["Deal proof 1/2"], told["Deal proof 2/2"]];
  if (!seed || !nonce || !known[0] || !known[1]) return null;
  if (commitmentOf(seed, nonce) !== known.join("")) return false;
  const game = Game.deal(seats, BigInt(`0x${seed}`));
  const same = (one, other) => [...one].sort().join() === [...other].sort().join();
  if (hand && !same(game.hands[seat], hand)) return false;
  try {
    return moves.every(({ cards, suit, drawn }) => {
      if (cards.length) return game.play(cards, suit), true;
      const dealt = game.draw();
      return !drawn || same(dealt, drawn);
    });
  } catch {
    return false;
  }
}

/**
 * Return the commitment of a seed (up to 16 hexadecimal digits) and a nonce (32): 64 digits, the
 * SHA-256 of both. It is our own because browsers keep theirs from pages over plain HTTP.
 */
export function commitmentOf(seedHex, nonceHex) {
  const bytes = (seedHex.padStart(16, "0") + nonceHex).match(/../g).map((digits) => parseInt(digits, 16));
  return sha256(bytes).map((word) => word.toString(16).padStart(8, "0")).join("");
}

/** Return the eight words of the SHA-256 of at most 55 bytes, which are one block. */
function sha256(bytes) {
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((prime) => n % prime)) primes.push(n);
  const fraction = (root) => ((root % 1) * 2 ** 32) >>> 0;
  const rotate = (word, by) => (word >>> by) | (word << (32 - by));
  const start = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
  const block = new DataView(new ArrayBuffer(64));
  [...bytes, 0x80].forEach((byte, at) => block.setUint8(at, byte));
  block.setUint16(62, bytes.length * 8);
  const words = Array.from({ length: 16 }, (_, n) => block.getUint32(4 * n));
  let [a, b, c, d, e, f, g, h] = start;
  for (let n = 0; n < 64; n += 1) {
    if (n > 15) {
      const old = words[n - 15], late = words[n - 2];
      const first = rotate(old, 7) ^ rotate(old, 18) ^ (old >>> 3);
      const second = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
      words[n] = (words[n - 16] + first + words[n - 7] + second) >>> 0;
    }
    const mixed = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25), choice = (e & f) ^ (~e & g);
    const one = (h + mixed + choice + fraction(Math.cbrt(primes[n])) + words[n]) >>> 0;
    const two = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) >>> 0, c, b, a, (one + two) >>> 0];
  }
  return [a, b, c, d, e, f, g, h].map((word, n) => (word + start[n]) >>> 0);
}
