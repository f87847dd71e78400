// The rules of Rachel, whole: what every engine must come to, bit for bit (docs/RULES.md, "For
// authors of programs"; docs/PROTOCOL.md has the shuffle and the state hash). It knows no page.

import { ACE, JACK, QUEEN, SUITS, isBlackJack, rankOf } from "./cards.js";
import { fits, whyNot } from "./words.js";

const ALL = 0xffff_ffff_ffff_ffffn;
const HAND_SIZES = { 2: 7, 3: 7, 4: 7, 5: 7, 6: 6, 7: 5, 8: 5 };
const ATTACKS_MAX = 0xffff;

/** An action that a rule forbids; it changed nothing. `reason` is the identifier that engines share. */
export class Refused extends Error {
  constructor(reason, text) {
    super(text);
    this.reason = reason;
  }
}

/** Return the xorshift64 state after this one, a BigInt; it is the number drawn, too. */
export function nextState(state) {
  let x = state || 0xdead_beefn;
  x ^= (x << 13n) & ALL;
  x ^= x >> 7n;
  return x ^ ((x << 17n) & ALL);
}

/** Shuffle cards in place and return the generator's state after that. */
export function shuffle(cards, state) {
  for (let i = cards.length - 1; i > 0; i -= 1) {
    state = nextState(state);
    const j = Number(state % BigInt(i + 1));
    [cards[i], cards[j]] = [cards[j], cards[i]];
  }
  return state;
}

/**
 * One game. `hands`: cards by seat, in the order they came; `deck`: the next card LAST; `pile`: the
 * top card last; `current`: the seat to act; `direction`: 1 or -1; `draws`, `skips`: what is pending;
 * `suit`: the one an ace named, or null; `order`: seats that are out, the winner first; `turn`: turns
 * ended; `rng`: the generator, a BigInt; `attacks`: [attacker, target, severity, turn] of each.
 */
export class Game {
  /** Take a state as it is. */
  constructor(state) {
    const fresh = { current: 0, direction: 1, draws: 0, skips: 0, suit: null, turn: 0, order: [], attacks: [] };
    Object.assign(this, fresh, state);
  }

  /** Deal a new game to 2-8 seats from a seed, a BigInt. */
  static deal(seats, seed) {
    const cards = SUITS.flatMap((_, suit) => Array.from({ length: 13 }, (_, n) => (suit << 6) | (n + 2)));
    const rng = shuffle(cards, seed), size = HAND_SIZES[seats], dealt = seats * size;
    const hands = Array.from({ length: seats }, (_, seat) => cards.slice(seat * size, (seat + 1) * size));
    return new Game({ hands, pile: [cards[dealt]], deck: cards.slice(dealt + 1).reverse(), rng });
  }

  get top() {
    return this.pile.at(-1);
  }

  /** Whether at most one seat still holds cards. */
  get over() {
    return this.order.length >= this.hands.length - 1;
  }

  /** The seats by place, the winner first; whole once the game is over. */
  get places() {
    const losers = this.hands.map((_, seat) => seat).filter((seat) => !this.isOut(seat));
    return this.over ? [...this.order, ...losers] : this.order;
  }

  isOut(seat) {
    return this.order.includes(seat);
  }

  /** Play cards in this order, an ace with a suit (0-3). Throws Refused. */
  play(cards, suit = null) {
    this.#check(cards, suit);
    const seat = this.current, rank = rankOf(cards[0]);
    this.hands[seat] = this.hands[seat].filter((card) => !cards.includes(card));
    this.pile.push(...cards);
    this.suit = suit;
    if (!this.hands[seat].length) this.order.push(seat);
    if (rank === QUEEN && cards.length % 2) this.direction = -this.direction;
    if (rank === 2 || rank === 7 || rank === JACK) this.#attack(seat, cards, rank);
    this.#endTurn();
  }

  /** Draw one card, or all that are pending; return the cards. Throws Refused. */
  draw() {
    if (this.over) throw new Refused("game_already_over", "the game is over");
    const hand = this.hands[this.current];
    if (hand.some((card) => fits(card, this))) {
      throw new Refused("must_play_if_able", "who can play must play");
    }
    const drawn = [];
    for (let wanted = this.draws || 1; wanted > 0; wanted -= 1) {
      if (!this.deck.length) this.#recycle();
      if (!this.deck.length) break;
      drawn.push(this.deck.pop());
    }
    this.draws = 0;
    hand.push(...drawn);
    this.#endTurn();
    return drawn;
  }

