"""Operators, one a line: arithmetic, comparison, text, NULL, booleans, IN, ANY, precedence."""

from differential.core.lines import corpus

CASES = corpus(r"""
# operators page
t.c.x == 5
5 == t.c.x
t.c.x == None
t.c.x != None
t.c.x.is_(True)
t.c.x.is_not(False)
t.c.x.is_(5)
t.c.b == True
t.c.b == False
t.c.b != True
t.c.b.is_(True)
~t.c.b
not_(t.c.b)
~(t.c.x == None)
~(t.c.x.is_(None))
t.c.x.is_distinct_from(None)
~t.c.x.is_distinct_from(5)
t.c.x < None
t.c.x > True
t.c.x.in_([1, 2, 3])
t.c.x.in_([])
t.c.x.not_in([])
t.c.x.in_(())
t.c.x.in_([None])
t.c.x.in_([1, None])
t.c.x.in_([t.c.y, 5])
t.c.x.in_({1})
t.c.x.in_(range(3))
t.c.x.in_(i for i in [1, 2])
t.c.x.in_('abc')
t.c.x.in_(5)
t.c.x.in_(None)
t.c.x.in_(bindparam('q'))
t.c.x.in_(bindparam('q', expanding=True))
t.c.x.in_(bindparam('q', [1, 2], expanding=True))
t.c.x.in_(bindparam('q', value=[1,2]))
t.c.x.in_(select(t.c.y))
t.c.x.in_(select(t.c.y).scalar_subquery())
t.c.x.in_(select(t.c.y).subquery())
t.c.x.in_(text('select 1'))
t.c.x.in_(func.foo(1))
t.c.x.in_(literal_column('q'))
t.c.x.in_(t.c.y)
t.c.x.in_(null())
t.c.x.in_(t)
t.c.x.in_(union(select(t.c.x), select(t.c.y)))
t.c.x.in_(values(column('a', Integer), name='v').data([(1,)]))
tuple_(t.c.x, t.c.y).in_([(1, 2), (3, 4)])
tuple_(t.c.x, t.c.y).in_([])
tuple_(t.c.x, t.c.y).not_in([])
tuple_(t.c.x, t.c.y).in_([tuple_(1, 2)])
tuple_(t.c.x, t.c.y).in_(select(t.c.y, t.c.x))
tuple_(t.c.x, t.c.y) == (1, 2)
tuple_(t.c.x, t.c.y) == tuple_(1, 2)
tuple_(t.c.x, t.c.y) > (1, 2)
tuple_(t.c.x, 5) < tuple_(6, t.c.y)
tuple_(t.c.x, t.c.y) == select(t.c.x, t.c.y).scalar_subquery()
tuple_(1, 'a', types=[Integer, String]).in_([(1, 'b')])
tuple_(1, 2)
select(tuple_(t.c.x, t.c.y))
-t.c.x
-(-t.c.x)
+t.c.x
t.c.x + 5
5 + t.c.x
t.c.x - t.c.y
5 - t.c.x
t.c.x * 2
2 * t.c.x
t.c.x / 2
2 / t.c.x
t.c.x // 2
2 // t.c.x
t.c.x % 2
2 % t.c.x
t.c.x ** 2
2 ** t.c.x
t.c.x / t.c.f
t.c.n / t.c.x
t.c.x // t.c.f
t.c.f // 2
t.c.x @ t.c.y
t.c.x << 2
t.c.x >> 2
t.c.x & t.c.y
t.c.x | t.c.y
t.c.x ^ 2
(t.c.x == 1) ^ (t.c.y == 2)
~t.c.x
abs(t.c.x)
t.c.x.bitwise_and(5)
t.c.x.bitwise_or(5) + 3
t.c.x.bitwise_not()
bitwise_not(t.c.x)
bitwise_not(5)
t.c.x.bitwise_lshift(2)
t.c.x.bitwise_rshift(2)
t.c.x.bitwise_and(5) == t.c.y.bitwise_or(t.c.x)
t.c.x.bitwise_and(t.c.x.bitwise_or(3))
t.c.x.bitwise_and(t.c.x.bitwise_and(3))
(t.c.x + 5).bitwise_and(2)
t.c.x.bitwise_and(2) + 5
t.c.x.bitwise_lshift(2).bitwise_and(5)
t.c.s + 'x'
'x' + t.c.s
t.c.s + t.c.x
t.c.s + 5
t.c.s.concat('x')
t.c.x.concat(t.c.s)
t.c.s + 'a' + 'b'
('a' + t.c.s) + ('b' + t.c.s)
t.c.s.concat(t.c.s.concat('x'))
t.c.s - 'x'
t.c.s * 5
t.c.d - t.c.d
t.c.d + datetime.timedelta(days=1)
t.c.d - datetime.timedelta(days=1)
t.c.d - datetime.datetime(2020, 1, 1)
t.c.d > datetime.datetime(2020, 1, 1)
func.now() - t.c.d
t.c.s.like('a%')
t.c.s.like('a%', escape='/')
t.c.s.like('a%', escape="'")
t.c.s.like(t.c.s)
t.c.s.like(5)
t.c.s.like(None)
t.c.s.ilike('a%', escape='\\')
t.c.s.not_like('a')
t.c.s.notlike('a')
t.c.s.not_ilike('a')
~t.c.s.like('a')
~t.c.s.ilike('a')
t.c.s.startswith('a')
t.c.s.startswith('a%b', autoescape=True)
t.c.s.startswith('a%b', escape='^')
t.c.s.startswith('a%b/', autoescape=True, escape='^')
t.c.s.startswith(t.c.s)
t.c.s.startswith(func.foo(t.c.s))
t.c.s.startswith(literal_column("'x'"))
t.c.s.startswith(t.c.s + 'x')
t.c.s.startswith(None)
t.c.s.startswith(5)
t.c.s.startswith(t.c.s, autoescape=True)
t.c.s.endswith('a')
t.c.s.endswith('a%', autoescape=True)
t.c.s.contains('a')
t.c.s.contains('a_', autoescape=True)
t.c.s.contains(t.c.s)
t.c.s.icontains('a')
t.c.s.icontains('A_', autoescape=True)
t.c.s.istartswith('a')
t.c.s.iendswith('a')
~t.c.s.contains('a')
~t.c.s.istartswith('a')
~t.c.s.iendswith('a', escape='/')
~t.c.s.endswith('a')
t.c.x.contains('5')
t.c.s.match('a')
~t.c.s.match('a')
t.c.s.match('a', postgresql_regconfig='english')
t.c.s.match('a', mysql_boolean_mode=False)
t.c.s.match('a', mysql_boolean_mode=False, mysql_natural_language=True)
t.c.s.match('a', mysql_boolean_mode=False, mysql_query_expansion=True)
t.c.s.match('a').label('q')
t.c.s.match(t.c.s)
t.c.s.match('a') > 0.5
t.c.s.regexp_match('a.*')
~t.c.s.regexp_match('a.*')
t.c.s.regexp_match('a.*', flags='i')
t.c.s.regexp_match('a.*', flags='ig')
~t.c.s.regexp_match('a.*', flags='i')
t.c.s.regexp_match(t.c.s)
t.c.s.regexp_match(literal('x') + 'y')
t.c.s.regexp_replace('a', 'b')
t.c.s.regexp_replace('a', 'b', flags='g')
t.c.s.regexp_replace(t.c.s, t.c.s + 'q')
t.c.s.collate('C')
t.c.s.collate('de_DE') == 'x'
t.c.s.collate('utf8 bin').desc()
collate(t.c.s, 'C')
collate('x', 'C')
collate('x', 'C', 'pg_catalog')
t.c.s.collate('C', 'pg_catalog')
t.c.s.collate('C') + 'x'
t.c.s.collate('C').like('x')
(t.c.s + 'x').collate('C')
t.c.s.op('->>')('x')
t.c.x.op('+', precedence=7)(5) * 3
t.c.x.op('&&', is_comparison=True)(5) & (t.c.x == 5)
~t.c.x.op('&&', is_comparison=True)(5)
~t.c.x.op('&&')(5)
t.c.x.bool_op('@@')('5')
t.c.x.op('%')(5)
t.c.x.op('||', return_type=String)('a') + 'b'
t.c.x.op('-')(t.c.y).op('+')(5)
t.c.x.op(':=')(text('5'))
custom_op('%%', precedence=3)(t.c.x, 5)
custom_op('!', is_comparison=True)(t.c.x, 5)
t.c.x.between(1, 5)
t.c.x.between(1, 5, symmetric=True)
~t.c.x.between(1, 5)
~t.c.x.between(1, 5, symmetric=True)
between(t.c.x, t.c.y, 5)
between(5, t.c.x, t.c.y)
t.c.x.between(None, 5)
t.c.x.between(t.c.y + 1, t.c.y * 2) & t.c.b
t.c.x.between(1, 5) == t.c.b
t.c.x.desc()
t.c.x.asc().nulls_first()
t.c.x.desc().nulls_last()
t.c.x.nullsfirst()
t.c.x.nulls_first().desc()
nulls_last(t.c.x.desc())
nullsfirst(desc(t.c.x))
desc(t.c.x + 5)
asc(5)
desc(func.foo(t.c.x))
-t.c.x.desc()
t.c.x.distinct()
distinct(t.c.x)
func.count(t.c.x.distinct())
func.count(distinct(t.c.x + 1))
select(distinct(t.c.x))
select(t.c.x.distinct().label('q'))
any_(select(t.c.x).scalar_subquery()) == 5
5 == any_(select(t.c.x).scalar_subquery())
t.c.x == any_(select(t.c.x).scalar_subquery())
t.c.x == any_(select(t.c.x))
t.c.x > all_(select(t.c.x).scalar_subquery())
~(t.c.x == any_(select(t.c.x).scalar_subquery()))
t.c.x != all_(select(t.c.x).scalar_subquery())
all_(select(t.c.x).scalar_subquery()) < t.c.x
select(t.c.x).scalar_subquery().any_() == 5
any_(func.foo(1)) == 5
any_([1, 2]) == 5
any_(literal([1,2], ARRAY(Integer))) == t.c.x
any_(select(t.c.x)) + 5
t.c.x.any_() == 5
func.array_agg(t.c.x).any_() == 5
null() == None
null() == t.c.x
t.c.x == null()
true() == t.c.b
t.c.b == true()
true() & t.c.b
and_(true(), t.c.b, True)
and_(false(), t.c.b)
or_(true(), t.c.b)
or_(False, t.c.b)
and_()
or_()
and_(True)
and_(False)
or_(None, t.c.b)
and_(t.c.x == 5, None)
and_(t.c.x == 5)
and_([t.c.x == 5])
and_('x')
and_(text('q'), t.c.x)
or_(t.c.x == 5, and_(), t.c.y == 3)
or_(and_(t.c.x == 5, t.c.y == 3), and_(or_(t.c.x == 7)))
not_(and_(t.c.x == 5, t.c.y == 3))
not_(or_(t.c.x == 5, t.c.y == 3))
not_(true())
not_(false())
not_(None)
not_(True)
not_(t.c.x)
not_(t.c.x + 5)
not_(func.foo(t.c.x))
not_(func.foo(t.c.x, type_=Boolean))
not_(not_(t.c.x == 5))
not_(not_(t.c.b))
not_(not_(and_(t.c.x == 5, t.c.y == 3)))
not_(t.c.b & (t.c.x == 1))
not_(t.c.x.in_([1]))
not_(t.c.x.in_([]))
not_(select(t.c.b).scalar_subquery())
not_(exists().where(t.c.x == 5))
~exists(select(t.c.x))
not_(literal(True))
not_(literal_column('x', Boolean))
not_(cast(t.c.x, Boolean))
not_(case((t.c.x == 5, true()), else_=false()))
t.c.b & t.c.b
t.c.b | (t.c.x == 5)
(t.c.x == 5) & 'x'
(t.c.x == 5) & True
(t.c.x == 5) | None
(t.c.x == 5) == True
(t.c.x == 5) == (t.c.y == 3)
(t.c.x == 5) + 1
(t.c.x == 5).is_(None)
((t.c.x == 5) & t.c.b).is_(True)
t.c.b + 5
t.c.b < t.c.x
(t.c.x + 5) == (t.c.y - 3)
(t.c.x + 5) * 3 - t.c.y * (2 - t.c.x)
t.c.x - (t.c.y - 3)
(t.c.x - t.c.y) - 3
t.c.x / (t.c.y / 3)
t.c.x / t.c.y * 3
t.c.x * (t.c.y / 3)
-(t.c.x + 5)
(-t.c.x) + 5
-(t.c.x * 5)
(t.c.x + 5).label('q') + 3
t.c.x.label('q') == 5
t.c.x.label('q').in_([1])
t.c.x.label(None)
label('q', t.c.x)
label('q', t.c.x, String) + 'x'
label('q', 5)
""")
