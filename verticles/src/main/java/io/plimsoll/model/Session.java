package io.plimsoll.model;

/// One life of one client process: its id and the time of its start. A client that starts again has the same id and
/// a higher epoch, which fences whatever its former process still sends.
///
/// @param bootEpoch wall clock at process start, milliseconds since 1970
public record Session(ClientId clientId, long bootEpoch) {
    public Session {
        Require.present("client id", clientId);
        Require.wallClock("boot epoch", bootEpoch);
    }
}
