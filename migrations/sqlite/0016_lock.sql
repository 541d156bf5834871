-- Since when a session is locked by its person (security.md J-18). That it was not used for a while needs no column:
-- seen_at says so.
alter table session add column locked_at integer;

-- Envelopes with an account for the night on which nobody has digits (security.md J-11). Each sealing is a row; one that
-- is not closed is the facility's. opened_*: once, by whom, from where.
create table sealed_account (
    facility_id text not null,
    number integer not null,
    staff_id text not null,
    login text not null,
    code_hash blob not null,
    sealed_at integer not null,
    sealed_by text not null,
    opened_at integer,
    opened_as text,
    opened_source text,
    opened_browser text,
    closed_at integer,
    primary key (facility_id, number),
    foreign key (facility_id, staff_id) references staff (facility_id, id)
) strict, without rowid;
create index sealed_account_of_login on sealed_account (login);

-- The name that somebody gave who came in by an envelope; it stands beside everything that is recorded.
alter table session add column as_name text;
