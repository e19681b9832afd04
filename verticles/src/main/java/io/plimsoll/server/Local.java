package io.plimsoll.server;

import io.plimsoll.model.Authentication;
import io.plimsoll.model.Report;
import io.plimsoll.wire.Heartbeat;
import io.plimsoll.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// What the server's verticles tell each other on local addresses; none of it leaves the process.
sealed interface Local {
    /// Requests and news for the roster verticle.
    String ROSTER = "plimsoll.local.roster";

    /// Asks the server to end in an orderly way.
    String SHUTDOWN = "plimsoll.local.shutdown";

    /// Orders for the TCP verticle that holds the connection: the connection's number modulo the instances tells which.
    static String tcp(long instance) {
        return "plimsoll.local.tcp." + instance;
    }

    /// Every record that travels on local addresses of the roster and TCP verticles.
    static List<Class<? extends Record>> types() {
        List<Class<? extends Record>> types = new ArrayList<>();
        for (Class<?> type : Local.class.getPermittedSubclasses()) {
            types.add(type.asSubclass(Record.class));
        }
        types.add(Admitted.class);
        return types;
    }

    /// A hello; the reply is [Admitted], or a failure with a code of [Persist].
    record Admit(Message.Hello hello, long connection, String remote, Authentication by) implements Local {}

    /// @param committed all reports of the session up to this number are committed
    record Admitted(UUID runUuid, long run, long client, long committed) {}

    record Disconnected(long client, long connection, String reason) implements Local {}

    record Heard(List<Heartbeat> beats) implements Local {}

    record Delivered(Set<Long> clients) implements Local {}

    record Started(long client, Report.RunStarted report) implements Local {}

    record Ended(long run, long client, String clientId, Report.RunEnded report) implements Local {}

    record Tell(long connection, Message message) implements Local {}

    record Disconnect(long connection, String reason) implements Local {}
}
