// What a player should know, in a few words: what fits and why not, what is due, what cards do.
// The page decides nothing: the host does. These words only say beforehand what it will decide.

import { ACE, JACK, QUEEN, SUITS, cardName, isBlackJack, rankName, rankOf, suitOf } from "./cards.js";

export const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
const article = (rank) => (rank === 8 || rank === ACE ? "an" : "a");

/** Return the one rank that answers the attack on the table, 0 if none does, null without one. */
export function answer({ skips, draws, top }) {
  if (skips) return 7;
  if (!draws) return null;
  return rankOf(top) === 2 ? 2 : isBlackJack(top) ? JACK : 0;
}

/** Tell whether a card may lead a play now. */
export function fits(card, state) {
  const wanted = answer(state);
  if (wanted !== null) return rankOf(card) === wanted;
  if (state.suit !== null) return suitOf(card) === state.suit || rankOf(card) === ACE;
  return rankOf(card) === rankOf(state.top) || suitOf(card) === suitOf(state.top);
}

/** Return why a card does not fit now. */
export function whyNot(state) {
  const wanted = answer(state);
  if (wanted) {
    const to = wanted === JACK ? "a black jack" : `a ${wanted}`;
    return `Only a ${rankName(wanted)} answers ${to}.`;
  }
  if (wanted === 0) return `Nothing answers: draw the remaining ${state.draws}.`;
  if (state.suit !== null) return `It takes ${SUITS[state.suit]}, or an ace.`;
  return `It takes the suit or the rank of the ${cardName(state.top)}.`;
}

/** Return the attack that the seat to act must answer, empty without one. */
export function attack(state) {
  if (state.skips) return `${plural(state.skips, "skip")} unless a 7 answers`;
  if (!state.draws) return "";
  const wanted = answer(state), due = `+${plural(state.draws, "card")}`;
  return wanted ? `${due} unless a ${rankName(wanted)} answers` : `${due}: nothing answers a red jack`;
}

/** Return what a player whose turn it is has to do. */
export function demand(hand, state) {
  if (!hand.some((card) => fits(card, state))) {
    return state.draws ? `draw ${plural(state.draws, "card")}` : "nothing fits, draw a card";
  }
  const wanted = answer(state);
  if (wanted) return `answer with a ${rankName(wanted)}`;
  if (state.suit !== null) return `play ${SUITS[state.suit]} or an ace`;
  const rank = rankOf(state.top);
  return `play ${SUITS[suitOf(state.top)]} or ${article(rank)} ${rankName(rank)}`;
}

/** Return what playing these cards of one rank would do, empty for cards without effect. */
export function effect(cards, { draws, skips }) {
  const rank = rankOf(cards[0]);
  if (rank === 2) return `The next player draws ${draws + 2 * cards.length}.`;
  if (rank === 7) {
    const turns = skips + cards.length;
    return turns === 1 ? "The next player is skipped." : `The next ${turns} turns are skipped.`;
  }
  if (rank === JACK) {
    const due = afterJacks(cards, draws);
    return due ? `The next player draws ${due}.` : draws ? "This ends the attack." : "";
  }
  if (rank === QUEEN) return cards.length % 2 ? "This turns the direction." : "This turns the direction twice.";
  return rank === ACE ? "Choose the suit." : "";
}

/** Return the cards due after jacks on top of so many. */
export const afterJacks = (cards, draws) =>
  cards.reduce((due, card) => Math.max(0, due + (isBlackJack(card) ? 5 : -5)), draws);

export const REFUSALS = {
  1: "It is not your turn.",
  2: "These cards do not fit.",
  3: "That card is not in your hand.",
  4: "You can play, so you must.",
  5: "The game has not started.",
  6: "There is no free seat.",
  7: "The game has already started.",
  8: "Somebody else uses that name.",
  255: "The table had already moved on: look again.",
};

const MACHINES = {
  1: "Apple II", 2: "C64", 3: "Spectrum", 4: "DOS", 5: "Amiga", 6: "Atari ST", 7: "BBC Micro", 8: "MSX", 9: "CPC",
  10: "TRS-80", 11: "Atari 800", 12: "VIC-20", 16: "NES", 17: "Game Boy", 19: "Master System", 48: "browser",
  49: "iOS", 50: "Android", 51: "Windows", 52: "macOS", 53: "Linux", 96: "terminal", 97: "SSH", 98: "BBS",
  152: "C128", 159: "Oric", 160: "Dragon 32", 166: "Electron",
};

/** Return the kind of machine that somebody plays on, empty if it is unknown. */
export const machine = (platform) => MACHINES[platform] ?? "";
