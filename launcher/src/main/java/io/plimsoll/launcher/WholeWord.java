package io.plimsoll.launcher;

import java.math.BigInteger;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A whole number on the command line. Which are allowed is for the flag to say ([Typed#within]), so that what
/// is too large for this machine's numbers is told like what is too large for the flag.
final class WholeWord implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        String word = text.strip();
        if (!word.matches("[+-]?[0-9]{1,100}")) {
            throw new TypeConversionException("'" + text + "' is not a whole number; write one, like 8");
        }
        BigInteger number = new BigInteger(word);
        if (number.bitLength() > 63) {
            throw new TypeConversionException("'" + text + "' is out of range; write a number of fewer digits");
        }
        return number.longValueExact();
    }
}
