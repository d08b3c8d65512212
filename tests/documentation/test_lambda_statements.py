"""Statements made of lambdas: built once, with the values of each call."""

import sqlalchemy as sa
from sqlalchemy import lambda_stmt
from twins import both

metadata = sa.MetaData()
coin = sa.Table(
    "coin", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(9)), sa.Column("worth", sa.Integer)
)  # fmt: skip


def worth_more(than, named=None):
    statement = lambda_stmt(lambda: sa.select(coin.c.name).order_by(coin.c.worth))
    statement += lambda s: s.where(coin.c.worth > than)
    if named is not None:
        statement += lambda s: s.where(coin.c.name.in_(named))
    return statement


@both("sqlite", "psycopg")
def test_values_of_each_call(engine, say):
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(coin.insert(), [{"id": n, "name": f"c{n}", "worth": n * 10} for n in range(1, 6)])
        for than, named in ((10, None), (30, None), (10, ["c2", "c5"]), (10, ["c3"]), (10, [])):
            say(connection.scalars(worth_more(than, named)).all())
        changed = lambda_stmt(lambda: sa.update(coin))
        changed += lambda s: s.where(coin.c.id == 2).values(name="two")
        say(connection.execute(changed).rowcount)
        say(connection.scalars(lambda_stmt(lambda: sa.select(coin.c.name).where(coin.c.id == 2))).all())


@both("sqlite")
def test_shape_of_lambda_statements(engine, say):
    statement = worth_more(5)
    say(statement, sorted(statement.compile().params.values()))
    say(statement.is_select)
    limit = 3
    statement = lambda_stmt(lambda: sa.select(coin)).add_criteria(lambda s: s.limit(limit))
    say(statement)
    say(sa.select(coin.c.id).where(lambda: coin.c.worth == limit), sa.select(lambda: coin.c.id))
