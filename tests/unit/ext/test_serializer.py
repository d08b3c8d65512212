"""Pickled statements mean the same in another process, whatever was made there before."""

import os
import subprocess
import sys

PROGRAM = """
import sys
from sublimate import ForeignKey, select
from sublimate.ext import serializer
from sublimate.orm import DeclarativeBase, Mapped, aliased, mapped_column, relationship

class Base(DeclarativeBase): pass

def user():
    class User(Base):
        __tablename__ = "user"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        addresses: Mapped[list["Address"]] = relationship()
    User.__qualname__ = "User"
    globals()["User"] = User

def address():
    class Address(Base):
        __tablename__ = "address"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    Address.__qualname__ = "Address"
    globals()["Address"] = Address

def statements():
    other = aliased(User)
    return [
        select(User).where(User.name == "ada"), select(Address.name), select(other).join(other.addresses),
        select(User.__table__.c.name),
    ]

if sys.argv[1] == "dump":
    user(); address()
    for statement in statements():
        statement.cache_key()
    sys.stdout.buffer.write(serializer.dumps(statements()))
else:
    address(); user()
    mine = statements()
    theirs = serializer.loads(sys.stdin.buffer.read(), Base.metadata)
    print([a.cache_key() == b.cache_key() for a in mine for b in theirs])
    print([str(a) == str(b) for a, b in zip(mine, theirs)])
"""


def run(verb: str, given: bytes = b"") -> bytes:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, verb], input=given, capture_output=True, check=True, env=environment
    )
    return done.stdout


def test_statements_of_another_process_have_the_shapes_of_this_one() -> None:
    said = run("load", run("dump")).decode().splitlines()
    assert said == [str([i == j for i in range(4) for j in range(4)]), str([True] * 4)]
