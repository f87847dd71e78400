// The record of a finished game (docs/FORMATS.md): reading one exactly, and checking all it says.
// Files come from strangers: every field that is used is looked at first.

import { SUITS } from "./cards.js";
import { Game } from "./engine.js";
import { commitmentOf } from "./proof.js";

const RANKS = ["2", "3", "4", "5", "6", "7", "8", "9", "10", "jack", "queen", "king", "ace"];
const U64_END = 1n << 64n;
const EXACT_MAX = BigInt(Number.MAX_SAFE_INTEGER);
// Strings are matched, too, so that digits in them are left alone.
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;
const MARK = "\u0000u64:";

/** A text that is no record; the message names the field that is wrong. */
export class Unreadable extends Error {}

/**
 * Read a JSON text and return the record: as in the text, but integers of 64 bits are BigInts, cards
 * are bytes and suits numbers. `rounded` tells whether a program has rounded its large numbers.
 * Throws Unreadable.
 */
export function readRecord(text) {
  try {
    JSON.parse(text);
  } catch {
    throw new Unreadable("This file is not JSON.");
  }
  const large = [];
  const exact = text.replace(TOKENS, (token) => {
    if (token[0] === '"' || Math.abs(Number(token)) <= Number.MAX_SAFE_INTEGER) return token;
    large.push(token);
    return JSON.stringify(MARK + token);
  });
  const rounded = looksRounded(large);
  try {
    return { ...recordOf(JSON.parse(exact)), rounded };
  } catch (error) {
    if (rounded && error instanceof Unreadable) error.message += ` ${ROUNDED}`;
    throw error;
  }
}

export const ROUNDED = "Its large numbers look rounded, as programs do that take them for floating point: get the record anew.";

/** Tell whether floating point numbers stand in place of these; one by itself may be chance. */
function looksRounded(large) {
  if (large.some((token) => !/^-?\d+$/.test(token))) return true;
  const inRange = large.map(BigInt).filter((number) => number > EXACT_MAX && number < U64_END);
  return inRange.length > 1 && inRange.every(isRounded);
}

function isRounded(number) {
  const near = Number(number), [digits, exponent] = near.toExponential(16).split("e");
  const printed = digits.replace(".", "").padEnd(Number(exponent) + 1, "0").slice(0, Number(exponent) + 1);
  return [BigInt(near), BigInt(String(near)), BigInt(printed)].includes(number);
}

function must(fine, where, wanted) {
  if (!fine) throw new Unreadable(`This is not the record of a game: ${where} must be ${wanted}.`);
}

function objectOf(value, where) {
  must(value !== null && typeof value === "object" && !Array.isArray(value), where, "an object");
  return value;
}

function textOf(value, where) {
  must(typeof value === "string" && !value.startsWith(MARK), where, "a text");
  return value;
}

function listOf(value, where, read) {
  must(Array.isArray(value), where, "a list");
  return value.map((item, n) => read(item, `${where}[${n}]`));
}

function u64(value, where) {
  const digits = typeof value === "string" && value.startsWith(MARK) ? value.slice(MARK.length) : null;
  const number = Number.isSafeInteger(value) ? BigInt(value) : /^\d+$/.test(digits) ? BigInt(digits) : -1n;
  must(number >= 0n && number < U64_END, where, "an integer of 64 bits");
  return number;
}

const hashOf = (value, where) => (value === null || value === undefined ? null : u64(value, where));

function hexOf(value, where, digits) {
  must(typeof value === "string" && value.length === digits && /^[0-9a-f]*$/i.test(value), where, `${digits} hexadecimal digits`);
  return value.toLowerCase();
}

function seatsOf(value, where, count) {
  const seats = listOf(value, where, (seat, at) => {
    must(Number.isInteger(seat) && seat >= 0 && seat < count, at, "a seat");
    return seat;
  });
  must(new Set(seats).size === seats.length, where, "a list of different seats");
  return seats;
}

function known(value, where, names) {
  must(names.includes(value), where, `one of ${names.join(", ")}`);
  return names.indexOf(value);
}

function cardOf(value, where) {
  const { rank, suit } = objectOf(value, where);
  return (known(suit, `${where}.suit`, SUITS) << 6) | (known(rank, `${where}.rank`, RANKS) + 2);
}

