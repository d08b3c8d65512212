"""SELECT, INSERT, UPDATE, DELETE and what they are made of, as immutable nodes."""
