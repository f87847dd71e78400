// What a browser knows of its table, from the host's messages alone, and the story of the game.

import { ACE, JACK, QUEEN, SUITS, cardNames, rankOf } from "./cards.js";
import { FINISHED, NOBODY, PLAYING, WAITING } from "./rubp.js";
import { REFUSALS, afterJacks, plural } from "./words.js";

const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];
const NEWS_MAX = 200;

/**
 * The table of one player, or of one who watches.
 *
 * `seat` is null for those who watch, `state` null before the deal; `dealt` is the hand we were dealt,
 * `moves` what was done since the deal, up to the first turn that was missed, `proof` what the host
 * announced of the deal; `news` the story, the newest last; `refusal` is why the last action failed.
 */
export class Table {
  constructor() {
    Object.assign(this, { game: 0, phase: null, seat: null, seats: 0, room: "", clock: null, watchers: 0, news: [], told: 0 });
    this.forget();
  }

  forget() {
    Object.assign(this, { names: [], platforms: new Map(), hand: [], state: null, moves: [], acted: null });
    Object.assign(this, { result: null, proof: {}, refusal: "", dealt: null, lastDrawn: [], last: null, left: null, gone: new Map() });
  }

  get watches() {
    return this.seat === null;
  }

  /** Whether it is for us to act, and nothing of ours is on its way. */
  get prompt() {
    const { state } = this;
    return this.phase === PLAYING && state !== null && !state.over && state.current === this.seat
      && this.acted !== state.turn && state.counts[this.seat] === this.hand.length;
  }

  name(seat) {
    return this.names[seat] ?? `Seat ${seat + 1}`;
  }

  isAway(seat) {
    return this.phase !== WAITING && seat !== this.seat && !this.platforms.has(seat);
  }

  tell(text) {
    this.news.push(text);
    this.told += 1;
    if (this.news.length > NEWS_MAX) this.news.shift();
  }

  /** Take a message. Those of another game than the one welcomed to are late, and left out. */
  take(message) {
    if (message.kind === "welcome" || !message.ofGame || message.ofGame === this.game) this[`on${message.kind[0].toUpperCase()}${message.kind.slice(1)}`]?.(message);
  }

  // The messages, by their kind; those without a method say nothing new

  onWelcome({ seat, game, seats, phase }) {
    const again = game === this.game;
    if (!again) this.forget();
    Object.assign(this, { game, seats, phase, seat: seat === NOBODY ? null : seat, acted: null, refusal: "", left: null });
    if (seat === NOBODY) this.tell("You are watching.");
    else if (!again) this.tell(phase === PLAYING ? "You are back at your seat." : "You have a seat.");
  }

  onNamed({ seat, name }) {
    this.names[seat] = name;
  }

  onPresent({ platforms, watchers }) {
    if (this.phase === WAITING) {
      for (const seat of platforms.keys()) {
        if (!this.platforms.has(seat) && seat !== this.seat) this.tell(`${this.name(seat)} sits down.`);
      }
      for (const seat of this.platforms.keys()) {
        if (!platforms.has(seat) && seat !== this.seat) this.tell(`${this.name(seat)} leaves.`);
      }
    }
    for (const seat of platforms.keys()) this.gone.delete(announced(this.name(seat)));
    Object.assign(this, { platforms, watchers });
  }

  onSaid({ text }) {
    const room = /^Room ([A-Z0-9]{1,8}), (?:(\d{1,5}) s a turn|no turn clock)$/.exec(text);
    const left = /^(\d{1,5}) s left in this turn$/.exec(text);
    const proof = /^(Deal proof [12]\/2|Seed|Nonce) ([0-9A-Fa-f]+)$/.exec(text);
    const gone = /^(.+) (?:has left|lost the connection)$/.exec(text);
    if (room) [this.room, this.clock] = [room[1], room[2] ? Number(room[2]) : null];
    else if (left) this.left = { turn: this.state?.turn, seconds: Number(left[1]) };
    else if (proof) this.proof[proof[1]] ??= proof[2].toLowerCase(); // what was said first counts
    else if (gone && this.gone.get(gone[1]) === text) return; // told again, to us who have come back
    else if (gone) this.gone.set(gone[1], text), this.tell(`${text}.`);
    else if (text) this.tell(/[.!?]$/.test(text) ? text : `${text}.`);
  }

