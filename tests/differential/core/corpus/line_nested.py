"""Conditions, names, collations, operands and FROM elements within one another, one statement a line."""

from differential.core.lines import corpus

CASES = corpus(r"""
select(column('x').contains(bindparam('q')), func.foo().contains(bindparam('p',[1])), column('x').startswith(bindparam(None, [1])))
select(case((true(), literal('ü')), else_=s.p.c.title).collate('C')+'a')
select(case((true(), s.p.c.title), else_=literal('x')).collate('C')+'a')
select(case((true(), literal('a')), (false(), s.p.c.title), else_=literal('x')).collate('C')+'a')
select(case((true(), null()), else_=s.p.c.title).collate('C')+'a')
select(cast(u.c.name, Text(collation='C')), cast(u.c.name, String(20,collation='C')), cast('x', String(collation='utf8mb4_bin')), try_cast(u.c.name, String(collation='C')))
select(cast(u.c.name, mysql.VARCHAR(20,collation='C', charset='utf8')),cast(u.c.name, mysql.CHAR(20,collation='C', charset='utf8')), cast(u.c.id, mysql.ENUM('a','b', collation='utf8')))
select(cast(u.c.name, mysql.NVARCHAR(20,collation='C')),cast(u.c.name, mysql.NCHAR(20,collation='C')),cast(u.c.name, mysql.VARCHAR(20,ascii=True)),cast(u.c.name, mysql.VARCHAR(20,binary=True)),cast(u.c.name, mysql.VARCHAR(20,national=True)))
select(cast(u.c.name, mysql.TEXT(20,collation='C')), cast(u.c.name, mysql.LONGTEXT(charset='utf8')),cast(u.c.name, mysql.TINYTEXT(collation='C')))
select(cast(u.c.name, postgresql.ARRAY(String(20,collation='C'))))
select(cast(u.c.name, postgresql.CITEXT), cast(u.c.name, postgresql.DOMAIN('d', Text, collation='C')), cast(u.c.name, postgresql.ENUM('a',name='q')))
select(cast(u.c.name, String(collation='C')) == 'x', cast(u.c.name, String(collation='C')).label('q'), cast(u.c.name, String(collation='C')).desc())
select(literal('a:b').collate('utf8mb4_bin').like('a'),literal('a:b').collate('utf8mb4_bin')+'a')
select(func.foo().contains((1,2)),func.foo().not_like([1]),func.foo().endswith(datetime.date(2020,1,1)), ~func.foo().startswith([1]), ~func.foo().contains([1]))
select(1).where(u.c.id.in_(select(n.c.id).where(postgresql.array([n.c.id]).contains([1]))))
select(1).where(u.c.id.in_(select(n.c.id).where(postgresql.array([n.c.id]).contains([1])).limit(1)))
select(1).where(u.c.id.in_(select(postgresql.array([n.c.id]).contains([1]))))
select(1).where(u.c.id.in_(select(postgresql.array([n.c.id]).contains([1]).label('q')).order_by('q', postgresql.array([n.c.id]).contains([1]))))
select(1).where(u.c.id.in_(select(n.c.id).group_by(postgresql.array([n.c.id]).contains([1])).having(postgresql.array([n.c.id]).contains([1]))))
select(1).where(u.c.id == select(n.c.id).where(postgresql.array([n.c.id]).contains([1])).scalar_subquery())
select(1).where(u.c.id == any_(select(n.c.id).where(postgresql.array([n.c.id]).contains([1])).scalar_subquery()))
select(1).where(and_(u.c.id==1, exists(select(n.c.id).where(postgresql.array([n.c.id]).contains([1])))))
select(1).where(~exists(select(n.c.id).where(postgresql.array([n.c.id]).contains([1]))))
select(1).where(u.c.id==1, exists(select(n.c.id).where(postgresql.array([n.c.id]).contains([1]))))
select(1).where(u.c.id.in_(union(select(n.c.id).where(postgresql.array([n.c.id]).contains([1])),select(n.c.id).where(postgresql.array([n.c.id]).contains([1])))))
select(1).where(u.c.id.in_(select(n.c.id).join(u, postgresql.array([n.c.id]).contains([1]))))
select(1).where(u.c.id.in_(select(select(n.c.id).where(postgresql.array([n.c.id]).contains([1])).subquery().c.id)))
select(1).where(u.c.id.in_(select(select(n.c.id).where(postgresql.array([n.c.id]).contains([1])).cte().c.id)))
select(1).where(u.c.id.in_(select(n.c.id).where(n.c.id==select(n.c.id).where(postgresql.array([n.c.id]).contains([1])).scalar_subquery())))
select(1).where(u.c.id.in_(select(n.c.id).where(postgresql.array([n.c.id]).contains([1]), n.c.id==1)))
select(1).where(u.c.id.in_(select(func.coalesce(postgresql.array([n.c.id]).contains([1]), n.c.id==1))))
select(func.coalesce(postgresql.array([n.c.id]).contains([1]))==true(), func.coalesce(postgresql.array([n.c.id]).contains([1]))+1)
select(cast(postgresql.array([n.c.id]).contains([1]),Integer)==1, case((postgresql.array([n.c.id]).contains([1]),2),else_=postgresql.array([n.c.id]).contains([1]))==1)
select(func.max(n.c.id).filter(postgresql.array([n.c.id]).contains([1]))+1)
select(func.max(n.c.id).over(order_by=postgresql.array([n.c.id]).contains([1]))+1)
select(1).where(tuple_(u.c.id,postgresql.array([n.c.id]).contains([1]))==tuple_(u.c.id,postgresql.array([n.c.id]).contains([1])))
select(1).where(u.c.id.in_([postgresql.array([n.c.id]).contains([1])]))
select(1).where(u.c.id.between(select(n.c.id).where(postgresql.array([n.c.id]).contains([1])).scalar_subquery(),2))
select(1).where(u.c.id.like(select(n.c.id).where(postgresql.array([n.c.id]).contains([1])).scalar_subquery()))
select(1).where(u.c.id.contains(select(n.c.id).where(postgresql.array([n.c.id]).contains([1])).scalar_subquery()))
select(1).where(u.c.id /(select(n.c.id).where(postgresql.array([n.c.id]).contains([1])).scalar_subquery()))
select(1).where(u.c.id %(select(n.c.id).where(postgresql.array([n.c.id]).contains([1])).scalar_subquery()))
select(1).where(u.c.id.in_(select(n.c.id).distinct(postgresql.array([n.c.id]).contains([1]))))
select(1).where(func.foo(select(n.c.id).where(postgresql.array([n.c.id]).contains([1])).scalar_subquery())==1)
select(u.c.id, n.c.id).select_from(keyed).with_only_columns(func.count(), maintain_column_froms=True)
select(u.c.id, n.c.id).join(keyed, keyed.c.a==u.c.id).with_only_columns(func.count(), maintain_column_froms=True)
select(u.c.id, n.c.id).select_from(u).join(keyed, keyed.c.a==u.c.id).with_only_columns(func.count(), maintain_column_froms=True)
select(u.c.id, n.c.id).select_from(n).join(keyed, keyed.c.a==u.c.id).with_only_columns(func.count(), maintain_column_froms=True)
select(n.c.id).join_from(u, keyed, keyed.c.a==u.c.id).with_only_columns(func.count(), maintain_column_froms=True)
select(u.c.id).select_from(u.join(keyed, keyed.c.a==u.c.id)).with_only_columns(func.count(), maintain_column_froms=True)
select(u.c.id, n.c.id).where(keyed.c.a==1).with_only_columns(func.count(), maintain_column_froms=True)
select(func.upper('x').concat(u.c.name + 'a'))
select(u.c.name.concat(u.c.name + 'a'))
select((u.c.name+'b').concat(u.c.name + 'a'))
select((u.c.name+'b'+'c')+ (u.c.name + 'a'))
select(u.c.name + (u.c.name + 'a'))
select(u.c.name + (u.c.name + ('b'+ u.c.name)))
select(literal('x') + (u.c.name + 'a'))
select('x' + (u.c.name + 'a'))
select('x' + ('y'+ (u.c.name + 'a')))
select(cast('x',String) + (u.c.name + 'a'))
select(func.upper('x', type_=String) + (u.c.name + 'a'))
select(func.upper('x') + (u.c.name + 'a' + 'b'))
select(func.lower('x') + ('a' + u.c.name))
select(func.foo('x') + ('a' + u.c.name), func.foo('x').concat('a' + u.c.name))
select(column('x') + ('a' + u.c.name), column('x').concat('a' + u.c.name), literal_column('x').concat('a' + u.c.name))
select(column('x',Text) + ('a' + u.c.name), column('x',Unicode).concat('a' + u.c.name), column('x', String(3)).concat('a' + u.c.name))
select(func.coalesce(u.c.name,'a') + ('a' + u.c.name),func.coalesce('a') + ('a' + u.c.name))
select(case((true(),'a')) + ('a' + u.c.name), (func.lower('x')+'a')+'b', (func.lower('x')+'a')+(func.lower('x')+'a'))
select(func.foo('x').concat('a' + u.c.name) +'c', func.foo('x').concat('a').concat('b'), func.foo('x').concat(func.bar().concat(func.foo())))
select(func.foo('x').concat('a' + u.c.name).concat('x'), func.foo().concat('a')+'b', ('a' + u.c.name).concat(func.foo().concat('d')))
select(and_(postgresql.array([n.c.pid]).contains([1]), n.c.id.regexp_match('%'), n.c.id % 3 == 1))
select(and_(postgresql.array([n.c.pid % 2]).contains([1]), n.c.id % 3 == 1))
select(1).where(~and_(n.c.id==1, false()))
select(1).where(~and_(n.c.id==1, false()), n.c.id==2)
select(1).where(~or_(n.c.id==1, true()), n.c.id==2)
select(1).where(n.c.id==2).where(~or_(n.c.id==1, true()))
select(1).where(not_(or_(n.c.id==1, true())), n.c.id==2)
select(1).where(not_(not_(or_(n.c.id==1, true()))), n.c.id==2)
select(1).where(and_(or_(n.c.id==1, true()), n.c.id==2))
select(1).where(or_(and_(n.c.id==1, false()), n.c.id==2))
select(1).where(or_(and_(n.c.id==1, false()), false()))
select(1).where(or_(and_(n.c.id==1, false()), true()), n.c.id==3)
select(1).where(true(), ~false(), not_(true()))
select(1).where(~true(), n.c.id==2)
select(~and_(n.c.id==1, false()), ~or_(n.c.id==1, true()), not_(~or_(n.c.id==1, true())))
select(and_(n.c.id==1, false()), or_(n.c.id==1, true()))
select(and_(n.c.id==1, false())==1, or_(n.c.id==1, true())==true())
select(1).where(s.u.c.active, ~s.u.c.active, not_(not_(s.u.c.active)))
select(~s.u.c.active, not_(and_(s.u.c.active, true())), and_(s.u.c.active, true()))
select(case((and_(n.c.id==1, false()),1),else_=2), case((~and_(n.c.id==1, false()),1),else_=2))
select(and_(true(), true()), or_(false(), false()), and_(true()), or_(false()))
select(1).where(and_(true(), true()), or_(false(), false()))
select(1).where(and_(or_(and_(false(), n.c.id==1), n.c.id==2), n.c.id==3))
select(1).having(and_(false(), n.c.id==1))
select(1).join_from(u, n, and_(u.c.id==1, true()))
select(1).join_from(u, n, ~and_(u.c.id==1, false()))
select(func.count().filter(~and_(u.c.id==1, false())))
select((~and_(n.c.id==1, false())).label('x')).order_by('x', ~and_(n.c.id==1, false()))
select(1).where(or_(n.c.id==1, ~and_(n.c.id==1, false())))
select(1).where(or_(n.c.id==1, ~or_(n.c.id==1, true())))
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(made3.c.id).select_from(made1).join(made3, true()).join(made4, true()).with_only_columns(func.count(), maintain_column_froms=True)][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(made3.c.id).select_from(made1, made3).join(made3, true()).join(made4, true())][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(made3.c.id).select_from(made3, made1).join(made3, true()).join(made4, true())][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(made4.c.id).select_from(made1).join(made3, true()).join(made4, true()).with_only_columns(func.count(), maintain_column_froms=True)][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(made1.c.a).select_from(made1).join(made3, true()).join(made4, true()).with_only_columns(func.count(), maintain_column_froms=True)][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(made1.c.a, made3.c.id).select_from(made1).join(made3, true()).join(made4, true()).with_only_columns(func.count(), maintain_column_froms=True)][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(made1.c.a, made3.c.id, made4.c.id).select_from(made1).join(made3, true()).join(made4, true()).with_only_columns(func.count(), maintain_column_froms=True)][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(made3.c.id, made4.c.id).select_from(made1).join(made3, true()).join(made4, true()).with_only_columns(func.count(), maintain_column_froms=True)][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(made3.c.id).select_from(made1).join(made3, true()).join(made4, made3.c.id==made4.c.id).with_only_columns(func.count(), maintain_column_froms=True)][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(made3.c.id).select_from(made1).join(made3, true()).join(made4, made1.c.a==made4.c.id).with_only_columns(func.count(), maintain_column_froms=True)][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(1).select_from(made1, made4).join(made3, true())][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(1).select_from(made1, made4).join(made3, made3.c.id==1)][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(1).select_from(made1, made4).join(made4, made4.c.id==1)][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(1).select_from(made1, made4, made3).join(made4, made4.c.id==made3.c.id)][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(1).select_from(made1.join(made3, true()), made3).join(made4, true())][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(1).select_from(made1.join(made3, true()), made3).join(made4, made4.c.id==made3.c.id)][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(1).select_from(made1.join(made3, true()), made3, t).join(made4, made4.c.id==made3.c.id)][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(1).select_from(made3, made1.join(made3, true()), t).join(made4, made4.c.id==made3.c.id)][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(1).select_from(made3, made1.join(made3, true()), t).join(made4, made4.c.id==t.c.x)][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(1).select_from(made3, made1.join(made3, true())).join(made4, made4.c.id==1)][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(1).select_from(made1,made3).join(made4, made4.c.id==made1.c.a).join(made3, made4.c.id==made1.c.a)][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(1).select_from(made1,made3).join(made4, made4.c.id==made1.c.a).join(t, made4.c.id==made1.c.a)][-1]
[made1 := keyed.alias('ka'), made3:= n.alias('na'), made4 := u.alias('ua'), select(1).select_from(made1,made3).join(made4, made4.c.id==made1.c.a).join(t, made4.c.id==made3.c.id)][-1]
[made1 := u.alias('al0'), select(cast(made1.c.x, String(20)), func.upper('x').label('k1')).select_from(made1)][-1]
[made1 := keyed.alias('al0'), select(cast(made1.c.a, String(20)), func.upper('x').label('k1')).select_from(made1)][-1]
select(cast(keyed.c.a, String(20)), type_coerce(keyed.c.a, Text), keyed.c.a + 1, keyed.c.a.desc(), keyed.c.a.distinct())
select(cast(keyed.c.a, String(20)), keyed.c.a)
select(keyed.c.a, cast(keyed.c.a, String(20)))
select(keyed.c.a, cast(keyed.c.a, String(20)), type_coerce(keyed.c.a, Text)).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
select(cast(keyed.c.a, String(20))).subquery().select()
select(cast(keyed.c.a, String(20)),keyed.c.a).subquery().select()
select(cast(keyed.c.a, String(20)),keyed.c.a).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).subquery().select()
select(cast(keyed.c.a, String(20))).subquery().c.a
select(cast(keyed.c.a, String(20))).subquery().c.col_a
select(type_coerce(keyed.c.b, String(20)), keyed.c.a.label('q'), keyed.c.a.self_group())
select(keyed).subquery().select()
select(cast(cast(keyed.c.a, String(20)),Text))
union(select(cast(keyed.c.a, String(20))), select(keyed.c.b)).subquery().select()
insert(keyed).returning(cast(keyed.c.a, String(20)), type_coerce(keyed.c.a, Text))
update(u).values(x=1).returning(u.c.id, u.c.id, u.c.id)
update(u).values(x=1).returning(cast(u.c.id, String), u.c.id, u.c.id)
update(u).values(x=1).returning(u.c.id, cast(u.c.id, String), cast(u.c.id, String))
update(u).values(x=1).returning(cast(u.c.id, String), cast(u.c.id, String), u.c.id)
update(u).values(x=1).returning(cast(u.c.id, String), type_coerce(u.c.id, String))
update(u).values(x=1).returning(u.c.id+1, u.c.id+1, func.max(u.c.id), func.max(u.c.id))
update(u).values(x=1).returning(u.c.id.label('q'), u.c.id.label('q'), u.c.x.label('q'))
update(u).values(x=1).returning(u.c.id, n.c.id, u.c.id, n.c.id).where(n.c.id==u.c.id)
update(s.u).values(age=1).returning(s.u.c.active, ~s.u.c.active, and_(s.u.c.active), s.u.c.active)
[made1:= update(u).values(x=1).returning(cast(u.c.id, String), u.c.id, u.c.id).cte(),select(made1)][-1]
[made1 := update(u).values(x=1).returning(u.c.id, n.c.id, u.c.id, n.c.id).where(n.c.id==u.c.id).cte(), select(made1)][-1]
update(u).values(x=1).returning(*[u.c.id+1]*2)
select(cast(u.c.id, Text), u.c.id, u.c.id).subquery().select()
select(cast(u.c.id, Text), n.c.id, u.c.id).subquery().select()
select(s.u.c.active, ~s.u.c.active, s.u.c.active,s.u.c.active, ~s.u.c.active)
select(u.c.id, cast(u.c.id, Text), u.c.id, u.c.id, cast(u.c.id, Text))
[made3 := select(t.c.x.label('k2'), (t.c.x*literal(2)).label('k0')).where(t.c.y.in_(bindparam('many', [], expanding=True))).subquery('q2'), select(made3.c.k2).where(func.replace(made3.c.k0, 'a', 'a:b', type_=String).not_in(('50%', 'bob'))).params(many=[3])][-1]
[made3 := select(t.c.x.label('k2'), (t.c.x*literal(2)).label('k0')).where(t.c.y.in_(bindparam('many', [], expanding=True))).subquery('q2'), made4:= select(literal(1).label('k1'), made3.c.k2).select_from(u).outerjoin(made3, literal('a:b').not_like('%a%')).where(func.replace(made3.c.k0, 'a', 'a:b', type_=String).not_in(('50%', 'bob'))).order_by('k1').alias('q0'), select(made4.c.k1).params(many=[3])][-1]
[made3 := select(cast(t.c.x,String).label('k2')).where(t.c.y.in_(bindparam('many', [], expanding=True))).subquery('q2'), select(made3.c.k2).params(many=[3])][-1]
[made3 := select(t.c.x.label('k2')).where(t.c.y.in_(bindparam('many', [], expanding=True))).subquery('q2'), select(made3.c.k2).select_from(u).join(made3,true()).params(many=[3])][-1]
[made3 := select(cast(t.c.x,String).label('k2')).where(t.c.y.in_(bindparam('many', [], expanding=True))).subquery('q2'), select(made3.c.k2).select_from(u).join(made3,true()).params(many=[3])][-1]
[made3 := select(cast(t.c.x,String).label('k2')).where(t.c.y.in_(bindparam('many', [], expanding=True))).subquery('q2'), select(made3.c.k2).select_from(u).outerjoin(made3, literal('a')=='a').where(made3.c.k2==3).params(many=[3])][-1]
[made3 := select(cast(t.c.x,String).label('k2')).where(t.c.y.in_(bindparam('many', [], expanding=True))).subquery('q2'), made4:=select(made3.c.k2).select_from(u).outerjoin(made3, literal('a')=='a').where(made3.c.k2==3).subquery(), select(made4.c.k2).params(many=[3])][-1]
[made3 := select(cast(t.c.x,String).label('k2')).where(t.c.y.in_(bindparam('many', [], expanding=True))).subquery('q2'), made4:=select(made3.c.k2).select_from(u).outerjoin(made3, literal('a')=='a').where(made3.c.k2==3).subquery(), select(made4.c.k2).select_from(made4).params(many=[3])][-1]
[made3 := select(cast(t.c.x,String).label('k2')).where(t.c.y.in_(bindparam('many', [], expanding=True))).subquery('q2'), made4:=select(made3.c.k2).select_from(u).outerjoin(made3, literal('a')=='a').where(made3.c.k2==3).subquery(), select(literal(3)).select_from(made4).where(made4.c.k2>2).params(many=[3])][-1]
[made3 := select(t.c.x.label('k2')).where(t.c.y.in_(bindparam('many', [], expanding=True))).subquery('q2'), made4:=select(func.sum(made3.c.k2).label('z')).select_from(u).outerjoin(made3, literal('a')=='a').subquery(), select(literal(3)).select_from(made4).where(made4.c.z>2).params(many=[3])][-1]
[made3 := n.alias('l'), made4:= t.alias(), select(made4.c.n).select_from(made3).join(made4, 1==made4.c.x).with_only_columns(func.count(), maintain_column_froms=True)][-1]
[made3 := n.alias('l'), made4:= t.alias(), select(made4.c.n, func.count('*').filter(true())).select_from(made3).join(made4, 1==made4.c.x).with_only_columns(func.count(), maintain_column_froms=True)][-1]
[made3 := n.alias('l'), made4:= t.alias(), select(made4.c.n, func.sum(made4.c.x)).select_from(made3).join(made4, 1==made4.c.x).with_only_columns(func.count(), maintain_column_froms=True)][-1]
[made3 := n.alias('l'), made4:= t.alias(), select(made4.c.n, func.aggregate_strings(made4.c.s, ',').aggregate_order_by(made4.c.s)).select_from(made3).join(made4, 1==made4.c.x).with_only_columns(func.count(), maintain_column_froms=True)][-1]
[made3 := n.alias('l'), made4:= t.alias(), select(made4.c.n, func.aggregate_strings(made4.c.s, ',').aggregate_order_by(made4.c.s)).select_from(made3).join(made4, 1==made4.c.x)][-1]
select(u.c.id, n.c.id).where(select(u.c.id.label('id'), n.c.id).where(u.c.x==3).exists())
select(1).where(u.c.id.in_(select(n.c.id.label('q'), n.c.id, n.c.id)))
select(1).where(u.c.id== select(n.c.id.label('q')).order_by('q').scalar_subquery())
select(select(n.c.id.label('q'), n.c.id).scalar_subquery())
exists(select(n.c.id.label('q'), n.c.id, n.c.id)).where(n.c.pid==3).select()
select(n.c.id.label('q'), n.c.id, n.c.id, func.max(n.c.id)).exists()
select(u.c.id, n.c.id).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).exists().select()
select(u.c.id, n.c.id).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).scalar_subquery().select()
select(1).where(tuple_(u.c.id).in_(select(n.c.id.label('q'), n.c.id, n.c.id).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)))
union(select(n.c.id, u.c.id), select(u.c.id, n.c.id)).exists()
select(1).where(u.c.id.in_(union(select(n.c.id, u.c.id), select(u.c.id, n.c.id))))
select(union(select(n.c.id, u.c.id), select(u.c.id, n.c.id)).scalar_subquery())
insert(u).from_select(['id', 'x'], select(u.c.id, n.c.id, n.c.id))
select(1).select_from(func.foo(1).join(u, u.c.id==1))
select(u).select_from(func.foo(1).outerjoin(u, u.c.id==1))
select(u).select_from(u.join(func.foo(1), u.c.id==1))
select(u).select_from(func.foo(1).outerjoin(u, u.c.id==1, full=True))
select(1).select_from(u, func.foo(u.c.id).lateral('z'))
select(1).select_from(u, func.foo(u.c.id).lateral())
[made1 := func.foo(u.c.id).lateral('z'), select(u.c.id, made1.c.foo).select_from(u, made1)][-1]
[made1 := func.foo(u.c.id).lateral('z'), select(made1)][-1]
[made1 := func.foo(u.c.id).lateral(), select(u).join(made1, true())][-1]
[made1 := func.foo(3).tablesample(5), select(made1.c.foo)][-1]
select(func.foo(3).columns)
select(lateral(func.foo(u.c.id), name='q').c.foo)
func.foo(3).lateral('q')
func.foo(3).table_valued('a','b').lateral('q')
select(func.foo(3).alias('x').lateral('y'))
select(func.foo(u.c.id).table_valued('a','b').lateral('q').c.a)
select(func.foo(3).table_valued('a','b').tablesample(5))
select(func.foo(3).table_valued('a','b').join(u, true()))
select(1).select_from(func.foo(3).table_valued('a','b').outerjoin(u, true()))
or_(ar.c.rng.contains(3), ar.c.x == 1)
and_(ar.c.rng.contained_by(ar.c.rng), ar.c.x == 1)
and_(ar.c.rng.overlaps(ar.c.rng), ar.c.rng.adjacent_to(ar.c.rng), ar.c.x == 1)
select(ar.c.x).where(ar.c.rng.contains(3), ar.c.x == 1)
not_(ar.c.rng.contains(3))
""")
