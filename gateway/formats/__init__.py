"""Standards' formats, in and out: pure, from bytes to our values and from an alarm to bytes."""