  /** Return the state's hash: FNV-1a, 64 bits, a BigInt. Throws RangeError when a game is too long. */
  hash() {
    if (this.attacks.length > ATTACKS_MAX) throw new RangeError("the game is too long for a state hash");
    // The hash in two halves: BigInt would take a hundred times as long. The prime is 2^40 + 435.
    let high = 0xcbf29ce4, low = 0x84222325;
    const byte = (value) => {
      low = (low ^ value) >>> 0;
      const product = low * 435;
      high = (high * 435 + low * 256 + Math.floor(product / 2 ** 32)) >>> 0;
      low = product >>> 0;
    };
    const u16 = (value) => (byte(value >>> 8), byte(value & 255));
    const u32 = (value) => (u16(value >>> 16), u16(value & 0xffff));
    const list = (cards) => (u16(cards.length), cards.forEach(byte));
    u16(this.deck.length);
    for (let n = this.deck.length - 1; n >= 0; n -= 1) byte(this.deck[n]);
    list(this.pile);
    u16(this.hands.length);
    this.hands.forEach((hand, seat) => (list(hand), byte(Number(this.isOut(seat)))));
    byte(this.current);
    byte(this.direction < 0 ? 1 : 0);
    u16(this.draws);
    u16(this.skips);
    byte(this.suit ?? 255);
    list(this.order);
    u16(this.attacks.length);
    for (const [attacker, target, severity, turn] of this.attacks) {
      byte(attacker);
      byte(target);
      u16(severity);
      u32(turn);
    }
    u32(this.turn);
    u32(Number(this.rng >> 32n));
    u32(Number(this.rng & 0xffff_ffffn));
    return (BigInt(high) << 32n) | BigInt(low);
  }

  #check(cards, suit) {
    if (this.over) throw new Refused("game_already_over", "the game is over");
    if (!cards.length) throw new Refused("invalid_play", "a play needs at least one card");
    const hand = this.hands[this.current], rank = rankOf(cards[0]);
    if (!cards.every((card) => hand.includes(card))) {
      throw new Refused("card_not_in_hand", "that card is not in the hand");
    }
    if (new Set(cards).size < cards.length) throw new Refused("card_not_in_hand", "a card can be played only once");
    if (cards.some((card) => rankOf(card) !== rank)) {
      throw new Refused("invalid_play", "cards played together share one rank");
    }
    if (!fits(cards[0], this)) throw new Refused("invalid_play", whyNot(this));
    if (rank === ACE && suit === null) throw new Refused("must_nominate_suit", "an ace needs a suit");
    if (rank !== ACE && suit !== null) throw new Refused("cannot_nominate_suit", "only an ace names a suit");
  }

  #attack(seat, cards, rank) {
    const target = this.#next(seat);
    for (const card of cards) {
      if (rank === JACK && !isBlackJack(card)) {
        this.draws = Math.max(0, this.draws - 5);
        continue;
      }
      const severity = rank === 7 ? 1 : rank === 2 ? 2 : 5;
      if (rank === 7) this.skips += 1;
      else this.draws += severity;
      this.attacks.push([seat, target, severity, this.turn]);
    }
  }

  #beside(seat) {
    return (seat + this.direction + this.hands.length) % this.hands.length;
  }

  #next(seat) {
    do seat = this.#beside(seat);
    while (this.isOut(seat));
    return seat;
  }

  #endTurn() {
    this.turn += 1;
    if (this.over) {
      this.current = this.#beside(this.current);
      return;
    }
    let to = this.#next(this.current);
    while (this.skips && !this.hands[to].some((card) => rankOf(card) === 7)) {
      this.skips -= 1;
      to = this.#next(to);
    }
    this.current = to;
  }

  #recycle() {
    const cards = this.pile.splice(0, this.pile.length - 1);
    this.rng = shuffle(cards, this.rng);
    this.deck = cards.reverse();
  }
}
