"""Database operations. They flush what they write; `get_db` commits."""
