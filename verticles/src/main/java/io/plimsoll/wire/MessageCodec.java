package io.plimsoll.wire;

import io.plimsoll.model.Report;
import io.vertx.core.buffer.Buffer;

/// Messages to frames and back. The type of a frame is the type of its message; bodies are JSON.
public final class MessageCodec {
    private static final int HELLO = 1;
    private static final int WELCOME = 2;
    private static final int REFUSED = 3;
    private static final int ACK = 4;
    private static final int HEARTBEATS_HEARD = 5;
    private static final int STOP = 6;
    private static final int HEARTBEAT_KEY = 9;
    private static final int RUN_STARTED = 16;
    private static final int FILE_CLOSED = 17;
    private static final int INTERVAL = 18;
    private static final int RESOURCES = 19;
    private static final int HAPPENED = 20;
    private static final int RUN_ENDED = 21;

    private MessageCodec() {}

    public static Buffer encode(Message message) {
        return switch (message) {
            case Message.Hello m -> json(HELLO, 0, m);
            case Message.Welcome m -> json(WELCOME, 0, m);
            case Message.Refused m -> json(REFUSED, 0, m);
            case Message.Ack m -> new Frame(ACK, m.sequence(), Buffer.buffer()).encode();
            case Message.HeartbeatsHeard m -> json(HEARTBEATS_HEARD, 0, m);
            case Message.Stop m -> json(STOP, 0, m);
            case Message.HeartbeatKey m -> json(HEARTBEAT_KEY, 0, m);
            case Message.Numbered m -> json(type(m.report()), m.sequence(), m.report());
        };
    }

    /// @throws WireException when the frame is no message
    public static Message decode(Frame frame) {
        try {
            return switch (frame.type()) {
                case HELLO -> read(frame, Message.Hello.class);
                case WELCOME -> read(frame, Message.Welcome.class);
                case REFUSED -> read(frame, Message.Refused.class);
                case ACK -> new Message.Ack(frame.sequence());
                case HEARTBEATS_HEARD -> read(frame, Message.HeartbeatsHeard.class);
                case STOP -> read(frame, Message.Stop.class);
                case HEARTBEAT_KEY -> read(frame, Message.HeartbeatKey.class);
                case RUN_STARTED -> numbered(frame, Report.RunStarted.class);
                case FILE_CLOSED -> numbered(frame, Report.FileClosed.class);
                case INTERVAL -> numbered(frame, Report.Interval.class);
                case RESOURCES -> numbered(frame, Report.Resources.class);
                case HAPPENED -> numbered(frame, Report.Happened.class);
                case RUN_ENDED -> numbered(frame, Report.RunEnded.class);
                default -> throw new WireException("frame has the unknown type " + frame.type());
            };
        } catch (IllegalArgumentException e) {
            throw new WireException("frame of type " + frame.type() + ": " + e.getMessage(), e);
        }
    }

    private static int type(Report report) {
        return switch (report) {
            case Report.RunStarted _ -> RUN_STARTED;
            case Report.FileClosed _ -> FILE_CLOSED;
            case Report.Interval _ -> INTERVAL;
            case Report.Resources _ -> RESOURCES;
            case Report.Happened _ -> HAPPENED;
            case Report.RunEnded _ -> RUN_ENDED;
        };
    }

    private static Buffer json(int type, long sequence, Object record) {
        return new Frame(type, sequence, Buffer.buffer(Json.write(record))).encode();
    }

    private static <T extends Message> T read(Frame frame, Class<T> type) {
        return Json.read(frame.body().getBytes(), type);
    }

    private static Message.Numbered numbered(Frame frame, Class<? extends Report> type) {
        return new Message.Numbered(frame.sequence(), Json.read(frame.body().getBytes(), type));
    }
}
