package io.plimsoll.io;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A filter that has the kernel answer a system call with an error, for the calling thread, the processes that it
/// starts, and as long as they live: a thread that has one is good for nothing else.
///
/// @param call its number
/// @param argument which one is looked at
/// @param test [#ALWAYS], [#EQUAL] or [#ANY_BIT]
/// @param operand of the test, on the lower half of the argument
record SeccompFilter(int call, int argument, int test, int operand) {
    /// At least 0, which every number is.
    static final int ALWAYS = 0x35;

    static final int EQUAL = 0x15;
    static final int ANY_BIT = 0x45;

    private static final int PR_SET_SECCOMP = 22;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int SECCOMP_MODE_FILTER = 2;
    private static final int RETURN_ERRNO = 0x00050000;
    private static final int ALLOW = 0x7fff0000;
    private static final int LOAD_WORD = 0x20;
    private static final int RETURN = 0x06;
    private static final int ARGUMENTS_AT = 16;

    static SeccompFilter every(int call) {
        return new SeccompFilter(call, 0, ALWAYS, 0);
    }

    /// @return 0, or the errno with which the kernel refuses to have a filter
    int install(int errno) {
        try (Libc libc = new Libc();
                Arena arena = Arena.ofConfined()) {
            MemorySegment code = arena.allocate(6 * 8, 8);
            instruction(code, 0, LOAD_WORD, 0, 0, 0); // the number of the call
            instruction(code, 1, EQUAL, 0, 3, call);
            instruction(code, 2, LOAD_WORD, 0, 0, ARGUMENTS_AT + 8 * argument);
            instruction(code, 3, test, 0, 1, operand);
            instruction(code, 4, RETURN, 0, 0, RETURN_ERRNO | errno);
            instruction(code, 5, RETURN, 0, 0, ALLOW);
            MemorySegment program = arena.allocate(16, 8);
            program.set(JAVA_SHORT, 0, (short) 6);
            program.set(JAVA_LONG, 8, code.address());
            MemorySegment prctl = Libc.function("prctl");
            boolean installed = (int) libc.call(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
                    && (int) libc.call(prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program.address()) == 0;
            return installed ? 0 : libc.errno();
        }
    }

    private static void instruction(MemorySegment code, int i, int op, int ifTrue, int ifFalse, int operand) {
        code.set(JAVA_SHORT, 8L * i, (short) op);
        code.set(JAVA_BYTE, 8L * i + 2, (byte) ifTrue);
        code.set(JAVA_BYTE, 8L * i + 3, (byte) ifFalse);
        code.set(JAVA_INT, 8L * i + 4, operand);
    }
}
