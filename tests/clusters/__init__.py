"""Servers that a test starts for itself, from the binaries on the machine."""
