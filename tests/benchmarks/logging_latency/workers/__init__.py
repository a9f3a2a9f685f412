"""One contender a file: open a store, the timed calls, read the points back."""
