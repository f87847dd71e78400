// A boardgame.io server for tables of four, to be measured beside Rachel's (see
// docs/PERFORMANCE.md).
//
// Compared: a move of one player goes through boardgame.io's reducer, ends the turn, and the new
// state is sent to the four of the match, which is its default.
// Not compared: the rules are one line, no cards are hidden (playerView), and nothing is saved: the
// matches are in its own store in memory.
//
// Prints its port, and serves until it is stopped. NODE_PATH says where its packages are.

const { Server } = require("boardgame.io/server");

const SEATS = 4;
const HAND = 7;

const table = {
  name: "table",
  setup: () => ({ top: 0, hands: Array(SEATS).fill(HAND) }),
  turn: { minMoves: 1, maxMoves: 1 },
  moves: {
    play: ({ G, playerID }, card) => {
      G.top = card;
      G.hands[playerID] = 1 + (G.hands[playerID] % HAND);
    },
  },
};

// As Server.run does it, but for this machine only, and without the lobby's API.
const { app, db } = Server({ games: [table], origins: ["http://127.0.0.1"] });
db.connect();
const http = app.listen(0, "127.0.0.1", () => console.log(http.address().port));
