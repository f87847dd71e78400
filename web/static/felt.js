// What lies on the table and who sits at it: seats, deck, discards, direction, the attack.

import { SUITS, cardName, drawCard, suitOf } from "./cards.js";
import { suitPicture } from "./hand.js";
import { attack, machine, plural } from "./words.js";

const PLACES = ["1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th"];
const BACKS_MAX = 8;
const MOVE_MS = 230;
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** Make an element with a class, and things in it. */
export function make(tag, className, ...inside) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...inside);
  return element;
}

export class Felt {
  #chips = new Map();

  constructor({ seats, deck, pile, direction, attack, suit }) {
    Object.assign(this, { seats, deck, pile, direction, attackSign: attack, suitSign: suit });
    deck.prepend(drawCard());
    this.top = null;
  }

  show(table) {
    this.#showSeats(table);
    const { state } = table;
    this.pile.parentElement.hidden = !state;
    if (!state) return;
    this.deck.lastElementChild.textContent = state.deck;
    this.deck.setAttribute("aria-label", `Deck: ${plural(state.deck, "card")}`);
    this.direction.classList.toggle("back", state.direction < 0);
    this.direction.setAttribute("aria-label", state.direction > 0 ? "The turn goes clockwise" : "The turn goes counter-clockwise");
    if (this.top !== state.top) {
      this.top = state.top;
      const card = make("span", "lying", drawCard(state.top));
      card.style.rotate = `${((state.top * 37 + state.turn * 11) % 17) - 8}deg`;
      this.pile.append(card);
      while (this.pile.children.length > 3) this.pile.firstElementChild.remove();
    }
    this.pile.setAttribute("aria-label", `Discard pile: ${cardName(state.top)} on top`);
    this.attackSign.textContent = state.over ? "" : attack(state);
    const nominated = state.suit !== null && !state.over;
    this.suitSign.replaceChildren(...(nominated ? [suitPicture(SUITS[state.suit]), `${SUITS[state.suit]} wanted`] : []));
    this.suitSign.className = nominated ? `sign ${SUITS[suitOf(state.suit << 6)]}` : "sign";
  }

  #showSeats(table) {
    const first = table.seat ?? 0, count = table.seats;
    const order = Array.from({ length: count }, (_, n) => (first + n) % count);
    for (const [seat, chip] of this.#chips) if (seat >= count) chip.remove(), this.#chips.delete(seat);
    this.seats.style.setProperty("--seats", count);
    this.seats.style.setProperty("--columns", count > 4 ? Math.ceil(count / 2) : count);
    order.forEach((seat, at) => {
      const chip = this.#chips.get(seat) ?? make("li", "seat");
      this.#chips.set(seat, chip);
      if (this.seats.children[at] !== chip) this.seats.insertBefore(chip, this.seats.children[at] ?? null);
      this.#showSeat(chip, seat, table);
    });
  }

  #showSeat(chip, seat, table) {
    const { state } = table, mine = seat === table.seat;
    const cards = state?.counts[seat], place = state ? state.order.indexOf(seat) : -1;
    const acts = state && !state.over && state.current === seat;
    const notes = [], free = !state && !table.platforms.has(seat);
    if (place >= 0) notes.push(PLACES[place]);
    else if (cards !== undefined) notes.push(plural(cards, "card"));
    if (table.isAway(seat)) notes.push("away");
    else if (!free && !state) notes.push(machine(table.platforms.get(seat)));
    const backs = make("span", "backs");
    for (let n = 0; n < Math.min(cards ?? 0, BACKS_MAX); n += 1) backs.append(make("i"));
    chip.classList.toggle("acts", Boolean(acts));
    chip.classList.toggle("away", table.isAway(seat));
    chip.classList.toggle("out", place >= 0 || free);
    if (acts) chip.setAttribute("aria-current", "true");
    else chip.removeAttribute("aria-current");
    const said = notes.filter(Boolean).join(", ");
    const name = mine ? "You" : free ? "Free" : table.name(seat), text = `${name}|${said}|${cards}`;
    if (chip.dataset.shown === text) return;
    chip.dataset.shown = text;
    chip.title = free ? "" : table.name(seat);
    chip.replaceChildren(make("b", "", name), make("span", "", said), backs);
  }

  /** Let what happened be seen: cards fly to the pile, or from the deck. `from` is where they lay. */
  fly(move, table, from) {
    const chip = this.#chips.get(move.seat);
    if (still.matches || document.hidden || !chip) return;
    if (move.cards.length) {
      const card = this.pile.lastElementChild;
      if (card) glide(card, from ?? chip.getBoundingClientRect());
    } else if (move.drew) {
      const back = make("span", "flying", drawCard());
      const at = this.deck.getBoundingClientRect(), to = chip.getBoundingClientRect();
      document.body.append(back);
      back.style.left = `${at.left}px`;
      back.style.top = `${at.top}px`;
      back.style.width = `${at.width}px`;
      const end = { transform: `translate(${to.left - at.left}px, ${to.top - at.top}px) scale(.4)`, opacity: 0.4 };
      back.animate([{}, end], { duration: MOVE_MS, easing: "ease-in" }).finished.finally(() => back.remove());
    }
  }
}

/** Let an element come from another place to its own. */
function glide(element, from) {
  const to = element.getBoundingClientRect();
  const start = {
    transform: `translate(${from.left - to.left}px, ${from.top - to.top}px) scale(${Math.min(1, from.width / to.width)})`,
  };
  element.animate([start, {}], { duration: MOVE_MS, easing: "cubic-bezier(.2,.7,.3,1)" });
}
