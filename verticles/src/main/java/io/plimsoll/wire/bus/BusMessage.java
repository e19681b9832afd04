package io.plimsoll.wire.bus;

import io.plimsoll.model.ClientId;
import io.plimsoll.model.ClientPhase;
import io.plimsoll.model.ClientState;
import io.plimsoll.model.Require;
import io.plimsoll.model.Session;
import java.util.List;
import java.util.Optional;

/// A message of the control plane; [BusCodec] carries any of them as JSON.
public sealed interface BusMessage {

    /// A client is on the bus and can be reached at [BusAddresses#stopClient].
    record ClientHello(Session session) implements BusMessage {
        public ClientHello {
            Require.present("session", session);
        }
    }

    /// Live figures of a client, for people who watch; results go by TCP.
    ///
    /// @param bytesPerSecond over the last second
    /// @param remainingMs of the run time
    record ClientStatus(
            Session session,
            ClientPhase phase,
            long bytes,
            double bytesPerSecond,
            int files,
            int rollovers,
            long remainingMs)
            implements BusMessage {
        public ClientStatus {
            Require.present("session", session);
            Require.present("phase", phase);
            Require.notNegative("bytes", bytes);
            Require.notNegative("bytes per second", bytesPerSecond);
            Require.notNegative("files", files);
            Require.notNegative("rollovers", rollovers);
            Require.notNegative("remaining ms", remainingMs);
        }
    }

    record StatusRequest() implements BusMessage {}

    /// @param runNumber empty while no client has come
    record ServerStatus(Optional<Long> runNumber, List<ClientView> clients) implements BusMessage {
        public ServerStatus {
            Require.present("run number", runNumber);
            clients = List.copyOf(clients);
        }
    }

    /// What the server knows of one client.
    ///
    /// @param live the client's last status on the bus, or what its heartbeats say where it is not on the bus
    /// @param silentMs time since the client was last heard, by any path
    record ClientView(
            ClientId clientId, String hostName, String target, ClientState state, ClientStatus live, long silentMs)
            implements BusMessage {}

    /// @param client empty: every client of the run
    record StopRequest(Optional<ClientId> client, String reason) implements BusMessage {
        public StopRequest {
            Require.present("client", client);
            Require.text("reason", reason, 1000);
        }
    }

    /// @param stopping clients that were told to stop
    /// @param unreached clients that could not be told
    record StopReply(List<ClientId> stopping, List<ClientId> unreached) implements BusMessage {
        public StopReply {
            stopping = List.copyOf(stopping);
            unreached = List.copyOf(unreached);
        }
    }

    record StopClient(String reason) implements BusMessage {
        public StopClient {
            Require.text("reason", reason, 1000);
        }
    }

    record Done() implements BusMessage {}
}
