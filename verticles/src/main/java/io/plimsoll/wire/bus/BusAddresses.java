package io.plimsoll.wire.bus;

import io.plimsoll.model.ClientId;

/// Every address of the clustered bus, in one place. Requests time out after [#REQUEST_TIMEOUT_MS].
public final class BusAddresses {
    /// Clients request it with [BusMessage.ClientHello]; the server replies [BusMessage.Done].
    public static final String HELLO = "plimsoll.hello";

    /// Clients send [BusMessage.ClientStatus] once a second; no reply.
    public static final String STATUS = "plimsoll.status";

    /// Commands request it with [BusMessage.StatusRequest]; the server replies [BusMessage.ServerStatus].
    public static final String SERVER_STATUS = "plimsoll.server.status";

    /// Commands request it with [BusMessage.StopRequest]; the server replies [BusMessage.StopReply].
    public static final String SERVER_STOP = "plimsoll.server.stop";

    public static final long REQUEST_TIMEOUT_MS = 3_000;

    private BusAddresses() {}

    /// The server requests it with [BusMessage.StopClient]; the client replies [BusMessage.Done].
    public static String stopClient(ClientId client) {
        return "plimsoll.client." + client + ".stop";
    }
}