  onDealt({ cards }) {
    Object.assign(this, { hand: cards, dealt: cards, state: null, phase: PLAYING, result: null });
    this.tell("The cards are dealt.");
  }

  onDrawn({ cards }) {
    this.lastDrawn = cards.filter((card) => !this.hand.includes(card));
    this.hand = [...this.hand, ...this.lastDrawn];
  }

  // No card is lost on this way, so a hand that is older than the state is only late.
  onHand({ cards }) {
    this.hand = cards;
  }

  onMoved(move) {
    const { state } = this;
    const mine = move.seat === this.seat, who = mine ? "You" : this.name(move.seat);
    const verb = (verb, other = `${verb}s`) => (mine ? verb : other);
    const { cards, suit, drew } = move, drawn = mine && drew ? this.lastDrawn : null;
    if (move.turn === this.moves.length + 1) this.moves.push({ cards, suit, drawn });
    if (move.cards.length) {
      this.tell(`${who} ${verb("play")} the ${cardNames(move.cards)}${consequence(move, state)}.`);
    } else if (!move.drew) {
      this.tell(`${who} ${verb("find")} nothing to draw.`);
    } else if (drawn?.length === drew) {
      this.tell(`You draw the ${cardNames(drawn)}.`, drawn);
    } else {
      this.tell(`${who} ${verb("draw")} ${plural(move.drew, "card")}.`);
    }
    if (!state) return;
    const left = state.counts[move.seat] + move.drew - move.cards.length;
    if (left === 1 && move.cards.length) this.tell(`${who} ${verb("have", "has")} one card left!`);
    if (move.place !== null) {
      const end = move.place ? "." : verb(" and win!", " and wins!");
      this.tell(`${who} ${verb("go", "goes")} out ${ORDINALS[move.place]}${end}`);
    }
    this.last = move;
  }

  onState(state) {
    state.counts.length = this.seats;
    for (const seat of missed(this.last, this.state, state)) {
      this.tell(seat === this.seat ? "You miss a turn." : `${this.name(seat)} misses a turn.`);
    }
    this.last = null;
    this.state = state;
    this.phase = state.over ? FINISHED : PLAYING;
    if (state.over && !this.result) this.onOver({ survivor: state.survivor, dealt: null, taken: null });
  }

  onOver({ survivor, dealt, taken }) {
    this.phase = FINISHED;
    if (!this.result && survivor !== null) {
      const mine = survivor === this.seat;
      this.tell(`The game is over: ${mine ? "you are" : `${this.name(survivor)} is`} left with cards.`);
    }
    this.result = { survivor, dealt: dealt ?? this.result?.dealt, taken: taken ?? this.result?.taken };
  }

  onError({ code }) {
    this.acted = null;
    this.refusal = REFUSALS[code] ?? "That was refused.";
  }
}

/** Return a name as announcements have it. */
const announced = (name) => [...name].slice(0, 20).join("");

/** Return what a play does to the others, for its sentence. */
function consequence({ cards, suit }, state) {
  const rank = rankOf(cards[0]), draws = state?.draws ?? 0;
  if (rank === 2) return `: +${draws + 2 * cards.length} cards`;
  if (rank === 7) return `: ${plural((state?.skips ?? 0) + cards.length, "skip")}`;
  if (rank === QUEEN && cards.length % 2) return ": the direction turns";
  if (rank === ACE && suit !== null) return `: ${SUITS[suit]} now`;
  if (rank !== JACK) return "";
  const due = afterJacks(cards, draws);
  return due ? `: +${due} cards` : draws ? ": the attack is off" : "";
}

/** Return the seats that miss a turn because of the 7s of a move, one for each turn. */
function missed(move, before, after) {
  if (!before || !move?.cards.length || rankOf(move.cards[0]) !== 7) return [];
  const seats = after.counts.length, order = [];
  for (let n = 1; n <= seats; n += 1) {
    const seat = (move.seat + after.direction * n + seats * n) % seats;
    if (!after.order.includes(seat)) order.push(seat);
  }
  const skips = Math.min(4, before.skips + move.cards.length - after.skips);
  return Array.from({ length: order.length ? Math.max(0, skips) : 0 }, (_, n) => order[n % order.length]);
}
