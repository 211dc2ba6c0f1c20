-- One database for many companies. A row belongs to the company that the session works for, and no other row can be
-- seen or written, also by a statement that forgot to say so (row security, also for the owner of the tables).
create table if not exists docs (
  tenant text not null default current_setting('mailbot.tenant'),
  tbl text not null, id text collate "C" not null, doc bytea not null,
  primary key (tenant, tbl, id));
create table if not exists keys (
  tenant text not null default current_setting('mailbot.tenant'),
  tbl text not null, name text collate "C" not null, value text collate "C" not null, id text collate "C" not null,
  primary key (tenant, tbl, name, value, id));
create index if not exists keys_of on keys (tenant, tbl, id);
-- Where closed cases lie once they are out of the way of what is worked on.
create table if not exists register_docs (like docs including all);
create table if not exists register_keys (like keys including all);
-- Of which companies there are rows: names only, so that those that left can be named.
create table if not exists companies (tenant text primary key);
-- Who works for a company, and until when: names of companies and workers only.
create table if not exists leases (
  tenant text primary key, holder text not null, until timestamptz not null);

do $$
declare rows_of text;
begin
  foreach rows_of in array array['docs', 'keys', 'register_docs', 'register_keys'] loop
    execute format('alter table %I enable row level security', rows_of);
    execute format('alter table %I force row level security', rows_of);
    if not exists (select from pg_policies where policyname = 'own_rows' and tablename = rows_of) then
      execute format('create policy own_rows on %I using (tenant = current_setting(''mailbot.tenant''))', rows_of);
    end if;
  end loop;
end $$;
