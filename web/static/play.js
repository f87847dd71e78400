// The table in a browser: what the player does goes to the host, what the host says is shown.

import { drawCard } from "./cards.js";
import { Felt, make } from "./felt.js";
import { Hand, playName } from "./hand.js";
import { Link } from "./link.js";
import { FINISHED, NONE, NOBODY, PLAYING, SPEC, WAITING, drawCards, hello, playCards } from "./rubp.js";
import { freshToken, keep, kept, plainName } from "./seat.js";
import { Table } from "./table.js";
import { REFUSALS, demand } from "./words.js";

const $ = (id) => document.getElementById(id);
const page = document.body;
// `room` is empty for any public table; `game` is that of the seat which the next HELLO asks back, 0 for a
// new one. `greeted` tells whether a HELLO has not been answered yet, `asking` whether the host is being
// asked over HTTP. `problem` is why there is no table to be seen, `news` how much of the story is shown.
let room = page.dataset.room;
let watch = page.dataset.watch === "1";
let token = freshToken();
let game = 0, greeted = false, asking = false, problem = "", news = 0;

const table = new Table();
const felt = new Felt({
  seats: $("seats"), deck: $("deck"), pile: $("pile"), direction: $("direction"), attack: $("attack"), suit: $("suit"),
});
const hand = new Hand($("hand"), $("suits"), chosen);
const link = new Link({ greeting, heard, changed: (isOpen) => { page.classList.toggle("lost", !isOpen); show(); } });
const place = () => ({ player: table.seat ?? NOBODY, game: table.game });

function greeting() {
  greeted = true;
  return hello({ name: plainName($("name").value) || "Guest", token, room, game, watch });
}

// What comes

function heard(messages) {
  const moved = [];
  for (const message of messages) {
    if (message.kind === "error" && (greeted || message.code === 8)) return rejected(message.code);
    if (message.kind === "welcome" && message.spec > SPEC) return tooNew(message);
    if (message.kind === "moved") moved.push([message, hand.placeOf(message.cards.at(-1))]);
    table.take(message);
    if (message.kind === "welcome") welcomed(message);
  }
  show();
  for (const [move, from] of moved) felt.fly(move, table, from);
}

function welcomed(message) {
  greeted = false;
  problem = "";
  late = message.phase === PLAYING ? "yes" : "";
  game = watch ? 0 : message.game;
  page.classList.add("seated");
}

function rejected(code) {
  const asked = greeted;
  greeted = false;
  if (!asked) return leave("You play elsewhere now."); // and would fight for the seat, coming back
  if (game) { // the game that was ours is gone: a new seat, then
    forgetSeat();
    link.send(greeting());
    return;
  }
  leave(code === 255 ? "There is no such table." : REFUSALS[code]);
}

function tooNew({ game, spec }) {
  greeted = false;
  if (!watch) goodbye(game);
  leave(`The host plays by version ${spec} of the rules, this page knows version ${SPEC}: reload it.`);
}

/** Give our seat up: a HELLO that wants none at our own table (docs/PROTOCOL.md, Leaving). */
const goodbye = (game) => link.send(hello({ name: "", token, room: "", game, watch: true }));

function leave(why) {
  link.close();
  problem = why;
  page.classList.remove("seated");
  show();
}

/** Know the room by its code from now on, and keep the seat there. */
function remember() {
  if (table.room && table.room !== room) {
    room = table.room;
    history.replaceState(null, "", `/t/${room}`);
    $("here")?.replaceChildren(location.href);
  }
  if (game && table.room) keep(`seat ${room}`, { game, token });
}

function forgetSeat() {
  keep(`seat ${room}`, null);
  game = 0;
  token = freshToken();
}

// What the player does

async function sit(watching) {
  if (asking) return;
  watch = watching;
  keep("name", $("name").value.trim(), "localStorage");
  if (watch || !page.dataset.account || (await reserved())) {
    link.open();
    page.classList.add("seated");
  }
  show();
}

