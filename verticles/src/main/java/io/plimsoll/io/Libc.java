package io.plimsoll.io;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// Calls functions of libc, and keeps their errno. Linux, 64 bit.
///
/// All are called alike, with seven words for a word, because the JVM takes about 5 ms to make a handle for each kind
/// of signature, and a benchmark is to begin at once. On Linux's 64-bit architectures that is allowed: integers and
/// pointers, also those of variadic functions, each have a register or a place on the stack of their own; who expects
/// an `int` there ignores the upper half or finds it sign-extended, as Java does; and nobody misses the words that he
/// did not ask for. An `int` that comes back has anything in its upper half: cast it.
///
/// An instance belongs to one owner and is used by one thread at a time: errno lands in a segment of the instance. The
/// calls block and are therefore never `critical`. They allocate nothing, once they are compiled.
final class Libc implements AutoCloseable {
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    /// Null where it is refused.
    private static final MethodHandle CALL;

    /// Why, with the remedy; empty where it is not.
    private static final String REFUSAL;

    static {
        MethodHandle call = null;
        String refusal = "";
        if (System.getProperty("os.name").equals("Linux")) {
            try {
                call = Linker.nativeLinker()
                        .downcallHandle(
                                FunctionDescriptor.of(
                                        JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                                        JAVA_LONG),
                                Linker.Option.captureCallState("errno"));
            } catch (IllegalCallerException _) {
                refusal = "calls of libc need native access: start Java with --enable-native-access=ALL-UNNAMED";
            }
        } else {
            refusal = "Plimsoll measures on Linux only; this is " + System.getProperty("os.name");
        }
        CALL = call;
        REFUSAL = refusal;
    }

    private final Arena arena;
    private final MemorySegment capture;

    /// @throws NativeAccessException where Java may not call libc
    Libc() {
        if (CALL == null) {
            throw new NativeAccessException(REFUSAL);
        }
        arena = Arena.ofShared();
        capture = arena.allocate(CAPTURE);
    }

    /// The address of a function; none where nothing may be called.
    static MemorySegment function(String name) {
        if (CALL == null) {
            return MemorySegment.NULL;
        }
        return Linker.nativeLinker()
                .defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsupportedOperationException("libc has no " + name));
    }

    long call(MemorySegment function, long a) {
        return call(function, a, 0, 0, 0, 0, 0, 0);
    }

    long call(MemorySegment function, long a, long b) {
        return call(function, a, b, 0, 0, 0, 0, 0);
    }

    long call(MemorySegment function, long a, long b, long c) {
        return call(function, a, b, c, 0, 0, 0, 0);
    }

    long call(MemorySegment function, long a, long b, long c, long d) {
        return call(function, a, b, c, d, 0, 0, 0);
    }

    long call(MemorySegment function, long a, long b, long c, long d, long e) {
        return call(function, a, b, c, d, e, 0, 0);
    }

    long call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        return call(function, a, b, c, d, e, f, 0);
    }

    /// Memory whose address is passed must be the caller's as long as the call lasts.
    ///
    /// @return what the function returns; if that is an `int`, to be cast to one
    long call(MemorySegment function, long a, long b, long c, long d, long e, long f, long g) {
        try {
            return (long) CALL.invokeExact(function, capture, a, b, c, d, e, f, g);
        } catch (RuntimeException | Error x) {
            throw x;
        } catch (Throwable x) {
            throw new AssertionError("a native call throws nothing of its own", x);
        }
    }

    /// Of the last call that failed.
    int errno() {
        return (int) ERRNO.get(capture, 0L);
    }

    @Override
    public void close() {
        arena.close();
    }
}