function stepOf(value, where) {
  const { action, expectedStateHash } = objectOf(value, where);
  const { type, cards, nominatedSuit } = objectOf(action, `${where}.action`);
  const hash = hashOf(expectedStateHash, `${where}.expectedStateHash`);
  if (known(type, `${where}.action.type`, ["draw", "play"]) === 0) return { cards: null, suit: null, hash };
  const suit = nominatedSuit ?? null;
  return {
    cards: listOf(cards, `${where}.action.cards`, cardOf),
    suit: suit === null ? null : known(suit, `${where}.action.nominatedSuit`, SUITS),
    hash,
  };
}

function traceOf(value, where) {
  const trace = objectOf(value, where);
  must(trace.specVersion === 1, `${where}.specVersion`, "1");
  const names = listOf(trace.playerNames, `${where}.playerNames`, textOf);
  must(names.length >= 2 && names.length <= 8, `${where}.playerNames`, "2 to 8 names");
  return {
    names,
    bots: seatsOf(trace.aiPlayerIndices, `${where}.aiPlayerIndices`, names.length),
    seed: u64(trace.seed, `${where}.seed`),
    hash: hashOf(trace.initialStateHash, `${where}.initialStateHash`),
    steps: listOf(trace.steps, `${where}.steps`, stepOf),
  };
}

function recordOf(value) {
  const record = objectOf(value, "the document");
  const seats = listOf(record.seats, "seats", (seat, where) => {
    const { name, bot } = objectOf(seat, where);
    return { name: textOf(name, `${where}.name`), bot: bot === null ? null : textOf(bot, `${where}.bot`) };
  });
  return {
    id: textOf(record.id, "id"),
    room: textOf(record.room, "room"),
    commitment: hexOf(record.commitment, "commitment", 64),
    seed: u64(record.seed, "seed"),
    nonce: hexOf(record.nonce, "nonce", 32),
    seats,
    places: seatsOf(record.places, "places", seats.length),
    replay: traceOf(record.replay, "replay"),
  };
}

/**
 * Replay a record and check commitment, deal, seats, every action, every state and the places.
 * Return `moves` ({seat, cards or null for a draw, suit, drawn, place}), `states` before the first
 * move and after each, `checked`: how many states after a move had a hash that agrees, and `problem`: null, or the
 * first thing that is not true, in words. Moves and states end before an action that is refused.
 */
export function check(record) {
  const { replay } = record, moves = [], states = [], problems = [];
  let checked = 0;
  const say = (text) => problems.push(text);
  if (commitmentOf(record.seed.toString(16), record.nonce) !== record.commitment) {
    say("The commitment announced before the game is not that of this seed and nonce.");
  }
  if (replay.seed !== record.seed) say(`The replay is dealt from seed ${replay.seed}, the record from ${record.seed}.`);
  const game = Game.deal(replay.names.length, replay.seed);
  const agrees = (hash, text) => {
    const same = hash === null || hash === game.hash();
    if (!same) say(`${text} leads to another state than the record says: ${game.hash()}, not ${hash}.`);
    return same && hash !== null;
  };
  agrees(replay.hash, "The shuffle");
  if (JSON.stringify(record.seats.map(({ name }) => name)) !== JSON.stringify(replay.names)) {
    say("The names differ between the record and its replay.");
  }
  if (record.seats.some(({ bot }, seat) => (bot !== null) !== replay.bots.includes(seat))) {
    say("The bots differ between the record and its replay.");
  }
  states.push(stateOf(game));
  try {
    for (const { cards, suit, hash } of replay.steps) {
      const seat = game.current;
      const drawn = cards ? game.play(cards, suit) ?? null : game.draw();
      moves.push({ seat, cards, suit, drawn, place: game.order.indexOf(seat) + 1 });
      states.push(stateOf(game));
      if (agrees(hash, `Step ${moves.length}`)) checked += 1;
    }
    if (!game.over) say(`The game is not over after its ${replay.steps.length} steps.`);
    else if (game.places.join() !== record.places.join()) say("The places are not those that the game ends with.");
  } catch (error) {
    say(`Step ${moves.length + 1} is refused: ${error.message.replace(/\.$/, "")}.`);
  }
  const problem = problems[0] ?? null;
  return { moves, states, checked, problem: problem && record.rounded ? `${problem} ${ROUNDED}` : problem };
}

/** Return what can be seen of a game, with the names that words.js knows. */
function stateOf({ hands, deck, top, pile, current, direction, draws, skips, suit, order, over, turn }) {
  const [shown, out] = [hands.map((hand) => [...hand]), [...order]];
  return { hands: shown, deck: deck.length, top, pile: pile.length, current, direction, draws, skips, suit, order: out, over, turn };
}
