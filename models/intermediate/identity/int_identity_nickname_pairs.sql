{{ config(materialized='table') }}
with n as (select lower(a) a,lower(b) b from read_csv('/tmp/h/core/proto/nick.csv',header=false,names=['a','b'])), g as (select a as x,b as f from n union select b,b from n) select distinct p.x as first_name,q.x as other_first_name from g p join g q on p.f=q.f where p.x<>q.x