/** Reserve the account's seat, whose token the HELLO will have; return whether there is one. */
async function reserved() {
  asking = true;
  try {
    const answer = await fetch(room ? `/api/v1/tables/${room}/seats` : "/api/v1/seats", { method: "POST" });
    const seat = await answer.json();
    if (!answer.ok) throw new Error(seat.message);
    [game, room] = [seat.game_id, seat.code];
    token = seat.reconnect_token.match(/../g).map((hex) => Number.parseInt(hex, 16));
    return true;
  } catch (error) {
    problem = error.message;
  } finally {
    asking = false;
  }
}

/** Keep what is picked, for a reload in mid-choice. */
function chosen() {
  keep(`choice ${room}`, hand.choice);
  show();
}

function act() {
  const { state } = table;
  if (watch && table.phase !== PLAYING) leave("");
  if (!table.prompt || !link.isOpen) return;
  if (hand.mustDraw) {
    link.ask(drawCards(place(), state.draws || 1, state.draws > 0, state.mark));
  } else {
    const cards = hand.play;
    if (!cards.length || (hand.asksForSuit && hand.suit === null)) return;
    const suit = cards[0] % 64 === 14 ? hand.suit ?? cards[0] >> 6 : NONE;
    link.ask(playCards(place(), cards, suit, state.mark));
  }
  table.acted = state.turn;
  table.refusal = "";
  show();
}

/** Ask for another game, once until the host has answered. */
async function again() {
  if (greeted || asking) return;
  if (page.dataset.account) return (await reserved()) ? link.open() : leave(problem);
  forgetSeat();
  link.send(greeting());
}

/** Have the game begin at once, with bots in the empty seats. */
async function begin() {
  if (asking) return;
  asking = true;
  const seat = token.map((byte) => byte.toString(16).padStart(2, "0")).join(""), headers = { "Rachel-Seat": seat };
  const answer = await fetch(`/api/v1/tables/${table.room}/start`, { method: "POST", headers }).catch(() => null);
  asking = false;
  if (!answer?.ok) table.tell("It could not begin now: it begins by itself.");
  show();
}

// What is shown

function show() {
  remember();
  const isSeated = page.classList.contains("seated"), { state, phase } = table;
  $("entry").hidden = isSeated;
  $("problem").textContent = problem;
  $("room").textContent = table.room ? `Table ${table.room}` : "";
  $("watchers").textContent = isSeated && table.watchers ? `${table.watchers} watching` : "";
  $("waiting").hidden = !isSeated || phase !== WAITING;
  $("start").hidden = table.watches;
  felt.show(table);
  hand.show(table.hand, table.prompt ? state : null, kept(`choice ${room}`));
  $("hand").hidden = table.watches; // what will be dealt has its place before
  showAction();
  showStatus();
  showNews();
  showResult();
}

function showAction() {
  const button = $("act"), { state } = table;
  button.hidden = table.watches ? table.phase === PLAYING : Boolean(state?.over);
  if (button.hidden) return;
  let name = "Wait", ready = false;
  if (table.watches) {
    [name, ready] = ["Sit down", true];
  } else if (!table.prompt) {
    name = !state ? "" : table.acted === state.turn ? "…" : `Wait for ${table.name(state.current)}`;
  } else if (hand.mustDraw) {
    [name, ready] = [state.draws > 1 ? `Draw ${state.draws}` : "Draw a card", true];
  } else if (!hand.play.length) {
    name = "Pick a card";
  } else {
    ready = !hand.asksForSuit || hand.suit !== null;
    name = ready ? playName(hand.play, hand.suit) : "Choose a suit";
  }
  ready &&= link.isOpen; // what is sent without a link is lost
  button.textContent = name;
  button.setAttribute("aria-disabled", !ready); // a disabled button would swallow every key
  button.classList.toggle("ready", ready);
  const advice = hand.advice || (table.prompt ? table.refusal : "");
  if ($("advice").textContent !== advice) $("advice").textContent = advice;
}

