"""What can be done to the streams themselves? Each operation writes who did it, in the step that does it."""
