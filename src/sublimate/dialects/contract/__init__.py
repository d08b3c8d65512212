"""What the rest of the project may expect of a dialect and its driver."""
