"""Client cost of Sublimate against the bare driver and SQLAlchemy, measured in one run, round by round."""
