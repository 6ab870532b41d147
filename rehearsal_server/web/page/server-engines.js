// What this server can do: the socket's `hello` says it before anything else.

import { SUBPROTOCOL } from "../client/live-session.js";

/** @param {() => Promise<string>} getTicket @returns {Promise<object[]>} none if it does not say */
export async function enginesOf(getTicket) {
  const address = `${location.origin.replace(/^http/, "ws")}/v1/live`;
  const socket = new WebSocket(address, [SUBPROTOCOL, `ticket.${await getTicket()}`]);
  const engines = await new Promise((resolve) => {
    socket.onmessage = ({ data }) => resolve(JSON.parse(data).engines);
    socket.onclose = () => resolve([]); // full, or away: the page does without
  });
  socket.close();
  return engines;
}
