// Datagrams. Traps: a socket whose send failed once stays misaligned for good (so: a socket for each exchange), close is reported twice,
// a name that cannot be resolved is sent to nowhere without a word.
import type { Udp } from "../platform/ports";

export const udp: Udp = {
  send: function (host, port, data, received) {
    let socket: EspruinoDatagramSocket | undefined;
    try {
      socket = require("dgram").createSocket({ type: "udp4" });
      socket.on("message", function (message, info) {
        if (socket) received({ data: message, address: info.address, port: info.port });
      });
      socket.send(data, port, host);
    } catch (error) {
      // No answer will come; the caller's patience ends it.
    }
    return {
      close: function () {
        const open = socket;
        socket = undefined;
        try {
          if (open) open.close();
        } catch (error) {
          // Closed already.
        }
      },
    };
  },
};
