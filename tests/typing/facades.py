"""The module names of SQLAlchemy that programs import from: both checkers find the names there."""

# ruff: noqa: F401

from sublimate.dialects import mysql, postgresql, sqlite
from sublimate.dialects.postgresql import ARRAY, JSONB, UUID, insert
from sublimate.engine import (
    URL,
    Connection,
    CursorResult,
    Engine,
    Result,
    Row,
    RowMapping,
    ScalarResult,
    make_url,
)
from sublimate.engine.base import Engine as E2
from sublimate.engine.reflection import Inspector
from sublimate.engine.result import Result as R2
from sublimate.engine.url import URL as U2
from sublimate.event import listens_for
from sublimate.exc import IntegrityError
from sublimate.ext.associationproxy import AssociationProxy, association_proxy
from sublimate.ext.asyncio import AsyncAttrs, AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker
from sublimate.ext.compiler import compiles
from sublimate.ext.declarative import declarative_base
from sublimate.ext.hybrid import hybrid_method, hybrid_property
from sublimate.ext.mutable import MutableDict
from sublimate.future import create_engine as ce
from sublimate.inspection import inspect
from sublimate.orm.attributes import InstrumentedAttribute, flag_modified
from sublimate.orm.decl_api import DeclarativeBase
from sublimate.orm.exc import NoResultFound, StaleDataError
from sublimate.orm.mapper import Mapper
from sublimate.orm.query import Query
from sublimate.orm.relationships import Relationship
from sublimate.orm.session import Session, sessionmaker
from sublimate.orm.strategy_options import Load
from sublimate.pool import NullPool, QueuePool, StaticPool
from sublimate.schema import CreateTable, MetaData
from sublimate.sql import DDL, select, text
from sublimate.sql import Select as S2
from sublimate.sql.base import Executable
from sublimate.sql.dml import Insert
from sublimate.sql.elements import ColumnElement, conv, quoted_name
from sublimate.sql.expression import BinaryExpression, Select, WriteableColumnCollection, func
from sublimate.sql.functions import GenericFunction, count
from sublimate.sql.functions import func as f2
from sublimate.sql.schema import Column, Table
from sublimate.sql.selectable import Select as S3
from sublimate.sql.selectable import Subquery
from sublimate.sql.sqltypes import Integer
from sublimate.sql.type_api import TypeEngine
from sublimate.types import JSON, TypeDecorator
