// A finished game, move by move: the record is read, checked and replayed here, in the browser.

import { SUITS, cardName, cardNames, drawCard } from "./cards.js";
import { Unreadable, check, readRecord } from "./record.js";
import { attack, plural } from "./words.js";

const PACE_MS = 1100;
const $ = (id) => document.getElementById(id);
const [verdict, player, list, slider, play] = [$("verdict"), $("player"), $("moves"), make("input"), $("play")];

let names = [], bots = [], moves = [], states = [];
let at = 0, timer = null;
let open = new Set(); // the seats whose cards are seen

function make(tag, className = "", ...inside) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...inside);
  return element;
}

/** Return a stranger's name without what is invisible or turns the direction of text. */
const shownName = (name) =>
  name.normalize("NFC").replace(/\s+/g, " ").replace(/[\p{C}\p{DI}\u2800]/gu, "").trim().slice(0, 47) || "Player";

/** Return a move as the server words it, in rachel_server/http/pages/replay.py. */
function moveText({ seat, cards, suit, drawn, place }) {
  if (!cards) return `${names[seat]} draws ${plural(drawn.length, "card")}`;
  const wants = suit === null ? "" : `, wants ${SUITS[suit]}`;
  return `${names[seat]} plays ${cardNames(cards)}${wants}${place ? ` and is out, place ${place}` : ""}`;
}

function say(text, kind) {
  verdict.textContent = text;
  verdict.className = kind;
}

/** Read a record, show the game, and say whether everything in it is true. */
function take(text) {
  let record;
  stop();
  try {
    record = readRecord(text);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    player.hidden = list.parentElement.hidden = true;
    return say(error.message, "refusal");
  }
  const found = check(record), steps = record.replay.steps.length;
  ({ moves, states } = found);
  ({ bots } = record.replay);
  names = record.replay.names.map(shownName);
  const count = found.checked === steps ? steps : `${found.checked} of ${steps}`;
  if (found.problem) say(`This record is not true. ${found.problem}`, "refusal");
  else say(`The deal was fair: commitment, shuffle and ${count} states, checked in your browser.`, "proven");
  list.replaceChildren(...moves.map((move, n) => {
    const button = make("button", "", moveText(move));
    button.addEventListener("click", () => go(n + 1));
    return make("li", "", button);
  }));
  $("seats").replaceChildren(...names.map(seatOf));
  $("rest")?.remove();
  slider.max = moves.length;
  player.hidden = list.parentElement.hidden = false;
  at = 0;
  show(new Set(names.keys()));
}

/** Show the table after so many moves. */
function go(step) {
  list.children[at - 1]?.firstElementChild.removeAttribute("aria-current");
  at = Math.max(0, Math.min(step, moves.length));
  const state = states[at], here = list.children[at - 1];
  here?.firstElementChild.setAttribute("aria-current", "step");
  if (here) list.scrollTop = here.offsetTop - list.offsetTop - list.clientHeight / 2;
  else list.scrollTop = 0;
  slider.value = at;
  slider.setAttribute("aria-valuetext", `Move ${at} of ${moves.length}`);
  $("back").disabled = at === 0;
  $("on").disabled = at === moves.length;
  $("now").textContent = at ? `${at}. ${moveText(moves[at - 1])}` : "The cards are dealt.";
  $("deck").lastElementChild.textContent = state.deck;
  $("deck").setAttribute("aria-label", `Deck: ${plural(state.deck, "card")}`);
  $("pile").replaceChildren(drawCard(state.top));
  $("pile").setAttribute("aria-label", `Discard pile: ${cardName(state.top)} on top of ${plural(state.pile, "card")}`);
  $("direction").classList.toggle("counter", state.direction < 0);
  $("direction").setAttribute("aria-label", `The turn goes ${state.direction > 0 ? "" : "counter-"}clockwise`);
  const wanted = state.suit === null ? "" : `${SUITS[state.suit]} wanted`;
  $("sign").textContent = state.over ? "" : [attack(state), wanted].filter(Boolean).join(", ");
  [...$("seats").children].forEach((item, seat) => showSeat(item, seat, state));
  if (at === moves.length) stop();
}

/** Make the place of a seat; its name opens and hides its hand. */
function seatOf(name, seat) {
  const opener = make("button", "", name);
  opener.setAttribute("aria-label", `Hand of ${name}`);
  opener.addEventListener("click", () => show(open.has(seat) ? without(seat) : new Set([...open, seat])));
  return make("li", "", make("p", "", opener, make("span")), make("div", "held"));
}

const without = (seat) => new Set([...open].filter((other) => other !== seat));

function showSeat(item, seat, state) {
  const hand = state.hands[seat], place = state.order.indexOf(seat) + 1, seen = open.has(seat);
  const note = place ? `place ${place}` : state.over ? "lost" : plural(hand.length, "card");
  const [opener, notes] = item.firstElementChild.children, cards = item.lastElementChild;
  item.classList.toggle("acts", !state.over && state.current === seat);
  if (item.className) item.setAttribute("aria-current", "true");
  else item.removeAttribute("aria-current");
  opener.setAttribute("aria-pressed", seen);
  notes.textContent = `${bots.includes(seat) ? "bot, " : ""}${note}`;
  cards.replaceChildren(...hand.map((card) => drawCard(seen ? card : undefined)));
  if (seen && hand.length) cards.setAttribute("role", "img"), cards.setAttribute("aria-label", cardNames(hand));
  else cards.removeAttribute("role"), cards.removeAttribute("aria-label");
}

/** Open the hands of these seats, and hide the others. */
function show(seats) {
  open = seats;
  $("hands").setAttribute("aria-pressed", open.size === names.length);
  go(at);
}

function stop() {
  clearInterval(timer);
  timer = null;
  play.setAttribute("aria-label", "Play");
}

function toggle() {
  if (timer !== null) return stop();
  if (at === moves.length) go(0);
  play.setAttribute("aria-label", "Pause");
  timer = setInterval(() => go(at + 1), PACE_MS);
}

/** Step by hand, which ends playing. */
function step(to) {
  stop();
  go(to);
}

const KEYS = {
  ArrowLeft: () => step(at - 1),
  ArrowRight: () => step(at + 1),
  Home: () => step(0),
  End: () => step(moves.length),
};

Object.assign(slider, { type: "range", min: 0, value: 0 });
slider.setAttribute("aria-label", "Move");
slider.addEventListener("input", () => step(Number(slider.value)));
$("on").after(slider);
$("deck").prepend(drawCard());
$("back").addEventListener("click", KEYS.ArrowLeft);
$("on").addEventListener("click", KEYS.ArrowRight);
play.addEventListener("click", toggle);
$("hands").addEventListener("click", () => show(new Set(open.size === names.length ? [] : names.keys())));
document.addEventListener("keydown", (event) => {
  if (player.hidden || event.target === slider || event.altKey || event.ctrlKey || event.metaKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});

const { record: url } = document.body.dataset;
if (url) {
  try {
    const answer = await fetch(url);
    if (!answer.ok) throw new TypeError(answer.statusText);
    take(await answer.text());
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    say("The record did not arrive: reload the page to try again.", "refusal");
  }
} else {
  const file = Object.assign(make("input"), { type: "file", accept: ".json,application/json" });
  $("chooser").append(make("label", "", "Record of a game, or drop it here", file));
  file.addEventListener("change", async () => file.files.length && take(await file.files[0].text()));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) take(await event.dataTransfer.files[0].text());
  });
}
