// What a game came to: places, awards, whether the deal was fair, the rating, and the replay.

import { make } from "./felt.js";
import { holds } from "./proof.js";

const FAIR = "The deal was fair: nobody could change the cards once the game had begun.";
const UNFAIR = "WARNING: the deal was not fair: these are not the promised cards.";

/** Show in `place` how a table's game ended; `account` is who is logged in, empty without. */
export async function fill(place, table, account) {
  const { state, result, proof, seats, seat, dealt, moves, game, room } = table;
  const order = [...state.order, ...(result.survivor === null ? [] : [result.survivor])];
  const places = make("ol", "", ...order.map((other) => {
    const item = make("li", other === seat ? "own" : "", make("b", "", table.name(other)));
    if (result.dealt) {
      item.append(make("span", "", `cards and skips: ${result.dealt[other]} given, ${result.taken[other]} faced`));
    }
    return item;
  }));
  const fair = holds({ told: proof, seats, seat, hand: dealt, moves });
  const notes = make("ul", "", ...awards(table).map((text) => make("li", "", text)));
  place.replaceChildren(places, notes);
  if (fair === null) return;
  place.append(make("p", fair ? "fair" : "unfair", fair ? FAIR : UNFAIR));
  const found = await ask(`/tables/${room}`);
  if (found?.game_id !== game || !found.game) return;
  const link = make("a", "", "Watch the replay");
  link.href = `/games/${found.game}`;
  link.target = "_blank";
  place.append(make("p", "", link));
  const played = account && seat !== null ? (await ask(`/players/${account}/games?limit=1`))?.items[0] : null;
  if (played?.game !== found.game || played.rating_after === null) return;
  const change = played.rating_after - played.rating_before;
  const signed = `${change < 0 ? "−" : "+"}${Math.abs(change)}`;
  notes.append(make("li", "", `Your rating: ${played.rating_after} (${signed})`));
}

async function ask(path) {
  try {
    const answer = await fetch(`/api/v1${path}`);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // the result is here without it
  }
}

/** Return who attacked and who was attacked most, if one seat did. */
function awards(table) {
  const { dealt, taken } = table.result, told = [];
  for (const [totals, words] of [[dealt, "Attacked most"], [taken, "Was attacked most"]]) {
    const most = Math.max(...(totals ?? [0]));
    const seats = (totals ?? []).flatMap((total, seat) => (total === most ? [seat] : []));
    if (most && seats.length === 1) told.push(`${words}: ${table.name(seats[0])}`);
  }
  return told;
}