function showStatus() {
  const { state } = table;
  let text = "";
  if (page.classList.contains("lost")) text = "The connection is lost: reconnecting.";
  else if (table.phase === WAITING) text = waitingText();
  else if (state?.over) text = "The game is over.";
  else if (table.prompt) text = `Your turn: ${demand(table.hand, state)}.`;
  else if (state && state.current === table.seat) text = "Your move is on its way.";
  else if (state) text = `${table.name(state.current)} is to act.`;
  if ($("status").textContent !== text) $("status").textContent = text;
  page.classList.toggle("mine", table.prompt);
  document.title = `${table.prompt ? "● Your turn · " : ""}${table.room ? `Table ${table.room}` : "Quick play"} · Rachel`;
  showClock();
}

const waitingText = () => {
  const open = table.seats - table.platforms.size;
  return open ? `Waiting for ${open} more, or bots.` : "The table is full.";
};

let clockOf = "", late = ""; // the turn in which we came: its time is told, or not known
/** Let the bar run down during a turn; its end is the host's to decide. */
function showClock() {
  const { state, clock } = table, now = `${table.game} ${state?.turn}`;
  if (state && late === "yes") late = now;
  const told = table.left?.turn === state?.turn ? table.left : null;
  const runs = state && !state.over && clock && (told || now !== late) && !page.classList.contains("lost");
  const turn = runs ? told ?? now : "";
  if (turn === clockOf) return;
  clockOf = turn;
  $("clock").getAnimations().forEach((animation) => animation.cancel());
  if (!runs) return;
  const seconds = told?.seconds ?? clock, full = Math.min(1, seconds / clock);
  $("clock").animate(
    [{ opacity: 1, scale: `${full} 1` }, { opacity: 1, scale: "0 1" }], { duration: seconds * 1000, fill: "forwards" },
  );
}

function showNews() {
  const fresh = table.news.slice(table.news.length - Math.min(table.told - news, table.news.length));
  news = table.told;
  if (!fresh.length) return;
  const story = $("story");
  story.append(...fresh.map((text) => make("p", "", text)));
  while (story.children.length > 200) story.firstElementChild.remove();
  story.scrollTop = story.scrollHeight;
}

let resultOf = "";
function showResult() {
  const { result, state, proof, game } = table;
  $("result").hidden = !result || !state?.over || table.phase !== FINISHED;
  const told = `${game} ${Boolean(result?.dealt)} ${Boolean(proof.Nonce)}`;
  if ($("result").hidden || resultOf === told) return;
  resultOf = told;
  $("again").hidden = watch;
  $("verdict").textContent = state.order[0] === table.seat ? "You win!" : `${table.name(state.order[0])} wins`;
  import("./result.js").then(({ fill }) => fill($("outcome"), table, page.dataset.account), () => {}); // a host that is gone
}

// The page

[14, 77, 140, 199, 203].forEach((card, at) => {
  const drawn = drawCard(card);
  drawn.style.rotate = `${(at - 2) * 9}deg`;
  $("fan").append(drawn);
});
$("name").value = page.dataset.account || kept("name", "localStorage") || $("name").value;
$("enter").onsubmit = (event) => { event.preventDefault(); sit(false); };
$("look").onclick = () => sit(true);
$("act").onclick = act;
$("again").onclick = again;
$("start").onclick = begin;
$("colours").onclick = () => {
  const four = page.classList.toggle("four");
  $("colours").setAttribute("aria-pressed", four);
  keep("four", four, "localStorage");
};
if (kept("four", "localStorage")) $("colours").click();
addEventListener("resize", () => { $("story").scrollTop = $("story").scrollHeight; });
$("leave").onclick = () => {
  if (game) goodbye(game);
  link.close();
  forgetSeat();
  location.assign("/");
};
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, textarea, summary, a");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" && (event.target === page || $("hand").contains(event.target))) {
    const focused = event.target.dataset.card;
    if (focused && !hand.picked.length) hand.toggle(Number(focused));
    event.preventDefault();
    act();
  } else if (event.key.toLowerCase() === "d" && hand.mustDraw) {
    act();
  } else if (event.key === "Escape") {
    hand.clear();
    chosen();
  } else if (event.key.startsWith("Arrow") && !$("hand").contains(event.target)) {
    $("hand").firstElementChild?.focus();
  }
});

const seat = kept(`seat ${room}`);
if (seat) {
  ({ game, token } = seat);
  page.classList.add("seated");
  link.open();
} else if (watch) {
  sit(true);
}
show();
