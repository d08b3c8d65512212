"""Functions, table-valued functions and JSON, one expression a line."""

from differential.core.lines import corpus

CASES = corpus(r"""
func.sum(t.c.x + 5).over(partition_by=t.c.y + 6, order_by=t.c.x + 7, rows=(-1, 2))
func.sum(literal(5)).over(order_by=literal(6), rows=(-1, 2))
func.foo()
func.foo(1, 'x', None, True, 5.5)
func.foo(t.c.x).label('q')
func.Foo()
func.foo_()
func.if_(t.c.x)
func.pkg.foo(1)
func.a.b.c(1)
func.Pkg.Foo(1)
func._foo()
func.foo(t.c.x, type_=String) + 'x'
func.foo([1, 2])
func.foo(select(t.c.x))
func.foo(select(t.c.x).scalar_subquery())
func.foo(t)
func.foo(t.c)
func.foo(text('x'))
func.foo(literal_column('x'))
func.foo(t.c.x == 5)
func.foo(t.c.x + 5, t.c.y * 2)
func.foo(t.c.x.label('q'))
func.foo(func.bar(func.baz(t.c.x)))
func.foo(t.c.x.desc())
func.foo(datetime.date(2020, 1, 1))
func.foo(t.c.x) == 5
func.foo(t.c.x).in_([1])
func.foo(t.c.x).between(1, 2)
func.foo(t.c.x).is_(None)
~func.foo(t.c.x)
-func.foo(t.c.x)
func.foo(t.c.x).desc()
func.foo(t.c.x).collate('C')
func.foo(t.c.x).cast(String)
func.foo(t.c.x, 5)(6)
func.count()
func.count('*')
func.count(t.c.x)
func.count(t)
func.count(literal_column('1'))
func.count(text('*'))
func.count(t.c.x, type_=String).type
func.max(t.c.x).type
func.max(t.c.s).type
func.max(5).type
func.coalesce(t.c.x, 5).type
func.coalesce(None, t.c.s).type
func.sum(t.c.n).type
func.sum(t.c.n) + 5
func.min(t.c.d).type
func.lower(t.c.s).type
func.upper(t.c.s) + 'x'
func.concat(t.c.s, 'x').type
func.concat(t.c.s, 'x') + 'y'
func.char_length(t.c.s).type
func.char_length(t.c.s) + 5
func.length(t.c.s).type
func.now().type
func.now() + datetime.timedelta(days=1)
func.now() - func.now()
func.current_date()
func.current_date().type
func.current_time()
func.current_timestamp()
func.current_timestamp(3)
func.current_user()
func.localtime()
func.localtimestamp()
func.session_user()
func.sysdate()
func.user()
func.user(5)
func.CURRENT_DATE()
func.NOW()
func.random()
func.rank()
func.rank().type
func.dense_rank().over(order_by=t.c.x)
func.percent_rank().type
func.cume_dist().type
func.cube(t.c.x, t.c.y)
func.rollup(t.c.x, t.c.y)
func.grouping_sets(tuple_(t.c.x), t.c.y)
func.grouping(t.c.x)
func.next_value(seq)
seq.next_value()
seq2.next_value()
select(seq)
select(seq.next_value())
select(func.nextval('sq'))
insert(t).values(x=seq.next_value())
func.cast(t.c.x, Integer)
func.extract('year', t.c.d)
func.array_agg(t.c.x)
func.array_agg(t.c.x, type_=ARRAY(Integer))
func.array_agg(t.c.x).any_() == 5
func.string_agg(t.c.s, ',')
func.string_agg(t.c.s, literal_column("','"))
func.group_concat(t.c.s)
func.aggregate_strings(t.c.s, ',').type
select(func.aggregate_strings(t.c.s, ','))
func.mode().within_group(t.c.x)
func.foo(t.c.x).within_group(t.c.y.desc()).label('q')
func.foo(t.c.x).filter(t.c.y > 5).label('q')
func.foo(t.c.x).filter(t.c.y > 5) + 5
func.foo(t.c.x).filter(t.c.y > 5).within_group(t.c.x)
func.foo(t.c.x).filter(True)
func.foo(t.c.x).filter(None)
func.foo(t.c.x).filter('x')
func.foo(t.c.x).filter(t.c.b)
func.foo(t.c.x).over()
func.foo(t.c.x).over(partition_by=t.c.y)
func.foo(t.c.x).as_comparison(1, 1)
func.foo(t.c.x, t.c.y).as_comparison(1, 2)
func.foo(t.c.x).alias('q')
select(func.foo(t.c.x).alias('q'))
select(func.foo(5).alias())
select(func.foo(5).alias('q').column)
select(func.generate_series(1, 5).column_valued('x'))
select(func.generate_series(1, 5).column_valued())
select(func.generate_series(1, 5).column_valued('x') + 5)
select(func.unnest(literal_column("ARRAY[1]")).column_valued('x').label('z'))
select(func.json_each('x').table_valued('key', 'value'))
select(func.json_each('x').table_valued('key', 'value').c.key)
select(func.json_each('x').table_valued('key', 'value', name='q'))
select(func.json_each('x').table_valued('key', column('value', JSON), name='q').c.value['z'])
select(func.json_each('x').table_valued('key', 'value').alias('q'))
select(func.json_each('x').table_valued('key', 'value').alias('q').c.key)
select(func.json_each('x').table_valued('key', 'value').render_derived())
select(func.json_each('x').table_valued('key', column('value', JSON)).render_derived(with_types=True))
select(func.json_each('x').table_valued('key', column('value', JSON)).render_derived(name='Q z'))
select(func.generate_series(1, 5).table_valued('x', with_ordinality='ord'))
select(func.generate_series(1, 5).table_valued('x', with_ordinality='ord').render_derived())
select(func.generate_series(1, 5).table_valued('x', with_ordinality='ord', name='z').render_derived())
select(t.c.x, func.foo(t.c.x).table_valued('a', joins_implicitly=True).c.a)
select(t, func.foo(t.c.x).table_valued('a').lateral())
select(t, func.foo(t.c.x).table_valued('a').lateral('q').c.a)
select(t).join(func.foo(t.c.x).table_valued('a', name='q'), true())
select(func.foo(t.c.x).scalar_table_valued('a'))
select(func.foo(t.c.x).scalar_table_valued('a', Integer) + 5)
select(func.row_to_json(t.table_valued()))
select(t.table_valued())
select(func.row_to_json(select(t.c.x).subquery('q').table_valued()))
select(t.alias('q').table_valued())
func.foo(1).table_valued('a').c.keys()
func.foo(1).table_valued().c.keys()
select(func.foo(1))
select(func.foo(1)).select_from(func.bar())
select(func.foo(1).column_valued('q')).where(column('q') > 5)
select(literal(5)).select_from(func.foo(1).alias('z'))
select(literal_column('*')).select_from(func.foo(1))
select(text('*')).select_from(func.foo(1).table_valued('a', name='q'))
func.foo(1).select()
select(func.foo(bindparam('q')))
select(func.foo(bindparam('q', type_=Integer)), func.foo(bindparam('q', type_=Integer)))
modifier.foo(t.c.x)
func.foo(*[t.c.x, t.c.y])
func.foo(t.c.j['a'])
func.json_extract(t.c.j, '$.a')
t.c.j['a']
t.c.j['a'] == 5
t.c.j['a']['b']
t.c.j[0]
t.c.j[('a', 'b', 1)]
t.c.j['a'].as_string()
t.c.j['a'].as_integer() == 5
t.c.j['a'].as_float()
t.c.j['a'].as_boolean()
t.c.j['a'].as_numeric(10, 2)
t.c.j['a'].as_json()
t.c.j[('a', 'b')].as_string()
t.c.j['a'].as_string() == 'x'
t.c.j['a'].as_string().like('x%')
t.c.j['a'].is_(None)
t.c.j['a'] == None
t.c.j == JSON.NULL
t.c.j == None
t.c.j.as_string()
t.c.j['a'].label('q')
select(t.c.j['a'], t.c.j['a'].as_integer())
cast(t.c.j['a'], String)
t.c.j[t.c.s]
t.c.j[func.foo()]
t.c.j['a'].desc()
t.c.j.op('->')('a')
t.c.j['a'].astext
t.c.x['a']
t.c.x[5]
t.c.s[5]
t.c.j['a'].as_string().like('x')
t.c.j['a'].as_integer() + 5
-t.c.j['a'].as_integer()
t.c.j['a'].as_float() * 3
t.c.j[('a','b')].as_string() == 'x'
t.c.j['a'].as_string() + 'x'
t.c.j['a'].as_string().in_(['x'])
t.c.j['a'].as_integer().between(1, 2)
t.c.j['a']['b'].as_string() == 'x'
(t.c.j['a'].as_boolean() == True) & t.c.b
not_(t.c.j['a'].as_boolean())
func.foo(t.c.j['a'].as_string())
cast(t.c.j['a'].as_string(), Integer)
t.c.j['a'] == t.c.j['b']
t.c.j['a'].as_string().desc()
case((t.c.j['a'].as_string() == 'x', 1))
t.c.j['a'].as_string().is_(None)
t.c.j['a'].as_numeric(10, 2) == 5
t.c.j['a'].as_string().ilike('x')
t.c.j['a'].as_string().not_like('x')
t.c.j['a'].as_string().contains('x')
t.c.j['a'].as_string().icontains('x')
t.c.j['a'].as_string().startswith('x')
t.c.j['a'].as_string().endswith(t.c.j['b'].as_string())
t.c.j['a'].as_string().regexp_match('x')
t.c.j['a'].as_string().regexp_match('x', flags='i')
t.c.j['a'].as_string().regexp_replace('x', 'y')
t.c.j['a'].as_string().match('x')
t.c.j['a'].as_integer() / 2
t.c.j['a'].as_integer() // 2
t.c.j['a'].as_integer() % 2
t.c.j['a'].as_string().collate('C')
t.c.j['a'].as_string().op('@@')('x')
t.c.j['a'].as_string().is_distinct_from('x')
tuple_(t.c.j['a'].as_string(), 5) == (5, 6)
and_(t.c.j['a'].as_string() == 'x', t.c.j['a'].as_boolean())
t.c.j['a'].as_integer().bitwise_and(5)
-(t.c.j['a'].as_integer() + 5)
t.c.j['a'].as_boolean() & t.c.b
(t.c.j['a'] == t.c.j['b']).is_(None)
(t.c.x * 5).contains('5')
(-t.c.x).contains('5')
t.c.j['a'].contains('5')
func.foo(t.c.s).contains('5')
cast(t.c.x, String).contains('5')
t.c.s.contains(cast(t.c.x, String))
t.c.s.contains(t.c.x * 5)
t.c.s.like(t.c.x * 5)
t.c.j['a'].like('5')
t.c.j['a'].as_string().contains(t.c.x.collate('C'))
t.c.s.collate('C').contains('x')
t.c.x.op('^')(5).contains('x')
(t.c.x == 5).contains('x')
t.c.x.desc().contains('x')
case((t.c.b, 'x')).contains('y')
""")
