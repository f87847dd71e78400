// A Colyseus server for tables of four, to be measured beside Rachel's (see docs/PERFORMANCE.md).
//
// Compared: a message of one player changes the table's state, and Colyseus sends what has changed
// to the four of it, at once and not every 50 ms, which is its default.
// Not compared: there are no rules beyond "whose turn is it", no hidden cards (a view for each
// player would cost more), and nothing is saved.
//
// Prints its port, and serves until it is stopped. NODE_PATH says where its packages are.

const { Room, Server } = require("@colyseus/core");
const { schema, t } = require("@colyseus/schema");
const { WebSocketTransport } = require("@colyseus/ws-transport");

const SEATS = 4;
const HAND = 7;

const TableState = schema({
  turn: t.uint32(),
  current: t.uint8(),
  top: t.uint8(),
  hands: t.array("uint8"),
});

class Table extends Room {
  maxClients = SEATS;
  patchRate = null;
  state = new TableState();
  seats = new Map();

  onCreate() {
    this.state.turn = this.state.current = this.state.top = 0;
    this.state.hands.push(...Array(SEATS).fill(HAND));
    this.onMessage("play", (client, card) => {
      const { state } = this;
      const seat = this.seats.get(client.sessionId);
      if (seat !== state.current) return;
      state.top = card;
      state.hands[seat] = 1 + (state.hands[seat] % HAND);
      state.current = (seat + 1) % SEATS;
      state.turn += 1;
      this.broadcastPatch();
    });
  }

  onJoin(client) {
    this.seats.set(client.sessionId, this.seats.size);
  }
}

const transport = new WebSocketTransport();
const server = new Server({ transport, greet: false });
server.define("table", Table).filterBy(["table"]);
server.listen(0, "127.0.0.1").then(() => console.log(transport.server.address().port));
