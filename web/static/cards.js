// Cards: their names, and how they are drawn. A card is a byte: bits 7-6 the suit (hearts,
// diamonds, clubs, spades), bits 5-0 the rank (2-10, jack 11, queen 12, king 13, ace 14).

export const SUITS = ["hearts", "diamonds", "clubs", "spades"];
export const JACK = 11, QUEEN = 12, ACE = 14;
const RANKS = { 11: "jack", 12: "queen", 13: "king", 14: "ace" };
const INDEX = { 11: "J", 12: "Q", 13: "K", 14: "A" };
const SVG = "http://www.w3.org/2000/svg";

export const suitOf = (card) => card >> 6;
export const rankOf = (card) => card & 63;
export const isBlackJack = (card) => rankOf(card) === JACK && card >= 128;
export const rankName = (rank) => RANKS[rank] ?? String(rank);

/** Return "10 of hearts". */
export const cardName = (card) => `${rankName(rankOf(card))} of ${SUITS[suitOf(card)]}`;

/** Return "10 of hearts, 10 of clubs and 10 of spades". */
export function cardNames(cards) {
  const names = cards.map(cardName);
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

// Where the pips of the numbers stand: columns at 18, 30 and 42, by their height.
const PIPS = {
  2: "b22 b62", 3: "b22 b42 b62", 4: "a22 c22 a62 c62", 5: "a22 c22 b42 a62 c62",
  6: "a22 c22 a42 c42 a62 c62", 7: "a22 c22 b32 a42 c42 a62 c62",
  8: "a22 c22 b32 a42 c42 b52 a62 c62", 9: "a20 c20 a34 c34 b42 a50 c50 a64 c64",
  10: "a20 c20 b27 a34 c34 a50 c50 b57 a64 c64",
};
const COLUMN = { a: 21, b: 30, c: 39 };

function shape(tag, attributes, parent) {
  const node = document.createElementNS(SVG, tag);
  for (const name in attributes) node.setAttribute(name, attributes[name]);
  parent?.append(node);
  return node;
}

/** Return a drawing of a card, or of a card's back without one; its words are elsewhere. */
export function drawCard(card) {
  const svg = shape("svg", { viewBox: "0 0 60 84", class: "card", "aria-hidden": "true" });
  shape("rect", { class: "paper", x: 0.75, y: 0.75, width: 58.5, height: 82.5, rx: 6.5 }, svg);
  if (card === undefined) {
    svg.classList.add("back");
    shape("rect", { class: "weave", x: 5, y: 5, width: 50, height: 74, rx: 4 }, svg);
    shape("use", { href: "#spades", x: 20, y: 32, width: 20, height: 20 }, svg);
    return svg;
  }
  const rank = rankOf(card), suit = SUITS[suitOf(card)];
  svg.classList.add(suit);
  for (const turn of [0, 180]) {
    const corner = shape("g", { transform: `rotate(${turn} 30 42)` }, svg);
    const index = shape("text", { x: 8.5, y: 16, class: rank === 10 ? "index ten" : "index" }, corner);
    index.textContent = INDEX[rank] ?? rank;
    shape("use", { href: `#${suit}`, x: 4, y: 18.5, width: 9, height: 9 }, corner);
  }
  if (rank in PIPS) {
    for (const pip of PIPS[rank].split(" ")) {
      const y = Number(pip.slice(1)), at = { x: COLUMN[pip[0]] - 5.5, y: y - 5.5, width: 11, height: 11 };
      const turned = y > 42 ? { transform: `rotate(180 ${COLUMN[pip[0]]} ${y})` } : {};
      shape("use", { href: `#${suit}`, ...at, ...turned }, svg);
    }
  } else if (rank === ACE) {
    shape("use", { href: `#${suit}`, x: 15, y: 27, width: 30, height: 30 }, svg);
  } else {
    shape("use", { href: `#${RANKS[rank]}`, x: 16, y: 17, width: 28, height: 28 }, svg);
    shape("use", { href: `#${suit}`, x: 18, y: 43, width: 24, height: 24 }, svg);
  }
  return svg;
}
