"""What tests of programs that use Sublimate may want: counting statements, and finding N+1 queries."""

from .statements import ExecutedStatement as ExecutedStatement
from .statements import assert_statements as assert_statements

__all__ = ["ExecutedStatement", "assert_statements"]
