"""Trees whose foreign key shares a column with the key it refers to."""

from typing import Optional

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import Mapped, mapped_column
from twins import both


class Base(orm.DeclarativeBase):
    pass


class Folder(Base):
    """A tree whose nodes have a key of two columns, one of which all nodes of a tree share."""

    __tablename__ = "folder"
    __table_args__ = (
        sa.ForeignKeyConstraint(["account_id", "parent_id"], ["folder.account_id", "folder.id"]),
    )
    account_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[Optional[int]]
    parent: Mapped[Optional["Folder"]] = orm.relationship(
        back_populates="children", remote_side=[account_id, id]
    )
    children: Mapped[list["Folder"]] = orm.relationship(back_populates="parent")


@both()
def test_a_tree_with_a_composite_key(engine, say):
    Base.metadata.create_all(engine)
    say(Folder.parent.property.direction.name, Folder.children.property.direction.name)
    say(sa.select(Folder).join(Folder.children.of_type(orm.aliased(Folder))))
    with orm.Session(engine) as session:
        session.add(
            Folder(account_id=1, id=1, children=[Folder(id=2, children=[Folder(id=3)]), Folder(id=4)])
        )
        session.commit()
        for option in (orm.lazyload("*"), orm.selectinload(Folder.children), orm.joinedload(Folder.parent)):
            session.expunge_all()
            found = session.scalars(sa.select(Folder).options(option).order_by(Folder.id)).unique()
            say([(f.id, sorted(c.id for c in f.children), f.parent and f.parent.id) for f in found])
        session.get(Folder, (1, 2)).parent = session.get(Folder, (1, 4))
        session.commit()
        say(session.execute(sa.select(Folder.id, Folder.parent_id).order_by(Folder.id)).all())
