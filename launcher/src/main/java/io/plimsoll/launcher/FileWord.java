package io.plimsoll.launcher;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A file's name on the command line. The empty one would be this directory, and is a variable that is not set.
final class FileWord implements ITypeConverter<Path> {
    @Override
    public Path convert(String text) {
        if (text.isBlank()) {
            throw new TypeConversionException("it names nothing (is a variable empty?); write the name of a file");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new TypeConversionException("no file can have that name: " + e.getReason());
        }
    }
}
