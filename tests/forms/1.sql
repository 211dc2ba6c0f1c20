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
-- Who works for a company, and until when: names of companies and workers only.
create table if not exists leases (
  tenant text primary key, holder text not null, until timestamptz not null);

alter table docs enable row level security;
alter table docs force row level security;
alter table keys enable row level security;
alter table keys force row level security;
do $$ begin
  if not exists (select from pg_policies where policyname = 'own_rows' and tablename = 'docs') then
    create policy own_rows on docs using (tenant = current_setting('mailbot.tenant'));
  end if;
  if not exists (select from pg_policies where policyname = 'own_rows' and tablename = 'keys') then
    create policy own_rows on keys using (tenant = current_setting('mailbot.tenant'));
  end if;
end $$;
