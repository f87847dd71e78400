// The hand: a button for each card, the picked ones in the order in which they shall lie.

import { ACE, SUITS, cardName, cardNames, drawCard, rankOf, suitOf } from "./cards.js";
import { effect, fits, whyNot } from "./words.js";

const inOrder = (a, b) => rankOf(a) - rankOf(b) || suitOf(a) - suitOf(b);

export class Hand {
  #buttons = new Map();
  #state = null; // while it is for us to act

  /** `place` holds the cards, `choices` the suits; `changed()` is called when something is picked. */
  constructor(place, choices, changed) {
    Object.assign(this, { place, choices, changed, picked: [], suit: null, said: "" });
    SUITS.forEach((name, suit) => {
      const button = document.createElement("button");
      button.className = `suit ${name}`;
      button.append(suitPicture(name), name[0].toUpperCase() + name.slice(1));
      button.onclick = () => this.choose(suit);
      choices.append(button);
    });
    place.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Show a hand; `state` is the table's while it is for us to act, else null; `kept` an older choice. */
  show(cards, state, kept) {
    const held = [...cards].sort(inOrder);
    for (const [card, button] of this.#buttons) {
      if (!cards.includes(card)) this.#buttons.delete(card), button.remove();
    }
    held.forEach((card, at) => {
      const button = this.#buttons.get(card) ?? this.#button(card);
      if (this.place.children[at] !== button) this.place.insertBefore(button, this.place.children[at] ?? null);
    });
    this.place.classList.toggle("many", cards.length > 14);
    this.place.style.setProperty("--gaps", Math.max(1, cards.length - 1));
    const mark = String(state?.mark);
    if (mark !== String(this.#state?.mark)) this.clear(mark === kept?.mark ? kept : {});
    this.#state = state;
    this.#paint();
  }

  clear({ picked = [], suit = null } = {}) {
    Object.assign(this, { picked, suit, said: "" });
  }

  /** What is picked, for `show` to bring back; it is good for this very state alone. */
  get choice() {
    return { mark: String(this.#state?.mark), picked: this.picked, suit: this.suit };
  }

  /** The cards as they would be played: one that fits moves to the front, as the host would do it. */
  get play() {
    const leader = this.picked.find((card) => fits(card, this.#state));
    return leader === undefined ? [] : [leader, ...this.picked.filter((card) => card !== leader)];
  }

  get mustDraw() {
    return this.#state !== null && !this.#held.some((card) => fits(card, this.#state));
  }

  /** Whether the picked cards are aces after which the game goes on, so that a suit is due. */
  get asksForSuit() {
    if (!this.play.length || rankOf(this.picked[0]) !== ACE) return false;
    const playing = this.#state.counts.filter((count) => count > 0).length;
    return this.picked.length < this.#held.length || playing > 2;
  }

  /** What playing would do; why it cannot be done, if something keeps us from it. */
  get advice() {
    if (this.said || !this.picked.length) return this.said;
    if (!this.play.length) return `${whyNot(this.#state)} Pick another one first.`;
    return this.asksForSuit && this.suit !== null ? "" : effect(this.play, this.#state);
  }

  get #held() {
    return [...this.#buttons.keys()];
  }

  /** Where a card is on the screen, for those that fly away. */
  placeOf(card) {
    return this.#buttons.get(card)?.getBoundingClientRect() ?? null;
  }

  toggle(card) {
    this.said = "";
    if (this.picked.includes(card)) {
      this.picked = this.picked.filter((other) => other !== card);
    } else if (!this.#state) {
      this.said = "Wait for your turn.";
    } else if (!this.#held.some((other) => rankOf(other) === rankOf(card) && fits(other, this.#state))) {
      this.said = whyNot(this.#state);
    } else {
      const goes = this.picked.length && rankOf(this.picked[0]) === rankOf(card);
      this.picked = goes ? [...this.picked, card] : [card];
    }
    if (!this.asksForSuit) this.suit = null;
    this.#paint();
    this.changed();
  }

  choose(suit) {
    this.suit = suit;
    this.#paint();
    this.changed();
  }

  #button(card) {
    const button = document.createElement("button");
    const name = document.createElement("span");
    name.className = "unseen";
    name.textContent = cardName(card);
    button.dataset.card = card;
    button.append(name, drawCard(card));
    button.onclick = () => this.toggle(card);
    this.#buttons.set(card, button);
    return button;
  }

  #paint() {
    for (const [card, button] of this.#buttons) {
      const order = this.picked.indexOf(card) + 1;
      const may = !this.#state || this.#held.some((other) => rankOf(other) === rankOf(card) && fits(other, this.#state));
      button.setAttribute("aria-pressed", order > 0);
      button.dataset.order = order > 0 && this.picked.length > 1 ? order : "";
      button.classList.toggle("fits", this.#state !== null && fits(card, this.#state));
      button.classList.toggle("idle", !may);
      if (may) button.removeAttribute("aria-description");
      else button.setAttribute("aria-description", whyNot(this.#state));
    }
    [...this.choices.children].forEach((button, suit) => button.setAttribute("aria-pressed", suit === this.suit));
    this.choices.hidden = !this.asksForSuit;
  }

  /** Walk along the hand by arrows, or to the next card of a rank by its letter. */
  #key(event) {
    const buttons = [...this.place.children], at = buttons.indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const rank = "  234567890jqka".indexOf(event.key.toLowerCase());
    if (step && at >= 0) {
      buttons[(at + step + buttons.length) % buttons.length].focus();
    } else if (rank > 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const behind = [...buttons.slice(at + 1), ...buttons.slice(0, at + 1)];
      behind.find((button) => rankOf(Number(button.dataset.card)) === rank)?.focus();
    } else {
      return;
    }
    event.preventDefault();
  }
}

/** Return the name of the button that plays these cards. */
export function playName(cards, suit) {
  return `Play ${cardNames(cards)}${suit === null ? "" : `, ${SUITS[suit]} next`}`;
}

/** Return a suit's picture. */
export function suitPicture(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#${name}`);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `pip ${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}
